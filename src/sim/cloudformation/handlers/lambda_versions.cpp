// Versions of functions, and the aliases that point at them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/steps.hpp"

namespace sim::cloudformation {

namespace {

std::set<std::string> versions_in(const json::object& list) {
  std::set<std::string> known;
  for (const auto& one : find(list, "Versions")->as_array()) known.insert(at(one, "Version"));
  return known;
}

// Lambda publishes nothing new of a function that has not changed; a second resource must not own
// the version of the first.
Task<void> create_version(Work& work) {
  const auto before = versions_in(co_await work.call(
      "lambda", "ListVersionsByFunction", {{"FunctionName", work.text("FunctionName")}}));
  const auto made = co_await work.call("lambda", "PublishVersion",
                                       pick(work, {"FunctionName", "CodeSha256", "Description"}));
  const auto version = at(made, "Version");
  if (before.contains(version)) {
    const Error refused("ResourceConflictException",
                        fmt::format("A version for this Lambda function exists ( {} ). Modify the "
                                    "function to create a new version.",
                                    version));
    throw refused;
  }
  work.attributes["Version"] = version;
  work.attributes["FunctionArn"] = at(made, "FunctionArn");
  work.initiated(at(made, "FunctionArn"));
}

Task<void> remove_version(Work& work) {
  co_await work.call("lambda", "DeleteFunction", {{"FunctionName", work.id}});
}

}  // namespace

const std::vector<Calls>& lambda_calls() {
  static const std::vector<Calls> types{
      {.type = "AWS::Lambda::Alias",
       .service = "lambda",
       .properties = "Description FunctionName!* FunctionVersion! Name!*",
       .attributes = "AliasArn=@id",
       .create = {"CreateAlias", "FunctionName FunctionVersion Name Description"},
       .id = "%AliasArn",
       .update = {{"UpdateAlias", "FunctionName Name FunctionVersion", "FunctionVersion"},
                  {.action = "UpdateAlias",
                   .input = "FunctionName Name Description",
                   .when = "Description",
                   .undo = "UpdateAlias",
                   .undo_input = "FunctionName Name Description='"}},
       .remove = {"DeleteAlias", "FunctionName Name"},
       .unsupported = "ProvisionedConcurrencyConfig RoutingConfig"}};
  return types;
}

void add_lambda_versions(Handlers& table) {
  table["AWS::Lambda::Version"] = {.schema = {{"CodeSha256", "Description", "FunctionName"},
                                              {"FunctionName"},
                                              {"FunctionArn", "Version"}},
                                   .create_only = {"CodeSha256", "Description", "FunctionName"},
                                   .create = create_version,
                                   .update = nullptr,
                                   .remove = remove_version};
}

}  // namespace sim::cloudformation
