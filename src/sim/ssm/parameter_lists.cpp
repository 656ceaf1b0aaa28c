// Parameter Store's lists: histories, descriptions by filter, tags.
#include <algorithm>
#include <charconv>

#include "sim/ssm/parameters.hpp"

namespace sim::ssm {

namespace {

bool any(const std::vector<std::string>& values, auto test) {
  return std::ranges::any_of(values, test);
}

bool below(const std::string& name, std::string path, bool recursive) {
  if (!path.ends_with('/')) path += '/';
  return name.starts_with(path) && (recursive || name.find('/', path.size()) == std::string::npos);
}

}  // namespace

std::vector<std::string> page_of(const std::vector<std::string>& names, const Fields& in,
                                 std::int64_t fallback, std::int64_t most, json::object& out) {
  const auto size = in.integer("MaxResults", fallback);
  if (size < 1 || size > most) {
    throw Error("ValidationException",
                fmt::format("1 validation error detected: Value '{}' at 'maxResults' failed to "
                            "satisfy constraint: Member must have value less than or equal to {}",
                            size, most));
  }
  const auto token = in.text("NextToken");
  std::size_t from = 0;
  const auto [end, failure] = std::from_chars(token.data(), token.data() + token.size(), from);
  const bool valid =
      token.empty() || (failure == std::errc() && end == token.data() + token.size());
  if (!valid || from > names.size()) {
    throw Error("InvalidNextToken", "The specified token is not valid.");
  }
  const auto to = std::min(names.size(), from + static_cast<std::size_t>(size));
  if (to < names.size()) out["NextToken"] = std::to_string(to);
  return {names.begin() + static_cast<std::ptrdiff_t>(from),
          names.begin() + static_cast<std::ptrdiff_t>(to)};
}

json::object Parameters::history(const Fields& in) const {
  const auto name = in.required("Name");
  const auto& versions = own(name).versions;
  std::vector<std::string> numbers;
  numbers.reserve(versions.size());
  for (const auto& version : versions) numbers.push_back(std::to_string(version.number));
  json::object out;
  json::array list;
  for (const auto& number : page_of(numbers, in, 50, 50, out)) {
    const auto& one = *std::ranges::find_if(
        versions, [&](const Version& each) { return std::to_string(each.number) == number; });
    const bool secret = one.type == "SecureString" && !in.flag("WithDecryption");
    json::object entry{{"Name", bare(name)},
                       {"Type", one.type},
                       {"LastModifiedDate", epoch_seconds(one.modified)},
                       {"LastModifiedUser", one.user},
                       {"Value", secret ? one.ciphertext : one.value},
                       {"Version", one.number},
                       {"Labels", json::array(one.labels.begin(), one.labels.end())},
                       {"Tier", one.tier},
                       {"Policies", json::array()},
                       {"DataType", one.data_type}};
    if (!one.description.empty()) entry["Description"] = one.description;
    if (one.type == "SecureString") entry["KeyId"] = "alias/aws/ssm";
    list.emplace_back(std::move(entry));
  }
  out["Parameters"] = std::move(list);
  return out;
}

json::object Parameters::described(const std::string& name, const Parameter& parameter) const {
  const auto& one = parameter.versions.back();
  json::object out{{"Name", name},
                   {"ARN", arn(name)},
                   {"Type", one.type},
                   {"LastModifiedDate", epoch_seconds(one.modified)},
                   {"LastModifiedUser", one.user},
                   {"Version", one.number},
                   {"Tier", one.tier},
                   {"Policies", json::array()},
                   {"DataType", one.data_type}};
  if (!one.description.empty()) out["Description"] = one.description;
  if (one.type == "SecureString") out["KeyId"] = "alias/aws/ssm";
  return out;
}

// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html
bool Parameters::passes(const std::string& name, const Parameter& parameter,
                        const Fields& in) const {
  const auto& current = parameter.versions.back();
  for (const auto& value : in.list("ParameterFilters")) {
    if (!value.is_object()) throw Error("SerializationException", "A filter is a structure.");
    const Fields filter(value.get_object());
    const auto key = filter.required("Key");
    const auto option = filter.text("Option", key == "Path" ? "OneLevel" : "Equals");
    const auto values = filter.texts("Values");
    const auto equals = [&](const std::string& text) {
      if (option == "BeginsWith") {
        return any(values, [&](const auto& wanted) { return text.starts_with(wanted); });
      }
      if (option == "Contains") {
        return any(values, [&](const auto& wanted) { return text.contains(wanted); });
      }
      if (option != "Equals") {
        throw Error("InvalidFilterOption",
                    fmt::format("The following filter option is not valid: {}.", option));
      }
      return any(values, [&](const auto& wanted) { return text == wanted; });
    };
    bool passed = false;
    if (key == "Name") {
      passed = equals(name);
    } else if (key == "Type") {
      passed = equals(current.type);
    } else if (key == "Tier") {
      passed = equals(current.tier);
    } else if (key == "DataType") {
      passed = equals(current.data_type);
    } else if (key == "KeyId") {
      passed = current.type == "SecureString" && equals("alias/aws/ssm");
    } else if (key == "Label") {
      passed = any(values, [&](const auto& label) { return current.labels.contains(label); });
    } else if (key == "Path") {
      passed =
          any(values, [&](const auto& path) { return below(name, path, option == "Recursive"); });
    } else if (key.starts_with("tag:")) {
      const auto tag = parameter.tags.find(key.substr(4));
      passed = tag != parameter.tags.end() && (values.empty() || equals(tag->second));
    } else {
      throw Error("InvalidFilterKey",
                  fmt::format("The following filter key is not valid: {}. Valid "
                              "filter keys include: [Type, KeyId, Name, Path, "
                              "Tier, Label, DataType].",
                              key));
    }
    if (!passed) return false;
  }
  return true;
}

json::object Parameters::describe(const Fields& in) const {
  in.unsupported("DescribeParameters", {"Filters", "Shared"});
  std::vector<std::string> names;
  for (const auto& [name, parameter] : parameters_) {
    if (passes(name, parameter, in)) names.push_back(name);
  }
  json::object out;
  json::array list;
  for (const auto& name : page_of(names, in, 50, 50, out)) {
    list.push_back(described(name, parameters_.at(name)));
  }
  out["Parameters"] = std::move(list);
  return out;
}

std::map<std::string, std::string>* Parameters::tags(const std::string& name) {
  const auto found = parameters_.find(bare(name));
  return found == parameters_.end() ? nullptr : &found->second.tags;
}

}  // namespace sim::ssm
