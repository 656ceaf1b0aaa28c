#include "sim/records/grammar.hpp"

#include "sim/core/words.hpp"

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

std::vector<Member> parse_members(std::string_view grammar) {
  std::vector<Member> members;
  for (const auto& part : words_of(grammar)) {
    const auto colon = part.find(':');
    Member member{.name = part.substr(0, colon)};
    const std::string word = colon == std::string::npos ? std::string() : part.substr(colon + 1);
    if (member.name.ends_with('!')) {
      member.required = true;
      member.name.pop_back();
    }
    member.kind = kind_of(word);
    if (member.kind == Member::Kind::word) member.words = words_of(word, '|');
    if (member.kind == Member::Kind::reference) member.refers = word.substr(1);
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace sim::records
