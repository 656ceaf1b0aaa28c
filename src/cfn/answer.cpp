#include "cfn/answer.hpp"

#include <boost/json/serialize.hpp>

#include "base/utf8.hpp"

namespace cfn {

namespace json = boost::json;

namespace {

constexpr std::string_view cut_mark = "...";
// So much of a Reason survives before Data is cut.
constexpr std::size_t least_reason = 600;

std::string serialize(const ReturnAddress& sender, const Answer& answer) {
  json::object object;
  object["Status"] = answer.success ? "SUCCESS" : "FAILED";
  object["Reason"] = answer.reason;
  object["PhysicalResourceId"] = sender.physical_id;
  object["StackId"] = sender.stack_id;
  object["RequestId"] = sender.request_id;
  object["LogicalResourceId"] = sender.logical_id;
  if (!answer.data.empty()) object["Data"] = answer.data;
  return json::serialize(object);
}

std::string cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  return std::string(base::cut_utf8(text, bytes)) + std::string(cut_mark);
}

// The longest cut of `text` for which `put` leaves the answer short enough, but at least `least`
// bytes of it.
template <class Put>
void shorten(const std::string& text, std::size_t least, const ReturnAddress& sender,
             const Answer& answer, Put put) {
  if (text.size() <= least) return;
  std::size_t low = least;
  std::size_t high = text.size();
  while (low < high) {
    const std::size_t middle = low + (high - low + 1) / 2;
    put(cut(text, middle));
    if (serialize(sender, answer).size() <= longest_answer) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  put(cut(text, low));
}

json::value* longest_string(json::object& data) {
  json::value* longest = nullptr;
  for (auto& [key, value] : data) {
    if (!value.is_string() || value.get_string().size() <= cut_mark.size()) continue;
    if (longest == nullptr || value.get_string().size() > longest->get_string().size()) {
      longest = &value;
    }
  }
  return longest;
}

void make_valid(Answer& answer) {
  answer.reason = base::valid_utf8(answer.reason);
  if (!answer.success && answer.reason.empty()) answer.reason = "no reason was given";
  for (auto& [key, value] : answer.data) {
    if (value.is_string()) value = base::valid_utf8(value.get_string());
  }
}

}  // namespace

std::string joined(const std::vector<std::string>& problems) {
  return fmt::to_string(fmt::join(problems, "; "));
}

std::string body(const ReturnAddress& sender, const Answer& given) {
  Answer answer = given;
  make_valid(answer);
  const auto fits = [&] { return serialize(sender, answer).size() <= longest_answer; };
  if (!fits()) {
    const std::string reason = answer.reason;
    shorten(reason, least_reason, sender, answer,
            [&](std::string text) { answer.reason = std::move(text); });
  }
  while (!fits()) {
    json::value* longest = longest_string(answer.data);
    if (longest == nullptr) break;
    const std::string text(longest->get_string());
    shorten(text, 0, sender, answer, [&](const std::string& shorter) { *longest = shorter; });
  }
  // Only ids and a bare Reason are left: the ids' limits keep them below the answer's.
  while (!fits() && !answer.data.empty()) answer.data.erase(std::prev(answer.data.end()));
  if (!fits()) {
    const std::string reason = answer.reason;
    shorten(reason, 0, sender, answer, [&](std::string text) { answer.reason = std::move(text); });
  }
  return serialize(sender, answer);
}

}  // namespace cfn
