// Associations that a stack waits for: instances, their agents, the network and Systems Manager
// together; and documents that are replaced or not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using std::chrono_literals::operator""min;
using testing::HasSubstr;

constexpr std::string_view resources =
    R"(Parameters:
  Image: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
  Gate: {Type: AWS::EC2::InternetGateway}
  Attach: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gate}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, DependsOn: Attach, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gate}}
  In: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Subnet}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: ec2.amazonaws.com}}]}
      ManagedPolicyArns: [POLICY]
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Instance:
    Type: AWS::EC2::Instance
    DependsOn: [Out, In]
    Properties: {ImageId: !Ref Image, InstanceType: t4g.nano, SubnetId: !Ref Subnet, IamInstanceProfile: !Ref Profile}
  Script:
    Type: AWS::SSM::Document
    Properties:
      DocumentType: Command
      DocumentFormat: YAML
      Content: |
        schemaVersion: "2.2"
        parameters:
          host: {type: String}
        mainSteps:
          - action: aws:runShellScript
            name: fetch
            inputs: {runCommand: ["curl -sS --max-time 5 https://{{ host }}"]}
  X:
    Type: AWS::SSM::Association
    Properties:
      Name: !Ref Script
      Parameters: {host: [HOST]}
      Targets: [{Key: InstanceIds, Values: [!Ref Instance]}]
      WaitForSuccessTimeoutSeconds: 300
Outputs:
  X: {Value: !Ref X}
)";

class AssociationTest : public StackTest {
 protected:
  static std::string with(std::string_view policy, std::string_view host) {
    std::string text(resources);
    text.replace(text.find("POLICY"), 6, policy);
    text.replace(text.find("HOST"), 4, host);
    return text;
  }
};

constexpr std::string_view managed = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore";

TEST_F(AssociationTest, a_stack_waits_until_the_script_has_succeeded) {
  ASSERT_EQ(create(with(managed, "example.com")), "CREATE_COMPLETE") << troubles();
  const auto id = output("X");
  const auto seen = json::value(call("ssm", "DescribeAssociation", {{"AssociationId", id}}));
  EXPECT_EQ(cloudformation::at(seen, "AssociationDescription.Overview.Status"), "Success");
  EXPECT_EQ(update(with(managed, "no.such.host")), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(), HasSubstr("X: "));
  EXPECT_THAT(troubles(), HasSubstr("with identifier '" + id + "' did not stabilize."));
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

TEST_F(AssociationTest, a_script_that_fails_fails_the_stack_before_the_time_is_over) {
  ASSERT_EQ(create(with(managed, "no.such.host")), "ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(), HasSubstr("did not stabilize"));
}

TEST_F(AssociationTest, an_instance_without_an_agent_fails_the_stack_when_the_time_is_over) {
  ASSERT_EQ(create(with("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "example.com")),
            "ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(), HasSubstr("did not stabilize"));
}

TEST_F(AssociationTest, what_others_change_of_it_is_drift) {
  ASSERT_EQ(create(with(managed, "example.com")), "CREATE_COMPLETE") << troubles();
  const auto drift = [&] {
    return cloudformation::at(
        json::value(call("cloudformation", "DetectStackResourceDrift",
                         {{"StackName", "types"}, {"LogicalResourceId", "X"}})),
        "StackResourceDrift.StackResourceDriftStatus");
  };
  EXPECT_EQ(drift(), "IN_SYNC");
  json::object input{{"AssociationId", output("X")}, {"ScheduleExpression", "rate(1 day)"}};
  input["Parameters"] = {{"host", json::array{"no.such.host"}}};
  call("ssm", "UpdateAssociation", input);
  pass(1min);
  EXPECT_EQ(drift(), "MODIFIED");
  call("ssm", "DeleteAssociation", {{"AssociationId", output("X")}});
  EXPECT_EQ(drift(), "DELETED");
}

TEST_F(AssociationTest, a_change_set_says_that_a_document_may_be_replaced) {
  const auto document = [](const std::string& name) {
    return "Resources:\n  X:\n    Type: AWS::SSM::Document\n    Properties:\n      Content: "
           "{schemaVersion: '2.2', mainSteps: [{action: 'aws:runShellScript', name: " +
           name + ", inputs: {runCommand: []}}]}\n";
  };
  ASSERT_EQ(create(document("a")), "CREATE_COMPLETE") << troubles();
  call("cloudformation", "CreateChangeSet",
       {{"StackName", "types"}, {"ChangeSetName", "c"}, {"TemplateBody", document("b")}});
  pass(1min);
  const auto seen = json::value(call("cloudformation", "DescribeChangeSet",
                                     {{"StackName", "types"}, {"ChangeSetName", "c"}}));
  EXPECT_EQ(cloudformation::at(seen, "Changes.0.ResourceChange.Replacement"), "Conditional");
  EXPECT_EQ(
      cloudformation::at(seen, "Changes.0.ResourceChange.Details.0.Target.RequiresRecreation"),
      "Conditionally");
}

}  // namespace
}  // namespace sim::world
