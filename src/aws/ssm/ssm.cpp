#include "aws/ssm/ssm.hpp"

#include <boost/json/array.hpp>

#include "aws/errors.hpp"
#include "aws/protocol.hpp"

namespace aws::ssm {

namespace json = boost::json;
using protocol::number;
using protocol::objects;
using protocol::text;

namespace {

base::Task<json::object> call(Client& client, std::string operation, json::object input) {
  return client.json("ssm", "AmazonSSM", std::move(operation), std::move(input));
}

json::array strings(const std::vector<std::string>& values) {
  json::array out;
  for (const auto& value : values) out.emplace_back(value);
  return out;
}

json::array ids(const std::vector<InstanceId>& instances) {
  json::array out;
  for (const auto& id : instances) out.emplace_back(id.value);
  return out;
}

// The output, or nothing when the thing asked for is not there.
base::Task<std::optional<json::object>> find(Client& client, std::string operation,
                                             json::object input) {
  try {
    co_return co_await call(client, std::move(operation), std::move(input));
  } catch (const ServiceError& error) {
    if (!is_not_found(error.code)) throw;
  }
  co_return std::nullopt;
}

}  // namespace

base::Task<std::string> send_command(Client& client, NewCommand command) {
  json::object parameters;
  for (const auto& [name, values] : command.parameters) parameters[name] = strings(values);
  json::object input{{"DocumentName", command.document},
                     {"InstanceIds", ids(command.instances)},
                     {"Parameters", std::move(parameters)}};
  if (!command.comment.empty()) input["Comment"] = command.comment;
  const auto output = co_await call(client, "SendCommand", std::move(input));
  const auto* sent = output.if_contains("Command");
  co_return sent != nullptr && sent->is_object() ? text(sent->get_object(), "CommandId") : "";
}

base::Task<std::optional<Invocation>> command_invocation(Client& client, std::string command_id,
                                                         InstanceId instance) {
  const auto output =
      co_await find(client, "GetCommandInvocation",
                    {{"CommandId", std::move(command_id)}, {"InstanceId", instance.value}});
  if (!output) co_return std::nullopt;
  co_return Invocation{.status = text(*output, "Status"),
                       .details = text(*output, "StatusDetails"),
                       .response_code = static_cast<int>(number(*output, "ResponseCode")),
                       .output = text(*output, "StandardOutputContent"),
                       .error = text(*output, "StandardErrorContent")};
}

base::Task<std::vector<ManagedInstance>> instance_information(Client& client,
                                                              std::vector<InstanceId> instances) {
  json::object filter{{"Key", "InstanceIds"}, {"Values", ids(instances)}};
  std::vector<ManagedInstance> found;
  std::string token;
  do {
    json::object input;
    if (!instances.empty()) {
      json::array filters;
      filters.push_back(filter);
      input["Filters"] = std::move(filters);
    }
    if (!token.empty()) input["NextToken"] = token;
    const auto output = co_await call(client, "DescribeInstanceInformation", std::move(input));
    for (const auto& item : objects(output, "InstanceInformationList")) {
      found.push_back({.id = {text(item, "InstanceId")},
                       .ping_status = text(item, "PingStatus"),
                       .agent_version = text(item, "AgentVersion"),
                       .ip = text(item, "IPAddress")});
    }
    token = text(output, "NextToken");
  } while (!token.empty());
  co_return found;
}

base::Task<std::optional<std::string>> get_parameter(Client& client, std::string name) {
  const auto output = co_await find(client, "GetParameter", {{"Name", std::move(name)}});
  if (!output) co_return std::nullopt;
  const auto* parameter = output->if_contains("Parameter");
  if (parameter == nullptr || !parameter->is_object()) co_return std::nullopt;
  co_return text(parameter->get_object(), "Value");
}

}  // namespace aws::ssm
