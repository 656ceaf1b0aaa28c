// Templates, JSON or YAML: read, checked, expanded, resolved.
#include <boost/json.hpp>

#include "targets.hpp"
#include "templates/expand.hpp"
#include "templates/macros.hpp"
#include "templates/parameters.hpp"
#include "templates/rules.hpp"

namespace fuzz {

namespace {

namespace json = boost::json;

const templates::ResourceType* any_type(std::string_view) {
  static const templates::ResourceType open{{}, {}, {}, true};
  return &open;
}

templates::Scope scope_of(const templates::Template& source,
                          const templates::ParameterReading& given) {
  templates::Scope scope{.source = source};
  for (const auto& parameter : source.parameters) {
    const auto value = given.values.find(parameter.name);
    scope.values[parameter.name] = templates::reference_value(
        parameter, value == given.values.end() ? "value" : value->second);
  }
  for (const auto* name : {"AWS::AccountId", "AWS::Region", "AWS::StackName", "AWS::Partition",
                           "AWS::StackId", "AWS::URLSuffix", "AWS::NotificationARNs"}) {
    scope.values[name] = json::value(name);
  }
  scope.zones = {"zone-a", "zone-b"};
  scope.ref = [](const std::string& id) { return json::value("ref-" + id); };
  scope.get_att = [](const std::string& id, const std::string& attribute) {
    return json::value(id + "." + attribute);
  };
  scope.import_value = [](const std::string& name) { return std::optional("imported " + name); };
  return scope;
}

void resolve(templates::Scope scope) {
  try {
    scope.conditions = templates::evaluate_conditions(scope);
  } catch (const templates::ResolveError&) {
  }
  templates::broken_rules(scope);
  for (const auto& resource : scope.source.resources) {
    try {
      templates::resolve(json::value(resource.properties), scope);
    } catch (const templates::ResolveError&) {
    }
  }
  for (const auto& output : scope.source.outputs) {
    try {
      templates::resolve(output.value, scope);
    } catch (const templates::ResolveError&) {
    }
  }
}

void call_macros(json::object document) {
  for (int calls = 0; calls < 50; ++calls) {
    const auto call = templates::next_macro(document);
    if (!call) {
      require(templates::macro_names(document).empty(), "no macro is left out");
      return;
    }
    require(!templates::put_result(document, *call, call->fragment).has_value(),
            "a macro's own fragment is a good result");
  }
}

}  // namespace

void run_template(std::string_view input) {
  const auto once = templates::read(input, "t", any_type);
  const auto again = templates::read(input, "t", any_type);
  require(once.value.document == again.value.document, "a template reads the same each time");
  require(templates::refusal(once.problems) == templates::refusal(again.problems),
          "a template is refused the same each time");
  for (const auto& problem : once.problems) templates::describe(problem);
  if (!templates::refusal(once.problems).empty()) return;
  call_macros(once.value.document);

  const auto given = templates::read_parameters(once.value, {});
  resolve(scope_of(once.value, given));
  const auto expanded = templates::expanded(scope_of(once.value, given), any_type);
  resolve(scope_of(expanded.value, given));

  const auto printed = templates::read(json::serialize(once.value.document), "t", any_type);
  require(templates::refusal(printed.problems).empty(), "a good template printed is a good one");
}

}  // namespace fuzz
