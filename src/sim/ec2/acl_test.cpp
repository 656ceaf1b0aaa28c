// Network ACLs: what they hold, what they refuse, and what they let through.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

class Acls : public test::Fixture {
 protected:
  Acls()
      : inside(make_subnet("10.0.2.0/24", "ap-northeast-1a")),
        acl(text("CreateNetworkAcl", {{"VpcId", vpc}}, "/networkAcl/networkAclId")) {}

  json::object entry(int number, bool egress, const std::string& action, int from, int to,
                     const std::string& cidr = "0.0.0.0/0") {
    json::object input{{"NetworkAclId", acl},
                       {"RuleNumber", std::to_string(number)},
                       {"Egress", egress ? "true" : "false"},
                       {"RuleAction", action},
                       {"Protocol", "6"},
                       {"CidrBlock", cidr}};
    input["PortRange"] = json::object{{"From", std::to_string(from)}, {"To", std::to_string(to)}};
    return input;
  }

  void allow(int number, bool egress, int from, int to, const std::string& cidr = "0.0.0.0/0") {
    call("CreateNetworkAclEntry", entry(number, egress, "allow", from, to, cidr));
  }

  // The ACL of this test takes the subnet over; returns the new association.
  std::string associate(const std::string& where) {
    const json::value output = call(
        "DescribeNetworkAcls", {{"Filter", test::Cloud::filter("association.subnet-id", where)}});
    std::string association;
    for (const auto& one : output.at_pointer("/networkAclSet/0/associationSet").as_array()) {
      if (one.at("subnetId").as_string() == where) {
        association = one.at("networkAclAssociationId").as_string();
      }
    }
    return text("ReplaceNetworkAclAssociation",
                {{"AssociationId", association}, {"NetworkAclId", acl}}, "/newAssociationId");
  }

  std::string seen(const std::string& pointer) {
    return text("DescribeNetworkAcls", {{"NetworkAclId", json::array{acl}}},
                "/networkAclSet/0" + pointer);
  }

  std::string open_interface(const std::string& where) {
    const auto group = make_group("open-" + where);
    call("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                           {"IpProtocol", "tcp"},
                                           {"FromPort", "0"},
                                           {"ToPort", "65535"},
                                           {"CidrIp", "0.0.0.0/0"}});
    return ec2.create_managed_interface(
        {.subnet = where, .groups = {group}, .owner_service = "ecs", .public_ip = true});
  }

  std::string inside, acl;
};

// https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
TEST_F(Acls, the_default_one_lets_everything_pass_and_a_new_one_nothing) {
  const json::value standard =
      call("DescribeNetworkAcls", {{"Filter", test::Cloud::filter("default", "true")}});
  EXPECT_EQ(standard.at_pointer("/networkAclSet/0/entrySet").as_array().size(), 4U);
  EXPECT_EQ(standard.at_pointer("/networkAclSet/0/associationSet").as_array().size(), 2U);
  EXPECT_EQ(seen("/default"), "false");
  EXPECT_EQ(seen("/entrySet/0/ruleNumber"), "32767");
  EXPECT_EQ(seen("/entrySet/0/ruleAction"), "deny");
  EXPECT_EQ(seen("/entrySet/2"), "");
}

TEST_F(Acls, an_entry_is_made_once_changed_and_deleted) {
  allow(100, false, 443, 443);
  EXPECT_EQ(seen("/entrySet/1/portRange/from"), "443");
  call("ReplaceNetworkAclEntry", entry(100, false, "deny", 80, 81));
  EXPECT_EQ(seen("/entrySet/1/ruleAction"), "deny");
  EXPECT_EQ(seen("/entrySet/1/portRange/to"), "81");
  auto icmp = entry(110, true, "allow", 0, 0);
  icmp.erase("PortRange");
  icmp["Protocol"] = "1";
  icmp["Icmp"] = json::object{{"Type", "-1"}, {"Code", "-1"}};
  call("CreateNetworkAclEntry", icmp);
  EXPECT_EQ(seen("/entrySet/0/icmpTypeCode/type"), "-1");
  const json::object key{{"NetworkAclId", acl}, {"RuleNumber", "100"}, {"Egress", "false"}};
  EXPECT_EQ(refusal("DeleteNetworkAclEntry", key), "");
  EXPECT_EQ(refusal("DeleteNetworkAclEntry", key), "InvalidNetworkAclEntry.NotFound");
}

TEST_F(Acls, entries_are_refused_as_ec2_does) {
  allow(100, false, 443, 443);
  auto without_ports = entry(1, false, "allow", 0, 0);
  without_ports.erase("PortRange");
  auto without_cidr = entry(1, false, "allow", 0, 0);
  without_cidr.erase("CidrBlock");
  auto unknown = entry(1, false, "allow", 0, 0);
  unknown["NetworkAclId"] = "acl-0123456789abcdef0";
  auto malformed = unknown;
  malformed["NetworkAclId"] = "acl-1";
  const auto create = "CreateNetworkAclEntry";
  expect_refused({
      {"the number is taken", create, entry(100, false, "deny", 1, 2),
       "NetworkAclEntryAlreadyExists", "The network acl entry identified by 100 already exists."},
      {"number 0", create, entry(0, false, "allow", 1, 2), "InvalidParameterValue"},
      {"number 32767", create, entry(32767, false, "allow", 1, 2), "InvalidParameterValue"},
      {"no action", create, entry(1, false, "pass", 1, 2), "InvalidParameterValue"},
      {"ports upside down", create, entry(1, false, "allow", 3, 2), "InvalidParameterValue"},
      {"a bad block", create, entry(1, false, "allow", 1, 2, "10.0.0.0"), "InvalidParameterValue"},
      {"no ports", create, without_ports, "MissingParameter"},
      {"no block", create, without_cidr, "MissingParameter"},
      {"unknown ACL", create, unknown, "InvalidNetworkAclID.NotFound"},
      {"malformed ACL", create, malformed, "InvalidNetworkAclId.Malformed"},
      {"replacing nothing", "ReplaceNetworkAclEntry", entry(7, false, "allow", 1, 2),
       "InvalidNetworkAclEntry.NotFound"},
  });
  for (int i = 1; i < 20; ++i) allow(i, false, 1, 2);
  expect_refused({{"the twenty-first", create, entry(50, false, "allow", 1, 2),
                   "NetworkAclEntryLimitExceeded"}});
}

TEST_F(Acls, one_goes_only_without_subnets_and_the_default_one_never) {
  const auto association = associate(inside);
  const auto standard =
      text("DescribeNetworkAcls", {{"Filter", test::Cloud::filter("default", "true")}},
           "/networkAclSet/0/networkAclId");
  expect_refused({
      {"in use",
       "DeleteNetworkAcl",
       {{"NetworkAclId", acl}},
       "DependencyViolation",
       "The networkAcl '" + acl + "' has dependencies and cannot be deleted."},
      {"default",
       "DeleteNetworkAcl",
       {{"NetworkAclId", standard}},
       "InvalidParameterValue",
       "cannot delete default network ACL " + standard},
      {"unknown association",
       "ReplaceNetworkAclAssociation",
       {{"AssociationId", "aclassoc-0123456789abcdef0"}, {"NetworkAclId", acl}},
       "InvalidAssociationID.NotFound"},
  });
  call("ReplaceNetworkAclAssociation",
       {{"AssociationId", association}, {"NetworkAclId", standard}});
  EXPECT_EQ(refusal("DeleteNetworkAcl", {{"NetworkAclId", acl}}), "");
}

// Stateless: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html
TEST_F(Acls, between_subnets_both_question_and_answer_need_an_entry) {
  const auto from = open_interface(subnet);
  const auto to = open_interface(inside);
  const auto beside = open_interface(make_subnet("10.0.3.0/24", "ap-northeast-1a"));
  const auto address = ec2.interface(to)->private_ip;
  EXPECT_TRUE(ec2.reach_address(from, address, 443).open);
  associate(inside);
  EXPECT_EQ(ec2.reach_address(from, address, 443).why,
            "network ACL " + acl + " lets nothing in from " + ec2.interface(from)->private_ip +
                " port 443");
  allow(100, false, 443, 443, "10.0.1.0/24");
  EXPECT_NE(ec2.reach_address(from, address, 443).why.find("lets no answer out to"),
            std::string::npos);
  allow(100, true, 1024, 65535, "10.0.1.0/24");
  EXPECT_TRUE(ec2.reach_address(from, address, 443).open);
  EXPECT_FALSE(ec2.reach_address(from, address, 80).open);
  EXPECT_FALSE(ec2.reach_address(beside, address, 443).open);
  // The lowest number decides.
  call("CreateNetworkAclEntry", entry(90, false, "deny", 443, 443, "10.0.1.0/28"));
  call("CreateNetworkAclEntry", entry(80, false, "deny", 0, 65535));
  EXPECT_FALSE(ec2.reach_address(from, address, 443).open);
}

TEST_F(Acls, within_a_subnet_none_is_passed) {
  const auto from = open_interface(subnet);
  const auto group = make_group("neighbour");
  call("AuthorizeSecurityGroupIngress", {{"GroupId", group},
                                         {"IpProtocol", "tcp"},
                                         {"FromPort", "443"},
                                         {"ToPort", "443"},
                                         {"CidrIp", "10.0.0.0/16"}});
  const auto to =
      ec2.create_managed_interface({.subnet = subnet, .groups = {group}, .owner_service = "ecs"});
  associate(subnet);
  EXPECT_TRUE(ec2.reach_address(from, ec2.interface(to)->private_ip, 443).open);
}

TEST_F(Acls, the_way_out_passes_that_of_the_subnet) {
  const auto gateway = make_attached_gateway();
  const auto table = make_table();
  call("AssociateRouteTable", {{"RouteTableId", table}, {"SubnetId", subnet}});
  call("CreateRoute",
       {{"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}});
  const auto from = open_interface(subnet);
  EXPECT_TRUE(ec2.reach_internet(from, 443).open);
  associate(subnet);
  EXPECT_NE(ec2.reach_internet(from, 443).why.find(acl), std::string::npos);
  allow(100, true, 443, 443);
  EXPECT_FALSE(ec2.reach_internet(from, 443).open);
  allow(100, false, 32768, 60999);
  EXPECT_TRUE(ec2.reach_internet(from, 443).open);
  EXPECT_FALSE(ec2.reach_internet(from, 80).open);
}

// The image pull of a task in a private subnet: its packets also pass the ACL of the gateway's.
TEST_F(Acls, the_way_through_a_nat_gateway_passes_that_of_its_subnet_too) {
  const auto gateway = make_attached_gateway();
  const auto outer = make_table();
  const auto inner = make_table();
  call("AssociateRouteTable", {{"RouteTableId", outer}, {"SubnetId", subnet}});
  call("AssociateRouteTable", {{"RouteTableId", inner}, {"SubnetId", inside}});
  call("CreateRoute",
       {{"RouteTableId", outer}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}});
  const auto id = make_nat_gateway(allocate());
  call("CreateRoute",
       {{"RouteTableId", inner}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", id}});
  wait(std::chrono::seconds(125));
  const auto task = ec2.create_managed_interface({.subnet = inside, .owner_service = "ecs"});
  EXPECT_TRUE(ec2.reach_internet(task, 443).open);
  associate(subnet);
  EXPECT_NE(ec2.reach_internet(task, 443).why.find("lets nothing in from"), std::string::npos);
  allow(100, false, 443, 443, "10.0.0.0/16");
  allow(100, true, 1024, 65535, "10.0.0.0/16");
  EXPECT_NE(ec2.reach_internet(task, 443).why.find("lets nothing out to"), std::string::npos);
  allow(110, true, 443, 443);
  allow(110, false, 1024, 65535);
  EXPECT_TRUE(ec2.reach_internet(task, 443).open);
}

}  // namespace
}  // namespace sim::ec2
