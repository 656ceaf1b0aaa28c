// Systems Manager's associations and documents.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SSM.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/handlers/handlers.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// The type's schema is checked before its handler is called.
void check_range(const Work& work, std::string_view property, double least, double most) {
  if (!work.has(property)) return;
  const auto value = templates::number_of(work.text(property));
  if (value && *value >= least && *value <= most) return;
  throw Failure(fmt::format("Model validation failed (#/{}: {} is not from {} to {})", property,
                            work.text(property), least, most));
}

// Association
// ---------------------------------------------------------------------------------------

constexpr double callback_delay = 15;

json::object association_input(const Work& work) {
  json::object input;
  for (const auto* property : {"ApplyOnlyAtCronInterval", "AssociationName", "ComplianceSeverity",
                               "DocumentVersion", "MaxConcurrency", "MaxErrors", "Name",
                               "ScheduleExpression", "ScheduleOffset", "SyncCompliance"}) {
    if (work.has(property)) input[property] = work.text(property);
  }
  for (const auto* property : {"Parameters", "Targets"}) {
    if (const auto* value = find(work.properties, property)) {
      input[property] = templates::stringified(*value);
    }
  }
  return input;
}

void check_association(const Work& work) {
  check_range(work, "WaitForSuccessTimeoutSeconds", 15, 172'800);
  check_range(work, "ScheduleOffset", 1, 6);
}

// Looks every 15 s, until it has succeeded, has failed, or the time is over.
Task<void> wait_for_success(Work& work) {
  if (!work.has("WaitForSuccessTimeoutSeconds")) co_return;
  double left = *templates::number_of(work.text("WaitForSuccessTimeoutSeconds"));
  while (true) {
    const double wait = std::min(left, callback_delay);
    left -= wait;
    co_await work.pause(wait);
    const json::value seen =
        co_await work.call("ssm", "DescribeAssociation", {{"AssociationId", work.id}});
    const auto status = at(seen, "AssociationDescription.Overview.Status");
    if (status == "Success") co_return;
    if (status == "Pending" && left > 0) continue;
    throw Failure(fmt::format("Resource of type '{}' with identifier '{}' did not stabilize.",
                              work.type, work.id));
  }
}

Task<void> create_ssm_association(Work& work) {
  check_association(work);
  auto input = association_input(work);
  if (work.has("InstanceId")) input["InstanceId"] = work.text("InstanceId");
  const json::value made = co_await work.call("ssm", "CreateAssociation", std::move(input));
  const auto id = at(made, "AssociationDescription.AssociationId");
  work.attributes["AssociationId"] = id;
  work.initiated(id);
  co_await wait_for_success(work);
}

// UpdateAssociation knows no InstanceId: a change of it alone changes nothing.
Task<void> update_association(Work& work) {
  check_association(work);
  auto input = association_input(work);
  input["AssociationId"] = work.id;
  co_await work.call("ssm", "UpdateAssociation", std::move(input));
  co_await wait_for_success(work);
}

Task<void> remove_ssm_association(Work& work) {
  co_await work.call("ssm", "DeleteAssociation", {{"AssociationId", work.id}});
}

// Document
// ------------------------------------------------------------------------------------------

// Content is a map or a text.
json::object document_input(const Work& work) {
  json::object input{{"Name", work.id}, {"DocumentFormat", "JSON"}};
  for (const auto* property : {"DocumentFormat", "DocumentType", "TargetType", "VersionName"}) {
    if (work.has(property)) input[property] = work.text(property);
  }
  const auto& content = work.properties.at("Content");
  input["Content"] =
      content.is_string() ? std::string(content.get_string()) : json::serialize(content);
  return input;
}

Task<void> create_document(Work& work) {
  const std::string name = work.has("Name") ? work.text("Name") : work.generated_name(128);
  auto input = document_input(work);
  input["Name"] = name;
  if (auto tags = work.tags(); !tags.empty()) input["Tags"] = std::move(tags);
  co_await work.call("ssm", "CreateDocument", std::move(input));
  work.initiated(name);
}

// A new version, which becomes the default one.
Task<void> update_document(Work& work) {
  if (any_changed(work, {"Content", "DocumentFormat", "TargetType", "VersionName"})) {
    auto input = document_input(work);
    input.erase("DocumentType");
    input["DocumentVersion"] = "$LATEST";
    const json::value made = co_await work.call("ssm", "UpdateDocument", std::move(input));
    co_await work.call(
        "ssm", "UpdateDocumentDefaultVersion",
        {{"Name", work.id}, {"DocumentVersion", at(made, "DocumentDescription.DocumentVersion")}});
  }
  co_await update_ssm_tags(work, "Document");
}

Task<void> remove_document(Work& work) {
  co_await work.call("ssm", "DeleteDocument", {{"Name", work.id}});
}

}  // namespace

void add_systems_manager(Handlers& table) {
  table["AWS::SSM::Association"] = {
      .schema = {{"ApplyOnlyAtCronInterval", "AssociationName", "ComplianceSeverity",
                  "DocumentVersion", "InstanceId", "MaxConcurrency", "MaxErrors", "Name",
                  "Parameters", "ScheduleExpression", "ScheduleOffset", "SyncCompliance", "Targets",
                  "WaitForSuccessTimeoutSeconds"},
                 {"Name"},
                 {"AssociationId"}},
      .create_only = {},
      .create = create_ssm_association,
      .update = update_association,
      .remove = remove_ssm_association};
  table["AWS::SSM::Document"] = {
      .schema = {{"Content", "DocumentFormat", "DocumentType", "Name", "Tags", "TargetType",
                  "UpdateMethod", "VersionName"},
                 {"Content"},
                 {}},
      .create_only = {"DocumentType", "Name"},
      .create_only_unversioned = {"Content", "DocumentFormat", "TargetType", "VersionName"},
      .create = create_document,
      .update = update_document,
      .remove = remove_document};
}

}  // namespace sim::cloudformation
