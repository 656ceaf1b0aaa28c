// Run Command, and the agent that carries it out.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
#include "sim/ssm/ssm.hpp"

namespace sim::ssm {

namespace {

constexpr std::string_view not_found_page =
    "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<h1>404 Not Found</h1>\n</body>\n"
    "</html>\n";
constexpr std::string_view example_page =
    "<!doctype html><html><head><title>Example Domain</title></head><body><h1>Example Domain</h1>"
    "</body></html>\n";

bool is_address(std::string_view host) {
  return !host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// RFC 1918: what a VPC has.
bool is_private(std::string_view ip) {
  if (ip.starts_with("10.") || ip.starts_with("192.168.")) return true;
  for (int second = 16; second < 32; ++second) {
    if (ip.starts_with(fmt::format("172.{}.", second))) return true;
  }
  return false;
}

std::string_view trimmed(std::string_view line) {
  const auto from = line.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return line.substr(from, line.find_last_not_of(" \t\r") - from + 1);
}

void add_time(json::object& out, std::string_view name, const std::optional<base::Instant>& time) {
  out[name] = time ? base::iso8601(*time) : std::string();
}

}  // namespace

std::string Ssm::offline_reason(const std::string& instance_id) const {
  const auto instance = ec2_.instance(instance_id);
  if (!instance) return "there is no such instance";
  if (instance->state != "running") return "the instance is " + instance->state;
  // The same instance always takes the same time.
  auto chance = context_.random("ssm.agent." + instance_id);
  const base::Duration start(
      chance.integer(knobs_.agent_start.low.count(), knobs_.agent_start.high.count()));
  if (context_.now() < instance->running + start) return "the agent is starting";
  const auto profile = iam_.instance_profile(instance->profile_arn);
  if (instance->profile_arn.empty() || !profile || !profile->role) {
    return "the instance has no instance profile with a role";
  }
  for (const char* action : {"ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel",
                             "ssmmessages:OpenControlChannel", "ec2messages:GetMessages"}) {
    if (!iam_.role_allows(profile->role->arn, action, "*")) {
      return fmt::format("its role does not allow {}", action);
    }
  }
  for (const char* service : {"ssm", "ssmmessages", "ec2messages"}) {
    const auto reach = ec2_.reach_service(instance->interface_id, service);
    if (!reach.open) return fmt::format("it does not reach {}: {}", service, reach.why);
  }
  return {};
}

// InstanceIds, and Targets with the key InstanceIds.
std::vector<std::string> Ssm::targets(const Fields& in) const {
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

json::object Ssm::send_command(const Call& call) {
  const Fields in(call.input);
  in.unsupported("SendCommand", {"OutputS3BucketName", "ServiceRoleArn", "NotificationConfig",
                                 "CloudWatchOutputConfig", "AlarmConfiguration"});
  const auto document = in.required("DocumentName");
  if (document != "AWS-RunShellScript") {
    throw Error("InvalidDocument", "Document with name " + document + " does not exist.");
  }
  const Fields parameters(in.object("Parameters"));
  for (const auto& [name, _] : in.object("Parameters")) {
    if (name != "commands" && name != "executionTimeout" && name != "workingDirectory") {
      throw Error("InvalidParameters",
                  fmt::format("{} is not a parameter of the document.", std::string_view(name)));
    }
  }
  const auto ids = targets(in);
  if (ids.empty()) throw Error("InvalidInstanceId", "");
  for (const auto& id : ids) {
    if (!offline_reason(id).empty()) {
      throw Error("InvalidInstanceId",
                  fmt::format("Instances [[{}]] not in a valid state for account {}", id,
                              context_.account));
    }
    registered_.insert(id);
  }
  Command command{
      random_.uuid(), document, in.text("Comment"), parameters.texts("commands"), {}, {}};
  if (command.lines.empty()) {
    throw Error("InvalidParameters", "The parameter commands is required.");
  }
  const auto now = context_.now();
  for (const auto& id : ids) command.invocations[id].requested = now;
  command.requested = now;
  const auto id = command.id;
  auto out = shown(commands_[id] = std::move(command));
  for (const auto& instance : ids) context_.runtime.spawn(execute(id, instance));
  return {{"Command", std::move(out)}};
}

// A command's status is that of the worst of its invocations, once all have ended.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
json::object Ssm::shown(const Command& command) const {
  json::array ids, lines;
  int ended = 0, failed = 0, cancelled = 0, begun = 0;
  for (const auto& [id, one] : command.invocations) {
    ids.push_back(json::value(id));
    if (one.ended) ++ended;
    if (one.status == "Failed") ++failed;
    if (one.status == "Cancelled") ++cancelled;
    if (one.status != "Pending") ++begun;
  }
  for (const auto& line : command.lines) lines.push_back(json::value(line));
  const bool all = ended == static_cast<int>(command.invocations.size());
  const char* status = begun == 0      ? "Pending"
                       : !all          ? "InProgress"
                       : failed > 0    ? "Failed"
                       : cancelled > 0 ? "Cancelled"
                                       : "Success";
  return {{"CommandId", command.id},
          {"DocumentName", command.document},
          {"DocumentVersion", "$DEFAULT"},
          {"Comment", command.comment},
          {"ExpiresAfter", epoch_seconds(command.requested + std::chrono::hours(2))},
          {"Parameters", {{"commands", std::move(lines)}}},
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

json::object Ssm::list_commands(const Call& call) {
  const Fields in(call.input);
  in.unsupported("ListCommands", {"Filters"});
  const auto wanted = in.text("CommandId");
  const auto instance = in.text("InstanceId");
  // The newest first, as AWS lists them.
  std::vector<const Command*> commands;
  for (const auto& [id, command] : commands_) {
    if (!wanted.empty() && id != wanted) continue;
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
json::object Ssm::cancel_command(const Call& call) {
  const Fields in(call.input);
  const auto found = commands_.find(in.required("CommandId"));
  if (found == commands_.end()) throw Error("InvalidCommandId", "");
  const auto wanted = in.texts("InstanceIds");
  for (auto& [instance, one] : found->second.invocations) {
    if (!wanted.empty() && std::ranges::find(wanted, instance) == wanted.end()) continue;
    if (one.status != "Pending") continue;
    one.status = "Cancelled";
    one.ended = context_.now();
  }
  return {};
}

// The lines one after the other, as a shell does: the last one's exit code is the script's.
Task<void> Ssm::execute(std::string command, std::string instance) {
  auto& clock = context_.clock();
  co_await clock.sleep_for(draw(knobs_.delivery));
  const auto lines = commands_.at(command).lines;
  auto& invocation = commands_.at(command).invocations.at(instance);
  if (invocation.ended) co_return;  // cancelled
  invocation.status = "InProgress";
  invocation.started = context_.now();
  int code = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto line = trimmed(lines[i]);
    if (line.empty() || line.starts_with('#')) continue;
    const auto curl = parse_curl(line);
    if (!curl) {
      code = 127;
      invocation.error +=
          fmt::format("_script.sh: line {}: the embedded AWS runs only curl\n", i + 1);
      continue;
    }
    const auto view = ec2_.instance(instance);
    if (!view) break;
    const auto result = run(*curl, request(view->interface_id, *curl));
    co_await clock.sleep_for(result.took);
    invocation.output += result.output;
    invocation.error += result.error;
    code = result.exit_code;
  }
  if (code != 0) invocation.error += fmt::format("failed to run commands: exit status {}", code);
  invocation.response_code = code;
  invocation.status = code == 0 ? "Success" : "Failed";
  invocation.ended = context_.now();
}

// The embedded internet has one host: example.com. The VPC's resolver answers without a way out, so
// a name that exists but cannot be reached is silence, not an unknown host.
Reply Ssm::request(const std::string& interface_id, const Curl& curl) const {
  if (!is_address(curl.host)) {
    if (curl.host != "example.com") return {Reply::Kind::unknown_host};
    const bool open = ec2_.reach_internet(interface_id, curl.port).open;
    if (!open || (curl.port != 80 && curl.port != 443)) return {Reply::Kind::silent};
    return {Reply::Kind::answered, 200, std::string(example_page)};
  }
  if (!is_private(curl.host)) return {Reply::Kind::silent};
  if (!ec2_.reach_address(interface_id, curl.host, curl.port).open) return {Reply::Kind::silent};
  const auto listener = ecs_.listening(curl.host, curl.port);
  if (!listener) return {Reply::Kind::refused};
  if (curl.scheme == "https") return {Reply::Kind::no_tls};
  if (curl.path != "/" && curl.path != "/index.html") {
    return {Reply::Kind::answered, 404, std::string(not_found_page)};
  }
  return {Reply::Kind::answered, listener->status, listener->body};
}

json::object Ssm::get_command_invocation(const Call& call) {
  const Fields in(call.input);
  in.unsupported("GetCommandInvocation", {"PluginName"});
  const auto id = in.required("CommandId");
  const auto instance = in.required("InstanceId");
  const auto command = commands_.find(id);
  if (command == commands_.end()) throw Error("InvocationDoesNotExist", "");
  const auto found = command->second.invocations.find(instance);
  if (found == command->second.invocations.end() ||
      context_.now() < found->second.requested + knobs_.invocation_lag) {
    throw Error("InvocationDoesNotExist", "");
  }
  const auto& one = found->second;
  json::object out{{"CommandId", id},
                   {"InstanceId", instance},
                   {"Comment", command->second.comment},
                   {"DocumentName", command->second.document},
                   {"DocumentVersion", "$DEFAULT"},
                   {"PluginName", "aws:runShellScript"},
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
      one.ended ? fmt::format("PT{:.3f}S", base::seconds(*one.ended - *one.started)) : "";
  return out;
}

json::object Ssm::list_command_invocations(const Call& call) {
  const Fields in(call.input);
  in.unsupported("ListCommandInvocations", {"Filters"});
  const auto wanted_command = in.text("CommandId");
  const auto wanted_instance = in.text("InstanceId");
  const bool details = in.flag("Details");
  json::array found;
  for (const auto& [id, command] : commands_) {
    if (!wanted_command.empty() && id != wanted_command) continue;
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
        plugins.push_back(json::object{{"Name", "aws:runShellScript"},
                                       {"Status", one.status},
                                       {"StatusDetails", one.status},
                                       {"ResponseCode", one.response_code},
                                       {"Output", one.output.substr(0, 2'500)}});
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

json::object Ssm::describe_instance_information(const Call& call) {
  const Fields in(call.input);
  in.unsupported("DescribeInstanceInformation", {"InstanceInformationFilterList", "NextToken"});
  std::set<std::string> wanted;
  for (const auto& value : in.list("Filters")) {
    if (!value.is_object()) throw Error("SerializationException", "A filter is a structure.");
    const Fields filter(value.get_object());
    if (filter.text("Key") != "InstanceIds") {
      throw Error("NotImplemented",
                  fmt::format("The embedded AWS has no filter {} for DescribeInstanceInformation.",
                              filter.text("Key")),
                  501);
    }
    for (auto& id : filter.texts("Values")) wanted.insert(std::move(id));
  }
  json::array found;
  for (const auto& id : ec2_.instance_ids()) {
    if (!wanted.empty() && !wanted.contains(id)) continue;
    const bool online = offline_reason(id).empty();
    if (online) registered_.insert(id);
    const auto view = ec2_.instance(id);
    if (!view || !registered_.contains(id) || view->state == "terminated") continue;
    found.push_back(json::object{{"InstanceId", id},
                                 {"PingStatus", online ? "Online" : "ConnectionLost"},
                                 {"LastPingDateTime", epoch_seconds(context_.now())},
                                 {"AgentVersion", "3.3.0.0"},
                                 {"IsLatestVersion", true},
                                 {"PlatformType", "Linux"},
                                 {"PlatformName", "Amazon Linux"},
                                 {"ResourceType", "EC2Instance"},
                                 {"IPAddress", view->private_ip}});
  }
  return {{"InstanceInformationList", std::move(found)}};
}

}  // namespace sim::ssm
