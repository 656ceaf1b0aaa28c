#include "sim/ec2/filters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sim::ec2 {
namespace {

constexpr std::string_view token_mark = "eyJuIjoi";

std::string to_token(std::string_view key) {
  std::string token(token_mark);
  for (const char c : key) token += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return token;
}

std::string from_token(std::string_view token) {
  const Error invalid("InvalidNextToken", "The specified NextToken is not valid");
  if (!token.starts_with(token_mark) || (token.size() - token_mark.size()) % 2 != 0) throw invalid;
  std::string key;
  for (std::size_t i = token_mark.size(); i < token.size(); i += 2) {
    int value = 0;
    for (const char c : token.substr(i, 2)) {
      const auto digit = std::string_view("0123456789abcdef").find(c);
      if (digit == std::string_view::npos) throw invalid;
      value = value * 16 + static_cast<int>(digit);
    }
    key.push_back(static_cast<char>(value));
  }
  return key;
}

}  // namespace

std::vector<Filter> read_filters(const Call& call) {
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
  constexpr std::size_t most_values = 200;
  std::size_t all = 0;
  std::vector<Filter> filters;
  for (const auto& filter : objects(call.input, "Filter")) {
    const auto name = text(filter, "Name");
    if (name.empty()) throw missing_parameter("filter name");
    auto values = texts(filter, "Value");
    if (values.empty()) {
      throw Error("InvalidParameterValue", fmt::format("The filter '{}' has no value", name));
    }
    all += values.size();
    if (all > most_values) {
      throw Error(
          "FilterLimitExceeded",
          fmt::format("The maximum number of filter values specified on a single call is {}",
                      most_values));
    }
    filters.push_back({name, std::move(values)});
  }
  return filters;
}

bool wildcard_match(std::string_view pattern, std::string_view text) {
  // The last star seen, and where its match ends so far: linear but for that one step back.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && !escaped && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (escaped && pattern[p + 1] == text[t]) {
      p += 2;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool any_match(const Filter& filter, const Texts& values) {
  return std::ranges::any_of(filter.values, [&](const auto& pattern) {
    return std::ranges::any_of(values,
                               [&](const auto& value) { return wildcard_match(pattern, value); });
  });
}

bool match_tags(const Filter& filter, const Tags* tags, bool& matched) {
  const bool by_key = filter.name == "tag-key";
  if (!tags || (!by_key && !filter.name.starts_with("tag:"))) return false;
  Texts values;
  if (by_key) {
    for (const auto& [key, value] : *tags) values.push_back(key);
  } else if (const auto found = tags->find(filter.name.substr(4)); found != tags->end()) {
    values.push_back(found->second);
  }
  matched = any_match(filter, values);
  return true;
}

Error invalid_filter(const Filter& filter) {
  return invalid_value(fmt::format("The filter '{}' is invalid", filter.name));
}

void refuse_page(const Call& call, std::string_view ids) {
  if (!has(call.input, "MaxResults")) return;
  throw Error("InvalidParameterCombination",
              fmt::format("The parameter {} cannot be used with the parameter MaxResults", ids));
}

json::object page(const Call& call, std::string_view set,
                  std::map<std::string, json::object> entries, int most, int least) {
  const auto wanted = number(call.input, "MaxResults");
  if (wanted && (*wanted < least || *wanted > most)) {
    throw invalid_value(fmt::format(
        "Value ( {} ) for parameter maxResults is invalid. Expecting a value between {} and {}.",
        *wanted, least, most));
  }
  const auto token = text(call.input, "NextToken");
  auto from = token.empty() ? entries.begin() : entries.lower_bound(from_token(token));
  // Without MaxResults everything comes at once, as on AWS for accounts of this size.
  const auto limit = wanted ? static_cast<std::size_t>(*wanted) : entries.size();
  json::array items;
  for (; from != entries.end() && items.size() < limit; ++from) {
    items.push_back(std::move(from->second));
  }
  json::object output;
  output[set] = std::move(items);
  if (from != entries.end()) output["nextToken"] = to_token(from->first);
  return output;
}

}  // namespace sim::ec2
