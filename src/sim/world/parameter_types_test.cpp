// AWS-specific parameter types, and signals of an instance, in a whole embedded AWS.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;
using testing::HasSubstr;

class Parameters : public StackTest {
 protected:
  std::string status_with(const std::string& type, const std::string& value) {
    return create("Parameters: {P: {Type: \"" + type + "\", Default: \"" + value +
                  "\"}}\nResources: {G: {Type: AWS::Logs::LogGroup}}\n");
  }
  void forget() {
    if (!id_.empty()) remove();
  }
  std::string first_reason(const std::string& status) {
    const auto seen = call("cloudformation", "DescribeStackEvents", {{"StackName", id_}});
    for (const auto& event : seen.at("StackEvents").as_array()) {
      if (at(event, "ResourceStatus") == status) return at(event, "ResourceStatusReason");
    }
    return "no such event";
  }
  std::string vpc() {
    return at(call("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}), "vpc.vpcId");
  }
  std::string subnet_in(const std::string& vpc, const std::string& block) {
    return at(call("ec2", "CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", block}}),
              "subnet.subnetId");
  }
};

TEST_F(Parameters, of_awss_types_name_what_exists) {
  const auto network = vpc();
  const auto subnet = subnet_in(network, "10.0.1.0/24");
  const auto other = subnet_in(network, "10.0.2.0/24");
  call("ec2", "CreateKeyPair", {{"KeyName", "mine"}});
  const auto volume =
      at(call("ec2", "CreateVolume", {{"AvailabilityZone", "ap-northeast-1a"}, {"Size", "1"}}),
         "volumeId");
  const auto zone =
      at(call("route53", "CreateHostedZone", {{"Name", "example.com"}, {"CallerReference", "1"}}),
         "HostedZone.Id");
  const std::vector<std::pair<std::string, std::string>> rows{
      {"AWS::EC2::VPC::Id", network},
      {"AWS::EC2::Subnet::Id", subnet},
      {"List<AWS::EC2::Subnet::Id>", subnet + "," + other},
      {"AWS::EC2::KeyPair::KeyName", "mine"},
      {"AWS::EC2::AvailabilityZone::Name", "ap-northeast-1a"},
      {"AWS::EC2::SecurityGroup::GroupName", "default"},
      {"AWS::EC2::Volume::Id", volume},
      {"AWS::Route53::HostedZone::Id", zone},
  };
  for (const auto& [type, value] : rows) {
    EXPECT_EQ(status_with(type, value), "CREATE_COMPLETE") << type << troubles();
    forget();
  }
}

// ecs-deep-learning-workshop#4: the stack begins, and is rolled back within seconds.
TEST_F(Parameters, of_awss_types_that_name_nothing_roll_the_stack_back) {
  const auto network = vpc();
  const auto subnet = subnet_in(network, "10.0.1.0/24");
  const std::string unknown = "0123456789abcdef0";
  struct Row {
    std::string type, value, named;
  };
  const std::vector<Row> rows{
      {"AWS::EC2::VPC::Id", "vpc-" + unknown, "vpc-" + unknown},
      {"AWS::EC2::VPC::Id", "nonsense", "nonsense"},
      {"List<AWS::EC2::Subnet::Id>", subnet + ",subnet-" + unknown, "subnet-" + unknown},
      {"AWS::EC2::KeyPair::KeyName", "yours", "yours"},
      {"AWS::EC2::KeyPair::KeyName", "", ""},
      {"AWS::EC2::SecurityGroup::Id", "sg-" + unknown, "sg-" + unknown},
      {"AWS::EC2::SecurityGroup::GroupName", "none", "none"},
      {"AWS::EC2::Image::Id", "ami-" + unknown, "ami-" + unknown},
      {"AWS::EC2::Instance::Id", "i-" + unknown, "i-" + unknown},
      {"AWS::EC2::Volume::Id", "vol-" + unknown, "vol-" + unknown},
      {"AWS::EC2::AvailabilityZone::Name", "moon-1a", "moon-1a"},
      {"AWS::Route53::HostedZone::Id", "Z0", "Z0"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(status_with(row.type, row.value), "ROLLBACK_COMPLETE") << row.type;
    EXPECT_EQ(first_reason("ROLLBACK_IN_PROGRESS"),
              "Parameter validation failed: parameter value " + row.named +
                  " for parameter name P does not exist. Rollback requested by user.")
        << row.type;
    forget();
  }
}

TEST_F(Parameters, that_name_nothing_take_an_update_back) {
  const auto network = vpc();
  ASSERT_EQ(status_with("AWS::EC2::VPC::Id", network), "CREATE_COMPLETE");
  EXPECT_EQ(update("Parameters: {P: {Type: AWS::EC2::VPC::Id, Default: vpc-0123456789abcdef0}}\n"
                   "Resources: {G: {Type: AWS::Logs::LogGroup}}\n"),
            "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(first_reason("UPDATE_ROLLBACK_IN_PROGRESS"),
            "Parameter validation failed: parameter value vpc-0123456789abcdef0 for parameter name "
            "P does not exist");
}

// intrinsic-function-reference-rules.
TEST_F(Parameters, give_rules_the_attributes_of_what_they_name) {
  const auto first = vpc();
  const auto second = vpc();
  const auto subnet = subnet_in(first, "10.0.1.0/24");
  const auto other = subnet_in(second, "10.0.1.0/24");
  call("ec2", "CreateTags",
       {{"ResourceId", json::array{json::string(first)}},
        {"Tag", json::array{json::object{{"Key", "Department"}, {"Value", "IT"}}}}});
  const auto refused = [&](const std::string& subnets, const std::string& assertion) {
    const std::string text =
        "Parameters:\n  Vpc: {Type: AWS::EC2::VPC::Id, Default: " + first +
        "}\n  Subnets: {Type: \"List<AWS::EC2::Subnet::Id>\", Default: \"" + subnets +
        "\"}\nRules: {R: {Assertions: [{Assert: " + assertion +
        ", AssertDescription: broken}]}}\nResources: {G: {Type: AWS::Logs::LogGroup}}\n";
    try {
      create(text);
      remove();
      return std::string();
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  const std::string in_vpc =
      "{'Fn::EachMemberEquals': [{'Fn::ValueOf': [Subnets, VpcId]}, {Ref: Vpc}]}";
  EXPECT_EQ(refused(subnet, in_vpc), "");
  EXPECT_EQ(refused(subnet + "," + other, in_vpc), "broken");
  EXPECT_EQ(refused(subnet,
                    "{'Fn::EachMemberEquals': [{'Fn::ValueOfAll': [AWS::EC2::VPC::Id, "
                    "Tags.Department]}, IT]}"),
            "");
  EXPECT_EQ(refused(subnet, "{'Fn::EachMemberIn': [{'Fn::RefAll': AWS::EC2::Subnet::Id}, [" +
                                subnet + "]]}"),
            "");
  EXPECT_EQ(refused(subnet,
                    "{'Fn::Not': [{'Fn::Equals': [{'Fn::ValueOf': [Vpc, "
                    "DefaultSecurityGroup]}, '']}]}"),
            "");
  EXPECT_THAT(refused(subnet, "{'Fn::Equals': [{'Fn::ValueOf': [Vpc, Colour]}, red]}"),
              HasSubstr("cannot be looked up"));
}

// The instance signals with its own id; no other counts.
TEST_F(Parameters, instances_with_a_creation_policy_wait_for_their_own_signal) {
  call("cloudformation", "CreateStack", {{"StackName", "types"}, {"TemplateBody", R"(
Parameters:
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Instance:
    Type: AWS::EC2::Instance
    CreationPolicy: {ResourceSignal: {Timeout: PT20M}}
    Properties: {ImageId: !Ref Image, InstanceType: t4g.nano, SubnetId: !Ref Subnet}
)"}});
  id_ = "types";
  pass(std::chrono::minutes(5));
  const auto signal = [&](const std::string& unique_id) {
    call("cloudformation", "SignalResource",
         {{"StackName", "types"},
          {"LogicalResourceId", "Instance"},
          {"UniqueId", unique_id},
          {"Status", "SUCCESS"}});
  };
  const auto seen = call("cloudformation", "DescribeStackResource",
                         {{"StackName", "types"}, {"LogicalResourceId", "Instance"}});
  ASSERT_EQ(at(seen, "StackResourceDetail.ResourceStatus"), "CREATE_IN_PROGRESS") << troubles();
  signal("i-other");
  pass(std::chrono::minutes(1));
  const auto still = call("cloudformation", "DescribeStacks", {{"StackName", "types"}});
  EXPECT_EQ(at(still, "Stacks.0.StackStatus"), "CREATE_IN_PROGRESS");
  signal(at(seen, "StackResourceDetail.PhysicalResourceId"));
  EXPECT_EQ(settle(), "CREATE_COMPLETE");
}

}  // namespace
}  // namespace sim::world
