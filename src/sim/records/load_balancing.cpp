#include "sim/records/load_balancing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "base/contains.hpp"
#include "sim/core/words.hpp"

namespace sim::records {

namespace {

// https://docs.aws.amazon.com/general/latest/gr/elb.html
constexpr std::array<std::array<std::string_view, 3>, 4> hosted_zones{{
    {"ap-northeast-1", "Z14GRHDCWA56QT", "Z31USIVHYNEOWT"},
    {"us-east-1", "Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"},
    {"us-west-2", "Z1H1FL5HABSF5", "Z18D5FSROUN65G"},
    {"eu-west-1", "Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"},
}};

constexpr std::string_view balancer_attributes =
    "deletion_protection.enabled access_logs.s3.enabled access_logs.s3.bucket "
    "access_logs.s3.prefix idle_timeout.timeout_seconds client_keep_alive.seconds "
    "routing.http.desync_mitigation_mode routing.http.drop_invalid_header_fields.enabled "
    "routing.http.preserve_host_header.enabled routing.http2.enabled "
    "routing.http.xff_client_port.enabled routing.http.xff_header_processing.mode "
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled waf.fail_open.enabled "
    "load_balancing.cross_zone.enabled zonal_shift.config.enabled connection_logs.s3.enabled";

std::vector<std::string> texts(const json::object& members, std::string_view name) {
  std::vector<std::string> found;
  if (const auto* list = members.if_contains(name); list != nullptr && list->is_array()) {
    for (const auto& one : list->get_array()) {
      if (one.is_string()) found.emplace_back(one.get_string());
    }
  }
  return found;
}

// Load balancers ----------------------------------------------------------------------------------

std::vector<std::string> subnets_in(const json::object& members) {
  auto subnets = texts(members, "Subnets");
  if (const auto* mappings = members.if_contains("SubnetMappings")) {
    for (const auto& one : mappings->as_array()) {
      const Fields mapping(one.as_object());
      mapping.unsupported("SubnetMappings", {"PrivateIPv4Address", "IPv6Address"});
      subnets.push_back(mapping.required("SubnetId"));
    }
  }
  return subnets;
}

// The Elastic IPs that a load balancer shall have, by subnet.
json::object allocations_in(const json::object& members) {
  json::object allocations;
  const auto* mappings = members.if_contains("SubnetMappings");
  if (mappings == nullptr) return allocations;
  for (const auto& one : mappings->as_array()) {
    const auto allocation = text_of(one.as_object(), "AllocationId");
    if (!allocation.empty()) allocations[text_of(one.as_object(), "SubnetId")] = allocation;
  }
  return allocations;
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SubnetMapping.html:
// "[Network Load Balancers] The allocation ID of the Elastic IP address for an internet-facing load
// balancer."
void check_allocations(const json::object& members) {
  if (allocations_in(members).empty()) return;
  const bool network = text_of(members, "Type") == "network";
  if (network && text_of(members, "Scheme") != "internal") return;
  throw validation(
      "Elastic IP addresses can be specified for internet-facing Network Load Balancers only");
}

json::object filtered(std::string_view name, const std::string& value) {
  json::object filter{{"Name", name}};
  filter["Value"] = json::array{json::value(value)};
  json::object input;
  input["Filter"] = json::array{std::move(filter)};
  return input;
}

// Fills in the zones and the VPC, and the default group of a balancer that must have one.
Task<void> ask_network(Book& book, const Call& call, json::object& members) {
  const auto subnets = subnets_in(members);
  if (subnets.empty()) {
    if (call.action != "CreateLoadBalancer") co_return;
    throw validation("You must specify either subnets or an outpost");
  }
  json::array zones;
  std::string vpc;
  for (const auto& id : subnets) {
    json::object found;
    json::object look;
    look["SubnetId"] = json::array{json::value(id)};
    bool there = true;
    try {
      found = co_await book.ask("ec2", "DescribeSubnets", std::move(look));
    } catch (const Error&) {
      there = false;
    }
    if (!there) throw Error("SubnetNotFound", fmt::format("The subnet ID '{}' does not exist", id));
    const auto& subnet = found.at("subnetSet").at(0).as_object();
    if (!vpc.empty() && vpc != text_of(subnet, "vpcId")) {
      throw Error("InvalidConfigurationRequest", "All subnets must belong to the same VPC: " + vpc);
    }
    vpc = text_of(subnet, "vpcId");
    zones.push_back(json::object{{"ZoneName", subnet.at("availabilityZone")}, {"SubnetId", id}});
  }
  members["VpcId"] = vpc;
  members["AvailabilityZones"] = std::move(zones);
  if (call.action != "CreateLoadBalancer") co_return;
  const auto gateways =
      co_await book.ask("ec2", "DescribeInternetGateways", filtered("attachment.vpc-id", vpc));
  const bool closed = gateways.at("internetGatewaySet").as_array().empty();
  if (closed && text_of(members, "Scheme") != "internal") {
    throw Error("InvalidSubnet", fmt::format("VPC {} has no internet gateway", vpc));
  }
  if (!members.contains("SecurityGroups") && text_of(members, "Type") != "network") {
    auto look = filtered("vpc-id", vpc);
    look["Filter"].as_array().push_back(filtered("group-name", "default").at("Filter").at(0));
    const auto groups = co_await book.ask("ec2", "DescribeSecurityGroups", std::move(look));
    members["SecurityGroups"] = json::array{groups.at("securityGroupInfo").at(0).at("groupId")};
  }
}

void check_zones(const Record& balancer) {
  std::set<std::string> zones;
  const auto& all = balancer.members.at("AvailabilityZones").as_array();
  for (const auto& one : all) zones.insert(text_of(one.as_object(), "ZoneName"));
  if (zones.size() != all.size()) {
    throw Error("InvalidConfigurationRequest",
                "A load balancer cannot be attached to multiple subnets in the same Availability "
                "Zone");
  }
  if (is_application(balancer) && zones.size() < 2) {
    throw validation("At least two subnets in two different Availability Zones must be specified");
  }
}

void name_balancer(Book& book, Record& balancer) {
  auto& members = balancer.members;
  if (!members.contains("Type")) members["Type"] = "application";
  if (!members.contains("Scheme")) members["Scheme"] = "internet-facing";
  if (!members.contains("IpAddressType")) members["IpAddressType"] = "ipv4";
  if (text_of(members, "Type") == "gateway") {
    throw Error("NotImplemented", "The embedded AWS has no gateway load balancers.", 501);
  }
  if (balancer.id.size() > 32 || balancer.id.starts_with("internal-") ||
      balancer.id.starts_with('-') || balancer.id.ends_with('-')) {
    throw validation(fmt::format("The load balancer name '{}' is not valid", balancer.id));
  }
  const bool application = is_application(balancer);
  const auto hash = book.chance().hex(16);
  balancer.arn = book.arn(
      fmt::format("loadbalancer/{}/{}/{}", application ? "app" : "net", balancer.id, hash));
  members["LoadBalancerArn"] = balancer.arn;
  members["LoadBalancerName"] = balancer.id;
  check_allocations(members);
  balancer.hidden["Allocations"] = allocations_in(members);
  members.erase("Name");
  members.erase("Subnets");
  members.erase("SubnetMappings");
  const auto& region = book.context().region;
  const std::string_view prefix =
      text_of(members, "Scheme") == "internal" && application ? "internal-" : "";
  members["DNSName"] = application
                           ? fmt::format("{}{}-{:010}.{}.elb.amazonaws.com", prefix, balancer.id,
                                         book.chance().integer(0, 2'147'483'647), region)
                           : fmt::format("{}-{}.elb.{}.amazonaws.com", balancer.id, hash, region);
  for (const auto& zone : hosted_zones) {
    if (zone[0] == region || !members.contains("CanonicalHostedZoneId")) {
      members["CanonicalHostedZoneId"] = zone[application ? 1 : 2];
    }
  }
}

// EC2's refusal in Elastic Load Balancing's words.
Error in_own_words(const Error& error) {
  constexpr std::array<std::array<std::string_view, 2>, 3> codes{{
      {"InsufficientFreeAddressesInSubnet", "InvalidSubnet"},
      {"InvalidAllocationID.NotFound", "AllocationIdNotFound"},
      {"Resource.AlreadyAssociated", "ResourceInUse"},
  }};
  for (const auto& [theirs, ours] : codes) {
    if (error.code == theirs) return {std::string(ours), error.what()};
  }
  return {error.code, error.what()};
}

// In one zone; with an Elastic IP the zone tells it.
std::string give_interface(ec2::Ec2& ec2, const Record& balancer, json::object& zone) {
  const auto& allocations = balancer.hidden.at("Allocations").as_object();
  const auto subnet = text_of(zone, "SubnetId");
  const auto allocation = text_of(allocations, subnet);
  auto id = ec2.create_managed_interface(
      {.subnet = subnet,
       .groups = texts(balancer.members, "SecurityGroups"),
       .description = "ELB " + short_arn(balancer),
       .requester_id = "amazon-elb",
       .owner_service = "elasticloadbalancing",
       .public_ip = text_of(balancer.members, "Scheme") == "internet-facing",
       .allocation = allocation});
  if (!allocation.empty()) {
    json::object address{{"IpAddress", ec2.interface(id)->public_ip}, {"AllocationId", allocation}};
    zone["LoadBalancerAddresses"] = json::array{std::move(address)};
  }
  return id;
}

void give_interfaces(ec2::Ec2& ec2, Record& balancer) {
  json::array made;
  try {
    for (auto& zone : balancer.members.at("AvailabilityZones").as_array()) {
      made.emplace_back(give_interface(ec2, balancer, zone.as_object()));
    }
  } catch (const Error& error) {
    for (const auto& one : made) ec2.delete_managed_interface(std::string(one.as_string()));
    throw in_own_words(error);
  }
  balancer.hidden["Interfaces"] = std::move(made);
}

// Its addresses would have to move from the old interfaces to the new ones.
void refuse_to_move_addresses(const Call& call, const Record& before) {
  const bool held = !before.hidden.at("Allocations").as_object().empty();
  if (!held && allocations_in(call.input).empty()) return;
  throw Error("NotImplemented",
              fmt::format("The embedded AWS has no {} of load balancers with Elastic IP addresses.",
                          call.action),
              501);
}

// What belonged to it goes with it.
void erase_of(Book& book, std::string_view type, std::string_view member, const std::string& arn) {
  std::vector<std::string> ids;
  for (const auto& [id, one] : book.all(type)) {
    if (text_of(one.members, member) == arn) ids.push_back(id);
  }
  for (const auto& id : ids) book.erase(type, id);
}

json::object modify_attributes(Book& book, const Call& call) {
  const Fields in(call.input, "ValidationError");
  auto& balancer = book.get("balancer", in.required("LoadBalancerArn"));
  for (const auto& one : in.list("Attributes")) {
    const auto key = text_of(one.as_object(), "Key");
    if (!base::contains(words_of(balancer_attributes), key)) {
      throw Error("InvalidConfigurationRequest",
                  fmt::format("Load balancer attribute key '{}' is not recognized", key));
    }
    balancer.hidden[key] = text_of(one.as_object(), "Value");
  }
  return {{"Attributes", in.list("Attributes")}};
}

Type balancer_type(ec2::Ec2& ec2, const Knobs& knobs) {
  return {.name = "balancer",
          .create = "CreateLoadBalancer",
          .describe = "DescribeLoadBalancers",
          .update = "SetSubnets SetSecurityGroups SetIpAddressType",
          .remove = "DeleteLoadBalancer",
          .members =
              "Name! Subnets:list SubnetMappings:list SecurityGroups:@group "
              "Scheme:internet-facing|internal Type:application|network|gateway "
              "IpAddressType:ipv4 Tags:tags",
          .identifier = "LoadBalancerArn",
          .many = "LoadBalancerArns Names",
          .id = "{Name}",
          .arn = "loadbalancer/*/{Name}/*",
          .output = "LoadBalancers",
          .list = "LoadBalancers",
          .created = "CreatedTime",
          .exists =
              "DuplicateLoadBalancerName|A load balancer with the same name '{id}' exists, but "
              "with different settings",
          .missing = "LoadBalancerNotFound|Load balancers '[{id}]' not found",
          .absent = "group=InvalidSecurityGroup",
          .gone_is_fine = true,
          .creating = knobs.balancer_starts,
          .inquire = ask_network,
          .check =
              [&ec2](Book& book, const Call& made, const Record* before, Record& balancer) {
                if (before == nullptr) name_balancer(book, balancer);
                if (before != nullptr) refuse_to_move_addresses(made, *before);
                check_zones(balancer);
                if (before == nullptr) return;
                const auto old = texts(before->hidden, "Interfaces");
                give_interfaces(ec2, balancer);
                for (const auto& one : old) ec2.delete_managed_interface(one);
              },
          .check_removal =
              [](Book&, const Call&, const Record& balancer) {
                if (text_of(balancer.hidden, "deletion_protection.enabled") != "true") return;
                throw Error("OperationNotPermitted",
                            fmt::format("Load balancer '{}' cannot be deleted because deletion "
                                        "protection is enabled",
                                        balancer.arn));
              },
          .begun = [&ec2](Book&, Record& balancer) { give_interfaces(ec2, balancer); },
          .ended =
              [&ec2, knobs](Book& book, Record& balancer) {
                for (const auto& [id, listener] : book.all("listener")) {
                  if (text_of(listener.members, "LoadBalancerArn") != balancer.arn) continue;
                  erase_of(book, "rule", "ListenerArn", listener.arn);
                }
                erase_of(book, "listener", "LoadBalancerArn", balancer.arn);
                const auto& leaves = knobs.balancer_leaves;
                const auto wait = base::from_seconds(
                    book.chance().uniform(base::seconds(leaves.low), base::seconds(leaves.high)));
                book.context().clock().call_at(book.context().now() + wait,
                                               [&ec2, gone = texts(balancer.hidden, "Interfaces")] {
                                                 for (const auto& one : gone)
                                                   ec2.delete_managed_interface(one);
                                               });
              },
          .view =
              [](Book& book, const Record& balancer, json::object& view) {
                const bool ready = balancer.ready <= book.context().now();
                view["State"] = json::object{{"Code", ready ? "active" : "provisioning"}};
              }};
}

}  // namespace

BookPointer load_balancing(const Context& context, Caller& caller, ec2::Ec2& ec2, Probe probe,
                           const Knobs& knobs) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "elasticloadbalancing",
            .prefix = "elasticloadbalancing",
            .invalid = "ValidationError",
            .query = true,
            .tags =
                TagWords{
                    .add = "AddTags", .remove = "RemoveTags", .list = "", .arn = "ResourceArns"}},
      std::vector<Type>{
          balancer_type(ec2, knobs),
          {.name = "target group",
           .create = "CreateTargetGroup",
           .describe = "DescribeTargetGroups",
           .update = "ModifyTargetGroup",
           .remove = "DeleteTargetGroup",
           .members = "Name! Protocol:HTTP|HTTPS|TCP|TLS|UDP|TCP_UDP Port:number VpcId:@vpc "
                      "ProtocolVersion:HTTP1|HTTP2|GRPC TargetType:instance|ip|lambda "
                      "IpAddressType:ipv4 HealthCheckEnabled:flag HealthCheckProtocol:HTTP|HTTPS|"
                      "TCP|TLS|UDP|TCP_UDP HealthCheckPort HealthCheckPath "
                      "HealthCheckIntervalSeconds:number HealthCheckTimeoutSeconds:number "
                      "HealthyThresholdCount:number UnhealthyThresholdCount:number Matcher:map "
                      "Tags:tags",
           .identifier = "TargetGroupArn",
           .many = "TargetGroupArns Names",
           .id = "{Name}",
           .arn = "targetgroup/{Name}/{hex:16}",
           .shows = "TargetGroupArn={arn} TargetGroupName={id}",
           .output = "TargetGroups",
           .list = "TargetGroups",
           .exists =
               "DuplicateTargetGroupName|A target group with the same name '{id}' exists, but "
               "with different settings",
           .missing = "TargetGroupNotFound|One or more target groups not found",
           .absent = "vpc=ValidationError",
           .gone_is_fine = true,
           .check = check_target_group,
           .check_removal =
               [](Book& self, const Call&, const Record& group) {
                 if (balancers_of(self, group.arn).empty()) return;
                 throw Error("ResourceInUse",
                             fmt::format("Target group '{}' is currently in use by a listener or a "
                                         "rule",
                                         group.arn));
               },
           .view =
               [](Book& self, const Record& group, json::object& view) {
                 view["LoadBalancerArns"] = balancers_of(self, group.arn);
                 view.erase("Name");
               }},
          {.name = "listener",
           .create = "CreateListener",
           .describe = "DescribeListeners",
           .update = "ModifyListener",
           .remove = "DeleteListener",
           .members = "LoadBalancerArn! Protocol:HTTP|HTTPS|TCP|TLS|UDP|TCP_UDP Port:number "
                      "SslPolicy Certificates:list DefaultActions!:list AlpnPolicy:list Tags:tags",
           .identifier = "ListenerArn",
           .many = "ListenerArns",
           .within = "LoadBalancerArn",
           .id = "{hex:16}",
           .arn = "{LoadBalancerArn}",
           .output = "Listeners",
           .list = "Listeners",
           .missing = "ListenerNotFound|One or more listeners not found",
           .check = check_listener,
           .ended = [](Book& self,
                       Record& gone) { erase_of(self, "rule", "ListenerArn", gone.arn); }},
          {.name = "rule",
           .create = "CreateRule",
           .describe = "DescribeRules",
           .update = "ModifyRule",
           .remove = "DeleteRule",
           .members = "ListenerArn! Conditions!:list Priority!:number Actions!:list Tags:tags",
           .identifier = "RuleArn",
           .many = "RuleArns",
           .within = "ListenerArn",
           .id = "{hex:16}",
           .arn = "{ListenerArn}",
           .output = "Rules",
           .list = "Rules",
           .missing = "RuleNotFound|One or more rules not found",
           .check = check_rule}});
  add_certificate_operations(*book);
  add(*book, "SetRulePriorities", "rule", "", set_priorities);
  add(*book, "ModifyLoadBalancerAttributes", "balancer", "LoadBalancerArn", modify_attributes);
  add_target_operations(*book, std::move(probe));
  return book;
}

}  // namespace sim::records
