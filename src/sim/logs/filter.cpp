#include "sim/logs/filter.hpp"

#include "sim/core/call.hpp"
#include "sim/logs/input.hpp"

namespace sim::logs {

namespace {

// Takes one term or quoted phrase off the front of `rest`.
std::string take_term(std::string_view& rest) {
  std::string term;
  if (rest.starts_with('"')) {
    const auto end = rest.find('"', 1);
    if (end == std::string_view::npos) {
      throw Error(invalid, "Invalid filter pattern");
    }
    term = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    const auto end = std::min(rest.find(' '), rest.size());
    term = rest.substr(0, end);
    rest.remove_prefix(end);
    const bool plain = std::ranges::all_of(term, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    // Terms with other characters must be in quotes.
    if (term.empty() || !plain) throw Error(invalid, "Invalid filter pattern");
  }
  return term;
}

}  // namespace

Filter Filter::parse(std::string_view pattern) {
  Filter filter;
  std::string_view rest = pattern;
  while (true) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    if (rest.empty()) return filter;
    if (rest.starts_with('{') || rest.starts_with('[') || rest.starts_with('%')) {
      throw Error("NotImplemented",
                  "The embedded AWS filters log events by terms only, not by JSON, space-delimited "
                  "or regular-expression patterns.",
                  501);
    }
    auto* into = &filter.all_;
    if (rest.starts_with('-') || rest.starts_with('?')) {
      into = rest.front() == '-' ? &filter.none_ : &filter.any_;
      rest.remove_prefix(1);
    }
    into->push_back(take_term(rest));
  }
}

bool Filter::matches(std::string_view message) const {
  const auto in = [&](const std::string& term) { return message.contains(term); };
  // With both kinds, AWS ignores the ?terms.
  if (!any_.empty() && all_.empty() && none_.empty()) return std::ranges::any_of(any_, in);
  return std::ranges::all_of(all_, in) && std::ranges::none_of(none_, in);
}

}  // namespace sim::logs
