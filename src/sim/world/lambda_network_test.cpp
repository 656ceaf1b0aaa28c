// A function in a VPC in a template. facts §5, subnets: "Lambda ENIs can hold for up to ~40 min".
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

constexpr auto placed = R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: lambda.amazonaws.com}}]}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"]
  F:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt R.Arn
      Code: {ZipFile: "pass"}
      VpcConfig: {SubnetIds: [!Ref A, !Ref B], SecurityGroupIds: [!Ref G]}
Outputs:
  F: {Value: !Ref F}
)";

class LambdaNetwork : public StackTest {
 protected:
  std::size_t interfaces() {
    return call("ec2", "DescribeNetworkInterfaces", {}).at("networkInterfaceSet").as_array().size();
  }
};

TEST_F(LambdaNetwork, a_stack_waits_for_the_interfaces_before_its_subnets_go) {
  ASSERT_EQ(create(placed), "CREATE_COMPLETE") << troubles();
  const json::value made = call("lambda", "GetFunction", {{"FunctionName", output("F")}});
  EXPECT_EQ(at(made, "Configuration.State"), "Active");
  EXPECT_EQ(interfaces(), 2U);
  const auto began = runtime_->clock().now();
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
  const auto took = runtime_->clock().now() - began;
  EXPECT_GE(took, std::chrono::minutes(20));
  EXPECT_LE(took, std::chrono::minutes(43));
  EXPECT_EQ(interfaces(), 0U);
}

TEST_F(LambdaNetwork, a_function_in_a_full_subnet_fails_its_stack) {
  std::string full(placed);
  full.replace(full.find("10.0.1.0/24"), 11, "10.0.1.0/28");
  std::string taken;
  for (int i = 0; i < 11; ++i) {
    taken += fmt::format(
        "  I{}: {{Type: AWS::EC2::NetworkInterface, "
        "Properties: {{SubnetId: !Ref B}}}}\n",
        i);
  }
  full.insert(full.find("  F:\n"), taken);
  full.replace(full.find("!Ref B], Sec"), 12,
               "!Select [0, [!Ref B, !Ref I0, !Ref I1, !Ref I2, "
               "!Ref I3, !Ref I4, !Ref I5, !Ref I6, !Ref I7, !Ref I8, !Ref I9, !Ref I10]]], Sec");
  EXPECT_EQ(create(full), "ROLLBACK_COMPLETE");
  EXPECT_NE(troubles().find("a subnet is out of IP addresses"), std::string::npos) << troubles();
}

}  // namespace
}  // namespace sim::world
