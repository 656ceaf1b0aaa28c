// What belongs to a VPC beside its subnets: blocks, DHCP options, peerings, egress-only gateways,
// flow logs, prefix lists.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/ec2_parts.hpp"

namespace sim::cloudformation {

namespace {

// CIDR block --------------------------------------------------------------------------------------

Task<void> create_block(Work& work) {
  const auto made =
      co_await work.call("ec2", "AssociateVpcCidrBlock",
                         pick(work, {"VpcId", "CidrBlock", "AmazonProvidedIpv6CidrBlock"}));
  std::string id = at(made, "cidrBlockAssociation.associationId");
  if (id.empty()) id = at(made, "ipv6CidrBlockAssociation.associationId");
  work.initiated(id);
  work.attributes["Id"] = id;
  work.attributes["Ipv6CidrBlock"] = at(made, "ipv6CidrBlockAssociation.ipv6CidrBlock");
}

Task<void> remove_block(Work& work) {
  co_await work.call("ec2", "DisassociateVpcCidrBlock", {{"AssociationId", work.id}});
}

// DHCP options ------------------------------------------------------------------------------------

constexpr std::pair<std::string_view, std::string_view> dhcp_keys[] = {
    {"DomainName", "domain-name"},
    {"DomainNameServers", "domain-name-servers"},
    {"NtpServers", "ntp-servers"},
    {"NetbiosNameServers", "netbios-name-servers"},
    {"NetbiosNodeType", "netbios-node-type"},
    {"Ipv6AddressPreferredLeaseTime", "ipv6-address-preferred-lease-time"}};

Task<void> create_options(Work& work) {
  json::array configuration;
  for (const auto& [property, key] : dhcp_keys) {
    if (!work.has(property)) continue;
    json::object entry{{"Key", key}};
    entry["Value"] = work.texts(property);
    configuration.push_back(std::move(entry));
  }
  json::object input;
  input["DhcpConfiguration"] = std::move(configuration);
  co_await create_tagged(work, "CreateDhcpOptions", std::move(input), "dhcp-options",
                         "dhcpOptions.dhcpOptionsId");
  work.attributes["DhcpOptionsId"] = work.id;
}

Task<void> remove_options(Work& work) {
  co_await work.call("ec2", "DeleteDhcpOptions", {{"DhcpOptionsId", work.id}});
}

Task<void> associate_options(Work& work) {
  co_await work.call("ec2", "AssociateDhcpOptions", pick(work, {"DhcpOptionsId", "VpcId"}));
  work.initiated(work.text("DhcpOptionsId") + "|" + work.text("VpcId"));
}

// Unless others took their place meanwhile: then nothing of this association is left.
Task<void> dissociate_options(Work& work) {
  const auto found = co_await work.call("ec2", "DescribeVpcs", ids_of("VpcId", work.text("VpcId")));
  if (at(found, "vpcSet.0.dhcpOptionsId") != work.text("DhcpOptionsId")) co_return;
  co_await work.call("ec2", "AssociateDhcpOptions",
                     {{"DhcpOptionsId", "default"}, {"VpcId", work.text("VpcId")}});
}

// Peering -----------------------------------------------------------------------------------------

// Within one account CloudFormation accepts its own request.
Task<void> create_peering(Work& work) {
  const auto look = [&] { return ids_of("VpcPeeringConnectionId", work.id); };
  const std::string status = "vpcPeeringConnectionSet.0.status.code";
  co_await create_tagged(work, "CreateVpcPeeringConnection",
                         pick(work, {"VpcId", "PeerVpcId", "PeerOwnerId", "PeerRegion"}),
                         "vpc-peering-connection", "vpcPeeringConnection.vpcPeeringConnectionId");
  co_await settle(work, "DescribeVpcPeeringConnections", look(), status, "pending-acceptance",
                  false);
  co_await work.call("ec2", "AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", work.id}});
  co_await settle(work, "DescribeVpcPeeringConnections", look(), status, "active", false);
  work.attributes["Id"] = work.id;
}

Task<void> remove_peering(Work& work) {
  co_await work.call("ec2", "DeleteVpcPeeringConnection", {{"VpcPeeringConnectionId", work.id}});
}

// Egress-only internet gateway --------------------------------------------------------------------

Task<void> create_egress(Work& work) {
  co_await create_tagged(work, "CreateEgressOnlyInternetGateway", pick(work, {"VpcId"}),
                         "egress-only-internet-gateway",
                         "egressOnlyInternetGateway.egressOnlyInternetGatewayId");
  work.attributes["Id"] = work.id;
}

Task<void> remove_egress(Work& work) {
  co_await work.call("ec2", "DeleteEgressOnlyInternetGateway",
                     {{"EgressOnlyInternetGatewayId", work.id}});
}

// Flow log ----------------------------------------------------------------------------------------

Task<void> create_flow_log(Work& work) {
  json::object input = pick(
      work, {"ResourceId", "ResourceType", "TrafficType", "LogGroupName", "LogDestinationType",
             "LogDestination", "LogFormat", "DeliverLogsPermissionArn", "MaxAggregationInterval"});
  co_await create_tagged(work, "CreateFlowLogs", std::move(input), "vpc-flow-log",
                         "flowLogIdSet.0");
  work.attributes["Id"] = work.id;
}

Task<void> remove_flow_log(Work& work) {
  const auto answer = co_await work.call("ec2", "DeleteFlowLogs", ids_of("FlowLogId", work.id));
  // Refusals of single ids come back inside a success.
  const std::string code = at(answer, "unsuccessful.0.error.code");
  if (!code.empty()) throw Error(code, at(answer, "unsuccessful.0.error.message"));
}

// Prefix list -------------------------------------------------------------------------------------

json::array entries(const json::object& properties) {
  const auto* list = properties.if_contains("Entries");
  return list == nullptr ? json::array() : as_texts(*list).as_array();
}

void list_attributes(Work& work, const json::object& answer) {
  work.attributes["Arn"] = at(answer, "prefixList.prefixListArn");
  work.attributes["OwnerId"] = at(answer, "prefixList.ownerId");
  work.attributes["PrefixListId"] = work.id;
  work.attributes["Version"] = at(answer, "prefixList.version");
}

Task<void> create_list(Work& work) {
  json::object input = pick(work, {"PrefixListName", "AddressFamily", "MaxEntries"});
  json::array given = entries(work.properties);
  if (!given.empty()) input["Entry"] = std::move(given);
  const auto made = co_await create_tagged(work, "CreateManagedPrefixList", std::move(input),
                                           "prefix-list", "prefixList.prefixListId");
  list_attributes(work, made);
}

Task<void> update_list(Work& work) {
  if (any_changed(work, {"Entries", "PrefixListName", "MaxEntries"})) {
    json::object input{{"PrefixListId", work.id}};
    input["CurrentVersion"] = at(work.attributes, "Version");
    for (const auto* name : {"PrefixListName", "MaxEntries"}) {
      if (work.changed(name)) input[name] = work.text(name);
    }
    const json::array before = entries(work.old_properties);
    const json::array after = entries(work.properties);
    json::array added;
    json::array removed;
    for (const auto& one : after) {
      if (std::ranges::find(before, one) == before.end()) added.push_back(one);
    }
    for (const auto& one : before) {
      const bool kept = std::ranges::any_of(
          after, [&](const json::value& other) { return at(other, "Cidr") == at(one, "Cidr"); });
      if (!kept) removed.push_back(json::object{{"Cidr", at(one, "Cidr")}});
    }
    if (!added.empty()) input["AddEntry"] = std::move(added);
    if (!removed.empty()) input["RemoveEntry"] = std::move(removed);
    const auto answer = co_await work.call("ec2", "ModifyManagedPrefixList", std::move(input));
    list_attributes(work, answer);
  }
  co_await update_ec2_tags(work);
}

Task<void> remove_list(Work& work) {
  co_await work.call("ec2", "DeleteManagedPrefixList", {{"PrefixListId", work.id}});
}

void add_dhcp(Handlers& table) {
  table["AWS::EC2::DHCPOptions"] = {
      .schema = {{"DomainName", "DomainNameServers", "Ipv6AddressPreferredLeaseTime",
                  "NetbiosNameServers", "NetbiosNodeType", "NtpServers", "Tags"},
                 {},
                 {"DhcpOptionsId"}},
      .create_only = {"DomainName", "DomainNameServers", "Ipv6AddressPreferredLeaseTime",
                      "NetbiosNameServers", "NetbiosNodeType", "NtpServers"},
      .create = create_options,
      .update = update_ec2_tags,
      .remove = remove_options};
  table["AWS::EC2::VPCDHCPOptionsAssociation"] = {
      .schema = {{"DhcpOptionsId", "VpcId"}, {"DhcpOptionsId", "VpcId"}, {}},
      .create_only = {"DhcpOptionsId", "VpcId"},
      .create = associate_options,
      .update = nullptr,
      .remove = dissociate_options};
}

void add_logs_and_lists(Handlers& table) {
  table["AWS::EC2::FlowLog"] = {
      .schema = {{"DeliverLogsPermissionArn", "LogDestination", "LogDestinationType", "LogFormat",
                  "LogGroupName", "MaxAggregationInterval", "ResourceId", "ResourceType", "Tags",
                  "TrafficType"},
                 {"ResourceId", "ResourceType"},
                 {"Id"}},
      .create_only = {"DeliverLogsPermissionArn", "LogDestination", "LogDestinationType",
                      "LogFormat", "LogGroupName", "MaxAggregationInterval", "ResourceId",
                      "ResourceType", "TrafficType"},
      .create = create_flow_log,
      .update = update_ec2_tags,
      .remove = remove_flow_log};
  table["AWS::EC2::PrefixList"] = {
      .schema = {{"AddressFamily", "Entries", "MaxEntries", "PrefixListName", "Tags"},
                 {"AddressFamily", "PrefixListName"},
                 {"Arn", "OwnerId", "PrefixListId", "Version"}},
      .create_only = {"AddressFamily"},
      .create = create_list,
      .update = update_list,
      .remove = remove_list};
}

}  // namespace

void add_ec2_vpc(Handlers& table) {
  table["AWS::EC2::VPCCidrBlock"] = {
      .schema = {{"AmazonProvidedIpv6CidrBlock", "CidrBlock", "VpcId"},
                 {"VpcId"},
                 {"Id", "Ipv6CidrBlock"}},
      .create_only = {"AmazonProvidedIpv6CidrBlock", "CidrBlock", "VpcId"},
      .create = create_block,
      .update = nullptr,
      .remove = remove_block};
  table["AWS::EC2::VPCPeeringConnection"] = {
      .schema = {{"PeerOwnerId", "PeerRegion", "PeerVpcId", "Tags", "VpcId"},
                 {"PeerVpcId", "VpcId"},
                 {"Id"}},
      .create_only = {"PeerOwnerId", "PeerRegion", "PeerVpcId", "VpcId"},
      .create = create_peering,
      .update = update_ec2_tags,
      .remove = remove_peering};
  table["AWS::EC2::EgressOnlyInternetGateway"] = {.schema = {{"Tags", "VpcId"}, {"VpcId"}, {"Id"}},
                                                  .create_only = {"VpcId"},
                                                  .create = create_egress,
                                                  .update = update_ec2_tags,
                                                  .remove = remove_egress};
  add_dhcp(table);
  add_logs_and_lists(table);
}

}  // namespace sim::cloudformation
