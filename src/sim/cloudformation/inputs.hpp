// Reading the input of an API call: the small words that every operation uses.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloudformation/handler.hpp"
#include "sim/core/call.hpp"

namespace sim::cloudformation {

inline constexpr std::size_t page_size = 100;

// ValidationError.
Error invalid(const std::string& text);
// The strings of a list; empty when it is absent.
std::vector<std::string> texts(const json::object& input, std::string_view name);
bool flag(const json::object& input, std::string_view name);
// Throws NotImplemented naming the first of these that is given.
void refuse_options(const Call& call, std::initializer_list<std::string_view> names);
// Throws NotImplemented for a DeploymentConfig that asks for anything but the standard.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentConfig.html
void check_deployment(const Call& call);
// Throws ValidationError with the constraint's own words when the member is given and does not fit.
void check_given(const json::object& input, std::string_view member);
void check_name(const json::object& input, std::string_view member, std::size_t limit = 128);
void check_one_of(const json::object& input, std::string_view member,
                  std::initializer_list<std::string_view> values);

// One page of a list; NextToken is the index of the first that is left. A view that takes the
// memory to build in shares one arena with the whole page: stacks' events are asked for every few
// seconds.
template <class Range, class View>
json::object page(const Call& call, const Range& all, std::string_view member, View view) {
  std::size_t start = 0;
  if (const std::string token = at(call.input, "NextToken"); !token.empty()) {
    const auto [rest, error] = std::from_chars(token.data(), token.data() + token.size(), start);
    if (error != std::errc() || rest != token.data() + token.size() || start > all.size()) {
      throw invalid("Invalid NextToken");
    }
  }
  const std::size_t end = std::min(start + page_size, all.size());
  const auto memory = json::make_shared_resource<json::monotonic_resource>();
  json::array list(memory);
  for (std::size_t i = start; i < end; ++i) {
    if constexpr (std::invocable<View, decltype(all[i]), const json::storage_ptr&>) {
      list.push_back(view(all[i], memory));
    } else {
      list.push_back(view(all[i]));
    }
  }
  json::object output(memory);
  output[member] = std::move(list);
  if (end < all.size()) output["NextToken"] = std::to_string(end);
  return output;
}

}  // namespace sim::cloudformation
