#include "sim/cloudformation/inputs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/contains.hpp"
#include "sim/core/words.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

Error violated(std::string_view member, std::string_view value, const std::string& constraint) {
  return invalid(
      fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: "
                  "Member must {}",
                  value, uncapitalized(std::string(member)), constraint));
}

}  // namespace

Error invalid(const std::string& text) {
  return Error("ValidationError", text);
}

std::vector<std::string> texts(const json::object& input, std::string_view name) {
  std::vector<std::string> result;
  if (const auto* list = input.if_contains(name); list != nullptr && list->is_array()) {
    for (const auto& one : list->as_array()) result.push_back(templates::text_of(one));
  }
  return result;
}

bool flag(const json::object& input, std::string_view name) {
  return templates::lower(at(input, name)) == "true";
}

void refuse_options(const Call& call, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (!call.input.contains(name)) continue;
    throw Error("NotImplemented",
                fmt::format("The embedded AWS does not support {} of cloudformation:{}.", name,
                            call.action),
                501);
  }
}

void check_deployment(const Call& call) {
  const auto* config = call.input.if_contains("DeploymentConfig");
  if (config == nullptr || !config->is_object()) return;
  check_one_of(config->get_object(), "Mode", {"STANDARD", "EXPRESS"});
  if (at(*config, "Mode") == "EXPRESS" || flag(config->get_object(), "DisableRollback")) {
    refuse_options(call, {"DeploymentConfig"});
  }
}

void check_given(const json::object& input, std::string_view member) {
  if (input.contains(member)) return;
  throw invalid(
      fmt::format("1 validation error detected: Value null at '{}' failed to satisfy "
                  "constraint: Member must not be null",
                  uncapitalized(std::string(member))));
}

void check_name(const json::object& input, std::string_view member, std::size_t limit) {
  check_given(input, member);
  const std::string name = at(input, member);
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
  if (name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0 ||
      !std::ranges::all_of(name, fits)) {
    throw violated(member, name, "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
  }
  if (name.size() > limit) {
    throw violated(member, name, fmt::format("have length less than or equal to {}", limit));
  }
}

void check_one_of(const json::object& input, std::string_view member,
                  std::initializer_list<std::string_view> values) {
  const std::string value = at(input, member);
  if (value.empty() || base::contains(values, value)) return;
  throw violated(member, value,
                 fmt::format("satisfy enum value set: [{}]", fmt::join(values, ", ")));
}

}  // namespace sim::cloudformation
