#include "sim/cloudformation/dynamic.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <optional>

#include "base/contains.hpp"
#include "sim/cloudformation/handler.hpp"
#include "templates/dynamic.hpp"
#include "templates/resolve.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

using templates::DynamicReference;
using Store = DynamicReference::Service;

constexpr std::size_t max_references = 60;  // [C] "up to 60 dynamic references in a stack template"

// "ssm:/a/name:3": how AWS names what it cannot find (data-mesh-datazone#19).
std::string name_of(const DynamicReference& reference) {
  const std::string_view service = reference.service == Store::ssm ? "ssm" : "ssm-secure";
  return fmt::format("{}:{}{}{}", service, reference.name, reference.version.empty() ? "" : ":",
                     reference.version);
}

bool is_parameter(const DynamicReference& reference) {
  return reference.service != Store::secretsmanager;
}

// [C] the form: coverage-roadmap#1187.
Failure refusal(std::string_view service, const Error& error) {
  return Failure(fmt::format("{} (Service: {}; Status Code: {}; Error Code: {}; Proxy: null)",
                             error.what(), service, error.status, error.code));
}

// Nothing when there is no such parameter.
Task<std::optional<std::string>> parameter(Caller& caller, Principal principal,
                                           DynamicReference reference) {
  std::string name = reference.name;
  if (!reference.version.empty()) name += ":" + reference.version;
  json::object input;
  input["Names"] = json::array{json::string(name)};
  if (reference.service == Store::ssm_secure) input["WithDecryption"] = true;
  const auto answer =
      co_await caller.call(std::move(principal), "ssm", "GetParameters", std::move(input));
  const auto* found = find(answer, "Parameters.0");
  if (found == nullptr) co_return std::nullopt;
  // A plain reference to a secure parameter, and the other way round, finds nothing.
  const bool secure = at(*found, "Type") == "SecureString";
  if (secure != (reference.service == Store::ssm_secure)) co_return std::nullopt;
  co_return at(*found, "Value");
}

Task<std::string> secret(Caller& caller, Principal principal, DynamicReference reference) {
  json::object input{{"SecretId", reference.name}};
  if (!reference.version_stage.empty()) input["VersionStage"] = reference.version_stage;
  if (!reference.version_id.empty()) input["VersionId"] = reference.version_id;
  const auto answer = co_await caller.call(std::move(principal), "secretsmanager", "GetSecretValue",
                                           std::move(input));
  const std::string text = at(answer, "SecretString");
  if (reference.json_key.empty()) co_return text;
  boost::system::error_code malformed;
  const json::value members = json::parse(text, malformed);
  if (malformed || !members.is_object()) throw Failure("Could not parse SecretString JSON");  // [I]
  const auto* value = members.as_object().if_contains(reference.json_key);
  // [C] coverage-roadmap#1822.
  if (value == nullptr) {
    throw Failure("Could not find a value associated with JSONKey in SecretString");
  }
  co_return templates::text_of(*value);
}

Task<std::string> value_of(Caller& caller, Principal principal, DynamicReference reference) {
  std::optional<Failure> refused;
  try {
    if (!is_parameter(reference)) {
      co_return co_await secret(caller, std::move(principal), reference);
    }
    if (auto value = co_await parameter(caller, std::move(principal), reference)) {
      co_return std::move(*value);
    }
  } catch (const Error& error) {
    refused = refusal(is_parameter(reference) ? "AWSSimpleSystemsManagement" : "AWSSecretsManager",
                      error);
  }
  if (refused) throw Failure(*refused);
  throw Failure(fmt::format("Parameters: [{}] cannot be found.", name_of(reference)));
}

class Fetcher {
 public:
  Fetcher(Caller& caller, Principal principal, bool custom)
      : caller_(caller), principal_(std::move(principal)), custom_(custom) {}

  // Replaces every reference inside the value.
  Task<void> fill(json::value& value) {
    if (auto* text = value.if_string()) {
      if (templates::has_dynamic_reference(*text)) value = co_await filled(std::string(*text));
    } else if (auto* list = value.if_array()) {
      for (auto& one : *list) co_await fill(one);
    } else if (auto* object = value.if_object()) {
      for (auto& member : *object) co_await fill(member.value());
    }
  }

 private:
  Task<std::string> filled(std::string text) {
    auto reading = templates::dynamic_references(text);
    if (!reading.problems.empty()) throw Failure(reading.problems.front());
    // "Dynamic references for secure values are not currently supported in custom resources": they
    // arrive as they are written (cloudcomponents/cdk-constructs#84).
    if (custom_) {
      std::erase_if(reading.references, [](const DynamicReference& reference) {
        return reference.service != Store::ssm;
      });
    }
    for (const auto& reference : reading.references) {
      const std::string key = text.substr(reference.begin, reference.size);
      if (known_.contains(key)) continue;
      known_[key] = co_await value_of(caller_, principal_, reference);
    }
    co_return templates::with_dynamic_values(
        text, reading.references, [&](const DynamicReference& reference) {
          return known_.at(text.substr(reference.begin, reference.size));
        });
  }

  Caller& caller_;
  Principal principal_;
  bool custom_;
  std::map<std::string, std::string> known_;  // by the text of the reference
};

// The value with what can be said from parameters alone put in; what needs a resource is left out.
json::value as_far_as_known(const json::value& value, const templates::Scope& scope) {
  try {
    auto resolved = templates::resolve(value, scope);
    return resolved ? std::move(*resolved) : json::value();
  } catch (const templates::ResolveError&) {
  }
  json::object rest;
  if (const auto* object = value.if_object()) {
    for (const auto& member : *object) rest[member.key()] = as_far_as_known(member.value(), scope);
  } else if (const auto* list = value.if_array()) {
    std::size_t index = 0;
    for (const auto& one : *list) rest[std::to_string(index++)] = as_far_as_known(one, scope);
  }
  return rest;
}

templates::Scope scope_of(const templates::Template& source, const Context& context,
                          std::map<std::string, json::value, std::less<>> values) {
  templates::Scope scope{.source = source};
  scope.values = std::move(values);
  scope.values["AWS::AccountId"] = context.account;
  scope.values["AWS::Partition"] = context.partition;
  scope.values["AWS::Region"] = context.region;
  scope.values["AWS::URLSuffix"] = "amazonaws.com";
  scope.ref = [](const std::string& id) -> json::value { throw templates::ResolveError(id); };
  scope.get_att = [](const std::string& id, const std::string&) -> json::value {
    throw templates::ResolveError(id);
  };
  scope.import_value = [](const std::string& name) -> std::optional<std::string> {
    throw templates::ResolveError(name);
  };
  try {
    scope.conditions = templates::evaluate_conditions(scope);
  } catch (const templates::ResolveError&) {  // refused where conditions are
  }
  return scope;
}

bool wanted(const templates::Resource& resource, const templates::Scope& scope) {
  const auto found = scope.conditions.find(resource.condition);
  return found == scope.conditions.end() || found->second;
}

// The plain and secure parameters that a template names, each once. Throws Error.
std::vector<DynamicReference> parameters_of(const templates::Template& source,
                                            const templates::Scope& scope) {
  std::vector<DynamicReference> parameters;
  std::vector<std::string> names, misplaced;
  std::size_t count = 0;
  for (const auto& resource : source.resources) {
    if (!wanted(resource, scope)) continue;
    const auto known = as_far_as_known(json::value(resource.properties), scope);
    for (const auto& place : templates::dynamic_places(known)) {
      if (!place.reading.problems.empty()) {
        throw Error("ValidationError", place.reading.problems.front());
      }
      for (const auto& reference : place.reading.references) {
        ++count;
        if (!is_parameter(reference)) continue;
        const bool secure = reference.service == Store::ssm_secure;
        if (secure && !templates::accepts_secure_string(resource.type, place.path)) {
          misplaced.push_back(resource.type + "/Properties" + place.path);
        } else if (!base::contains(names, name_of(reference))) {
          names.push_back(name_of(reference));
          parameters.push_back(reference);
        }
      }
    }
  }
  if (!misplaced.empty()) {
    throw Error("ValidationError", fmt::format("SSM Secure reference is not supported in: [{}]",
                                               fmt::join(misplaced, ", ")));
  }
  if (count > max_references) {  // [I] the wording
    throw Error("ValidationError",
                fmt::format("Template error: a template may contain at most {} dynamic references",
                            max_references));
  }
  return parameters;
}

}  // namespace

Task<json::object> with_dynamic_values(Caller& caller, Principal principal, std::string type,
                                       json::object properties) {
  Fetcher fetcher(caller, std::move(principal), templates::is_custom(type));
  json::value value(std::move(properties));
  co_await fetcher.fill(value);
  co_return std::move(value.as_object());
}

Task<void> check_dynamic_references(Context context, Caller& caller, Principal principal,
                                    std::shared_ptr<const templates::Template> source,
                                    std::map<std::string, json::value, std::less<>> values) {
  const auto scope = scope_of(*source, context, std::move(values));
  std::vector<std::string> missing;
  for (const auto& reference : parameters_of(*source, scope)) {
    std::optional<Error> refused;
    bool there = false;
    try {
      there = (co_await parameter(caller, principal, reference)).has_value();
    } catch (const Error& error) {
      refused = error;
    }
    if (refused) throw Error("ValidationError", refused->what());
    if (!there) missing.push_back(name_of(reference));
  }
  if (!missing.empty()) {
    throw Error("ValidationError",
                fmt::format("Parameters: [{}] cannot be found.", fmt::join(missing, ", ")));
  }
}

}  // namespace sim::cloudformation
