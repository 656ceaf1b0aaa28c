#include "sim/records/alarm_rule.hpp"

#include <fmt/format.h>

#include <cctype>

#include "sim/core/call.hpp"

namespace sim::records {

namespace {

constexpr std::size_t longest = 10'240;
constexpr int deepest_rule = 100;

class Reader {
 public:
  using Asked = std::function<bool(const std::string&, std::string_view)>;
  Reader(std::string_view rule, const Asked& is_in) : rest_(rule), is_in_(is_in) {}

  bool read() {
    const bool result = either();
    skip_spaces();
    if (!rest_.empty()) throw malformed();
    return result;
  }

 private:
  // [I] The wording.
  static Error malformed() { return {"ValidationError", "AlarmRule is not a valid expression"}; }

  void skip_spaces() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_.front())) != 0) {
      rest_.remove_prefix(1);
    }
  }

  bool take(char wanted) {
    skip_spaces();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view word() {
    skip_spaces();
    std::size_t size = 0;
    while (size < rest_.size() &&
           (std::isalpha(static_cast<unsigned char>(rest_[size])) != 0 || rest_[size] == '_')) {
      ++size;
    }
    return rest_.substr(0, size);
  }

  bool take_word(std::string_view wanted) {
    if (word() != wanted) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }

  // Both sides are always read: every name in them counts.
  bool either() {
    bool result = both();
    while (take_word("OR")) {
      const bool other = both();
      result = result || other;
    }
    return result;
  }

  bool both() {
    bool result = one();
    while (take_word("AND")) {
      const bool other = one();
      result = result && other;
    }
    return result;
  }

  bool one() {
    if (++depth_ > deepest_rule) throw malformed();
    bool result = false;
    if (take_word("NOT")) {
      result = !one();
    } else if (take('(')) {
      result = either();
      if (!take(')')) throw malformed();
    } else {
      result = leaf();
    }
    --depth_;
    return result;
  }

  bool leaf() {
    if (take_word("TRUE")) return true;
    if (take_word("FALSE")) return false;
    const std::string state(word());
    if (state == "AT_LEAST") {
      throw Error("NotImplemented",
                  "The embedded AWS does not support AT_LEAST of monitoring:PutCompositeAlarm.",
                  501);
    }
    if (state != "ALARM" && state != "OK" && state != "INSUFFICIENT_DATA") throw malformed();
    rest_.remove_prefix(state.size());
    if (!take('(')) throw malformed();
    const std::string alarm = name();
    if (alarm.empty() || !take(')')) throw malformed();
    return is_in_(alarm, state);
  }

  std::string name() {
    skip_spaces();
    const char quote = rest_.empty() ? '\0' : rest_.front();
    const bool quoted = quote == '"' || quote == '\'';
    if (quoted) rest_.remove_prefix(1);
    const auto end = rest_.find(quoted ? quote : ')');
    if (end == std::string_view::npos) throw malformed();
    std::string result(rest_.substr(0, end));
    rest_.remove_prefix(quoted ? end + 1 : end);
    while (!quoted && result.ends_with(' ')) result.pop_back();
    return result;
  }

  std::string_view rest_;
  const Asked& is_in_;
  int depth_ = 0;
};

}  // namespace

bool holds(std::string_view rule,
           const std::function<bool(const std::string& alarm, std::string_view state)>& is_in) {
  if (rule.size() > longest) {
    throw Error("ValidationError",
                fmt::format("1 validation error detected: Value at 'alarmRule' failed to satisfy "
                            "constraint: Member must have length less than or equal to {}",
                            longest));
  }
  return Reader(rule, is_in).read();
}

}  // namespace sim::records
