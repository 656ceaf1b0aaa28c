// The condition keys of one request: "aws:ResourceTag/Name" and the like. Names compare without
// regard to case, values with it; a key may have several values (aws:TagKeys).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::iam {

class Keys {
 public:
  using Values = std::vector<std::string>;

  void set(std::string_view name, Values values);
  // nullptr when the request does not carry the key.
  const Values* find(std::string_view name) const;

 private:
  std::map<std::string, Values> values_;  // by the name in lower case
};

std::string lower_case(std::string_view text);

}  // namespace sim::iam
