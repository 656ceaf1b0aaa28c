// Published versions and the aliases that point at them.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
#include <charconv>

#include "sim/lambda/lambda.hpp"

namespace sim::lambda {

namespace {

constexpr std::string_view latest = "$LATEST";

int number_of(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? number : 0;
}

// What a version is made of: nothing new is published without a change in it.
bool same(const Function& a, const Function& b) {
  return a.code_sha256 == b.code_sha256 && a.role == b.role && a.runtime == b.runtime &&
         a.handler == b.handler && a.architecture == b.architecture && a.timeout == b.timeout &&
         a.memory == b.memory && a.storage == b.storage && a.variables == b.variables &&
         a.tracing == b.tracing && a.log_group == b.log_group && a.network == b.network;
}

}  // namespace

Lambda::FunctionPointer Lambda::resolve(const std::string& function,
                                        const std::string& qualifier) const {
  const auto found = functions_.find(function);
  if (found == functions_.end()) return nullptr;
  if (qualifier.empty() || qualifier == latest) return found->second;
  if (const int number = number_of(qualifier); number > 0) {
    const auto versions = versions_.find(function);
    if (versions == versions_.end()) return nullptr;
    const auto version = versions->second.find(number);
    return version == versions->second.end() ? nullptr : version->second;
  }
  const auto aliases = aliases_.find(function);
  if (aliases == aliases_.end()) return nullptr;
  const auto alias = aliases->second.find(qualifier);
  return alias == aliases->second.end() ? nullptr : resolve(function, alias->second.version);
}

Lambda::FunctionPointer Lambda::publish(const Function& function, const std::string& description) {
  auto& versions = versions_[function.name];
  if (!versions.empty() && same(*versions.rbegin()->second, function)) {
    return versions.rbegin()->second;
  }
  Function copy = function;
  copy.version = std::to_string(++last_version_[function.name]);
  copy.revision = random_.uuid();
  if (!description.empty()) copy.description = description;
  const auto made = std::make_shared<const Function>(std::move(copy));
  versions[last_version_[function.name]] = made;
  return made;
}

json::object Lambda::publish_version(const Call& call) {
  const auto function = find_for_update(call);
  const Fields in(call.input);
  check_revision(call, function->revision);
  if (const auto wanted = in.text("CodeSha256");
      !wanted.empty() && wanted != function->code_sha256) {
    throw Error("InvalidParameterValueException",
                fmt::format("CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({}). "
                            "Please try again with the CodeSHA256 in $LATEST.",
                            wanted, function->code_sha256));
  }
  return configuration(*publish(*function, in.text("Description")), context_.now());
}

json::object Lambda::list_versions(const Call& call) {
  const auto function = find(call);
  const Fields in(call.input);
  const auto most = std::clamp<std::int64_t>(in.integer("MaxItems", 50), 1, 50);
  json::array shown;
  auto first = configuration(*functions_.at(function->name), context_.now());
  first["FunctionArn"] = version_arn(*functions_.at(function->name));
  const auto after = in.text("Marker");
  if (after.empty()) shown.push_back(std::move(first));
  json::object out;
  const auto& versions = versions_[function->name];
  for (auto one = versions.upper_bound(number_of(after)); one != versions.end(); ++one) {
    if (static_cast<std::int64_t>(shown.size()) == most) {
      out["NextMarker"] = std::to_string(std::prev(one)->first);
      break;
    }
    shown.push_back(configuration(*one->second, context_.now()));
  }
  out["Versions"] = std::move(shown);
  return out;
}

json::object Lambda::delete_version(const std::string& function, const std::string& version) {
  if (version == latest) {
    throw Error("InvalidParameterValueException",
                "$LATEST version cannot be deleted without deleting the function.");
  }
  if (number_of(version) == 0) {
    throw Error("InvalidParameterValueException",
                "Deletion of aliases is not currently supported through this API.");
  }
  std::vector<std::string> pointing;
  for (const auto& [name, alias] : aliases_[function]) {
    if (alias.version == version) pointing.push_back(name);
  }
  if (!pointing.empty()) {
    throw Error("ResourceConflictException",
                fmt::format("Unable to delete version because the following aliases reference it: "
                            "[{}]",
                            fmt::join(pointing, ", ")),
                409);
  }
  versions_[function].erase(number_of(version));
  leave_networks();
  sweep();
  return {};
}

json::object Lambda::shown(const std::string& function, const Alias& alias) const {
  return {{"AliasArn", arn(function) + ":" + alias.name},
          {"Name", alias.name},
          {"FunctionVersion", alias.version},
          {"Description", alias.description},
          {"RevisionId", alias.revision}};
}

Alias& Lambda::alias(const Call& call) {
  const auto function = find(call)->name;
  const auto name = Fields(call.input).required("Name");
  const auto found = aliases_[function].find(name);
  if (found == aliases_[function].end()) {
    throw Error("ResourceNotFoundException",
                fmt::format("Cannot find alias arn: {}:{}", arn(function), name), 404);
  }
  return found->second;
}

json::object Lambda::create_alias(const Call& call) {
  const auto function = find(call)->name;
  const Fields in(call.input);
  in.unsupported("CreateAlias", {"RoutingConfig", "Tags"});
  Alias made{in.required("Name"), in.required("FunctionVersion"), in.text("Description"),
             random_.uuid()};
  if (number_of(made.name) > 0 || made.name == latest) {
    throw Error("InvalidParameterValueException",
                "Alias name cannot be a number or $LATEST: " + made.name);
  }
  if (aliases_[function].contains(made.name)) {
    throw Error("ResourceConflictException",
                fmt::format("Alias already exists: {}:{}", arn(function), made.name), 409);
  }
  if ((made.version != latest && number_of(made.version) == 0) ||
      !resolve(function, made.version)) {
    throw Error("ResourceNotFoundException",
                fmt::format("Function not found: {}:{}", arn(function), made.version), 404);
  }
  return shown(function, aliases_[function][made.name] = made);
}

json::object Lambda::get_alias(const Call& call) {
  return shown(find(call)->name, alias(call));
}

json::object Lambda::update_alias(const Call& call) {
  const Fields in(call.input);
  in.unsupported("UpdateAlias", {"RoutingConfig"});
  auto& changed = alias(call);
  const auto function = find(call)->name;
  check_revision(call, changed.revision);
  const auto version = in.text("FunctionVersion", changed.version);
  if ((version != latest && number_of(version) == 0) || !resolve(function, version)) {
    throw Error("ResourceNotFoundException",
                fmt::format("Function not found: {}:{}", arn(function), version), 404);
  }
  changed.version = version;
  changed.description = in.text("Description", changed.description);
  changed.revision = random_.uuid();
  return shown(function, changed);
}

json::object Lambda::delete_alias(const Call& call) {
  // One that does not exist is deleted already.
  aliases_[find(call)->name].erase(Fields(call.input).required("Name"));
  return {};
}

json::object Lambda::list_aliases(const Call& call) {
  const Fields in(call.input);
  const auto function = find(call)->name;
  const auto most = std::clamp<std::int64_t>(in.integer("MaxItems", 50), 1, 50);
  const auto version = in.text("FunctionVersion");
  json::array found;
  json::object out;
  const auto& aliases = aliases_[function];
  for (auto one = aliases.upper_bound(in.text("Marker")); one != aliases.end(); ++one) {
    if (!version.empty() && one->second.version != version) continue;
    if (static_cast<std::int64_t>(found.size()) == most) {
      out["NextMarker"] = std::prev(one)->first;
      break;
    }
    found.push_back(shown(function, one->second));
  }
  out["Aliases"] = std::move(found);
  return out;
}

}  // namespace sim::lambda
