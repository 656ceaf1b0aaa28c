// Reading a template and everything that is checked before anything is made.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/dynamic.hpp"
#include "sim/cloudformation/engine.hpp"
#include "sim/cloudformation/inputs.hpp"
#include "sim/cloudformation/location.hpp"
#include "sim/cloudformation/macro.hpp"
#include "sim/cloudformation/settle.hpp"
#include "templates/limits.hpp"

namespace sim::cloudformation {

namespace {

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
void check_capabilities(const templates::Template& source, const Request& request) {
  const auto given = [&](std::string_view name) {
    return std::ranges::find(request.capabilities, name) != request.capabilities.end();
  };
  constexpr std::array naming{"RoleName", "ManagedPolicyName", "InstanceProfileName", "UserName",
                              "GroupName"};
  bool iam = false, named = false;
  for (const auto& resource : source.resources) {
    if (!resource.type.starts_with("AWS::IAM::")) continue;
    iam = true;
    for (const auto* name : naming) named = named || resource.properties.contains(name);
  }
  std::string missing;
  if (named && !given("CAPABILITY_NAMED_IAM")) {
    missing = "CAPABILITY_NAMED_IAM";
  } else if (iam && !given("CAPABILITY_IAM") && !given("CAPABILITY_NAMED_IAM")) {
    missing = "CAPABILITY_IAM";
  } else if (!source.transforms.empty() && !request.by_change_set &&
             !given("CAPABILITY_AUTO_EXPAND")) {
    missing = "CAPABILITY_AUTO_EXPAND";
  }
  if (!missing.empty()) {
    throw Error("InsufficientCapabilitiesException",
                fmt::format("Requires capabilities : [{}]", missing));
  }
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html: the
// entries are types, "AWS::EC2::*", "AWS::*", "Custom::*". [I] The wording.
void check_types(const templates::Template& source, const std::vector<std::string>& allowed) {
  if (allowed.empty()) return;
  for (const auto& resource : source.resources) {
    const bool fits = std::ranges::any_of(allowed, [&](std::string_view entry) {
      if (!entry.ends_with('*')) return entry == resource.type;
      entry.remove_suffix(1);
      return resource.type.starts_with(entry);
    });
    if (!fits) {
      throw invalid(fmt::format("Resource type {} is not allowed by parameter ResourceTypes [{}]",
                                resource.type, fmt::join(allowed, ", ")));
    }
  }
}

}  // namespace

std::shared_ptr<const templates::Template> Engine::read(const std::string& text,
                                                        const std::string& file,
                                                        std::set<std::string>* strange) const {
  if (text.size() > templates::max_object_bytes) {
    throw invalid(
        fmt::format("Template may not exceed {} bytes in size.", templates::max_object_bytes));
  }
  auto reading = templates::read(text, file, schema_of);
  if (strange != nullptr) {
    std::erase_if(reading.problems, [&](const templates::Problem& problem) {
      const bool type = problem.kind == templates::Problem::Kind::unsupported_type;
      if (type) strange->insert(problem.subject);
      return type;
    });
  }
  if (const std::string refused = templates::refusal(reading.problems); !refused.empty()) {
    throw invalid(refused);
  }
  return std::make_shared<const templates::Template>(std::move(reading.value));
}

Task<Engine::Prepared> Engine::prepare(Request request, bool nested) {
  Prepared result;
  result.source = read(request.text, request.file);
  auto reading = templates::read_parameters(*result.source, request.parameters);
  if (!reading.problems.empty()) throw invalid(reading.problems.front().text);
  check_capabilities(*result.source, request);
  check_types(*result.source, request.resource_types);
  result.transformed = !result.source->transforms.empty();
  result.parameters = std::move(reading.values);

  json::array names;
  for (const auto& parameter : result.source->parameters) {
    if (parameter.from_ssm()) names.emplace_back(result.parameters.at(parameter.name));
  }
  std::map<std::string, std::string> found;
  if (!names.empty()) {
    json::object input;
    input["Names"] = std::move(names);
    json::object answer;
    try {
      answer = co_await caller_.call(request.principal, "ssm", "GetParameters", std::move(input));
    } catch (const Error& error) {
      throw invalid(error.what());
    }
    if (const auto* list = answer.if_contains("Parameters"); list != nullptr && list->is_array()) {
      for (const auto& one : list->as_array()) found[at(one, "Name")] = at(one, "Value");
    }
  }
  std::vector<std::string> unknown;
  for (const auto& parameter : result.source->parameters) {
    std::string value = result.parameters.at(parameter.name);
    if (parameter.from_ssm()) {
      const auto entry = found.find(value);
      if (entry == found.end()) {
        unknown.push_back(value);
        continue;
      }
      value = entry->second;
      result.ssm_values[parameter.name] = value;
    }
    result.values[parameter.name] = templates::reference_value(parameter, value);
  }
  if (!unknown.empty()) {
    throw invalid(
        fmt::format("Unable to fetch parameters [{}] from parameter store for this account.",
                    fmt::join(unknown, ",")));
  }
  if (has_macros(*result.source)) co_return result;  // the rest is for what they make of it
  const Ask ask = [&](std::string service, std::string action, json::object input) {
    return caller_.call(request.principal, std::move(service), std::move(action), std::move(input));
  };
  Attributes attributes;
  try {
    attributes = co_await rule_attributes(ask, *result.source, result.values);
  } catch (const Error& error) {
    throw invalid(error.what());
  }
  result.source =
      settled(std::move(result.source), result.values, context_, request.name, attributes);
  co_await check_dynamic_references(context_, caller_, request.principal, result.source,
                                    result.values);
  co_return result;
}

Task<std::shared_ptr<const templates::Template>> Engine::with_macros(
    std::string name, Principal principal, std::map<std::string, json::value, std::less<>> values,
    std::shared_ptr<const templates::Template> source) {
  MacroWorld world{.context = context_,
                   .caller = caller_,
                   .objects = objects_,
                   .principal = principal,
                   .find = [this](std::string_view macro) { return find_macro(stacks_, macro); },
                   .stack_name = std::move(name),
                   .values = values};
  const auto result = co_await processed(std::move(world), std::move(source));
  co_await check_dynamic_references(context_, caller_, std::move(principal), result,
                                    std::move(values));
  co_return result;
}

Task<void> Engine::process(Stack& stack) {
  if (!has_macros(*stack.source)) co_return;
  try {
    stack.source = co_await with_macros(stack.name, stack.principal, stack.values, stack.source);
  } catch (const Error& error) {
    // [C] Recorded so: a sentence that ends by itself gets no second full stop, but
    // "...without an error message.." has two.
    const std::string text = error.what();
    throw Failure(text + (text.ends_with("found.") ? "" : ".") + " Rollback requested by user.");
  }
  evaluate_conditions(stack);
}

Task<Engine::Prepared> Engine::process(Request request, Prepared prepared) {
  if (has_macros(*prepared.source)) {
    prepared.source =
        co_await with_macros(request.name, request.principal, prepared.values, prepared.source);
  }
  co_return prepared;
}

Task<std::string> Engine::template_at(std::string url, Principal principal) {
  const Location location = location_of(url);
  json::object input{{"Bucket", location.bucket}, {"Key", location.key}};
  if (!location.version.empty()) input["VersionId"] = location.version;
  json::object object;
  try {
    object = co_await caller_.call(std::move(principal), "s3", "GetObject", std::move(input));
  } catch (const Error& error) {
    throw invalid(
        fmt::format("S3 error: {}\nFor more information check "
                    "http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
                    error.what()));
  }
  co_return at(object, "Body");
}

}  // namespace sim::cloudformation
