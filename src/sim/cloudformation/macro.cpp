#include "sim/cloudformation/macro.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/random.hpp"
#include "http/message.hpp"
#include "sim/cloudformation/handler.hpp"
#include "sim/cloudformation/views.hpp"
#include "sim/core/words.hpp"
#include "templates/expand.hpp"
#include "templates/macros.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::string_view extensions = "AWS::LanguageExtensions";
constexpr std::string_view include = "AWS::Include";
// [C] cloudformation-limits: the processed template.
constexpr std::size_t max_processed_bytes = 1024 * 1024;
// A template calls no more macros than it has places for them; past this it is an attack.
constexpr int max_calls = 500;

Error failed(const std::string& text) {
  return Error("ValidationError", text);
}

// As a macro is named to its users: "123456789012::Count".
std::string full_name(const MacroWorld& world, std::string_view name) {
  return fmt::format("{}::{}", world.context.account, name);
}

bool is_plain(const json::value& value) {
  if (const auto* list = value.if_array()) {
    return std::ranges::all_of(*list, [](const json::value& one) {
      return one.is_string() || one.is_number() || one.is_bool();
    });
  }
  return value.is_string() || value.is_number() || value.is_bool();
}

// A Ref to one of the template's parameters arrives as its value, everything else as written.
json::value parameter_value(const MacroWorld& world, const json::value& value) {
  const auto* object = value.if_object();
  if (object != nullptr && object->size() == 1 && object->begin()->key() == "Ref") {
    const auto found = world.values.find(at(value, "Ref"));
    if (found != world.values.end()) return found->second;
  }
  return value;
}

json::object parameters_of(const MacroWorld& world, const templates::MacroCall& call) {
  json::object result;
  for (const auto& member : call.parameters) {
    json::value value = parameter_value(world, member.value());
    // [C] datadog-cloudformation-macro#25.
    if (call.whole_template && !is_plain(value)) {
      throw failed(
          fmt::format("The value of parameter {} under transform {} must resolve to a string, "
                      "number, boolean or a list of any of these.",
                      std::string_view(member.key()), call.name));
    }
    result[member.key()] = std::move(value);
  }
  return result;
}

json::object event_of(const MacroWorld& world, const templates::MacroCall& call,
                      const std::string& name, const std::string& request_id) {
  json::object values;
  for (const auto& [key, value] : world.values) {
    if (!templates::is_pseudo_parameter(key)) values[key] = value;
  }
  json::object event{{"accountId", world.context.account}};
  event["fragment"] = call.fragment;
  event["transformId"] = name;
  event["requestId"] = request_id;
  event["region"] = world.context.region;
  event["params"] = parameters_of(world, call);
  event["templateParameterValues"] = std::move(values);
  return event;
}

// What the function has made of the fragment. Throws Error.
json::value fragment_of(const json::object& output, const std::string& name,
                        const std::string& request_id) {
  const Error malformed =
      failed(fmt::format("Received malformed response from transform {}", name));
  if (output.contains("FunctionError")) throw malformed;
  boost::system::error_code error;
  json::value answer = json::parse(at(output, "Payload"), error);
  if (error || !answer.is_object()) throw malformed;
  const auto* status = answer.as_object().if_contains("status");
  if (status == nullptr || at(answer, "requestId") != request_id) throw malformed;
  if (templates::lower(at(answer, "status")) != "success") {
    const std::string message = at(answer, "errorMessage");
    throw failed(message.empty()
                     ? fmt::format("Transform {} failed without an error message.", name)
                     : fmt::format("Transform {} failed with: {}", name, message));
  }
  auto* fragment = answer.as_object().if_contains("fragment");
  if (fragment == nullptr) throw malformed;
  return std::move(*fragment);
}

// [C] coverage-roadmap#2023: the function must be of the stack's Region. [I] The wording: the
// beginning alone is quoted there.
Error unreachable(const std::string& name) {
  return failed(fmt::format("Failed to execute transform {}", name));
}

bool is_elsewhere(const MacroWorld& world, const std::string& function) {
  const auto parts = words_of(function, ':');
  return parts.size() > 3 && parts.front() == "arn" && parts[3] != world.context.region;
}

// What the function made of the event's fragment. Throws Error.
Task<json::value> answered(const MacroWorld& world, std::string function, json::object event) {
  const std::string name = at(event, "transformId");
  if (is_elsewhere(world, function)) throw unreachable(name);
  json::object input{{"FunctionName", function}, {"InvocationType", "RequestResponse"}};
  input["Payload"] = json::serialize(event);
  std::optional<Error> refused;
  json::object output;
  try {
    output = co_await world.caller.call(world.principal, "lambda", "Invoke", std::move(input));
  } catch (const Error& error) {
    refused = error;
  }
  if (refused) throw unreachable(name);
  co_return fragment_of(output, name, at(event, "requestId"));
}

// By the role that the macro names for it. What cannot be logged is lost: the stack has its own
// event. [I] The stream and the line.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-macro.html
Task<void> log_failure(const MacroWorld& world, Macro macro, std::string request_id,
                       std::string text) {
  if (macro.log_group.empty() || macro.log_role.empty()) co_return;
  const json::object stream{{"logGroupName", macro.log_group}, {"logStreamName", request_id}};
  json::object input = stream;
  input["logEvents"] = json::array{
      json::object{{"timestamp", base::unix_milliseconds(world.context.now())}, {"message", text}}};
  try {
    const auto writer = co_await role_session(world.context, world.caller, macro.log_role);
    co_await world.caller.call(writer, "logs", "CreateLogStream", stream);
    co_await world.caller.call(writer, "logs", "PutLogEvents", std::move(input));
  } catch (const Error&) {
  }
}

Task<json::value> invoked(const MacroWorld& world, const templates::MacroCall& call,
                          base::Random& random) {
  std::string_view own = call.name;
  if (own.starts_with(world.context.account + "::")) own.remove_prefix(14);
  const std::string name = full_name(world, own);
  const auto macro = world.find(own);
  if (!macro) throw failed(fmt::format("No transform named {} found.", name));
  const std::string request_id = random.uuid();
  auto event = event_of(world, call, name, request_id);
  std::optional<Error> refused;
  json::value fragment;
  try {
    fragment = co_await answered(world, macro->function, std::move(event));
  } catch (const Error& error) {
    refused = error;
  }
  if (refused) {
    co_await log_failure(world, *macro, request_id, refused->what());
    throw Error(*refused);
  }
  if (call.whole_template && !fragment.is_object()) {
    throw failed("Template format error: unsupported structure.");
  }
  co_return fragment;
}

json::value with_include(const MacroWorld& world, const templates::MacroCall& call) {
  const auto refuse = [](const std::string& why) {
    return failed(fmt::format("Transform AWS::Include failed with: {}", why));
  };
  templates::MacroCall resolved = call;
  resolved.parameters = parameters_of(world, call);
  try {
    const std::string location = templates::include_location(resolved);
    std::string_view rest = location;
    constexpr std::string_view scheme = "s3://";
    const bool is_s3 = rest.starts_with(scheme);
    if (is_s3) rest.remove_prefix(scheme.size());
    const auto slash = rest.find('/');
    if (!is_s3 || slash == 0 || slash == std::string_view::npos || slash + 1 == rest.size()) {
      throw refuse(
          fmt::format("The location parameter is not a valid S3 uri. Location: {}", location));
    }
    const auto text = world.objects.get(std::string(rest.substr(0, slash)),
                                        http::percent_decode(rest.substr(slash + 1)));
    if (!text) {
      throw refuse(fmt::format("The specified S3 object does not exist. Location: {}", location));
    }
    return templates::included(resolved, *text);
  } catch (const std::invalid_argument& wrong) {
    throw refuse(wrong.what());
  }
}

// Whether SAM would make anything else of a template. The SAM CLI declares the transform for its
// own bucket, too, where it has nothing to do.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy.html
bool is_serverless(const json::value& source) {
  if (find(source, "Globals") != nullptr) return true;
  const auto* resources = find(source, "Resources");
  if (resources == nullptr || !resources->is_object()) return true;
  return std::ranges::any_of(resources->get_object(), [](const auto& member) {
    return at(member.value(), "Type").starts_with("AWS::Serverless::");
  });
}

class Processing {
 public:
  Processing(const MacroWorld& world, const templates::Template& source)
      : world_(world),
        file_(source.file),
        document_(source.document),
        positions_(source.positions),
        random_(world.context.seed,
                "macros " + world.stack_name + " " + base::iso8601(world.context.now())) {}

  Task<void> run() {
    for (int calls = 0; auto call = templates::next_macro(document_); ++calls) {
      if (calls == max_calls) throw failed("Transformation data limit exceeded");
      if (call->name == extensions) {
        extend();
        continue;
      }
      json::value result = co_await result_of(*call);
      if (auto refused = templates::put_result(document_, *call, std::move(result))) {
        // [I] The wording; that macros may not call macros is documented.
        throw failed(
            fmt::format("Transform {} failed with: {}", full_name(world_, call->name), *refused));
      }
      if (json::serialize(document_).size() > max_processed_bytes) {
        throw failed("Transformation data limit exceeded");
      }
    }
  }

  std::shared_ptr<const templates::Template> result() {
    auto reading = read_again(extended_);
    if (const auto refused = templates::refusal(reading.problems); !refused.empty()) {
      throw failed(refused);
    }
    return std::make_shared<const templates::Template>(std::move(reading.value));
  }

 private:
  Task<json::value> result_of(const templates::MacroCall& call) {
    if (call.name == include) co_return with_include(world_, call);
    if (call.name.starts_with("AWS::Serverless")) {
      if (call.whole_template && !is_serverless(call.fragment)) co_return call.fragment;
      throw failed(
          fmt::format("Transform {} is not supported by the embedded AWS: expand the template with "
                      "the SAM translator first.",
                      call.name));
    }
    if (call.name.starts_with("AWS::")) {
      throw failed(fmt::format("No transform named {} found.", call.name));
    }
    co_return co_await invoked(world_, call, random_);
  }

  templates::Reading read_again(bool extended) const {
    templates::Document document;
    document.root = document_;
    document.positions = positions_;
    return templates::read(std::move(document), file_, schema_of, extended);
  }

  void extend() {
    const auto before = read_again(false);
    templates::Scope scope{.source = before.value};
    scope.values = world_.values;
    scope.values["AWS::AccountId"] = world_.context.account;
    scope.values["AWS::Partition"] = world_.context.partition;
    scope.values["AWS::Region"] = world_.context.region;
    scope.values["AWS::StackName"] = world_.stack_name;
    scope.values["AWS::URLSuffix"] = "amazonaws.com";
    auto after = templates::expanded(scope, schema_of);
    if (const auto refused = templates::refusal(after.problems); !refused.empty()) {
      throw failed(refused);
    }
    document_ = std::move(after.value.document);
    positions_ = std::move(after.value.positions);
    extended_ = true;
  }

  const MacroWorld& world_;
  std::string file_;
  json::object document_;
  templates::Positions positions_;
  base::SeededRandom random_;
  bool extended_ = false;
};

}  // namespace

bool has_macros(const templates::Template& source) {
  return std::ranges::any_of(source.transforms,
                             [](const std::string& name) { return name != extensions; });
}

Task<std::shared_ptr<const templates::Template>> processed(
    MacroWorld world, std::shared_ptr<const templates::Template> source) {
  Processing processing(world, *source);
  co_await processing.run();
  co_return processing.result();
}

}  // namespace sim::cloudformation
