#include "sim/ssm/commands.hpp"

#include <algorithm>

#include "sim/ssm/parameters.hpp"

namespace sim::ssm {

namespace {

void add_time(json::object& out, std::string_view name, const std::optional<base::Instant>& time) {
  out[name] = time ? base::iso8601(*time) : std::string();
}

}  // namespace

Commands::Commands(Context context, Agents& agents, const Documents& documents, Knobs knobs)
    : context_(std::move(context)),
      agents_(agents),
      documents_(documents),
      knobs_(knobs),
      random_(context_.random("ssm")) {}

// InstanceIds, and Targets with the key InstanceIds.
std::vector<std::string> Commands::targets(const Fields& in) {
  auto ids = in.texts("InstanceIds");
  for (const auto& value : in.list("Targets")) {
    if (!value.is_object()) throw Error("SerializationException", "A target is a structure.");
    const Fields target(value.get_object());
    const auto key = target.text("Key");
    if (key != "InstanceIds" && key != "instanceids") {
      throw Error("NotImplemented",
                  fmt::format("The embedded AWS has no command targets by {}.", key), 501);
    }
    for (auto& id : target.texts("Values")) ids.push_back(std::move(id));
  }
  return ids;
}

Commands::Command Commands::planned(const std::string& document, const std::string& version,
                                    const json::object& parameters,
                                    const std::vector<std::string>& instances) {
  const auto& found = documents_.find(document, version);
  Command command{.document = document,
                  .version = version.empty() ? "$DEFAULT" : version,
                  .comment = {},
                  .parameters = parameters,
                  .steps = filled_steps(found.document, read_values(found.document, parameters)),
                  .requested = context_.now()};
  for (const auto& instance : instances) {
    auto& one = command.invocations[instance];
    one.requested = command.requested;
    for (const auto& step : command.steps) one.plugins.push_back({step.name});
  }
  return command;
}

json::object Commands::send(const Fields& in) {
  in.unsupported("SendCommand", {"OutputS3BucketName", "ServiceRoleArn", "NotificationConfig",
                                 "CloudWatchOutputConfig", "AlarmConfiguration", "DocumentHash"});
  const auto document = in.required("DocumentName");
  const auto ids = targets(in);
  auto command = planned(document, in.text("DocumentVersion"), in.object("Parameters"), ids);
  if (ids.empty()) throw Error("InvalidInstanceId", "");
  for (const auto& id : ids) {
    if (agents_.online(id)) continue;
    throw Error(
        "InvalidInstanceId",
        fmt::format("Instances [[{}]] not in a valid state for account {}", id, context_.account));
  }
  command.id = random_.uuid();
  command.comment = in.text("Comment");
  const auto id = command.id;
  auto out = shown(commands_[id] = std::move(command));
  for (const auto& instance : ids) context_.runtime.spawn(run(id, instance));
  return {{"Command", std::move(out)}};
}

std::string Commands::prepare(const std::string& document, const std::string& version,
                              const json::object& parameters,
                              const std::vector<std::string>& instances) {
  auto command = planned(document, version, parameters, instances);
  command.id = random_.uuid();
  command.of_association = true;
  const auto id = command.id;
  commands_[id] = std::move(command);
  return id;
}

Task<void> Commands::run(std::string command, std::string instance) {
  co_await context_.clock().sleep_for(
      base::Duration(random_.integer(knobs_.delivery.low.count(), knobs_.delivery.high.count())));
  auto& invocation = commands_.at(command).invocations.at(instance);
  if (invocation.ended) co_return;  // cancelled
  co_await agents_.run(commands_.at(command).steps, instance, invocation);
}

const Invocation& Commands::invocation(const std::string& command,
                                       const std::string& instance) const {
  return commands_.at(command).invocations.at(instance);
}

// A command's status is that of the worst of its invocations, once all have ended.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
json::object Commands::shown(const Command& command) const {
  json::array ids;
  int ended = 0, failed = 0, cancelled = 0, begun = 0;
  for (const auto& [id, one] : command.invocations) {
    ids.push_back(json::value(id));
    if (one.ended) ++ended;
    if (one.status == "Failed" || one.status == "TimedOut") ++failed;
    if (one.status == "Cancelled") ++cancelled;
    if (one.status != "Pending") ++begun;
  }
  const bool all = ended == static_cast<int>(command.invocations.size());
  const char* status = begun == 0      ? "Pending"
                       : !all          ? "InProgress"
                       : failed > 0    ? "Failed"
                       : cancelled > 0 ? "Cancelled"
                                       : "Success";
  return {{"CommandId", command.id},
          {"DocumentName", command.document},
          {"DocumentVersion", command.version},
          {"Comment", command.comment},
          {"ExpiresAfter", epoch_seconds(command.requested + std::chrono::hours(2))},
          {"Parameters", command.parameters},
          {"InstanceIds", std::move(ids)},
          {"Targets", json::array()},
          {"RequestedDateTime", epoch_seconds(command.requested)},
          {"Status", status},
          {"StatusDetails", status},
          {"TargetCount", command.invocations.size()},
          {"CompletedCount", ended},
          {"ErrorCount", failed},
          {"DeliveryTimedOutCount", 0}};
}

json::object Commands::list(const Fields& in) const {
  in.unsupported("ListCommands", {"Filters"});
  const auto wanted = in.text("CommandId");
  const auto instance = in.text("InstanceId");
  // The newest first, as AWS lists them.
  std::vector<const Command*> commands;
  for (const auto& [id, command] : commands_) {
    if (wanted.empty() ? command.of_association : id != wanted) continue;
    if (!instance.empty() && !command.invocations.contains(instance)) continue;
    commands.push_back(&command);
  }
  if (!wanted.empty() && commands.empty()) throw Error("InvalidCommandId", "");
  std::ranges::sort(commands, std::greater<>(),
                    [](const Command* one) { return std::pair(one->requested, one->id); });
  std::vector<std::string> ids;
  ids.reserve(commands.size());
  for (const auto* command : commands) ids.push_back(command->id);
  json::object out;
  json::array list;
  for (const auto& id : page_of(ids, in, 50, 50, out)) list.push_back(shown(commands_.at(id)));
  out["Commands"] = std::move(list);
  return out;
}

// What has begun is not stopped: SSM only asks for it.
json::object Commands::cancel(const Fields& in) {
  const auto found = commands_.find(in.required("CommandId"));
  if (found == commands_.end()) throw Error("InvalidCommandId", "");
  const auto wanted = in.texts("InstanceIds");
  for (auto& [instance, one] : found->second.invocations) {
    if (!wanted.empty() && std::ranges::find(wanted, instance) == wanted.end()) continue;
    if (one.status != "Pending") continue;
    one.status = "Cancelled";
    one.ended = context_.now();
    for (auto& plugin : one.plugins) plugin.status = one.status;
  }
  return {};
}

json::object Commands::get_invocation(const Fields& in) const {
  const auto id = in.required("CommandId");
  const auto instance = in.required("InstanceId");
  const auto command = commands_.find(id);
  if (command == commands_.end()) throw Error("InvocationDoesNotExist", "");
  const auto found = command->second.invocations.find(instance);
  if (found == command->second.invocations.end() ||
      context_.now() < found->second.requested + knobs_.invocation_lag) {
    throw Error("InvocationDoesNotExist", "");
  }
  // "If the document contains more than one step, you must specify the name of the step".
  const auto& plugins = found->second.plugins;
  const auto name = in.text("PluginName", plugins.size() == 1 ? plugins.front().name : "");
  const auto plugin = std::ranges::find(plugins, name, &PluginResult::name);
  if (plugin == plugins.end()) throw Error("InvalidPluginName", "");
  const auto& one = *plugin;
  json::object out{{"CommandId", id},
                   {"InstanceId", instance},
                   {"Comment", command->second.comment},
                   {"DocumentName", command->second.document},
                   {"DocumentVersion", command->second.version},
                   {"PluginName", one.name},
                   {"ResponseCode", one.response_code},
                   {"Status", one.status},
                   {"StatusDetails", one.status},
                   // AWS cuts what it shows: 24,000 and 8,000 characters.
                   {"StandardOutputContent", one.output.substr(0, 24'000)},
                   {"StandardErrorContent", one.error.substr(0, 8'000)},
                   {"StandardOutputUrl", ""},
                   {"StandardErrorUrl", ""}};
  add_time(out, "ExecutionStartDateTime", one.started);
  add_time(out, "ExecutionEndDateTime", one.ended);
  out["ExecutionElapsedTime"] =
      one.started && one.ended ? fmt::format("PT{:.3f}S", base::seconds(*one.ended - *one.started))
                               : "";
  return out;
}

json::object Commands::list_invocations(const Fields& in) const {
  in.unsupported("ListCommandInvocations", {"Filters"});
  const auto wanted_command = in.text("CommandId");
  const auto wanted_instance = in.text("InstanceId");
  const bool details = in.flag("Details");
  json::array found;
  for (const auto& [id, command] : commands_) {
    if (wanted_command.empty() ? command.of_association : id != wanted_command) continue;
    for (const auto& [instance, one] : command.invocations) {
      if (!wanted_instance.empty() && instance != wanted_instance) continue;
      json::object entry{{"CommandId", id},
                         {"InstanceId", instance},
                         {"Comment", command.comment},
                         {"DocumentName", command.document},
                         {"RequestedDateTime", epoch_seconds(one.requested)},
                         {"Status", one.status},
                         {"StatusDetails", one.status}};
      if (details) {
        json::array plugins;
        for (const auto& plugin : one.plugins) {
          plugins.push_back(json::object{{"Name", plugin.name},
                                         {"Status", plugin.status},
                                         {"StatusDetails", plugin.status},
                                         {"ResponseCode", plugin.response_code},
                                         {"Output", plugin.output.substr(0, 2'500)}});
        }
        entry["CommandPlugins"] = std::move(plugins);
      }
      found.push_back(std::move(entry));
    }
  }
  std::vector<std::string> positions;
  for (std::size_t i = 0; i < found.size(); ++i) positions.push_back(std::to_string(i));
  json::object out;
  json::array list;
  for (const auto& at : page_of(positions, in, 50, 50, out)) list.push_back(found[std::stoul(at)]);
  out["CommandInvocations"] = std::move(list);
  return out;
}

}  // namespace sim::ssm
