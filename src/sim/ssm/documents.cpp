// The documents that exist: AWS-RunShellScript alone.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents.html
#include "sim/ssm/ssm.hpp"

namespace sim::ssm {

namespace {

constexpr std::string_view shell_script = "AWS-RunShellScript";

void check_document(const Fields& in) {
  const auto name = in.required("Name");
  if (name == shell_script) return;
  throw Error("InvalidDocument", "Document with name " + name + " does not exist.");
}

json::object parameter(std::string_view name, std::string_view type, std::string_view meaning) {
  return {{"Name", name}, {"Type", type}, {"Description", meaning}};
}

json::object identity() {
  return {{"Name", shell_script},
          {"Owner", "Amazon"},
          {"PlatformTypes", json::array{"Linux", "MacOS"}},
          {"DocumentVersion", "1"},
          {"DocumentType", "Command"},
          {"SchemaVersion", "1.2"},
          {"DocumentFormat", "JSON"},
          {"Tags", json::array()}};
}

}  // namespace

json::object Ssm::describe_document(const Call& call) {
  check_document(Fields(call.input));
  auto out = identity();
  out["Status"] = "Active";
  out["Description"] = "Run a shell script or specify the commands to run.";
  auto commands = parameter("commands", "StringList", "The commands to run.");
  auto folder = parameter("workingDirectory", "String", "Where to run them.");
  folder["DefaultValue"] = "";
  auto limit = parameter("executionTimeout", "String", "Seconds until they count as failed.");
  limit["DefaultValue"] = "3600";
  out["Parameters"] = json::array{std::move(commands), std::move(folder), std::move(limit)};
  out["LatestVersion"] = "1";
  out["DefaultVersion"] = "1";
  return {{"Document", std::move(out)}};
}

json::object Ssm::get_document(const Call& call) {
  check_document(Fields(call.input));
  const json::object content = {
      {"schemaVersion", "1.2"},
      {"description", "Run a shell script or specify the commands to run."},
      {"parameters", json::object{{"commands", json::object{{"type", "StringList"}}},
                                  {"workingDirectory", json::object{{"type", "String"}}},
                                  {"executionTimeout", json::object{{"type", "String"}}}}},
      {"runtimeConfig",
       json::object{{"aws:runShellScript",
                     json::object{{"properties", json::array{json::object{
                                                     {"id", "0.aws:runShellScript"},
                                                     {"runCommand", "{{ commands }}"}}}}}}}}};
  return {{"Name", shell_script},     {"DocumentVersion", "1"},
          {"Status", "Active"},       {"DocumentType", "Command"},
          {"DocumentFormat", "JSON"}, {"Content", json::serialize(content)}};
}

json::object Ssm::list_documents(const Call& call) {
  Fields(call.input).unsupported("ListDocuments", {"Filters", "DocumentFilterList", "NextToken"});
  return {{"DocumentIdentifiers", json::array{identity()}}};
}

}  // namespace sim::ssm
