// Filter patterns over unstructured events: terms, "quoted phrases", -excluded and ?any terms.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim::logs {

class Filter {
 public:
  // An empty pattern matches every event. JSON, space-delimited and regular-expression patterns are
  // refused with NotImplemented: a filter that is not understood must not look like "no match".
  static Filter parse(std::string_view pattern);
  bool matches(std::string_view message) const;

 private:
  std::vector<std::string> all_, any_, none_;
};

}  // namespace sim::logs
