#include "stacks.hpp"

#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "base/runtime.hpp"
#include "sim/iam/iam.hpp"
#include "sim/world/world.hpp"

namespace bench {
namespace {

const char* const stack_template = R"(
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}
  Gateway: {Type: 'AWS::EC2::InternetGateway'}
  Attachment:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
  Table: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref Vpc}}
  Default:
    Type: AWS::EC2::Route
    DependsOn: Attachment
    Properties:
      {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Association:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Logs: {Type: 'AWS::Logs::LogGroup'}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}
)";

struct Ground {
  Ground()
      : runtime(base::virtual_runtime(
            base::Instant(std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}))),
        world(std::make_unique<sim::world::World>(*runtime)),
        owner(world->iam().root_key().principal) {}
  std::unique_ptr<base::Runtime> runtime;
  std::unique_ptr<sim::world::World> world;
  sim::Principal owner;

  base::Task<boost::json::object> call(std::string action, boost::json::object input) {
    return world->call(owner, "cloudformation", std::move(action), std::move(input));
  }
};

// By its id, which is the only way to a stack that is gone.
base::Task<void> wait_for(Ground& ground, std::string id, std::string status) {
  for (int i = 0; i < 1000; ++i) {
    const auto answer = co_await ground.call("DescribeStacks", {{"StackName", id}});
    const auto now = answer.at("Stacks").at(0).at("StackStatus").as_string();
    if (now == status) co_return;
    if (!now.ends_with("_IN_PROGRESS") && status.starts_with("CREATE")) {
      throw std::runtime_error("a stack ended as " + std::string(now));
    }
    co_await ground.runtime->clock().sleep_for(std::chrono::seconds(5));
  }
  throw std::runtime_error("a stack did not become " + status);
}

base::Task<void> live(Ground& ground, int number) {
  const auto made =
      co_await ground.call("CreateStack", {{"StackName", "stack-" + std::to_string(number)},
                                           {"TemplateBody", stack_template},
                                           {"Capabilities", boost::json::array{"CAPABILITY_IAM"}}});
  const std::string id(made.at("StackId").as_string());
  co_await wait_for(ground, id, "CREATE_COMPLETE");
  co_await ground.call("DeleteStack", {{"StackName", id}});
  co_await wait_for(ground, id, "DELETE_COMPLETE");
}

base::Task<void> live_all(Ground& ground, const std::vector<int>& marks,
                          std::vector<std::size_t>& memory) {
  int number = 0;
  for (const int mark : marks) {
    while (number < mark) co_await live(ground, ++number);
    memory.push_back(resident());
  }
}

}  // namespace

std::vector<std::size_t> memory_after(const std::vector<int>& marks) {
  Ground ground;
  std::vector<std::size_t> memory;
  ground.runtime->run(live_all(ground, marks, memory));
  return memory;
}

std::size_t resident() {
  ::malloc_trim(0);
  std::size_t size = 0, pages = 0;
  std::ifstream("/proc/self/statm") >> size >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace bench
