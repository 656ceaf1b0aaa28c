#include "sim/ssm/parameters.hpp"

#include <algorithm>

#include "sim/core/images.hpp"

namespace sim::ssm {

namespace {

constexpr std::size_t most_parameter_versions = 100;

[[noreturn]] void not_found() {
  throw Error("ParameterNotFound", "");
}

void check_parameter_name(const std::string& name) {
  const auto first = name.find_first_not_of('/');
  std::string start = first == std::string::npos ? "" : name.substr(first, 3);
  std::ranges::transform(start, start.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (start == "aws" || start == "ssm") {
    throw Error("ValidationException",
                "Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive).");
  }
  const auto valid = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_.-/").contains(c);
  };
  if (start.empty() || name.size() > 2048 || name.ends_with('/') ||
      !std::ranges::all_of(name, valid)) {
    throw Error("ValidationException",
                "Parameter name: can only include letters, numbers and the following symbols: "
                "period, dash, underscore and slash.");
  }
  if (!name.starts_with('/') && name.contains('/')) {
    throw Error("ValidationException",
                "Parameter name must be a fully qualified name: it must begin with a forward "
                "slash.");
  }
  if (std::ranges::count(name, '/') > 15) {
    throw Error("HierarchyLevelLimitExceededException",
                "A hierarchy can have a maximum of 15 levels.");
  }
}

void check_value(const std::string& value, const std::string& tier) {
  if (tier != "Standard" && tier != "Advanced" && tier != "Intelligent-Tiering") {
    throw Error("ValidationException", fmt::format("{} is not a parameter tier.", tier));
  }
  if (value.size() > 8192) {
    throw Error("ValidationException",
                "Advanced tier parameters support a maximum parameter value of 8192 characters.");
  }
  if (value.size() > 4096 && tier == "Standard") {
    throw Error("ValidationException",
                "Standard tier parameters support a maximum parameter value of 4096 characters. To "
                "create a larger parameter value, upgrade the parameter to use the "
                "advanced-parameter tier.");
  }
}

void check_type(const std::string& type, const Fields& in) {
  if (type != "String" && type != "StringList" && type != "SecureString") {
    throw Error("ValidationException",
                fmt::format("1 validation error detected: Value '{}' at 'type' failed to satisfy "
                            "constraint: Member must satisfy enum value set: [SecureString, "
                            "StringList, String]",
                            type));
  }
  const auto key = in.text("KeyId");
  if (key.empty()) return;
  if (type != "SecureString") {
    throw Error("ValidationException", "KeyId is required for SecureString type parameter only.");
  }
  if (key != "alias/aws/ssm") {
    throw Error("NotImplemented",
                "The embedded AWS has no KeyId but alias/aws/ssm for PutParameter.", 501);
  }
}

}  // namespace

std::map<std::string, std::string> tags_in(const Fields& in) {
  std::map<std::string, std::string> tags;
  for (const auto& value : in.list("Tags")) {
    if (!value.is_object()) throw Error("SerializationException", "A tag is a structure.");
    const Fields tag(value.get_object());
    tags[tag.required("Key")] = tag.text("Value");
  }
  return tags;
}
Parameters::Parameters(Context context)
    : context_(std::move(context)), random_(context_.random("ssm.parameters")) {
  for (const auto& image : images()) {
    public_[image.parameter] = {
        {Version{1, image.id, {}, "String", "aws:ec2:image", {}, "Standard", {}, {}}}};
  }
}

std::string Parameters::bare(const std::string& name) const {
  auto out = name;
  if (out.starts_with("arn:")) {
    const auto at = out.find(":parameter/");
    if (at != std::string::npos) out = out.substr(at + 10);
    if (!parameters_.contains(out) && parameters_.contains(out.substr(1))) out.erase(0, 1);
  }
  return out.substr(0, out.find(':'));
}

std::string Parameters::arn(const std::string& given) const {
  const auto name = bare(given);
  const bool of_aws = name.starts_with("/aws/service/");
  return fmt::format("arn:{}:ssm:{}:{}:parameter{}{}", context_.partition, context_.region,
                     of_aws ? "" : context_.account, name.starts_with('/') ? "" : "/", name);
}

std::map<std::string, std::string> Parameters::context_of(const std::string& name,
                                                          const Fields& in) const {
  std::map<std::string, std::string> context;
  if (const auto found = parameters_.find(bare(name)); found != parameters_.end()) {
    for (const auto& [key, value] : found->second.tags) context["aws:ResourceTag/" + key] = value;
  }
  for (const auto& [key, value] : tags_in(in)) context["aws:RequestTag/" + key] = value;
  return context;
}

std::optional<Parameters::Found> Parameters::find(const std::string& asked) const {
  const auto name = bare(asked);
  const auto* from = &parameters_;
  auto found = from->find(name);
  if (found == from->end()) {
    from = &public_;
    found = from->find(name);
  }
  if (found == from->end()) return std::nullopt;
  const auto& versions = found->second.versions;
  const auto tail =
      asked.starts_with("arn:") ? asked.substr(asked.find(":parameter/") + 11) : asked;
  const auto colon = tail.find(':');
  if (colon == std::string::npos) return Found{name, &versions.back(), ""};
  const auto selector = tail.substr(colon + 1);
  for (const auto& version : versions) {
    if (selector == std::to_string(version.number) || version.labels.contains(selector)) {
      return Found{name, &version, ":" + selector};
    }
  }
  throw Error("ParameterVersionNotFound",
              fmt::format("Systems Manager could not find version {} of {}. Verify the version and "
                          "try again.",
                          selector, name));
}

Parameters::Parameter& Parameters::own(const std::string& name) {
  const auto found = parameters_.find(bare(name));
  if (found == parameters_.end()) not_found();
  return found->second;
}

const Parameters::Parameter& Parameters::own(const std::string& name) const {
  const auto found = parameters_.find(bare(name));
  if (found == parameters_.end()) not_found();
  return found->second;
}

json::object Parameters::shown(const Found& found, bool decrypted) const {
  const auto& one = *found.version;
  const bool secret = one.type == "SecureString" && !decrypted;
  json::object out{{"Name", found.name},
                   {"Type", one.type},
                   {"Value", secret ? one.ciphertext : one.value},
                   {"Version", one.number},
                   {"LastModifiedDate", epoch_seconds(one.modified)},
                   {"ARN", arn(found.name)},
                   {"DataType", one.data_type}};
  if (!found.selector.empty()) out["Selector"] = found.selector;
  return out;
}

json::object Parameters::get(const Fields& in) const {
  const auto found = find(in.required("Name"));
  if (!found) not_found();
  return {{"Parameter", shown(*found, in.flag("WithDecryption"))}};
}

json::object Parameters::get_several(const Fields& in) const {
  const auto names = in.texts("Names");
  if (names.empty() || names.size() > 10) {
    throw Error(
        "ValidationException",
        "1 validation error detected: Value at 'names' failed to satisfy constraint: Member "
        "must have length less than or equal to 10");
  }
  json::array found, invalid;
  for (const auto& name : names) {
    std::optional<Found> one;
    try {
      one = find(name);
    } catch (const Error&) {  // a version that does not exist is invalid, too
    }
    if (one) {
      found.push_back(shown(*one, in.flag("WithDecryption")));
    } else {
      invalid.push_back(json::value(name));
    }
  }
  return {{"Parameters", std::move(found)}, {"InvalidParameters", std::move(invalid)}};
}

json::object Parameters::get_by_path(const Fields& in) const {
  auto path = in.required("Path");
  if (!path.starts_with('/')) {
    throw Error("ValidationException",
                "The parameter doesn't meet the parameter name requirements. The parameter name "
                "must begin with a forward slash \"/\".");
  }
  if (!path.ends_with('/')) path += '/';
  const bool deep = in.flag("Recursive");
  std::vector<std::string> names;
  for (const auto* from : {&parameters_, &public_}) {
    for (const auto& [name, parameter] : *from) {
      if (!name.starts_with(path)) continue;
      if (!deep && name.find('/', path.size()) != std::string::npos) continue;
      if (passes(name, parameter, in)) names.push_back(name);
    }
  }
  std::ranges::sort(names);
  json::object out;
  json::array list;
  for (const auto& name : page_of(names, in, 10, 10, out)) {
    list.push_back(shown(*find(name), in.flag("WithDecryption")));
  }
  out["Parameters"] = std::move(list);
  return out;
}

json::object Parameters::put(const Call& call) {
  const Fields in(call.input);
  in.unsupported("PutParameter", {"AllowedPattern", "Policies"});
  const auto name = bare(in.required("Name"));
  check_parameter_name(name);
  const auto found = parameters_.find(name);
  const bool there = found != parameters_.end();
  const bool overwrite = in.flag("Overwrite");
  if (there && !overwrite) {
    throw Error(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in "
        "the request to true.");
  }
  const auto tags = tags_in(in);
  if (overwrite && !tags.empty()) {
    throw Error("ValidationException",
                "Invalid request: tags and overwrite can't be used together. To create a parameter "
                "with tags, please remove overwrite flag. To update tags for an existing "
                "parameter, please use AddTagsToResource or RemoveTagsFromResource.");
  }
  const auto type =
      there ? in.text("Type", found->second.versions.back().type) : in.required("Type");
  check_type(type, in);
  if (there && (type == "SecureString") != (found->second.versions.back().type == "SecureString")) {
    throw Error("HierarchyTypeMismatchException",
                "Parameter Store does not support changing a parameter type in a hierarchy.");
  }
  const auto data_type = in.text("DataType", "text");
  if (data_type != "text" && data_type != "aws:ec2:image") {
    throw Error("ValidationException",
                fmt::format("The following data type is not supported: {} (Data type names are all "
                            "lowercase.)",
                            data_type));
  }
  const auto tier = in.text("Tier", there ? found->second.versions.back().tier : "Standard");
  const auto value = in.required("Value");
  check_value(value, tier);
  auto& parameter = parameters_[name];
  const int number = there ? parameter.versions.back().number + 1 : 1;
  if (parameter.versions.size() >= most_parameter_versions) {
    if (!parameter.versions.front().labels.empty()) {
      throw Error("ParameterMaxVersionLimitExceeded",
                  fmt::format("You attempted to create a new version of {} by calling the "
                              "PutParameter API with the overwrite flag. Version {}, the oldest "
                              "version, can't be deleted because it has a label associated with "
                              "it. Move the label to another version of the parameter, and try "
                              "again.",
                              name, parameter.versions.front().number));
    }
    parameter.versions.erase(parameter.versions.begin());
  }
  const auto ciphertext = type == "SecureString" ? "AQICAHg" + random_.hex(161) : std::string();
  parameter.versions.push_back({number, value, ciphertext, type, data_type, in.text("Description"),
                                tier, call.caller.arn, context_.now()});
  if (!there) parameter.tags = tags;
  return {{"Version", number}, {"Tier", tier == "Intelligent-Tiering" ? "Standard" : tier}};
}

json::object Parameters::remove(const Fields& in) {
  if (parameters_.erase(bare(in.required("Name"))) == 0) not_found();
  return {};
}

json::object Parameters::remove_several(const Fields& in) {
  json::array deleted, invalid;
  for (const auto& name : in.texts("Names")) {
    auto& list = parameters_.erase(bare(name)) > 0 ? deleted : invalid;
    list.push_back(json::value(name));
  }
  return {{"DeletedParameters", std::move(deleted)}, {"InvalidParameters", std::move(invalid)}};
}

json::object Parameters::label(const Fields& in) {
  const auto name = in.required("Name");
  auto& versions = own(name).versions;
  const auto number = in.integer("ParameterVersion", versions.back().number);
  const auto wanted = std::ranges::find(versions, number, &Version::number);
  if (wanted == versions.end()) {
    throw Error("ParameterVersionNotFound",
                fmt::format("Systems Manager could not find version {} of {}. Verify the version "
                            "and try again.",
                            number, name));
  }
  json::array invalid;
  for (const auto& label : in.texts("Labels")) {
    const bool digit = !label.empty() && label.front() >= '0' && label.front() <= '9';
    if (label.empty() || label.size() > 100 || digit || label.starts_with("aws") ||
        label.starts_with("ssm")) {
      invalid.push_back(json::value(label));
      continue;
    }
    // A label is on one version only.
    for (auto& version : versions) version.labels.erase(label);
    wanted->labels.insert(label);
  }
  if (wanted->labels.size() > 10) {
    throw Error("ParameterVersionLabelLimitExceeded",
                "A parameter version can have maximum 10 labels.");
  }
  return {{"InvalidLabels", std::move(invalid)}, {"ParameterVersion", number}};
}

json::object Parameters::unlabel(const Fields& in) {
  auto& versions = own(in.required("Name")).versions;
  const auto number = in.integer("ParameterVersion", 0);
  const auto wanted = std::ranges::find(versions, number, &Version::number);
  if (wanted == versions.end()) {
    throw Error("ParameterVersionNotFound",
                fmt::format("Systems Manager could not find version {}.", number));
  }
  json::array removed, invalid;
  for (const auto& label : in.texts("Labels")) {
    auto& list = wanted->labels.erase(label) > 0 ? removed : invalid;
    list.push_back(json::value(label));
  }
  return {{"RemovedLabels", std::move(removed)}, {"InvalidLabels", std::move(invalid)}};
}

}  // namespace sim::ssm
