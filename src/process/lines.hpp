// A process's output as log lines.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace process {

// The longest event of CloudWatch Logs, without the 26 bytes that each is counted with.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
inline constexpr std::size_t longest_line = 256 * 1024 - 26;

// Gives every line to `output` as soon as it is whole, as valid UTF-8 and without its end. Longer
// ones come in pieces; empty ones do not come at all, for CloudWatch Logs has no empty events.
class Lines {
 public:
  explicit Lines(std::function<void(std::string_view)> output, std::size_t longest = longest_line)
      : output_(std::move(output)), longest_(longest) {}

  void add(std::string_view bytes);
  // The last line, when it had no end.
  void finish();

 private:
  void give(std::string_view line);

  std::function<void(std::string_view)> output_;
  std::size_t longest_;
  std::string rest_;
};

}  // namespace process
