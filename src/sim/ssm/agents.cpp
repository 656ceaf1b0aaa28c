#include "sim/ssm/agents.hpp"

#include "templates/text.hpp"

namespace sim::ssm {

namespace {

constexpr std::string_view agent_version = "3.3.0.0";
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

// Seconds; AWS's default is an hour.
base::Duration limit_of(const Step& step) {
  const auto given = Fields(step.inputs).text("timeoutSeconds");
  const auto seconds = templates::number_of(given);
  return base::from_seconds(seconds && *seconds > 0 ? *seconds : 3600);
}

void end(PluginResult& result, int code, base::Instant now) {
  result.response_code = code;
  result.status = code == 0 ? "Success" : "Failed";
  result.ended = now;
}

}  // namespace

Agents::Agents(Context context, ec2::Ec2& ec2, ecs::Ecs& ecs, iam::Iam& iam, Knobs knobs)
    : context_(std::move(context)), ec2_(ec2), ecs_(ecs), iam_(iam), knobs_(knobs) {}

std::string Agents::offline_reason(const std::string& instance_id) const {
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

bool Agents::online(const std::string& instance_id) {
  const bool connected = offline_reason(instance_id).empty();
  if (connected) registered_.insert(instance_id);
  return connected;
}

// A step that fails does not keep the next one from running.
Task<void> Agents::run(std::vector<Step> steps, std::string instance, Invocation& invocation) {
  invocation.status = "InProgress";
  invocation.started = context_.now();
  bool failed = false, timed_out = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    auto& result = invocation.plugins.at(i);
    result.started = context_.now();
    if (!step.for_linux) {
      result.output = "Step execution skipped due to unsatisfied preconditions: platformType";
      end(result, 0, context_.now());
      continue;
    }
    result.status = "InProgress";
    if (step.action == "aws:runShellScript") {
      co_await run_script(step, instance, result);
    } else if (step.action == "aws:updateSsmAgent") {
      update_agent(step, instance, result);
    } else {
      result.error = fmt::format("The embedded AWS has no plugin {}.", step.action);
      end(result, 1, context_.now());
    }
    failed = failed || result.status == "Failed";
    timed_out = timed_out || result.status == "TimedOut";
  }
  invocation.status = failed ? "Failed" : timed_out ? "TimedOut" : "Success";
  invocation.ended = context_.now();
}

// The lines one after the other, as a shell does: the last one's exit code is the script's.
Task<void> Agents::run_script(Step step, std::string instance, PluginResult& result) {
  const auto lines = script_of(step);
  const auto limit = context_.now() + limit_of(step);
  int code = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto line = trimmed(lines[i]);
    if (line.empty() || line.starts_with('#')) continue;
    const auto curl = parse_curl(line);
    if (!curl) {
      code = 127;
      result.error += fmt::format("_script.sh: line {}: the embedded AWS runs only curl\n", i + 1);
      continue;
    }
    const auto view = ec2_.instance(instance);
    if (!view) break;
    const auto answer = ssm::run(*curl, request(view->interface_id, *curl));
    const bool in_time = context_.now() + answer.took <= limit;
    co_await context_.clock().sleep_until(std::min(context_.now() + answer.took, limit));
    if (!in_time) {
      end(result, 137, context_.now());
      result.status = "TimedOut";
      co_return;
    }
    result.output += answer.output;
    result.error += answer.error;
    code = answer.exit_code;
  }
  if (code != 0) result.error += fmt::format("failed to run commands: exit status {}", code);
  end(result, code, context_.now());
}

// Agents here are always the latest, so there is never anything to install. The agent still asks
// for the list of versions, which is in S3.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-automatic-updates.html
void Agents::update_agent(const Step& step, const std::string& instance,
                          PluginResult& result) const {
  const auto view = ec2_.instance(instance);
  const auto reach = view ? ec2_.reach_service(view->interface_id, "s3") : ec2::Reach{};
  const auto wanted = Fields(step.inputs).text("targetVersion");
  if (!reach.open) {
    result.error =
        fmt::format("failed to download the manifest: S3 is out of reach: {}", reach.why);
  } else if (!wanted.empty() && wanted != "latest" && wanted != agent_version) {
    result.error = fmt::format("The embedded AWS has only version {} of the agent.", agent_version);
  } else {
    result.output = fmt::format("amazon-ssm-agent {} has already been installed, update skipped\n",
                                agent_version);
  }
  end(result, result.error.empty() ? 0 : 1, context_.now());
}

// The embedded internet has one host: example.com. The VPC's resolver answers without a way out, so
// a name that exists but cannot be reached is silence, not an unknown host.
Reply Agents::request(const std::string& interface_id, const Curl& curl) const {
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

json::object Agents::describe_instance_information(const Fields& in) {
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
    const bool connected = online(id);
    const auto view = ec2_.instance(id);
    if (!view || !registered_.contains(id) || view->state == "terminated") continue;
    found.push_back(json::object{{"InstanceId", id},
                                 {"PingStatus", connected ? "Online" : "ConnectionLost"},
                                 {"LastPingDateTime", epoch_seconds(context_.now())},
                                 {"AgentVersion", agent_version},
                                 {"IsLatestVersion", true},
                                 {"PlatformType", "Linux"},
                                 {"PlatformName", "Amazon Linux"},
                                 {"ResourceType", "EC2Instance"},
                                 {"IPAddress", view->private_ip}});
  }
  return {{"InstanceInformationList", std::move(found)}};
}

}  // namespace sim::ssm
