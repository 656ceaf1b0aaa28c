#include "sim/iam/pattern.hpp"

#include <array>

namespace sim::iam {

namespace {

// Bytes that no ARN, action or tag contains.
constexpr char any_run = '\x01';
constexpr char any_one = '\x02';

bool glob(std::string_view marked, std::string_view text) {
  std::size_t m = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // the last any_run passed
  std::size_t resume = 0;                     // where its run may grow to
  while (t < text.size()) {
    if (m < marked.size() && marked[m] == any_run) {
      star = m++;
      resume = t;
    } else if (m < marked.size() && (marked[m] == any_one || marked[m] == text[t])) {
      ++m;
      ++t;
    } else if (star != std::string_view::npos) {
      m = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (m < marked.size() && marked[m] == any_run) ++m;
  return m == marked.size();
}

void append_marked(std::string& out, char c, Wildcards wildcards) {
  if (c == any_run || c == any_one) {
    out.push_back('?');  // never lets a text of the caller become a wildcard
  } else if (wildcards == Wildcards::match && c == '*') {
    out.push_back(any_run);
  } else if (wildcards == Wildcards::match && c == '?') {
    out.push_back(any_one);
  } else {
    out.push_back(c);
  }
}

// What stands for "${name}" or "${name, 'default'}".
std::optional<std::string> variable(std::string_view inside, const Keys& keys) {
  if (inside == "*" || inside == "?" || inside == "$") return std::string(inside);
  std::optional<std::string> fallback;
  if (const auto comma = inside.find(','); comma != std::string_view::npos) {
    const auto open = inside.find('\'', comma);
    const auto close = inside.rfind('\'');
    if (open != std::string_view::npos && close > open) {
      fallback = inside.substr(open + 1, close - open - 1);
    }
    inside = inside.substr(0, comma);
    while (inside.ends_with(' ')) inside.remove_suffix(1);
  }
  const auto* values = keys.find(inside);
  if (values != nullptr && values->size() == 1) return values->front();
  return fallback;
}

std::array<std::string_view, 6> arn_parts(std::string_view arn) {
  std::array<std::string_view, 6> parts;
  for (std::size_t i = 0; i < 5; ++i) {
    const auto colon = arn.find(':');
    parts[i] = arn.substr(0, colon);
    arn.remove_prefix(colon == std::string_view::npos ? arn.size() : colon + 1);
  }
  parts[5] = arn;
  return parts;
}

}  // namespace

bool Pattern::matches(std::string_view text) const {
  return glob(marked, text);
}

std::optional<Pattern> pattern(std::string_view text, const Keys& keys, Variables variables,
                               Wildcards wildcards) {
  Pattern out;
  out.marked.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (variables == Variables::expanded && text.substr(i).starts_with("${")) {
      const auto close = text.find('}', i);
      if (close != std::string_view::npos) {
        const auto value = variable(text.substr(i + 2, close - i - 2), keys);
        if (!value) return std::nullopt;
        for (const char c : *value) append_marked(out.marked, c, Wildcards::literal);
        i = close;
        continue;
      }
    }
    append_marked(out.marked, text[i], wildcards);
  }
  return out;
}

bool action_matches(std::string_view text, std::string_view action) {
  static const Keys none;
  const auto lowered = pattern(lower_case(text), none, Variables::kept, Wildcards::match);
  return lowered->matches(lower_case(action));
}

bool arn_matches(const Pattern& wanted, std::string_view arn) {
  const auto wanted_parts = arn_parts(wanted.marked);
  const auto parts = arn_parts(arn);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!glob(wanted_parts[i], parts[i])) return false;
  }
  return true;
}

}  // namespace sim::iam
