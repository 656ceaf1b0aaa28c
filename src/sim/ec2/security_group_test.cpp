// Security groups and their rules.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

// One entry of IpPermissions.
json::array permission(const std::string& protocol, const std::string& port,
                       const std::string& list, const std::string& member,
                       const std::string& peer) {
  json::object entry{{"IpProtocol", protocol}};
  if (!port.empty()) {
    entry["FromPort"] = port;
    entry["ToPort"] = port;
  }
  json::array ranges;
  ranges.push_back(json::object{{member, peer}});
  entry[list] = std::move(ranges);
  json::array permissions;
  permissions.push_back(std::move(entry));
  return permissions;
}

json::array from_cidr(const std::string& port, const std::string& cidr) {
  return permission("tcp", port, "IpRanges", "CidrIp", cidr);
}

class SecurityGroups : public test::Fixture {
 protected:
  SecurityGroups() : group(make_group("web")) {}

  json::object rules(const std::string& id, json::array permissions) {
    json::object input{{"GroupId", id}};
    input["IpPermissions"] = std::move(permissions);
    return input;
  }

  std::string seen(std::string_view pointer) {
    return text("DescribeSecurityGroups", {{"GroupId", json::array{group}}},
                "/securityGroupInfo/0" + std::string(pointer));
  }

  std::string group;
};

TEST_F(SecurityGroups, a_new_one_lets_everything_out_and_nothing_in) {
  EXPECT_EQ(seen("/ipPermissions"), "[]");
  EXPECT_EQ(seen("/ipPermissionsEgress/0/ipProtocol"), "-1");
  EXPECT_EQ(seen("/ipPermissionsEgress/0/ipRanges/0/cidrIp"), "0.0.0.0/0");
  EXPECT_EQ(seen("/ipPermissionsEgress/0/fromPort"), "");
}

TEST_F(SecurityGroups, creation_is_refused_as_ec2_does) {
  struct Row {
    const char* name;
    const char* code;
  };
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
  const Row rows[] = {{"web", "InvalidGroup.Duplicate"},
                      {"sg-web", "InvalidParameterValue"},
                      {"default", "InvalidParameterValue"},
                      {"caf\xc3\xa9", "InvalidParameterValue"},
                      {"", "MissingParameter"}};
  for (const auto& row : rows) {
    EXPECT_EQ(refusal("CreateSecurityGroup",
                      {{"VpcId", vpc}, {"GroupName", row.name}, {"GroupDescription", "again"}}),
              row.code)
        << row.name;
  }
  EXPECT_EQ(refusal("CreateSecurityGroup", {{"GroupName", "n"}, {"GroupDescription", "d"}}),
            "VPCIdNotSpecified");
}

TEST_F(SecurityGroups, a_rule_is_added_once_and_revoked_once) {
  const auto input = rules(group, from_cidr("80", "10.0.0.7/16"));
  EXPECT_EQ(text("AuthorizeSecurityGroupIngress", input, "/securityGroupRuleSet/0/cidrIpv4"),
            "10.0.0.0/16");  // host bits are cleared, as AWS documents
  EXPECT_EQ(refusal("AuthorizeSecurityGroupIngress", input), "InvalidPermission.Duplicate");
  EXPECT_EQ(message,
            "the specified rule \"peer: 10.0.0.0/16, TCP, from port: 80, to port: 80, ALLOW\" "
            "already exists");
  EXPECT_EQ(seen("/ipPermissions/0/fromPort"), "80");
  EXPECT_EQ(refusal("RevokeSecurityGroupIngress", input), "");
  EXPECT_EQ(refusal("RevokeSecurityGroupIngress", input), "InvalidPermission.NotFound");
}

TEST_F(SecurityGroups, a_rule_is_revoked_by_its_id_in_its_own_direction_only) {
  const auto id = text("AuthorizeSecurityGroupIngress", rules(group, from_cidr("443", "0.0.0.0/0")),
                       "/securityGroupRuleSet/0/securityGroupRuleId");
  json::object input{{"GroupId", group}, {"SecurityGroupRuleId", json::array{id}}};
  EXPECT_EQ(refusal("RevokeSecurityGroupEgress", input), "InvalidSecurityGroupRuleId.NotFound");
  EXPECT_EQ(text("DescribeSecurityGroupRules", {{"Filter", filter("group-id", group)}},
                 "/securityGroupRuleSet/1/groupId"),
            group);
  EXPECT_EQ(text("RevokeSecurityGroupIngress", input, "/revokedSecurityGroupRuleSet/0/fromPort"),
            "443");
  EXPECT_EQ(seen("/ipPermissions"), "[]");
}

TEST_F(SecurityGroups, malformed_rules_are_refused) {
  struct Row {
    json::array permissions;
    const char* code;
  };
  const Row rows[] = {
      {from_cidr("80", "10.0.0.0"), "InvalidParameterValue"},
      {from_cidr("70000", "0.0.0.0/0"), "InvalidParameterValue"},
      {from_cidr("", "0.0.0.0/0"), "InvalidParameterValue"},
      {permission("carrier-pigeon", "80", "IpRanges", "CidrIp", "0.0.0.0/0"),
       "InvalidParameterValue"},
      {permission("tcp", "80", "Groups", "GroupId", "sg-00000000000000000"),
       "InvalidGroup.NotFound"},
      {permission("tcp", "80", "Groups", "GroupId", "web"), "InvalidGroupId.Malformed"},
      {{}, "MissingParameter"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(refusal("AuthorizeSecurityGroupIngress", rules(group, row.permissions)), row.code)
        << json::serialize(row.permissions);
  }
  EXPECT_EQ(seen("/ipPermissions"), "[]");
}

// facts: DependencyViolation while an interface has it or another group's rule names it.
TEST_F(SecurityGroups, deletion_waits_for_interfaces_and_for_other_groups_rules) {
  const auto other = make_group("other");
  const auto named = rules(other, permission("tcp", "80", "Groups", "GroupId", group));
  call("AuthorizeSecurityGroupIngress", named);
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", group}}), "DependencyViolation");
  EXPECT_EQ(message, "resource " + group + " has a dependent object");
  call("RevokeSecurityGroupIngress", named);

  const auto interface = text("CreateNetworkInterface",
                              {{"SubnetId", subnet}, {"SecurityGroupId", json::array{group}}},
                              "/networkInterface/networkInterfaceId");
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", group}}), "DependencyViolation");
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}});

  // Its own rule about itself is no obstacle.
  call("AuthorizeSecurityGroupIngress",
       rules(group, permission("-1", "", "Groups", "GroupId", group)));
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", group}}), "");
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", group}}), "InvalidGroup.NotFound");
}

TEST_F(SecurityGroups, the_default_one_cannot_be_deleted) {
  auto input = filter("group-name", "default");
  const auto id = text("DescribeSecurityGroups", {{"Filter", std::move(input)}},
                       "/securityGroupInfo/0/groupId");
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", id}}), "CannotDelete");
}

TEST_F(SecurityGroups, an_unknown_parameter_or_filter_is_refused) {
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", group}, {"Cascade", "true"}}),
            "UnknownParameter");
  EXPECT_EQ(refusal("DescribeSecurityGroups", {{"Filter", filter("colour", "red")}}),
            "InvalidParameterValue");
}

}  // namespace
}  // namespace sim::ec2
