// How the calls of Auto Scaling are read, whatever they are about.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

Error invalid(const std::string& message) {
  return {"ValidationError", message};
}

const json::object& structure(const json::value& value) {
  if (!value.is_object()) throw invalid("A member of a list is no structure.");
  return value.get_object();
}

json::array texts_of(const std::vector<std::string>& texts) {
  json::array list;
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

json::object page_of(const Fields& in, std::string_view member, json::array all,
                     std::int64_t fallback, std::int64_t most) {
  const auto size = in.integer("MaxRecords", fallback);
  if (size < 1 || size > most) {
    throw invalid(fmt::format(
        "1 validation error detected: Value '{}' at 'maxRecords' failed to "
        "satisfy constraint: Member must have value {}",
        size,
        size < 1 ? "greater than or equal to 1" : fmt::format("less than or equal to {}", most)));
  }
  const auto token = in.text("NextToken");
  std::size_t from = 0;
  const auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), from);
  const bool number = failure == std::errc() && end == token.data() + token.size();
  if ((!token.empty() && !number) || from > all.size()) {
    throw Error("InvalidNextToken", "The token '" + token + "' is invalid.");
  }
  const auto to = std::min(all.size(), from + static_cast<std::size_t>(size));
  json::array page;
  for (std::size_t i = from; i < to; ++i) page.push_back(std::move(all[i]));
  json::object out;
  out[member] = std::move(page);
  if (to < all.size()) out["NextToken"] = std::to_string(to);
  return out;
}

std::vector<std::pair<std::string, std::vector<std::string>>> filters_of(
    const Fields& in, std::initializer_list<std::string_view> known) {
  std::vector<std::pair<std::string, std::vector<std::string>>> filters;
  for (const auto& value : in.list("Filters")) {
    const Fields filter(structure(value), "ValidationError");
    const auto name = filter.required("Name");
    const bool fits = std::ranges::any_of(known, [&](std::string_view one) {
      return name == one || (one.ends_with(':') && name.starts_with(one));
    });
    if (!fits) throw invalid(fmt::format("Filter type {} is not correct.", name));
    filters.emplace_back(name, filter.texts("Values"));
  }
  return filters;
}

std::string text_at(const json::value& value, std::string_view path) {
  std::string pointer = "/" + std::string(path);
  std::ranges::replace(pointer, '.', '/');
  boost::system::error_code missing;
  const auto* found = value.find_pointer(pointer, missing);
  if (found == nullptr) return {};
  return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
}

}  // namespace sim::autoscaling
