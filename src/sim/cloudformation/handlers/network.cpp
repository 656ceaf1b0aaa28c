// VPCs, subnets, internet gateways, addresses.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

Task<void> modify(Work& work, std::string action, std::string id_member, std::string property,
                  std::string value) {
  json::object input{{id_member, work.id}};
  json::object wrapped;
  wrapped["Value"] = value;
  input[property] = std::move(wrapped);
  co_await work.call("ec2", std::move(action), std::move(input));
}

// VPC -------------------------------------------------------------------------------------------

json::array ipv6_blocks(const json::value& associations) {
  json::array blocks;
  if (!associations.is_array()) return blocks;
  for (const auto& one : associations.get_array()) blocks.emplace_back(at(one, "ipv6CidrBlock"));
  return blocks;
}

// An AWS::EC2::VPCCidrBlock beside the VPC gives it one.
Task<json::value> read_vpc_blocks(Work& work) {
  const auto seen = co_await work.call("ec2", "DescribeVpcs", {{"VpcId", json::array{work.id}}});
  const auto* found = find(seen, "vpcSet.0.ipv6CidrBlockAssociationSet");
  co_return ipv6_blocks(found == nullptr ? json::value() : *found);
}

Task<void> vpc_attributes(Work& work) {
  work.attributes["VpcId"] = work.id;
  work.attributes["CidrBlock"] = work.text("CidrBlock");
  work.attributes["Ipv6CidrBlocks"] = json::array();
  json::array filters;
  filters.push_back(json::object{{"Name", "vpc-id"}, {"Value", json::array{work.id}}});
  if (work.wanted.contains("DefaultSecurityGroup")) {
    json::array named = filters;
    named.push_back(json::object{{"Name", "group-name"}, {"Value", json::array{"default"}}});
    json::object input;
    input["Filter"] = std::move(named);
    const auto groups = co_await work.look("ec2", "DescribeSecurityGroups", std::move(input),
                                           "securityGroupInfo.0.groupId");
    work.attributes["DefaultSecurityGroup"] = at(groups, "securityGroupInfo.0.groupId");
  }
  if (work.wanted.contains("DefaultNetworkAcl")) {
    json::object input;
    input["Filter"] = std::move(filters);
    const auto acls = co_await work.look("ec2", "DescribeNetworkAcls", std::move(input),
                                         "networkAclSet.0.networkAclId");
    work.attributes["DefaultNetworkAcl"] = at(acls, "networkAclSet.0.networkAclId");
  }
}

Task<void> create_vpc(Work& work) {
  json::object input = pick(work, {"CidrBlock", "InstanceTenancy"});
  add_tag_specification(work, "vpc", input);
  const auto made = co_await work.call("ec2", "CreateVpc", std::move(input));
  work.initiated(at(made, "vpc.vpcId"));
  co_await tag_as_member(work);
  for (const std::string property : {"EnableDnsSupport", "EnableDnsHostnames"}) {
    if (work.has(property)) {
      co_await modify(work, "ModifyVpcAttribute", "VpcId", property, work.text(property));
    }
  }
  work.attributes["CidrBlockAssociations"] =
      json::array{at(made, "vpc.cidrBlockAssociationSet.0.associationId")};
  co_await vpc_attributes(work);
}

Task<void> update_vpc(Work& work) {
  if (work.changed("InstanceTenancy")) {
    throw Failure("The embedded CloudFormation does not change InstanceTenancy of AWS::EC2::VPC.");
  }
  for (const std::string property : {"EnableDnsSupport", "EnableDnsHostnames"}) {
    if (work.changed(property)) {
      const std::string fallback = property == "EnableDnsSupport" ? "true" : "false";
      co_await modify(work, "ModifyVpcAttribute", "VpcId", property,
                      work.has(property) ? work.text(property) : fallback);
    }
  }
  co_await update_ec2_tags(work);
}

Task<void> remove_vpc(Work& work) {
  co_await work.call("ec2", "DeleteVpc", {{"VpcId", work.id}});
}

// Subnet ----------------------------------------------------------------------------------------

Task<void> create_subnet(Work& work) {
  json::object input =
      pick(work, {"VpcId", "CidrBlock", "AvailabilityZone", "AvailabilityZoneId", "Ipv6CidrBlock"});
  add_tag_specification(work, "subnet", input);
  const auto made = co_await work.call("ec2", "CreateSubnet", std::move(input));
  work.initiated(at(made, "subnet.subnetId"));
  co_await tag_as_member(work);
  for (const std::string property : {"MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"}) {
    if (work.text(property) != "true") continue;
    co_await modify(work, "ModifySubnetAttribute", "SubnetId", property, "true");
  }
  work.attributes["SubnetId"] = work.id;
  work.attributes["VpcId"] = work.text("VpcId");
  work.attributes["CidrBlock"] = at(made, "subnet.cidrBlock");
  work.attributes["AvailabilityZone"] = at(made, "subnet.availabilityZone");
  work.attributes["AvailabilityZoneId"] = at(made, "subnet.availabilityZoneId");
  const auto* blocks = find(made, "subnet.ipv6CidrBlockAssociationSet");
  work.attributes["Ipv6CidrBlocks"] = ipv6_blocks(blocks == nullptr ? json::value() : *blocks);
  work.attributes["OutpostArn"] = "";
  if (work.wanted.contains("NetworkAclAssociationId")) {
    json::array filters;
    filters.push_back(
        json::object{{"Name", "association.subnet-id"}, {"Value", json::array{work.id}}});
    json::object look;
    look["Filter"] = std::move(filters);
    const auto acls = co_await work.look("ec2", "DescribeNetworkAcls", std::move(look),
                                         "networkAclSet.0.networkAclId");
    if (const auto* list = find(acls, "networkAclSet.0.associationSet")) {
      for (const auto& association : list->as_array()) {
        if (at(association, "subnetId") == work.id) {
          work.attributes["NetworkAclAssociationId"] = at(association, "networkAclAssociationId");
        }
      }
    }
  }
}

Task<void> update_subnet(Work& work) {
  for (const std::string property : {"MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"}) {
    if (!work.changed(property)) continue;
    co_await modify(work, "ModifySubnetAttribute", "SubnetId", property,
                    work.text(property) == "true" ? "true" : "false");
  }
  co_await update_ec2_tags(work);
}

Task<void> remove_subnet(Work& work) {
  co_await work.call("ec2", "DeleteSubnet", {{"SubnetId", work.id}});
}

// Internet gateway --------------------------------------------------------------------------------

Task<void> create_internet_gateway(Work& work) {
  json::object input;
  add_tag_specification(work, "internet-gateway", input);
  const auto made = co_await work.call("ec2", "CreateInternetGateway", std::move(input));
  work.initiated(at(made, "internetGateway.internetGatewayId"));
  co_await tag_as_member(work);
  work.attributes["InternetGatewayId"] = work.id;
}

Task<void> remove_internet_gateway(Work& work) {
  co_await work.call("ec2", "DeleteInternetGateway", {{"InternetGatewayId", work.id}});
}

// Elastic IP --------------------------------------------------------------------------------------

Task<void> associate_address(Work& work) {
  if (!work.has("InstanceId")) co_return;
  co_await work.call("ec2", "AssociateAddress",
                     {{"AllocationId", at(work.attributes, "AllocationId")},
                      {"InstanceId", work.text("InstanceId")}});
}

Task<void> create_address(Work& work) {
  json::object input = pick(work, {"Domain", "NetworkBorderGroup", "PublicIpv4Pool"});
  if (!work.has("Domain")) input["Domain"] = "vpc";
  add_tag_specification(work, "elastic-ip", input);
  const auto made = co_await work.call("ec2", "AllocateAddress", std::move(input));
  work.attributes["AllocationId"] = at(made, "allocationId");
  work.attributes["PublicIp"] = at(made, "publicIp");
  work.initiated(at(made, "publicIp"));
  Work tagging = work;
  tagging.id = at(made, "allocationId");
  co_await tag_as_member(tagging);
  co_await associate_address(work);
}

Task<void> remove_address(Work& work) {
  const std::string allocation = at(work.attributes, "AllocationId");
  json::object look;
  look["AllocationId"] = json::array{allocation};
  const auto limit = work.context.now() + base::from_seconds(work.knobs.address_limit);
  while (true) {
    const auto found = co_await work.call("ec2", "DescribeAddresses", look);
    // The real handler disassociates first: its refusals name ec2:disassociateAddress
    // (cloudformation-coverage-roadmap#831).
    const std::string association = at(found, "addressesSet.0.associationId");
    std::optional<Error> refused;
    try {
      if (!association.empty()) {
        co_await work.call("ec2", "DisassociateAddress", {{"AssociationId", association}});
      }
      co_await work.call("ec2", "ReleaseAddress", {{"AllocationId", allocation}});
      co_return;
    } catch (const Error& error) {
      refused = error;
    }
    const bool leaving = refused->code == "AuthFailure" ||
                         refused->code == "InvalidAssociationID.NotFound" ||
                         refused->code == "InvalidNetworkInterfaceID.NotFound";
    if (!leaving || work.context.now() >= limit) throw Error(*refused);
    co_await work.pause(work.knobs.poll);
  }
}

Task<void> disassociate_address(Work& work) {
  json::object look;
  look["AllocationId"] = json::array{at(work.attributes, "AllocationId")};
  const auto found = co_await work.call("ec2", "DescribeAddresses", std::move(look));
  if (at(found, "addressesSet.0.instanceId") != at(work.old_properties, "InstanceId")) co_return;
  co_await work.call("ec2", "DisassociateAddress",
                     {{"AssociationId", at(found, "addressesSet.0.associationId")}});
}

Task<void> update_address(Work& work) {
  if (work.changed("PublicIpv4Pool")) {
    throw Failure("The embedded CloudFormation does not change PublicIpv4Pool of AWS::EC2::EIP.");
  }
  if (work.changed("InstanceId") && !work.has("InstanceId")) co_await disassociate_address(work);
  if (work.changed("InstanceId")) co_await associate_address(work);
  Work tagging = work;
  tagging.id = at(work.attributes, "AllocationId");
  co_await update_ec2_tags(tagging);
}

}  // namespace

void add_network(Handlers& table) {
  table["AWS::EC2::VPC"] = {
      .schema = {{"CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "InstanceTenancy", "Tags"},
                 {"CidrBlock"},
                 {"VpcId", "CidrBlock", "CidrBlockAssociations", "DefaultNetworkAcl",
                  "DefaultSecurityGroup", "Ipv6CidrBlocks"}},
      .create_only = {"CidrBlock"},
      .create = create_vpc,
      .update = update_vpc,
      .remove = remove_vpc,
      .read = {{"Ipv6CidrBlocks", read_vpc_blocks}}};
  table["AWS::EC2::Subnet"] = {
      .schema = {{"AssignIpv6AddressOnCreation", "AvailabilityZone", "AvailabilityZoneId",
                  "CidrBlock", "Ipv6CidrBlock", "MapPublicIpOnLaunch", "Tags", "VpcId"},
                 {"VpcId"},
                 {"SubnetId", "VpcId", "AvailabilityZone", "AvailabilityZoneId", "CidrBlock",
                  "Ipv6CidrBlocks", "NetworkAclAssociationId", "OutpostArn"}},
      .create_only = {"AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv6CidrBlock",
                      "VpcId"},
      .create = create_subnet,
      .update = update_subnet,
      .remove = remove_subnet};
  table["AWS::EC2::InternetGateway"] = {.schema = {{"Tags"}, {}, {"InternetGatewayId"}},
                                        .create_only = {},
                                        .create = create_internet_gateway,
                                        .update = update_ec2_tags,
                                        .remove = remove_internet_gateway};
  table["AWS::EC2::EIP"] = {
      .schema = {{"Domain", "InstanceId", "NetworkBorderGroup", "PublicIpv4Pool", "Tags"},
                 {},
                 {"AllocationId", "PublicIp"}},
      .create_only = {"Domain", "NetworkBorderGroup"},
      .create = create_address,
      .update = update_address,
      .remove = remove_address};
}

}  // namespace sim::cloudformation
