// Describe calls: ids, filters and paging.
// Ids that do not exist are an error; filters that match nothing return nothing.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/ec2/estate.hpp"
#include "sim/ec2/input.hpp"

namespace sim::ec2 {

using Texts = std::vector<std::string>;

struct Filter {
  std::string name;
  Texts values;
};

// One filter that a kind understands: the values a resource has for it.
template <class T>
struct Field {
  std::string_view name;
  Texts (*values)(const Estate&, const T&);
};

template <class T>
struct Description {
  std::string_view set;  // the output's element, "natGatewaySet"
  std::string_view ids;  // the input's parameter, "NatGatewayId"
  const Kind& kind;
  int most;  // the largest MaxResults
  std::span<const Field<T>> fields;
  json::object (*view)(const Estate&, const T&);
  // MaxResults and ids in one call are refused, where AWS does.
  bool pages_without_ids = false;
  int least = 5;  // the smallest MaxResults
};

// Throws InvalidParameterValue for a filter without a name.
std::vector<Filter> read_filters(const Call& call);
// `pattern` may hold * and ?; a backslash takes the next character literally.
bool wildcard_match(std::string_view pattern, std::string_view text);
bool any_match(const Filter& filter, const Texts& values);
// True when the filter is about tags; then `matched` tells the outcome.
bool match_tags(const Filter& filter, const Tags* tags, bool& matched);
Error invalid_filter(const Filter& filter);

template <class T>
bool matches(const Estate& estate, const T& item, const Tags* tags,
             const std::vector<Filter>& filters, std::span<const Field<T>> fields) {
  for (const auto& filter : filters) {
    bool matched = false;
    if (!match_tags(filter, tags, matched)) {
      const Field<T>* field = nullptr;
      for (const auto& candidate : fields) {
        if (candidate.name == filter.name) field = &candidate;
      }
      if (!field) throw invalid_filter(filter);
      matched = any_match(filter, field->values(estate, item));
    }
    if (!matched) return false;
  }
  return true;
}

// An unknown filter is refused even when there is nothing to filter.
template <class T>
void check_filters(const std::vector<Filter>& filters, std::span<const Field<T>> fields) {
  for (const auto& filter : filters) {
    bool known = filter.name == "tag-key" || filter.name.starts_with("tag:");
    for (const auto& field : fields) known = known || field.name == filter.name;
    if (!known) throw invalid_filter(filter);
  }
}

// One page of the entries, in the order of their keys, and nextToken when there are more.
// Throws InvalidParameterValue for MaxResults outside [least, most], InvalidNextToken.
json::object page(const Call& call, std::string_view set,
                  std::map<std::string, json::object> entries, int most, int least = 5);

// Throws InvalidParameterCombination when the call asks for pages.
void refuse_page(const Call& call, std::string_view ids);

template <class T>
json::object describe(Estate& estate, const Call& call, std::map<std::string, T>& all,
                      const Description<T>& description) {
  const auto filters = read_filters(call);
  check_filters<T>(filters, description.fields);
  std::map<std::string, json::object> entries;
  const auto consider = [&](const T& item) {
    if (matches<T>(estate, item, &item.tags, filters, description.fields)) {
      entries[item.id] = description.view(estate, item);
    }
  };
  const auto ids = texts(call.input, description.ids);
  if (description.pages_without_ids && !ids.empty()) refuse_page(call, description.ids);
  for (const auto& id : ids) consider(estate.get(all, description.kind, id));
  if (ids.empty()) {
    for (const auto& [id, item] : all) {
      if (item.visible <= estate.now()) consider(item);
    }
  }
  return page(call, description.set, std::move(entries), description.most, description.least);
}

}  // namespace sim::ec2
