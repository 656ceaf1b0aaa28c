// Log groups and SSM parameters.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// Log group
// -----------------------------------------------------------------------------------------

Task<void> put_retention(Work& work) {
  if (work.has("RetentionInDays")) {
    const auto days = templates::number_of(work.text("RetentionInDays"));
    if (!days) throw Failure("Property RetentionInDays must be a number.");
    co_await work.call(
        "logs", "PutRetentionPolicy",
        {{"logGroupName", work.id}, {"retentionInDays", static_cast<std::int64_t>(*days)}});
  } else if (work.old_properties.contains("RetentionInDays")) {
    co_await work.call("logs", "DeleteRetentionPolicy", {{"logGroupName", work.id}});
  }
}

Task<void> create_log_group(Work& work) {
  const std::string name =
      work.has("LogGroupName") ? work.text("LogGroupName") : work.generated_name();
  json::object input{{"logGroupName", name}};
  json::object tags;
  for (const auto& tag : work.tags()) tags[at(tag, "Key")] = at(tag, "Value");
  if (!tags.empty()) input["tags"] = std::move(tags);
  co_await work.call("logs", "CreateLogGroup", std::move(input));
  work.attributes["Arn"] = fmt::format("arn:{}:logs:{}:{}:log-group:{}:*", work.context.partition,
                                       work.context.region, work.context.account, name);
  work.initiated(name);
  co_await put_retention(work);
}

Task<void> update_log_group(Work& work) {
  if (work.changed("RetentionInDays")) co_await put_retention(work);
  auto arn = at(work.attributes, "Arn");
  arn.resize(arn.size() - 2);  // without ":*"
  json::object who{{"resourceArn", arn}};
  co_await update_tags(work, {.service = "logs",
                              .add = "TagResource",
                              .remove = "UntagResource",
                              .who = std::move(who),
                              .tags = "tags",
                              .keys = "tagKeys",
                              .form = TagForm::map});
}

Task<void> remove_log_group(Work& work) {
  co_await work.call("logs", "DeleteLogGroup", {{"logGroupName", work.id}});
}

// SSM parameter
// -------------------------------------------------------------------------------------

Task<void> put_parameter(Work& work, std::string name, bool overwrite) {
  json::object input{{"Name", name}};
  for (const auto* property : {"DataType", "Description", "Tier", "Type", "Value"}) {
    if (work.has(property)) input[property] = work.text(property);
  }
  if (overwrite) input["Overwrite"] = true;
  // Together with Overwrite, tags are refused.
  if (json::array tags = work.tags(); !overwrite && !tags.empty()) input["Tags"] = std::move(tags);
  co_await work.call("ssm", "PutParameter", std::move(input));
  work.attributes["Type"] = work.text("Type");
  work.attributes["Value"] = work.text("Value");
}

Task<void> create_parameter(Work& work) {
  // [C] CFN-<Logical>-<12 characters> when there is no name.
  std::string name = work.text("Name");
  if (name.empty()) {
    Work naming = work;
    naming.stack_name = "CFN";
    name = naming.generated_name();
  }
  co_await put_parameter(work, name, false);
  work.initiated(name);
}

Task<void> update_parameter(Work& work) {
  co_await put_parameter(work, work.id, true);
  co_await update_ssm_tags(work, "Parameter");
}

Task<void> remove_parameter(Work& work) {
  co_await work.call("ssm", "DeleteParameter", {{"Name", work.id}});
}

}  // namespace

void add_others(Handlers& table) {
  table["AWS::Logs::LogGroup"] = {
      .schema = {{"LogGroupName", "RetentionInDays", "Tags"}, {}, {"Arn"}},
      .create_only = {"LogGroupName"},
      .create = create_log_group,
      .update = update_log_group,
      .remove = remove_log_group};
  table["AWS::SSM::Parameter"] = {
      .schema = {{"DataType", "Description", "Name", "Tags", "Tier", "Type", "Value"},
                 {"Type", "Value"},
                 {"Type", "Value"}},
      .create_only = {"Name"},
      .create = create_parameter,
      .update = update_parameter,
      .remove = remove_parameter};
}

}  // namespace sim::cloudformation
