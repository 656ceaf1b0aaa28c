#include "aws/cloudformation/cloudformation.hpp"

#include "aws/errors.hpp"
#include "aws/xml.hpp"

namespace aws::cloudformation {

namespace {

using xml::items;
using xml::text;

base::Task<pugi::xml_document> call(Client& client, std::string operation, http::Query parameters) {
  return client.query("cloudformation", "2010-05-15", std::move(operation), std::move(parameters));
}

// <OperationResponse><OperationResult>...
pugi::xml_node result_of(const pugi::xml_document& document, const char* name) {
  return document.document_element().child(name);
}

void add_pairs(http::Query& query, const char* list, const char* key, const char* value,
               const std::map<std::string, std::string>& pairs) {
  int number = 0;
  for (const auto& [name, content] : pairs) {
    ++number;
    query.emplace_back(fmt::format("{}.member.{}.{}", list, number, key), name);
    query.emplace_back(fmt::format("{}.member.{}.{}", list, number, value), content);
  }
}

void add_if_set(http::Query& query, const char* name, const std::string& value) {
  if (!value.empty()) query.emplace_back(name, value);
}

std::map<std::string, std::string> pairs_of(pugi::xml_node list, const char* key,
                                            const char* value) {
  std::map<std::string, std::string> out;
  for (const auto item : items(list, "member")) out[text(item, key)] = text(item, value);
  return out;
}

Stack parse_stack(pugi::xml_node node) {
  return {.id = text(node, "StackId"),
          .name = text(node, "StackName"),
          .status = text(node, "StackStatus"),
          .reason = text(node, "StackStatusReason"),
          .created = base::parse_iso8601(text(node, "CreationTime")),
          .deleted = base::parse_iso8601(text(node, "DeletionTime")),
          .parent_id = text(node, "ParentId"),
          .root_id = text(node, "RootId"),
          .parameters = pairs_of(node.child("Parameters"), "ParameterKey", "ParameterValue"),
          .outputs = pairs_of(node.child("Outputs"), "OutputKey", "OutputValue"),
          .tags = pairs_of(node.child("Tags"), "Key", "Value")};
}

StackEvent parse_event(pugi::xml_node node) {
  return {.id = text(node, "EventId"),
          .stack_id = text(node, "StackId"),
          .stack_name = text(node, "StackName"),
          .logical_id = text(node, "LogicalResourceId"),
          .physical_id = text(node, "PhysicalResourceId"),
          .type = text(node, "ResourceType"),
          .status = text(node, "ResourceStatus"),
          .reason = text(node, "ResourceStatusReason"),
          .time = base::parse_iso8601(text(node, "Timestamp")).value_or(base::Instant{})};
}

StackResource parse_resource(pugi::xml_node node) {
  return {.logical_id = text(node, "LogicalResourceId"),
          .physical_id = text(node, "PhysicalResourceId"),
          .type = text(node, "ResourceType"),
          .status = text(node, "ResourceStatus"),
          .reason = text(node, "ResourceStatusReason"),
          .updated = base::parse_iso8601(text(node, "LastUpdatedTimestamp"))};
}

// A missing stack is a ValidationError like every other mistake in the call; only here, where the
// stack's name is the one parameter, does that code mean "does not exist".
bool means_missing(const ServiceError& error) {
  return error.code == "ValidationError" || is_not_found(error.code);
}

}  // namespace

base::Task<std::string> create_stack(Client& client, NewStack stack) {
  http::Query query{{"StackName", stack.name},
                    {"ClientRequestToken", client.system().random.uuid()}};
  add_if_set(query, "TemplateURL", stack.template_url);
  add_if_set(query, "TemplateBody", stack.template_body);
  add_if_set(query, "RoleARN", stack.role_arn);
  add_if_set(query, "OnFailure", stack.on_failure);
  add_pairs(query, "Parameters", "ParameterKey", "ParameterValue", stack.parameters);
  add_pairs(query, "Tags", "Key", "Value", stack.tags);
  protocol::add_list(query, "Capabilities.member", stack.capabilities);
  const auto document = co_await call(client, "CreateStack", std::move(query));
  co_return text(result_of(document, "CreateStackResult"), "StackId");
}

base::Task<void> delete_stack(Client& client, std::string name_or_id) {
  co_await call(client, "DeleteStack", {{"StackName", std::move(name_or_id)}});
}

base::Task<std::optional<Stack>> describe_stack(Client& client, std::string name_or_id) {
  try {
    const auto document =
        co_await call(client, "DescribeStacks", {{"StackName", std::move(name_or_id)}});
    const auto stacks =
        items(result_of(document, "DescribeStacksResult").child("Stacks"), "member");
    if (!stacks.empty()) co_return parse_stack(stacks.front());
  } catch (const ServiceError& error) {
    if (!means_missing(error)) throw;
  }
  co_return std::nullopt;
}

base::Task<std::vector<StackEvent>> stack_events(Client& client, std::string name_or_id,
                                                 std::string after) {
  // AWS lists the newest first.
  std::vector<StackEvent> events;
  std::string token;
  bool reached = false;
  do {
    http::Query query{{"StackName", name_or_id}};
    add_if_set(query, "NextToken", token);
    const auto document = co_await call(client, "DescribeStackEvents", std::move(query));
    const auto result = result_of(document, "DescribeStackEventsResult");
    for (const auto item : items(result.child("StackEvents"), "member")) {
      auto event = parse_event(item);
      reached = !after.empty() && event.id == after;
      if (reached) break;
      events.push_back(std::move(event));
    }
    token = text(result, "NextToken");
  } while (!token.empty() && !reached);
  std::ranges::reverse(events);
  co_return events;
}

base::Task<std::vector<StackResource>> stack_resources(Client& client, std::string name_or_id) {
  std::vector<StackResource> resources;
  std::string token;
  do {
    http::Query query{{"StackName", name_or_id}};
    add_if_set(query, "NextToken", token);
    const auto document = co_await call(client, "ListStackResources", std::move(query));
    const auto result = result_of(document, "ListStackResourcesResult");
    for (const auto item : items(result.child("StackResourceSummaries"), "member")) {
      resources.push_back(parse_resource(item));
    }
    token = text(result, "NextToken");
  } while (!token.empty());
  co_return resources;
}

base::Task<TemplateSummary> validate_template(Client& client, std::string template_url,
                                              std::string template_body) {
  http::Query query;
  add_if_set(query, "TemplateURL", template_url);
  add_if_set(query, "TemplateBody", template_body);
  const auto document = co_await call(client, "ValidateTemplate", std::move(query));
  const auto result = result_of(document, "ValidateTemplateResult");
  TemplateSummary out{
      .description = text(result, "Description"), .parameters = {}, .capabilities = {}};
  for (const auto item : items(result.child("Parameters"), "member")) {
    out.parameters.push_back({.name = text(item, "ParameterKey"),
                              .default_value = text(item, "DefaultValue"),
                              .description = text(item, "Description"),
                              .no_echo = text(item, "NoEcho") == "true"});
  }
  for (const auto item : items(result.child("Capabilities"), "member")) {
    out.capabilities.emplace_back(item.text().get());
  }
  co_return out;
}

}  // namespace aws::cloudformation
