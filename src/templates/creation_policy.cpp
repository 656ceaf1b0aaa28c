#include "templates/creation_policy.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <stdexcept>

#include "base/contains.hpp"
#include "templates/text.hpp"

namespace templates {

namespace {

constexpr std::chrono::seconds longest = std::chrono::hours(12);

}  // namespace

std::optional<std::chrono::seconds> signal_timeout(std::string_view text) {
  if (!text.starts_with("PT")) return std::nullopt;
  text.remove_prefix(2);
  std::chrono::seconds total{0};
  for (const auto& [letter, unit] : {std::pair{'H', 3600}, std::pair{'M', 60}, std::pair{'S', 1}}) {
    const auto end = text.find(letter);
    if (end == std::string_view::npos) continue;
    int amount = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + end, amount);
    if (error != std::errc() || rest != text.data() + end || amount < 0 || amount > 43200) {
      return std::nullopt;
    }
    total += std::chrono::seconds(std::int64_t{amount} * unit);
    text.remove_prefix(end + 1);
  }
  if (!text.empty() || total < std::chrono::seconds(1) || total > longest) return std::nullopt;
  return total;
}

std::optional<SignalPolicy> signal_policy(const json::object& policy) {
  const auto* signal = policy.if_contains("ResourceSignal");
  if (signal == nullptr) return std::nullopt;
  SignalPolicy result;
  if (!signal->is_object()) throw std::invalid_argument("ResourceSignal must be an object");
  for (const auto& member : signal->as_object()) {
    const std::string text = text_of(member.value());
    if (member.key() == "Count") {
      const auto count = integer_of(text);
      if (!count || *count < 0) {
        throw std::invalid_argument(fmt::format("ResourceSignal Count {} is not a number", text));
      }
      result.count = *count;
    } else if (member.key() == "Timeout") {
      const auto timeout = signal_timeout(text);
      if (!timeout) {
        throw std::invalid_argument(
            fmt::format("ResourceSignal Timeout {} is not a duration such as PT15M, of at most "
                        "twelve hours",
                        text));
      }
      result.timeout = *timeout;
    } else {
      throw std::invalid_argument(
          fmt::format("ResourceSignal has no {}", std::string_view(member.key())));
    }
  }
  return result;
}

bool takes_signals(std::string_view type) {
  constexpr std::array<std::string_view, 3> types{"AWS::AutoScaling::AutoScalingGroup",
                                                  "AWS::CloudFormation::WaitCondition",
                                                  "AWS::EC2::Instance"};
  return base::contains(types, type);
}

}  // namespace templates
