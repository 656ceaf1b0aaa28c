#include "sim/cloudformation/settle.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/handler.hpp"
#include "templates/expand.hpp"
#include "templates/rules.hpp"

namespace sim::cloudformation {

std::shared_ptr<const templates::Template> settled(
    std::shared_ptr<const templates::Template> source,
    const std::map<std::string, templates::json::value, std::less<>>& values,
    const Context& context, const std::string& stack_name, const Attributes& attributes) {
  templates::Scope scope{.source = *source};
  scope.values = values;
  scope.values["AWS::AccountId"] = context.account;
  scope.values["AWS::Partition"] = context.partition;
  scope.values["AWS::Region"] = context.region;
  scope.values["AWS::StackName"] = stack_name;
  scope.values["AWS::URLSuffix"] = "amazonaws.com";
  scope.value_of = [&](const templates::Parameter& parameter, const std::string& value,
                       const std::string& attribute) -> std::optional<std::string> {
    std::string_view type = parameter.type;
    if (type.starts_with("List<")) type = type.substr(5, type.size() - 6);
    const auto found = attributes.find({std::string(type), value, attribute});
    if (found == attributes.end()) return std::nullopt;
    return found->second;
  };
  if (const auto broken = templates::broken_rules(scope); !broken.empty()) {
    throw Error("ValidationError", broken.front().text);
  }
  if (!base::contains(source->transforms, "AWS::LanguageExtensions")) return source;
  auto reading = templates::expanded(scope, schema_of);
  if (const auto refused = templates::refusal(reading.problems); !refused.empty()) {
    throw Error("ValidationError", refused);
  }
  return std::make_shared<const templates::Template>(std::move(reading.value));
}

}  // namespace sim::cloudformation
