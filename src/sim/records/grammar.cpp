#include "sim/records/grammar.hpp"

namespace sim::records {

namespace {

Member::Kind kind_of(std::string_view rule) {
  if (rule.starts_with('@')) return Member::Kind::reference;
  if (rule == "number") return Member::Kind::number;
  if (rule == "flag") return Member::Kind::flag;
  if (rule == "list") return Member::Kind::list;
  if (rule == "map") return Member::Kind::map;
  if (rule == "tags") return Member::Kind::tags;
  if (rule == "any") return Member::Kind::any;
  return rule.empty() ? Member::Kind::text : Member::Kind::word;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (end != 0) parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

std::vector<Member> parse_members(std::string_view grammar) {
  std::vector<Member> members;
  for (const auto& part : split(grammar)) {
    const auto colon = part.find(':');
    Member member{.name = part.substr(0, colon)};
    const std::string word = colon == std::string::npos ? std::string() : part.substr(colon + 1);
    if (member.name.ends_with('!')) {
      member.required = true;
      member.name.pop_back();
    }
    member.kind = kind_of(word);
    if (member.kind == Member::Kind::word) member.words = split(word, '|');
    if (member.kind == Member::Kind::reference) member.refers = word.substr(1);
    members.push_back(std::move(member));
  }
  return members;
}

std::string expand(std::string_view pattern,
                   const std::function<std::string(std::string_view)>& value_of) {
  std::string result;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    result += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = pattern.find('}', open);
    result += value_of(pattern.substr(open + 1, close - open - 1));
    pattern.remove_prefix(close + 1);
  }
  return result;
}

}  // namespace sim::records
