#include "cli/checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "aws/cloudformation/cloudformation.hpp"
#include "aws/ec2/ec2.hpp"
#include "aws/ssm/ssm.hpp"
#include "base/contains.hpp"
#include "cli/survey.hpp"

namespace cli {

namespace {

using namespace std::chrono_literals;

constexpr base::Duration agent_limit = 10min;
constexpr base::Duration command_limit = 5min;
constexpr base::Duration pause = 2s;

const Node* node_of(const Topology& topology, std::string_view type) {
  const auto found = std::ranges::find(topology.nodes, type, &Node::type);
  return found == topology.nodes.end() ? nullptr : &*found;
}

json::array array_of(const std::vector<std::string>& items) {
  json::array result;
  for (const auto& item : items) result.emplace_back(item);
  return result;
}

base::Task<Check> stack_stands(aws::Client& client, Scene scene) {
  Check check{"the stack is complete", false, "", {}};
  const auto stack = co_await aws::cloudformation::describe_stack(client, scene.stack);
  const std::string status = stack ? stack->status : "unknown to AWS";
  check.ok = status == "CREATE_COMPLETE";
  check.evidence = fmt::format("DescribeStacks: {}", status);
  if (stack && !stack->reason.empty()) check.evidence += ", " + stack->reason;
  check.evidence += check.ok ? "; its custom resource was answered with SUCCESS." : ".";
  check.data = {{"status", status}};
  co_return check;
}

base::Task<Check> log_names_all(aws::Client&, Scene scene) {
  Check check{"the function's log names every deletion", false, "", {}};
  std::vector<std::string> named;
  std::vector<std::string> missing;
  for (const auto& id : temporary_of(scene.before).all()) {
    const auto piece = std::ranges::find(scene.strike.pieces, id, &Piece::id);
    const bool told = piece != scene.strike.pieces.end() && piece->ended;
    (told ? named : missing).push_back(id);
  }
  check.ok = missing.empty() && !named.empty();
  check.evidence =
      fmt::format("CloudWatch Logs, group {}: {} struck",
                  scene.log_group.empty() ? "unknown" : scene.log_group, listed(named));
  check.evidence += missing.empty() ? "." : fmt::format("; not {}.", listed(missing));
  check.data = {
      {"log_group", scene.log_group}, {"named", array_of(named)}, {"missing", array_of(missing)}};
  co_return check;
}

base::Task<Check> routes_gone(aws::Client& client, Scene scene) {
  const auto wanted = temporary_of(scene.before).routes;
  Check check{wanted.size() == 2 ? "both default routes are gone" : "the default routes are gone",
              !wanted.empty(),
              "",
              {}};
  std::vector<aws::RouteTableId> ids;
  for (const auto& id : wanted) ids.push_back({id.substr(0, id.find('|'))});
  for (const auto& table : co_await aws::ec2::find_route_tables(client, ids)) {
    std::vector<std::string> left;
    for (const auto& route : table.routes) {
      left.push_back(route.destination + " -> " + route.target);
      if (base::contains(wanted, table.id.value + "|" + route.destination)) check.ok = false;
    }
    check.evidence += fmt::format("{} has {}. ", table.id.value, listed(left));
    check.data[table.id.value] = array_of(left);
  }
  if (check.data.size() != wanted.size()) {
    check.ok = false;
    check.evidence += "A route table is gone as well.";
  }
  if (check.evidence.ends_with(' ')) check.evidence.pop_back();
  co_return check;
}

base::Task<Check> gateway_deleted(aws::Client& client, Scene scene) {
  Check check{"the NAT gateway is deleted", false, "", {}};
  std::vector<aws::NatGatewayId> ids;
  for (const auto& id : temporary_of(scene.before).nat_gateways) ids.push_back({id});
  check.ok = !ids.empty();
  const auto found = co_await aws::ec2::find_nat_gateways(client, ids);
  for (const auto& id : ids) {
    const auto gateway = std::ranges::find(found, id, &aws::ec2::NatGateway::id);
    const std::string state = gateway == found.end() ? "no longer listed" : gateway->state;
    if (state != "deleted" && gateway != found.end()) check.ok = false;
    check.evidence += fmt::format("DescribeNatGateways: {} is {}.", id.value, state);
    check.data[id.value] = state;
  }
  co_return check;
}

base::Task<Check> address_released(aws::Client& client, Scene scene) {
  Check check{"the Elastic IP is released", false, "", {}};
  std::vector<aws::AllocationId> ids;
  for (const auto& id : temporary_of(scene.before).addresses) ids.push_back({id});
  const auto found = co_await aws::ec2::find_addresses(client, ids);
  check.ok = !ids.empty() && found.empty();
  for (const auto& id : ids) {
    const bool there =
        base::contains(found | std::views::transform(&aws::ec2::Address::allocation), id);
    check.evidence += fmt::format("DescribeAddresses: {} is {}.", id.value,
                                  there ? "still allocated" : "not the account's any more");
    check.data[id.value] = there ? "allocated" : "released";
  }
  co_return check;
}

base::Task<Check> internet_gateway_gone(aws::Client& client, Scene scene) {
  Check check{"the internet gateway is gone", false, "", {}};
  std::vector<aws::InternetGatewayId> ids;
  for (const auto& id : temporary_of(scene.before).internet_gateways) ids.push_back({id});
  const auto found = co_await aws::ec2::find_internet_gateways(client, ids);
  const auto attached =
      co_await aws::ec2::internet_gateways_of(client, {aws::VpcId{scene.before.vpc}});
  check.ok = !ids.empty() && found.empty() && attached.empty();
  for (const auto& id : ids) {
    const bool there =
        base::contains(found | std::views::transform(&aws::ec2::InternetGateway::id), id);
    check.evidence += fmt::format("DescribeInternetGateways: {} is {}.", id.value,
                                  there ? "still there" : "not found");
    check.data[id.value] = there ? "there" : "gone";
  }
  check.evidence += attached.empty() ? " None is attached to the VPC." : " One is attached.";
  co_return check;
}

base::Task<Check> service_steady(aws::Client& client, Scene scene) {
  Check check{"the service is still steady", false, "", {}};
  if (!scene.service) {
    check.evidence = "The stack never had a service.";
    co_return check;
  }
  const auto service = co_await aws::ecs::find_service(client, *scene.service);
  if (!service || service->deployments.empty()) {
    check.evidence = "DescribeServices: there is no such service any more.";
    co_return check;
  }
  const auto& deployment = service->deployments.front();
  const auto* task = node_of(scene.before, "task");
  const auto* still = node_of(scene.after, "task");
  const bool same = task != nullptr && still != nullptr && task->id == still->id;
  check.ok = service->status == "ACTIVE" && service->deployments.size() == 1 &&
             deployment.rollout_state == "COMPLETED" && service->desired > 0 &&
             service->running == service->desired && same;
  check.evidence = fmt::format(
      "DescribeServices: {} is {}, {} of {} tasks run, rollout {}; {}.", service->name,
      service->status, service->running, service->desired, deployment.rollout_state,
      same ? "its task is the one from before the strike" : "its task is not the one from before");
  check.data = {{"status", service->status},
                {"running", service->running},
                {"desired", service->desired},
                {"rollout", deployment.rollout_state},
                {"same_task", same}};
  co_return check;
}

// Runs one command on the instance; nothing when its agent or the command does not come back.
base::Task<std::optional<aws::ssm::Invocation>> run_on(aws::Client& client, std::string instance,
                                                       std::string command) {
  auto& clock = client.system().clock;
  const auto agent_deadline = clock.now() + agent_limit;
  const aws::InstanceId id{instance};
  for (;;) {
    const auto agents = co_await aws::ssm::instance_information(client, {id});
    if (std::ranges::any_of(agents, [](const auto& a) { return a.ping_status == "Online"; })) break;
    if (clock.now() >= agent_deadline) co_return std::nullopt;
    co_await clock.sleep_for(pause);
  }
  aws::ssm::NewCommand wanted;
  wanted.instances = {id};
  wanted.parameters = {{"commands", {command}}};
  wanted.comment = "falsework demo";
  const auto sent = co_await aws::ssm::send_command(client, wanted);
  const auto deadline = clock.now() + command_limit;
  while (clock.now() < deadline) {
    co_await clock.sleep_for(pause);
    const auto result = co_await aws::ssm::command_invocation(client, sent, id);
    if (!result) continue;
    if (!base::contains(std::vector<std::string>{"Pending", "InProgress", "Delayed"},
                        result->status)) {
      co_return result;
    }
  }
  co_return std::nullopt;
}

std::string between(const std::string& text, std::string_view head, std::string_view tail) {
  const auto from = text.find(head);
  if (from == std::string::npos) return {};
  const auto begin = from + head.size();
  const auto end = text.find(tail, begin);
  return end == std::string::npos ? std::string() : text.substr(begin, end - begin);
}

base::Task<Check> client_reaches(aws::Client& client, Scene scene) {
  Check check{"the client still gets nginx's page", false, "", {}};
  const auto* task = node_of(scene.after, "task");
  if (task == nullptr || scene.client.empty()) {
    check.evidence = "There is no task or no client to try it with.";
    co_return check;
  }
  const std::string command = "curl -sS --max-time 10 http://" + task->address;
  const auto result = co_await run_on(client, scene.client, command);
  if (!result) {
    check.evidence = fmt::format("SSM never ran a command on {}.", scene.client);
    co_return check;
  }
  const std::string title = between(result->output, "<title>", "</title>");
  check.ok = result->status == "Success" && title == "Welcome to nginx!";
  check.evidence =
      check.ok ? fmt::format("SSM RunCommand on {}: curl http://{} answered \"{}\", {} bytes.",
                             scene.client, task->address, title, result->output.size())
               : fmt::format("SSM RunCommand on {}: curl http://{} ended as {} ({}): {}",
                             scene.client, task->address, result->status, result->response_code,
                             result->error.empty() ? result->output : result->error);
  check.data = {{"command", command},
                {"status", result->status},
                {"exit_code", result->response_code},
                {"title", title}};
  if (check.ok) check.data["http_status"] = 200;
  co_return check;
}

base::Task<Check> nothing_else(aws::Client&, Scene scene) {
  Check check{"nothing else was touched", false, "", {}};
  const auto temporary = temporary_of(scene.before).all();
  std::vector<std::string> lost;
  for (const auto& id : gone(scene.before, scene.after)) {
    if (!base::contains(temporary, id)) lost.push_back(id);
  }
  std::vector<std::string> appeared;
  for (const auto& id : gone(scene.after, scene.before)) {
    if (!base::contains(scene.of_the_stack, id)) appeared.push_back(id);
  }
  check.ok = lost.empty() && appeared.empty() && !scene.after.cidr.empty();
  std::size_t endpoints = 0;
  for (const auto& node : scene.after.nodes) endpoints += node.type == "endpoint" ? 1 : 0;
  check.evidence = check.ok
                       ? fmt::format(
                             "The VPC {}, its {} subnets with their local routes, {} endpoints, "
                             "the task and the client are the same as before.",
                             scene.after.vpc, scene.after.subnets.size(), endpoints)
                       : fmt::format("Also gone: {}. New: {}.", listed(lost), listed(appeared));
  check.data = {{"lost", array_of(lost)}, {"appeared", array_of(appeared)}};
  co_return check;
}

}  // namespace

std::vector<std::string> Temporary::all() const {
  std::vector<std::string> result;
  for (const auto* list : {&routes, &nat_gateways, &addresses, &internet_gateways}) {
    result.insert(result.end(), list->begin(), list->end());
  }
  return result;
}

Temporary temporary_of(const Topology& topology) {
  Temporary result;
  std::set<std::string> seen;
  for (const auto& subnet : topology.subnets) {
    for (const auto& route : subnet.routes) {
      const bool everywhere = route.destination == "0.0.0.0/0" || route.destination == "::/0";
      const bool out = route.target.starts_with("nat-") || route.target.starts_with("igw-");
      const std::string id = subnet.route_table + "|" + route.destination;
      if (everywhere && out && seen.insert(id).second) result.routes.push_back(id);
    }
  }
  for (const auto& node : topology.nodes) {
    if (node.type == "nat_gateway") result.nat_gateways.push_back(node.id);
    if (node.type == "elastic_ip") result.addresses.push_back(node.id);
    if (node.type == "internet_gateway") result.internet_gateways.push_back(node.id);
  }
  return result;
}

std::string listed(const std::vector<std::string>& items) {
  if (items.empty()) return "none";
  std::string text = items.front();
  for (std::size_t i = 1; i < items.size(); ++i) {
    text += (i + 1 == items.size() ? " and " : ", ") + items[i];
  }
  return text;
}

base::Task<std::vector<Check>> look_at_checks(aws::Client& client, Scene scene) {
  static constexpr base::Task<Check> (*all[])(aws::Client&, Scene) = {
      stack_stands,          log_names_all,  routes_gone,    gateway_deleted, address_released,
      internet_gateway_gone, service_steady, client_reaches, nothing_else};
  std::vector<Check> checks;
  for (const auto look : all) checks.push_back(co_await look(client, scene));
  co_return checks;
}

}  // namespace cli
