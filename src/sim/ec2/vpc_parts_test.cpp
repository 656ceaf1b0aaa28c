// What belongs to a VPC beside subnets and gateways: blocks, DHCP options, peerings, prefix lists,
// flow logs; and what all families have in common.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

class Parts : public test::Fixture {
 protected:
  json::array list_of(json::object one) {
    json::array list;
    list.push_back(std::move(one));
    return list;
  }

  std::string make_list(const std::string& cidr) {
    json::object input{
        {"PrefixListName", "offices"}, {"MaxEntries", "3"}, {"AddressFamily", "IPv4"}};
    input["Entry"] = list_of({{"Cidr", cidr}});
    return text("CreateManagedPrefixList", std::move(input), "/prefixList/prefixListId");
  }

  std::string make_peering(const std::string& other) {
    return text("CreateVpcPeeringConnection", {{"VpcId", vpc}, {"PeerVpcId", other}},
                "/vpcPeeringConnection/vpcPeeringConnectionId");
  }

  std::string peering_state(const std::string& id) {
    return text("DescribeVpcPeeringConnections", {{"VpcPeeringConnectionId", json::array{id}}},
                "/vpcPeeringConnectionSet/0/status/code");
  }

  json::object open_egress(const std::string& group, json::object permission) {
    json::object input{{"GroupId", group}};
    input["IpPermissions"] = list_of(std::move(permission));
    return input;
  }
};

// Every family: an id of the wrong form and one that does not exist have codes of their own.
TEST_F(Parts, each_kind_of_id_has_its_codes) {
  struct Row {
    const char *action, *parameter, *prefix, *malformed, *unknown;
  };
  const Row rows[] = {
      {"DeleteVpc", "VpcId", "vpc-", "InvalidVpcID.Malformed", "InvalidVpcID.NotFound"},
      {"DeleteSubnet", "SubnetId", "subnet-", "InvalidSubnetID.Malformed",
       "InvalidSubnetID.NotFound"},
      {"DeleteNetworkAcl", "NetworkAclId", "acl-", "InvalidNetworkAclId.Malformed",
       "InvalidNetworkAclID.NotFound"},
      {"DeleteNetworkInterface", "NetworkInterfaceId", "eni-",
       "InvalidNetworkInterfaceId.Malformed", "InvalidNetworkInterfaceID.NotFound"},
      {"DeleteDhcpOptions", "DhcpOptionsId", "dopt-", "InvalidDhcpOptionsId.Malformed",
       "InvalidDhcpOptionID.NotFound"},
      {"DeleteVpcPeeringConnection", "VpcPeeringConnectionId", "pcx-",
       "InvalidVpcPeeringConnectionId.Malformed", "InvalidVpcPeeringConnectionID.NotFound"},
      {"DeleteEgressOnlyInternetGateway", "EgressOnlyInternetGatewayId", "eigw-",
       "InvalidEgressOnlyInternetGatewayId.Malformed",
       "InvalidEgressOnlyInternetGatewayId.NotFound"},
      {"DeleteLaunchTemplate", "LaunchTemplateId", "lt-", "InvalidLaunchTemplateId.Malformed",
       "InvalidLaunchTemplateId.NotFound"},
      {"DeleteManagedPrefixList", "PrefixListId", "pl-", "InvalidPrefixListId.Malformed",
       "InvalidPrefixListID.NotFound"},
      {"DeleteVolume", "VolumeId", "vol-", "InvalidVolumeID.Malformed", "InvalidVolume.NotFound"},
      {"DescribeFlowLogs", "FlowLogId", "fl-", "InvalidFlowLogId.Malformed",
       "InvalidFlowLogId.NotFound"},
      {"StopInstances", "InstanceId", "i-", "InvalidInstanceID.Malformed",
       "InvalidInstanceID.NotFound"},
  };
  for (const auto& row : rows) {
    const auto prefix = std::string(row.prefix);
    EXPECT_EQ(refusal(row.action, {{row.parameter, prefix + "12"}}), row.malformed) << row.action;
    EXPECT_EQ(refusal(row.action, {{row.parameter, "x" + prefix + "0123456789abcdef0"}}),
              row.malformed)
        << row.action;
    EXPECT_EQ(refusal(row.action, {{row.parameter, prefix + "0123456789abcdef0"}}), row.unknown)
        << row.action;
    EXPECT_NE(message.find("0123456789abcdef0"), std::string::npos) << message;
  }
}

// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
TEST_F(Parts, the_same_token_makes_nothing_twice) {
  struct Row {
    const char* action;
    json::object input;
    const char* pointer;
    const char* other_parameter;
    std::string other_value;
  };
  const auto other = make_vpc("10.9.0.0/16");
  json::object list{{"PrefixListName", "l"}, {"MaxEntries", "1"}, {"AddressFamily", "IPv4"}};
  json::object launch{{"LaunchTemplateName", "one"}};
  launch["LaunchTemplateData"] = json::object{{"InstanceType", "t4g.nano"}};
  const Row rows[] = {
      {"CreateRouteTable", {{"VpcId", vpc}}, "/routeTable/routeTableId", "VpcId", other},
      {"CreateNetworkAcl", {{"VpcId", vpc}}, "/networkAcl/networkAclId", "VpcId", other},
      {"CreateEgressOnlyInternetGateway",
       {{"VpcId", vpc}},
       "/egressOnlyInternetGateway/egressOnlyInternetGatewayId",
       "VpcId",
       other},
      {"CreateNetworkInterface",
       {{"SubnetId", subnet}},
       "/networkInterface/networkInterfaceId",
       "Description",
       "d"},
      {"CreateNatGateway",
       {{"SubnetId", subnet}, {"ConnectivityType", "private"}},
       "/natGateway/natGatewayId",
       "PrivateIpAddress",
       "10.0.1.9"},
      {"CreateVpcEndpoint",
       {{"VpcId", vpc}, {"ServiceName", "com.amazonaws.ap-northeast-1.s3"}},
       "/vpcEndpoint/vpcEndpointId",
       "PolicyDocument",
       "{}"},
      {"CreateInstanceConnectEndpoint",
       {{"SubnetId", subnet}},
       "/instanceConnectEndpoint/instanceConnectEndpointId",
       "PreserveClientIp",
       "true"},
      {"CreateManagedPrefixList", list, "/prefixList/prefixListId", "MaxEntries", "2"},
      {"CreateLaunchTemplate", launch, "/launchTemplate/launchTemplateId", "VersionDescription",
       "d"},
      {"CreateVolume",
       {{"AvailabilityZone", "ap-northeast-1a"}, {"Size", "8"}},
       "/volumeId",
       "Size",
       "9"},
      {"CreateFlowLogs",
       {{"ResourceId", json::array{vpc}},
        {"ResourceType", "VPC"},
        {"TrafficType", "ALL"},
        {"LogDestinationType", "s3"},
        {"LogDestination", "arn:aws:s3:::logs"}},
       "/flowLogIdSet/0",
       "TrafficType",
       "REJECT"},
  };
  for (const auto& row : rows) {
    auto input = row.input;
    input["ClientToken"] = "once";
    const auto id = text(row.action, input, row.pointer);
    EXPECT_NE(id, "") << row.action;
    EXPECT_EQ(text(row.action, input, row.pointer), id) << row.action;
    input[row.other_parameter] = row.other_value;
    EXPECT_EQ(refusal(row.action, input), "IdempotentParameterMismatch") << row.action;
  }
}

TEST_F(Parts, tags_come_with_the_creation_and_are_found_again) {
  const auto tagged = [&](const char* type) {
    json::object specification{{"ResourceType", type}};
    specification["Tag"] = list_of({{"Key", "Name"}, {"Value", type}});
    return list_of(std::move(specification));
  };
  struct Row {
    const char *action, *type;
    json::object input;
  };
  const Row rows[] = {
      {"CreateNetworkAcl", "network-acl", {{"VpcId", vpc}}},
      {"CreateNetworkInterface", "network-interface", {{"SubnetId", subnet}}},
      {"CreateEgressOnlyInternetGateway", "egress-only-internet-gateway", {{"VpcId", vpc}}},
      {"CreateVpcPeeringConnection",
       "vpc-peering-connection",
       {{"VpcId", vpc}, {"PeerVpcId", make_vpc("10.9.0.0/16")}}},
      {"CreateVolume", "volume", {{"AvailabilityZone", "ap-northeast-1a"}, {"Size", "8"}}},
      {"CreateKeyPair", "key-pair", {{"KeyName", "mine"}, {"KeyType", "ed25519"}}},
  };
  for (const auto& row : rows) {
    auto input = row.input;
    input["TagSpecification"] = tagged(row.type);
    call(row.action, input);
    EXPECT_EQ(text("DescribeTags", {{"Filter", test::Cloud::filter("resource-type", row.type)}},
                   "/tagSet/0/value"),
              row.type);
    input["TagSpecification"] = tagged("image");
    input["KeyName"] = "other";
    if (std::string_view(row.action) != "CreateKeyPair") input.erase("KeyName");
    if (std::string_view(row.action) == "CreateVpcPeeringConnection") continue;
    EXPECT_EQ(refusal(row.action, input), "InvalidParameterValue") << row.action;
  }
}

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
TEST_F(Parts, a_vpc_takes_more_blocks_within_its_limits) {
  const auto associate = [&](const std::string& cidr) {
    return refusal("AssociateVpcCidrBlock", {{"VpcId", vpc}, {"CidrBlock", cidr}});
  };
  struct Row {
    const char *cidr, *code;
  };
  const Row rows[] = {{"10.0.128.0/17", "InvalidVpc.Conflict"},
                      {"172.16.0.0/16", "InvalidVpc.Range"},
                      {"192.168.0.0/16", "InvalidVpc.Range"},
                      {"198.19.0.0/16", "InvalidVpc.Range"},
                      {"10.1.0.0/15", "InvalidVpc.Range"},
                      {"10.1.0.0/29", "InvalidVpc.Range"},
                      {"10.1.0.0/16", ""},
                      {"100.64.0.0/16", ""},
                      {"10.2.0.0/16", ""},
                      {"10.3.0.0/16", ""},
                      {"10.4.0.0/16", "VpcCidrBlockAssociationLimitExceeded"}};
  for (const auto& row : rows) EXPECT_EQ(associate(row.cidr), row.code) << row.cidr;
  const auto pointer = "/vpcSet/0/cidrBlockAssociationSet/1/associationId";
  const auto association = text("DescribeVpcs", {{"VpcId", json::array{vpc}}}, pointer);
  const auto primary = text("DescribeVpcs", {{"VpcId", json::array{vpc}}},
                            "/vpcSet/0/cidrBlockAssociationSet/0/associationId");
  const auto second = make_subnet("10.1.1.0/24", "ap-northeast-1a");
  EXPECT_NE(second, "");
  expect_refused({
      {"used by a subnet",
       "DisassociateVpcCidrBlock",
       {{"AssociationId", association}},
       "InvalidCidrBlock.InUse"},
      {"the first one",
       "DisassociateVpcCidrBlock",
       {{"AssociationId", primary}},
       "OperationNotPermitted"},
      {"unknown",
       "DisassociateVpcCidrBlock",
       {{"AssociationId", "vpc-cidr-assoc-0123456789abcdef0"}},
       "InvalidVpcCidrBlockAssociationID.NotFound"},
  });
  // Every table has a local route for each block.
  EXPECT_EQ(call("DescribeRouteTables", {{"RouteTableId", json::array{make_table()}}})
                .at("routeTableSet")
                .at(0)
                .at("routeSet")
                .as_array()
                .size(),
            5U);
  call("DeleteSubnet", {{"SubnetId", second}});
  EXPECT_EQ(refusal("DisassociateVpcCidrBlock", {{"AssociationId", association}}), "");
}

TEST_F(Parts, dhcp_options_are_held_by_the_vpcs_that_use_them) {
  json::object wanted;
  wanted["DhcpConfiguration"] =
      list_of({{"Key", "domain-name"}, {"Value", json::array{"a.example"}}});
  const auto id = text("CreateDhcpOptions", wanted, "/dhcpOptions/dhcpOptionsId");
  call("AssociateDhcpOptions", {{"DhcpOptionsId", id}, {"VpcId", vpc}});
  json::object odd;
  odd["DhcpConfiguration"] = list_of({{"Key", "colour"}, {"Value", json::array{"red"}}});
  expect_refused({{"in use",
                   "DeleteDhcpOptions",
                   {{"DhcpOptionsId", id}},
                   "DependencyViolation",
                   "The dhcpOptions '" + id + "' has dependencies and cannot be deleted."},
                  {"an unknown option", "CreateDhcpOptions", odd, "InvalidParameterValue"}});
  call("AssociateDhcpOptions", {{"DhcpOptionsId", "default"}, {"VpcId", vpc}});
  EXPECT_EQ(text("DescribeVpcs", {{"VpcId", json::array{vpc}}}, "/vpcSet/0/dhcpOptionsId"),
            "default");
  EXPECT_EQ(refusal("DeleteDhcpOptions", {{"DhcpOptionsId", id}}), "");
}

// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
TEST_F(Parts, a_peering_waits_for_its_acceptance_and_expires_without) {
  const auto other = make_vpc("10.9.0.0/16");
  const auto id = make_peering(other);
  EXPECT_EQ(peering_state(id), "initiating-request");
  EXPECT_EQ(refusal("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}}),
            "InvalidStateTransition");
  wait(3s);
  EXPECT_EQ(peering_state(id), "pending-acceptance");
  EXPECT_EQ(refusal("CreateVpcPeeringConnection", {{"VpcId", other}, {"PeerVpcId", vpc}}),
            "VpcPeeringConnectionAlreadyExists");
  wait(24h * 7);
  EXPECT_EQ(peering_state(id), "expired");
  const auto again = make_peering(other);
  wait(3s);
  call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", again}});
  EXPECT_EQ(peering_state(again), "active");
  EXPECT_EQ(refusal("DeleteVpc", {{"VpcId", other}}), "DependencyViolation");
  call("DeleteVpcPeeringConnection", {{"VpcPeeringConnectionId", again}});
  EXPECT_EQ(peering_state(again), "deleted");
  EXPECT_EQ(refusal("DeleteVpcPeeringConnection", {{"VpcPeeringConnectionId", again}}),
            "InvalidStateTransition");
  wait(2h);
  EXPECT_EQ(
      refusal("DescribeVpcPeeringConnections", {{"VpcPeeringConnectionId", json::array{again}}}),
      "InvalidVpcPeeringConnectionID.NotFound");
  EXPECT_EQ(refusal("DeleteVpc", {{"VpcId", other}}), "");
}

TEST_F(Parts, a_peering_of_overlapping_vpcs_fails_by_itself) {
  const auto id = make_peering(make_vpc("10.0.0.0/20"));
  wait(3s);
  EXPECT_EQ(peering_state(id), "failed");
}

TEST_F(Parts, a_peering_needs_a_route_on_either_side) {
  const auto near_group = make_group("near");
  const auto home = vpc;
  const auto near_subnet = subnet;
  const auto near_table = make_table();
  call("AssociateRouteTable", {{"RouteTableId", near_table}, {"SubnetId", subnet}});
  const auto from = ec2.create_managed_interface(
      {.subnet = subnet, .groups = {near_group}, .owner_service = "ecs"});
  vpc = make_vpc("10.9.0.0/16");
  const auto far_subnet = make_subnet("10.9.1.0/24", "ap-northeast-1c");
  const auto far_table = make_table();
  call("AssociateRouteTable", {{"RouteTableId", far_table}, {"SubnetId", far_subnet}});
  const auto far_group = make_group("far");
  call("AuthorizeSecurityGroupIngress", {{"GroupId", far_group},
                                         {"IpProtocol", "tcp"},
                                         {"FromPort", "443"},
                                         {"ToPort", "443"},
                                         {"CidrIp", "10.0.0.0/16"}});
  const auto to = ec2.create_managed_interface(
      {.subnet = far_subnet, .groups = {far_group}, .owner_service = "ecs"});
  const auto address = ec2.interface(to)->private_ip;
  const auto id = text("CreateVpcPeeringConnection", {{"VpcId", home}, {"PeerVpcId", vpc}},
                       "/vpcPeeringConnection/vpcPeeringConnectionId");
  const auto route = [&](const std::string& table, const std::string& cidr) {
    return refusal(
        "CreateRoute",
        {{"RouteTableId", table}, {"DestinationCidrBlock", cidr}, {"VpcPeeringConnectionId", id}});
  };
  wait(3s);
  EXPECT_EQ(route(near_table, "10.9.0.0/16"), "InvalidStateTransition");
  call("AcceptVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
  EXPECT_FALSE(ec2.reach_address(from, address, 443).open);
  EXPECT_EQ(route(near_table, "10.9.0.0/16"), "");
  EXPECT_NE(ec2.reach_address(from, address, 443).why.find("no route back"), std::string::npos);
  EXPECT_EQ(route(far_table, "10.0.0.0/16"), "");
  EXPECT_TRUE(ec2.reach_address(from, address, 443).open);
  EXPECT_FALSE(ec2.reach_address(from, address, 80).open);
  call("DeleteVpcPeeringConnection", {{"VpcPeeringConnectionId", id}});
  EXPECT_FALSE(ec2.reach_address(from, address, 443).open);
}

TEST_F(Parts, a_prefix_list_has_versions_and_a_size) {
  const auto id = make_list("10.20.0.0/16");
  const auto modify = [&](const char* list, const std::string& cidr, const std::string& version) {
    json::object input{{"PrefixListId", id}, {"CurrentVersion", version}};
    input[list] = list_of({{"Cidr", cidr}});
    return refusal("ModifyManagedPrefixList", std::move(input));
  };
  EXPECT_EQ(modify("AddEntry", "10.21.0.0/16", "1"), "");
  EXPECT_EQ(modify("AddEntry", "10.22.0.0/16", "1"), "PrefixListVersionMismatch");
  EXPECT_EQ(modify("AddEntry", "10.22.0.0/16", "2"), "");
  EXPECT_EQ(modify("AddEntry", "10.23.0.0/16", "3"), "PrefixListMaxEntriesExceeded");
  EXPECT_EQ(modify("RemoveEntry", "10.99.0.0/16", "3"), "InvalidParameterValue");
  const auto entries = [&](const std::string& version) {
    return call("GetManagedPrefixListEntries", {{"PrefixListId", id}, {"TargetVersion", version}})
        .at("entrySet")
        .as_array()
        .size();
  };
  EXPECT_EQ(entries("1"), 1U);
  EXPECT_EQ(entries("3"), 3U);
}

TEST_F(Parts, aws_s_own_lists_are_shown_and_not_to_be_changed) {
  const auto id =
      text("DescribeManagedPrefixLists",
           {{"Filter", test::Cloud::filter("prefix-list-name", "com.amazonaws.ap-northeast-1.s3")}},
           "/prefixListSet/0/prefixListId");
  EXPECT_EQ(text("DescribePrefixLists", {{"PrefixListId", json::array{id}}},
                 "/prefixListSet/0/prefixListName"),
            "com.amazonaws.ap-northeast-1.s3");
  EXPECT_EQ(refusal("DeleteManagedPrefixList", {{"PrefixListId", id}}), "OperationNotPermitted");
}

TEST_F(Parts, a_rule_may_name_a_prefix_list_and_then_holds_it) {
  const auto id = make_list("10.0.0.0/16");
  const auto group = make_group("listed");
  json::object permission{{"IpProtocol", "tcp"}, {"FromPort", "443"}, {"ToPort", "443"}};
  permission["PrefixListIds"] = list_of({{"PrefixListId", id}});
  call("AuthorizeSecurityGroupIngress", open_egress(group, permission));
  const auto from = ec2.create_managed_interface({.subnet = subnet, .owner_service = "ecs"});
  const auto to =
      ec2.create_managed_interface({.subnet = subnet, .groups = {group}, .owner_service = "ecs"});
  EXPECT_TRUE(ec2.reach_address(from, ec2.interface(to)->private_ip, 443).open);
  EXPECT_EQ(refusal("DeleteManagedPrefixList", {{"PrefixListId", id}}), "PrefixListInUse");
  permission["PrefixListIds"] = list_of({{"PrefixListId", "pl-0123456789abcdef0"}});
  EXPECT_EQ(refusal("AuthorizeSecurityGroupIngress", open_egress(group, permission)),
            "InvalidPrefixListID.NotFound");
}

// The S3 gateway endpoint of a private image pull: the task's group must let it out.
TEST_F(Parts, a_gateway_endpoint_is_reached_only_with_the_group_s_leave) {
  const auto table = make_table();
  call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}});
  json::object wanted{{"VpcId", vpc}, {"ServiceName", "com.amazonaws.ap-northeast-1.s3"}};
  wanted["RouteTableId"] = json::array{table};
  call("CreateVpcEndpoint", std::move(wanted));
  const auto list = text("DescribeRouteTables", {{"RouteTableId", json::array{table}}},
                         "/routeTableSet/0/routeSet/1/destinationPrefixListId");
  const auto group = make_group("strict");
  const auto task =
      ec2.create_managed_interface({.subnet = subnet, .groups = {group}, .owner_service = "ecs"});
  EXPECT_TRUE(ec2.reach_service(task, "s3").open);
  json::object all{{"IpProtocol", "-1"}};
  all["IpRanges"] = list_of({{"CidrIp", "0.0.0.0/0"}});
  call("RevokeSecurityGroupEgress", open_egress(group, all));
  EXPECT_EQ(ec2.reach_service(task, "s3").why,
            group + " lets nothing out to " + list + " port 443");
  json::object https{{"IpProtocol", "tcp"}, {"FromPort", "443"}, {"ToPort", "443"}};
  https["PrefixListIds"] = list_of({{"PrefixListId", list}});
  call("AuthorizeSecurityGroupEgress", open_egress(group, https));
  EXPECT_TRUE(ec2.reach_service(task, "s3").open);
}

TEST_F(Parts, a_flow_log_names_what_it_watches_and_where_it_writes) {
  json::object wanted{{"ResourceType", "VPC"},
                      {"TrafficType", "ALL"},
                      {"LogGroupName", "flows"},
                      {"DeliverLogsPermissionArn", "arn:aws:iam::123456789012:role/flows"}};
  wanted["ResourceId"] = json::array{vpc};
  const auto id = text("CreateFlowLogs", wanted, "/flowLogIdSet/0");
  EXPECT_EQ(text("DescribeFlowLogs", {{"Filter", test::Cloud::filter("resource-id", vpc)}},
                 "/flowLogSet/0/flowLogId"),
            id);
  auto unknown = wanted;
  unknown["ResourceId"] = json::array{"vpc-0123456789abcdef0"};
  auto without_role = wanted;
  without_role.erase("DeliverLogsPermissionArn");
  auto odd = wanted;
  odd["MaxAggregationInterval"] = "61";
  expect_refused({{"the same again", "CreateFlowLogs", wanted, "FlowLogAlreadyExists"},
                  {"unknown VPC", "CreateFlowLogs", unknown, "InvalidVpcID.NotFound"},
                  {"no role", "CreateFlowLogs", without_role, "MissingParameter"},
                  {"an odd interval", "CreateFlowLogs", odd, "InvalidParameterValue"}});
  json::object both;
  both["FlowLogId"] = json::array{id, "fl-0123456789abcdef0"};
  const json::value answer = call("DeleteFlowLogs", both);
  EXPECT_EQ(answer.at_pointer("/unsuccessful").as_array().size(), 1U);
  EXPECT_EQ(answer.at_pointer("/unsuccessful/0/error/code"), "InvalidFlowLogId.NotFound");
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
TEST_F(Parts, a_rule_is_changed_in_place_and_carries_tags) {
  const auto group = make_group("changed");
  json::object input{{"GroupId", group},
                     {"IpProtocol", "tcp"},
                     {"FromPort", "80"},
                     {"ToPort", "80"},
                     {"CidrIp", "10.0.0.0/16"}};
  const auto id =
      text("AuthorizeSecurityGroupIngress", input, "/securityGroupRuleSet/0/securityGroupRuleId");
  json::object wish{{"SecurityGroupRuleId", id}};
  wish["SecurityGroupRule"] = json::object{{"IpProtocol", "tcp"},
                                           {"FromPort", "443"},
                                           {"ToPort", "443"},
                                           {"CidrIpv4", "10.1.0.0/16"},
                                           {"Description", "tls"}};
  json::object change{{"GroupId", group}};
  change["SecurityGroupRule"] = list_of(wish);
  call("ModifySecurityGroupRules", change);
  const json::object look{{"SecurityGroupRuleId", json::array{id}}};
  EXPECT_EQ(text("DescribeSecurityGroupRules", look, "/securityGroupRuleSet/0/fromPort"), "443");
  EXPECT_EQ(text("DescribeSecurityGroupRules", look, "/securityGroupRuleSet/0/cidrIpv4"),
            "10.1.0.0/16");
  json::object tagging{{"ResourceId", id}};
  tagging["Tag"] = list_of({{"Key", "Name"}, {"Value", "https"}});
  call("CreateTags", std::move(tagging));
  EXPECT_EQ(
      text("DescribeSecurityGroupRules", {{"Filter", test::Cloud::filter("tag:Name", "https")}},
           "/securityGroupRuleSet/0/securityGroupRuleId"),
      id);
  wish["SecurityGroupRuleId"] = "sgr-0123456789abcdef0";
  change["SecurityGroupRule"] = list_of(wish);
  EXPECT_EQ(refusal("ModifySecurityGroupRules", change), "InvalidSecurityGroupRuleId.NotFound");
}

TEST_F(Parts, subnets_have_an_ipv6_block_of_their_vpc_and_only_of_it) {
  const auto associated =
      call("AssociateVpcCidrBlock", {{"VpcId", vpc}, {"AmazonProvidedIpv6CidrBlock", "true"}});
  const auto& made = associated.at("ipv6CidrBlockAssociation");
  const std::string block(made.at("ipv6CidrBlock").as_string());
  const auto with = [&](const std::string& cidr, const std::string& modern) {
    return json::object{{"VpcId", vpc}, {"CidrBlock", cidr}, {"Ipv6CidrBlock", modern}};
  };
  const auto first = block.substr(0, block.find('/')) + "/64";
  const auto subnet6 = text("CreateSubnet", with("10.0.9.0/24", first), "/subnet/subnetId");
  EXPECT_EQ(text("DescribeSubnets", {{"SubnetId", json::array{subnet6}}},
                 "/subnetSet/0/ipv6CidrBlockAssociationSet/0/ipv6CidrBlock"),
            first);
  EXPECT_EQ(refusal("CreateSubnet", with("10.0.10.0/24", first)), "InvalidSubnet.Conflict");
  EXPECT_EQ(refusal("CreateSubnet", with("10.0.10.0/24", "2001:db8::/64")), "InvalidSubnet.Range");
  EXPECT_EQ(refusal("CreateSubnet", with("10.0.10.0/24", "nonsense")), "InvalidSubnet.Range");
  EXPECT_EQ(refusal("DisassociateVpcCidrBlock", {{"AssociationId", made.at("associationId")}}),
            "InvalidCidrBlock.InUse");
  json::object assign{{"SubnetId", subnet}};
  assign["AssignIpv6AddressOnCreation"] = json::object{{"Value", "true"}};
  EXPECT_EQ(refusal("ModifySubnetAttribute", assign), "InvalidParameterValue");
  assign["SubnetId"] = subnet6;
  EXPECT_EQ(refusal("ModifySubnetAttribute", assign), "");
}

}  // namespace
}  // namespace sim::ec2
