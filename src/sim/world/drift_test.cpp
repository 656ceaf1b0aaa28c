// What a strike leaves behind in CloudFormation's eyes: temporary pieces read DELETED.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/cloudformation/cloudformation.hpp"
#include "sim/world/world.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

const std::string network = R"(
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Internet: {Type: AWS::EC2::InternetGateway}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Internet}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, Tags: [{Key: Name, Value: public}]}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Route:
    Type: AWS::EC2::Route
    DependsOn: Attachment
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Internet
  Address: {Type: AWS::EC2::EIP, DependsOn: Attachment, Properties: {Domain: vpc}}
  Nat:
    Type: AWS::EC2::NatGateway
    Properties: {SubnetId: !Ref Subnet, AllocationId: !GetAtt Address.AllocationId}
)";

class Account {
 public:
  explicit Account(World& world) : world_(world) {
    root_.kind = Principal::Kind::root;
    root_.arn = "arn:aws:iam::123456789012:root";
  }
  Task<json::object> call(std::string service, std::string action, json::object input) {
    co_return co_await world_.call(root_, std::move(service), std::move(action), std::move(input));
  }
  Task<void> wait(base::Duration duration) {
    co_await world_.context().clock().sleep_for(duration);
  }
  // Until it goes through: dependencies take their time.
  Task<void> insist(std::string action, json::object input) {
    for (int tries = 0; tries < 60; ++tries) {
      bool done = true;
      try {
        co_await call("ec2", action, input);
      } catch (const Error&) {
        done = false;
      }
      if (done) co_return;
      co_await wait(std::chrono::seconds(10));
    }
    throw std::runtime_error(action + " never went through");
  }

 private:
  World& world_;
  Principal root_;
};

std::map<std::string, std::string> ids_of(const json::object& resources) {
  std::map<std::string, std::string> ids;
  for (const auto& one : resources.at("StackResources").as_array()) {
    ids[at(one, "LogicalResourceId")] = at(one, "PhysicalResourceId");
  }
  return ids;
}

Task<void> strike(Account& account, std::map<std::string, std::string> ids) {
  const auto addresses = co_await account.call("ec2", "DescribeAddresses", {});
  co_await account.insist("DeleteRoute",
                          {{"RouteTableId", ids["Table"]}, {"DestinationCidrBlock", "0.0.0.0/0"}});
  co_await account.insist("DeleteNatGateway", {{"NatGatewayId", ids["Nat"]}});
  co_await account.insist("ReleaseAddress",
                          {{"AllocationId", at(addresses, "addressesSet.0.allocationId")}});
  co_await account.insist("DetachInternetGateway",
                          {{"InternetGatewayId", ids["Internet"]}, {"VpcId", ids["Vpc"]}});
  co_await account.insist("DeleteInternetGateway", {{"InternetGatewayId", ids["Internet"]}});
}

Task<void> detect(Account& account, std::map<std::string, std::string>& statuses) {
  co_await account.call("cloudformation", "DetectStackDrift", {{"StackName", "net"}});
  co_await account.wait(std::chrono::minutes(2));
  const auto drifts = co_await account.call("cloudformation", "DescribeStackResourceDrifts",
                                            {{"StackName", "net"}});
  for (const auto& one : drifts.at("StackResourceDrifts").as_array()) {
    statuses[at(one, "LogicalResourceId")] = at(one, "StackResourceDriftStatus");
  }
}

struct Statuses {
  std::map<std::string, std::string> before, after;
};

Task<void> story(World& world, Statuses& statuses) {
  Account account(world);
  co_await account.call("cloudformation", "CreateStack",
                        {{"StackName", "net"}, {"TemplateBody", network}});
  co_await account.wait(std::chrono::minutes(20));
  const auto resources =
      co_await account.call("cloudformation", "DescribeStackResources", {{"StackName", "net"}});
  co_await detect(account, statuses.before);
  co_await strike(account, ids_of(resources));
  json::object renamed;
  renamed["ResourceId"] = json::array{json::string(ids_of(resources)["Subnet"])};
  renamed["Tag"] = json::array{json::object{{"Key", "Name"}, {"Value", "private"}}};
  co_await account.call("ec2", "CreateTags", std::move(renamed));
  co_await account.wait(std::chrono::minutes(1));
  co_await detect(account, statuses.after);
}

TEST(Drift, shows_what_a_strike_has_removed_as_deleted_and_the_rest_as_it_is) {
  const auto runtime = base::virtual_runtime(start);
  World world(*runtime, {.seed = 1});
  Statuses statuses;
  runtime->run(story(world, statuses));
  const std::map<std::string, std::string> before{
      {"Address", "IN_SYNC"},  {"Association", "IN_SYNC"}, {"Attachment", "IN_SYNC"},
      {"Internet", "IN_SYNC"}, {"Nat", "IN_SYNC"},         {"Route", "IN_SYNC"},
      {"Subnet", "IN_SYNC"},   {"Table", "IN_SYNC"},       {"Vpc", "IN_SYNC"}};
  const std::map<std::string, std::string> after{
      {"Address", "DELETED"},  {"Association", "IN_SYNC"}, {"Attachment", "DELETED"},
      {"Internet", "DELETED"}, {"Nat", "DELETED"},         {"Route", "DELETED"},
      {"Subnet", "MODIFIED"},  {"Table", "IN_SYNC"},       {"Vpc", "IN_SYNC"}};
  EXPECT_EQ(statuses.before, before);
  EXPECT_EQ(statuses.after, after);
}

}  // namespace
}  // namespace sim::world
