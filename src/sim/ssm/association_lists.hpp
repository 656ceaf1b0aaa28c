// Filters and pages of the lists about associations.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/fields.hpp"

namespace sim::ssm {

// Calls visit(key, value, filter) for each filter of the list.
void each_filter(const Fields& in, std::string_view list, std::string_view key,
                 std::string_view value, const auto& visit) {
  for (const auto& one : in.list(list)) {
    if (!one.is_object()) throw Error("SerializationException", "A filter is a structure.");
    const Fields filter(one.get_object());
    visit(filter.required(key), filter.required(value), filter);
  }
}

// Throws Error NotImplemented.
[[noreturn]] void unknown_filter(const std::string& key, std::string_view operation);
// Throws Error ValidationException.
base::Instant time_of(const std::string& text);
// The objects of one page, under `member`.
json::object paged(const Fields& in, std::int64_t most, std::string_view member,
                   const json::array& all);

}  // namespace sim::ssm
