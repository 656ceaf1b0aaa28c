// A small AWS for this library's tests: the states, refusals and delays that a strike meets, behind
// the transport, on virtual time. It behaves; it does not replay. Used by tests only.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "http/transport.hpp"

namespace falsework::fake {

using namespace std::chrono_literals;

struct NatGateway {
  std::string vpc;
  std::vector<std::string> allocations{};  // primary first
  base::Duration takes = 50s;              // from the call to "deleted"
  base::Duration still_available = 2s;     // how long it reads "available" after the call
  base::Duration held_after = 6s;          // how long its addresses are refused after "deleted"
  std::optional<base::Instant> delete_called{};
};

struct Address {
  std::string ip;
  std::string mapped_to{};  // beside NAT gateways
};

struct Interface {
  std::string vpc;
  std::string public_ip;
  std::string description;
};

struct Service {
  base::Instant steady_at{};
  std::string status = "ACTIVE";
  bool rollout_fails = false;
};

struct Instance {
  std::string state = "running";
  base::Instant ok_at{};
};

class Aws : public http::Transport {
 public:
  explicit Aws(base::Clock& clock) : clock_(clock) {}

  std::map<std::string, NatGateway> nat_gateways;
  std::map<std::string, Address> addresses;
  std::map<std::string, std::string> internet_gateways;  // id -> vpc, "" when detached
  std::map<std::string, std::string> tables;             // id -> vpc
  std::map<std::string, std::string> routes;             // "rtb-...|destination" -> target
  std::map<std::string, Interface> interfaces;           // beside the NAT gateways' own
  std::map<std::string, Service> services;               // by name
  std::map<std::string, Instance> instances;

  std::set<std::string> denied;                     // operations
  std::map<std::string, int> lost_replies;          // operation -> how many
  std::map<std::string, base::Instant> busy_until;  // operation -> throttled before
  std::vector<std::string> calls;                   // changes only: "DeleteRoute rtb-..."
  int looks = 0;

  base::Task<http::Response> send(http::Request request) override {
    co_await clock_.sleep_for(100ms);
    std::string operation;
    http::Response response = answer(request, operation);
    if (auto lost = lost_replies.find(operation); lost != lost_replies.end() && lost->second > 0) {
      --lost->second;
      throw http::TransportError(http::TransportError::Kind::broken, "connection reset");
    }
    co_return response;
  }

  bool is_mapped(const std::string& allocation) const {
    for (const auto& [id, gateway] : nat_gateways) {
      const auto& own = gateway.allocations;
      if (std::ranges::find(own, allocation) != own.end() && holds_addresses(gateway)) return true;
    }
    return !addresses.at(allocation).mapped_to.empty();
  }

  std::string state(const NatGateway& gateway) const {
    if (!gateway.delete_called) return "available";
    const auto elapsed = clock_.now() - *gateway.delete_called;
    if (elapsed < gateway.still_available) return "available";
    return elapsed < gateway.takes ? "deleting" : "deleted";
  }

 private:
  struct Refusal {
    std::string code;
    std::string message;
    int status = 400;
  };

  bool holds_addresses(const NatGateway& gateway) const {
    return !gateway.delete_called ||
           clock_.now() < *gateway.delete_called + gateway.takes + gateway.held_after;
  }

  static http::Response xml(std::string body) {
    return {.status = 200, .headers = {{"content-type", "text/xml"}}, .body = std::move(body)};
  }

  http::Response answer(const http::Request& request, std::string& operation) {
    if (const auto target = request.headers.get("x-amz-target")) {
      operation = std::string(target->substr(target->rfind('.') + 1));
      return describe_services(request.body);
    }
    form_.clear();
    for (auto& [key, value] : http::parse_query(request.body)) form_[key] = value;
    operation = form_["Action"];
    try {
      if (denied.contains(operation)) {
        throw Refusal{"UnauthorizedOperation", "You are not authorized", 403};
      }
      if (const auto busy = busy_until.find(operation);
          busy != busy_until.end() && clock_.now() < busy->second) {
        throw Refusal{"RequestLimitExceeded", "Request limit exceeded.", 503};
      }
      return xml(fmt::format("<{0}Response><requestId>r</requestId>{1}</{0}Response>", operation,
                             ec2(operation)));
    } catch (const Refusal& refusal) {
      return {.status = refusal.status,
              .headers = {},
              .body = fmt::format("<Response><Errors><Error><Code>{}</Code><Message>{}</Message>"
                                  "</Error></Errors><RequestID>r</RequestID></Response>",
                                  refusal.code, refusal.message)};
    }
  }

  std::string ec2(const std::string& operation) {
    if (operation.starts_with("Describe")) {
      ++looks;
      if (operation == "DescribeNatGateways") return describe_nat_gateways();
      if (operation == "DescribeAddresses") return describe_addresses();
      if (operation == "DescribeInternetGateways") return describe_internet_gateways();
      if (operation == "DescribeRouteTables") return describe_route_tables();
      if (operation == "DescribeNetworkInterfaces") return describe_interfaces();
      if (operation == "DescribeInstanceStatus") return describe_instances();
    }
    if (operation == "DeleteRoute") return delete_route();
    if (operation == "DeleteNatGateway") return delete_nat_gateway();
    if (operation == "ReleaseAddress") return release_address();
    if (operation == "DetachInternetGateway") return detach();
    if (operation == "DeleteInternetGateway") return delete_internet_gateway();
    throw Refusal{"InvalidAction", operation};
  }

  // Whether a value of the one filter that our client sends is this one.
  bool wanted(const std::string& id) {
    for (const auto& [key, value] : form_) {
      if (key.starts_with("Filter.1.Value.") && value == id) return true;
      if (key.starts_with("InstanceId.") && value == id) return true;
    }
    return false;
  }

  std::string describe_nat_gateways() {
    std::string items;
    for (const auto& [id, gateway] : nat_gateways) {
      if (!wanted(id)) continue;
      std::string own;
      for (std::size_t i = 0; i < gateway.allocations.size(); ++i) {
        own += fmt::format(
            "<item><allocationId>{}</allocationId><publicIp>{}</publicIp><isPrimary>{}</isPrimary>"
            "<networkInterfaceId>eni-{}</networkInterfaceId></item>",
            gateway.allocations[i], "198.51.100.1", i == 0, id);
      }
      items += fmt::format(
          "<item><natGatewayId>{}</natGatewayId><state>{}</state><vpcId>{}</vpcId>"
          "<connectivityType>public</connectivityType>"
          "<natGatewayAddressSet>{}</natGatewayAddressSet></item>",
          id, state(gateway), gateway.vpc, own);
    }
    return "<natGatewaySet>" + items + "</natGatewaySet>";
  }

  std::string describe_addresses() {
    std::string items;
    for (const auto& [id, address] : addresses) {
      if (!wanted(id)) continue;
      std::string mapped = address.mapped_to;
      for (const auto& [nat, gateway] : nat_gateways) {
        const auto& own = gateway.allocations;
        // The association is shown no longer than the gateway lives: refusals may outlast it.
        if (std::ranges::find(own, id) != own.end() && state(gateway) != "deleted") {
          mapped = "eni-" + nat;
        }
      }
      items += fmt::format("<item><allocationId>{}</allocationId><publicIp>{}</publicIp>", id,
                           address.ip);
      if (!mapped.empty()) {
        items += fmt::format(
            "<associationId>eipassoc-1</associationId><networkInterfaceId>{}</networkInterfaceId>",
            mapped);
      }
      items += "</item>";
    }
    return "<addressesSet>" + items + "</addressesSet>";
  }

  std::string describe_internet_gateways() {
    std::string items;
    for (const auto& [id, vpc] : internet_gateways) {
      if (!wanted(id) && (vpc.empty() || !wanted(vpc))) continue;
      items += fmt::format("<item><internetGatewayId>{}</internetGatewayId><attachmentSet>", id);
      if (!vpc.empty()) {
        items += fmt::format("<item><vpcId>{}</vpcId><state>available</state></item>", vpc);
      }
      items += "</attachmentSet></item>";
    }
    return "<internetGatewaySet>" + items + "</internetGatewaySet>";
  }

  std::string describe_route_tables() {
    std::string items;
    for (const auto& [id, vpc] : tables) {
      if (!wanted(id) && !wanted(vpc)) continue;
      items +=
          fmt::format("<item><routeTableId>{}</routeTableId><vpcId>{}</vpcId><routeSet>", id, vpc);
      for (const auto& [route, target] : routes) {
        if (!route.starts_with(id + "|")) continue;
        const auto destination = route.substr(id.size() + 1);
        items += fmt::format(
            "<item><{0}>{1}</{0}><{2}>{3}</{2}><state>active</state>"
            "<origin>CreateRoute</origin></item>",
            destination.find(':') == std::string::npos ? "destinationCidrBlock"
                                                       : "destinationIpv6CidrBlock",
            destination, target.starts_with("nat-") ? "natGatewayId" : "gatewayId", target);
      }
      items += "</routeSet></item>";
    }
    return "<routeTableSet>" + items + "</routeTableSet>";
  }

  std::string describe_interfaces() {
    const auto item = [](const std::string& id, const std::string& vpc, const std::string& ip,
                         const std::string& allocation, const std::string& description) {
      return fmt::format(
          "<item><networkInterfaceId>{}</networkInterfaceId><vpcId>{}</vpcId>"
          "<description>{}</description><association><publicIp>{}</publicIp>"
          "<allocationId>{}</allocationId></association></item>",
          id, vpc, description, ip, allocation);
    };
    std::string items;
    for (const auto& [id, gateway] : nat_gateways) {
      if (!wanted(gateway.vpc) || state(gateway) == "deleted") continue;
      for (const auto& own : gateway.allocations) {
        items += item("eni-" + id, gateway.vpc, "198.51.100.1", own, "NAT gateway " + id);
      }
    }
    for (const auto& [id, one] : interfaces) {
      if (wanted(one.vpc)) items += item(id, one.vpc, one.public_ip, "", one.description);
    }
    return "<networkInterfaceSet>" + items + "</networkInterfaceSet>";
  }

  std::string describe_instances() {
    std::string items;
    for (const auto& [id, instance] : instances) {
      if (!wanted(id)) continue;
      const std::string check = clock_.now() >= instance.ok_at ? "ok" : "initializing";
      items += fmt::format(
          "<item><instanceId>{}</instanceId><instanceState><name>{}</name></instanceState>"
          "<systemStatus><status>{}</status></systemStatus>"
          "<instanceStatus><status>{}</status></instanceStatus></item>",
          id, instance.state, check, check);
    }
    return "<instanceStatusSet>" + items + "</instanceStatusSet>";
  }

  std::string delete_route() {
    const auto& v6 = form_["DestinationIpv6CidrBlock"];
    const std::string id =
        form_["RouteTableId"] + "|" + (v6.empty() ? form_["DestinationCidrBlock"] : v6);
    calls.push_back("DeleteRoute " + id);
    if (routes.erase(id) == 0) throw Refusal{"InvalidRoute.NotFound", "no route"};
    return "<return>true</return>";
  }

  std::string delete_nat_gateway() {
    const std::string id = form_["NatGatewayId"];
    calls.push_back("DeleteNatGateway " + id);
    const auto gateway = nat_gateways.find(id);
    if (gateway == nat_gateways.end()) throw Refusal{"NatGatewayNotFound", "was not found"};
    if (!gateway->second.delete_called) gateway->second.delete_called = clock_.now();
    return "<natGatewayId>" + id + "</natGatewayId>";
  }

  std::string release_address() {
    const std::string id = form_["AllocationId"];
    calls.push_back("ReleaseAddress " + id);
    if (!addresses.contains(id)) throw Refusal{"InvalidAllocationID.NotFound", "does not exist"};
    if (is_mapped(id)) throw Refusal{"AuthFailure", "You do not have permission"};
    addresses.erase(id);
    return "<return>true</return>";
  }

  std::string detach() {
    const std::string id = form_["InternetGatewayId"];
    const std::string vpc = form_["VpcId"];
    calls.push_back("DetachInternetGateway " + id);
    const auto gateway = internet_gateways.find(id);
    if (gateway == internet_gateways.end()) {
      throw Refusal{"InvalidInternetGatewayID.NotFound", "does not exist"};
    }
    if (gateway->second != vpc) throw Refusal{"Gateway.NotAttached", "is not attached"};
    for (const auto& [nat, one] : nat_gateways) {
      if (one.vpc == vpc && state(one) != "deleted") throw Refusal{"DependencyViolation", "mapped"};
    }
    for (const auto& [eni, one] : interfaces) {
      if (one.vpc == vpc) throw Refusal{"DependencyViolation", "mapped"};
    }
    gateway->second.clear();
    return "<return>true</return>";
  }

  std::string delete_internet_gateway() {
    const std::string id = form_["InternetGatewayId"];
    calls.push_back("DeleteInternetGateway " + id);
    const auto gateway = internet_gateways.find(id);
    if (gateway == internet_gateways.end()) {
      throw Refusal{"InvalidInternetGatewayID.NotFound", "does not exist"};
    }
    if (!gateway->second.empty()) throw Refusal{"DependencyViolation", "has dependencies"};
    internet_gateways.erase(gateway);
    return "<return>true</return>";
  }

  http::Response describe_services(const std::string& body) {
    const auto input = boost::json::parse(body).as_object();
    const std::string name(input.at("services").as_array().front().as_string());
    boost::json::array found;
    if (denied.contains("DescribeServices")) {
      return {.status = 400,
              .headers = {},
              .body = R"({"__type":"AccessDeniedException","message":"not authorized"})"};
    }
    // A service may be asked for by its name or by its ARN.
    const auto service = services.find(name.substr(name.rfind('/') + 1));
    if (service != services.end()) {
      const bool steady = clock_.now() >= service->second.steady_at;
      const char* rollout = service->second.rollout_fails ? "FAILED"
                            : steady                      ? "COMPLETED"
                                                          : "IN_PROGRESS";
      boost::json::object deployment{
          {"id", "ecs-svc/1"},       {"status", "PRIMARY"},
          {"rolloutState", rollout}, {"rolloutStateReason", "tasks failed to start"},
          {"desiredCount", 1},       {"runningCount", steady ? 1 : 0}};
      found.push_back({{"serviceName", service->first},
                       {"status", service->second.status},
                       {"desiredCount", 1},
                       {"runningCount", steady ? 1 : 0},
                       {"deployments", boost::json::array({std::move(deployment)})}});
    }
    boost::json::object output;
    output["services"] = std::move(found);
    output["failures"] = boost::json::array();
    return {.status = 200, .headers = {}, .body = boost::json::serialize(output)};
  }

  base::Clock& clock_;
  std::map<std::string, std::string> form_;
};

}  // namespace falsework::fake
