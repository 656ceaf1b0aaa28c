// Client VPN: endpoints, the subnets they reach, authorization rules and routes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-clientvpnendpoint.html
#include "sim/cloudformation/handlers/client_vpn.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/ec2_parts.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// Endpoints ---------------------------------------------------------------------------------------

// What creation and modification take alike.
json::object endpoint_input(const Work& work) {
  json::object input = pick(work, {"Description", "SelfServicePortal", "ServerCertificateArn",
                                   "SessionTimeoutHours", "SplitTunnel", "VpcId", "VpnPort"});
  if (work.has("SecurityGroupIds")) input["SecurityGroupId"] = work.texts("SecurityGroupIds");
  if (work.has("ConnectionLogOptions")) {
    input["ConnectionLogOptions"] = as_texts(work.properties.at("ConnectionLogOptions"));
  }
  return input;
}

Task<void> create_endpoint(Work& work) {
  json::object input = endpoint_input(work);
  for (auto& member : pick(work, {"ClientCidrBlock", "TransportProtocol"})) {
    input[member.key()] = std::move(member.value());
  }
  if (work.has("AuthenticationOptions")) {
    input["Authentication"] = as_texts(work.properties.at("AuthenticationOptions"));
  }
  if (work.has("DnsServers")) input["DnsServers"] = work.texts("DnsServers");
  input["ClientToken"] = work.token;
  // Its tags come in the form of the API.
  Work tagged = work;
  json::array tags;
  const auto* specifications = work.properties.if_contains("TagSpecifications");
  if (specifications != nullptr && specifications->is_array()) {
    for (const auto& one : specifications->get_array()) {
      const auto* list = find(one, "Tags");
      if (list == nullptr || !list->is_array()) continue;
      for (const auto& tag : list->get_array()) tags.push_back(tag);
    }
  }
  tagged.properties["Tags"] = std::move(tags);
  add_tag_specification(tagged, "client-vpn-endpoint", input);
  const auto made = co_await work.call("ec2", "CreateClientVpnEndpoint", std::move(input));
  work.initiated(at(made, "clientVpnEndpointId"));
  co_await tag_as_member(work);
  work.attributes["Id"] = work.id;
}

Task<void> update_endpoint(Work& work) {
  json::object input = endpoint_input(work);
  input["ClientVpnEndpointId"] = work.id;
  if (work.changed("DnsServers")) {
    json::object servers{{"Enabled", work.has("DnsServers") ? "true" : "false"}};
    if (work.has("DnsServers")) servers["CustomDnsServers"] = work.texts("DnsServers");
    input["DnsServers"] = std::move(servers);
  }
  // What the template says no longer is as EC2 makes it by itself.
  for (const auto& [property, usual] :
       {std::pair{"Description", ""}, std::pair{"SelfServicePortal", "enabled"},
        std::pair{"SessionTimeoutHours", "24"}, std::pair{"SplitTunnel", "false"},
        std::pair{"VpnPort", "443"}}) {
    if (work.changed(property) && !work.has(property)) input[property] = usual;
  }
  co_await work.call("ec2", "ModifyClientVpnEndpoint", std::move(input));
}

Task<void> remove_endpoint(Work& work) {
  co_await work.call("ec2", "DeleteClientVpnEndpoint", {{"ClientVpnEndpointId", work.id}});
  co_await settle(work, "DescribeClientVpnEndpoints", ids_of("ClientVpnEndpointId", work.id),
                  "clientVpnEndpoint.0.status.code", "deleted", true);
}

// Subnets -----------------------------------------------------------------------------------------

json::object look_at_association(const Work& work) {
  json::object input = ids_of("AssociationIds", work.id);
  input["ClientVpnEndpointId"] = work.text("ClientVpnEndpointId");
  return input;
}

constexpr const char* association_state = "clientVpnTargetNetworks.0.status.code";

Task<void> associate(Work& work) {
  json::object input = pick(work, {"ClientVpnEndpointId", "SubnetId"});
  input["ClientToken"] = work.token;
  const auto made = co_await work.call("ec2", "AssociateClientVpnTargetNetwork", std::move(input));
  work.initiated(at(made, "associationId"));
  co_await settle(work, "DescribeClientVpnTargetNetworks", look_at_association(work),
                  association_state, "associated", false);
  work.attributes["Id"] = work.id;
}

Task<void> disassociate(Work& work) {
  json::object input = pick(work, {"ClientVpnEndpointId"});
  input["AssociationId"] = work.id;
  co_await work.call("ec2", "DisassociateClientVpnTargetNetwork", std::move(input));
  co_await settle(work, "DescribeClientVpnTargetNetworks", look_at_association(work),
                  association_state, "disassociated", true);
}

// Rules and routes --------------------------------------------------------------------------------

// The schema: an id that CloudFormation generates, derived from the logical id.
std::string generated_id(Work& work) {
  return work.generated_name().substr(work.stack_name.size() + 1);
}

// The one of an endpoint that has these members; null when there is none.
Task<json::value> part(Work& work, std::string action, std::string list,
                       std::vector<std::pair<std::string, std::string>> members) {
  json::object input{{"ClientVpnEndpointId", work.text("ClientVpnEndpointId")}};
  const auto seen = co_await work.call("ec2", std::move(action), std::move(input));
  const auto* all = seen.if_contains(list);
  for (const auto& one : all == nullptr ? json::array() : all->as_array()) {
    const bool same = std::ranges::all_of(
        members, [&](const auto& member) { return at(one, member.first) == member.second; });
    if (same) co_return one;
  }
  co_return json::value();
}

Task<json::value> rule_of(Work& work) {
  co_return co_await part(work, "DescribeClientVpnAuthorizationRules", "authorizationRule",
                          {{"destinationCidr", work.text("TargetNetworkCidr")},
                           {"groupId", work.text("AccessGroupId")}});
}

Task<json::value> route_of(Work& work) {
  co_return co_await part(work, "DescribeClientVpnRoutes", "routes",
                          {{"destinationCidr", work.text("DestinationCidrBlock")},
                           {"targetSubnet", work.text("TargetVpcSubnetId")}});
}

// Until it is active, or gone.
Task<void> settle_part(Work& work, Task<json::value> (*look)(Work&), bool gone) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    co_await work.pause(work.knobs.poll);
    const auto seen = co_await look(work);
    if (gone ? seen.is_null() : at(seen, "status.code") == "active") co_return;
    if (work.context.now() >= limit) throw Failure(fmt::format("{} did not stabilize.", work.id));
  }
}

Task<void> authorize(Work& work) {
  json::object input = pick(work, {"ClientVpnEndpointId", "TargetNetworkCidr", "AccessGroupId",
                                   "AuthorizeAllGroups", "Description"});
  input["ClientToken"] = work.token;
  co_await work.call("ec2", "AuthorizeClientVpnIngress", std::move(input));
  work.initiated(generated_id(work));
  co_await settle_part(work, rule_of, false);
  work.attributes["Id"] = work.id;
}

Task<void> revoke(Work& work) {
  json::object input = pick(work, {"ClientVpnEndpointId", "TargetNetworkCidr", "AccessGroupId"});
  if (!work.has("AccessGroupId")) input["RevokeAllGroups"] = "true";
  co_await work.call("ec2", "RevokeClientVpnIngress", std::move(input));
  co_await settle_part(work, rule_of, true);
}

Task<void> create_route(Work& work) {
  json::object input = pick(
      work, {"ClientVpnEndpointId", "DestinationCidrBlock", "TargetVpcSubnetId", "Description"});
  input["ClientToken"] = work.token;
  co_await work.call("ec2", "CreateClientVpnRoute", std::move(input));
  work.initiated(generated_id(work));
  co_await settle_part(work, route_of, false);
  work.attributes["Id"] = work.id;
}

Task<void> remove_route(Work& work) {
  co_await work.call(
      "ec2", "DeleteClientVpnRoute",
      pick(work, {"ClientVpnEndpointId", "DestinationCidrBlock", "TargetVpcSubnetId"}));
  co_await settle_part(work, route_of, true);
}

}  // namespace

Task<std::optional<json::object>> read_client_vpn_rule(Work& work) {
  const auto rule = co_await rule_of(work);
  if (rule.is_null() || at(rule, "status.code") == "revoking") co_return std::nullopt;
  json::object actual{{"ClientVpnEndpointId", at(rule, "clientVpnEndpointId")},
                      {"TargetNetworkCidr", at(rule, "destinationCidr")},
                      {"Description", at(rule, "description")},
                      {"AuthorizeAllGroups", at(rule, "accessAll") == "true"}};
  if (work.has("AccessGroupId")) actual["AccessGroupId"] = at(rule, "groupId");
  co_return actual;
}

Task<std::optional<json::object>> read_client_vpn_route(Work& work) {
  const auto route = co_await route_of(work);
  if (route.is_null() || at(route, "status.code") == "deleting") co_return std::nullopt;
  co_return json::object{{"ClientVpnEndpointId", at(route, "clientVpnEndpointId")},
                         {"DestinationCidrBlock", at(route, "destinationCidr")},
                         {"TargetVpcSubnetId", at(route, "targetSubnet")},
                         {"Description", at(route, "description")}};
}

void add_client_vpn(Handlers& table) {
  table["AWS::EC2::ClientVpnEndpoint"] = {
      .schema = {{"AuthenticationOptions", "ClientCidrBlock", "ConnectionLogOptions", "Description",
                  "DnsServers", "SecurityGroupIds", "SelfServicePortal", "ServerCertificateArn",
                  "SessionTimeoutHours", "SplitTunnel", "TagSpecifications", "TransportProtocol",
                  "VpcId", "VpnPort"},
                 {"AuthenticationOptions", "ConnectionLogOptions", "ServerCertificateArn"},
                 {"Id"}},
      .create_only = {"AuthenticationOptions", "ClientCidrBlock", "TagSpecifications",
                      "TransportProtocol"},
      .create = create_endpoint,
      .update = update_endpoint,
      .remove = remove_endpoint};
  table["AWS::EC2::ClientVpnTargetNetworkAssociation"] = {
      .schema = {{"ClientVpnEndpointId", "SubnetId"}, {"ClientVpnEndpointId"}, {"Id"}},
      .create_only = {"ClientVpnEndpointId", "SubnetId"},
      .create = associate,
      .update = nullptr,
      .remove = disassociate};
  table["AWS::EC2::ClientVpnAuthorizationRule"] = {
      .schema = {{"AccessGroupId", "AuthorizeAllGroups", "ClientVpnEndpointId", "Description",
                  "TargetNetworkCidr"},
                 {"ClientVpnEndpointId", "TargetNetworkCidr"},
                 {"Id"}},
      .create_only = {"AccessGroupId", "AuthorizeAllGroups", "ClientVpnEndpointId", "Description",
                      "TargetNetworkCidr"},
      .create = authorize,
      .update = nullptr,
      .remove = revoke};
  table["AWS::EC2::ClientVpnRoute"] = {.schema = {{"ClientVpnEndpointId", "Description",
                                                   "DestinationCidrBlock", "TargetVpcSubnetId"},
                                                  {"ClientVpnEndpointId", "DestinationCidrBlock"},
                                                  {"Id"}},
                                       .create_only = {"ClientVpnEndpointId", "Description",
                                                       "DestinationCidrBlock", "TargetVpcSubnetId"},
                                       .create = create_route,
                                       .update = nullptr,
                                       .remove = remove_route};
}

}  // namespace sim::cloudformation
