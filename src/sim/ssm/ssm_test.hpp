// For tests only: instances that an agent runs on, in the network of the ECS tests.
#pragma once

#include <gtest/gtest.h>

#include "sim/ecs/test_world.hpp"
#include "sim/ssm/ssm.hpp"

namespace sim::ssm {

class SsmTest : public ecs::TestWorld {
 protected:
  std::string image() {
    return text(ssm, "GetParameter",
                {{"Name", "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-arm64-gp2"}},
                "Parameter", "Value");
  }

  // With a role that the agent may use, or without any.
  std::string start_instance(bool managed, const std::string& role_tag = {}) {
    if (managed && !iam.instance_profile("client")) {
      role("client", "ec2.amazonaws.com");
      call(iam, "AttachRolePolicy",
           {{"RoleName", "client"},
            {"PolicyArn", "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"}});
      call(iam, "CreateInstanceProfile", {{"InstanceProfileName", "client"}});
      call(iam, "AddRoleToInstanceProfile",
           {{"InstanceProfileName", "client"}, {"RoleName", "client"}});
    }
    ec2.set_profiles([this](const std::string& name) -> std::optional<ec2::Profile> {
      const auto found = iam.instance_profile(name);
      if (!found) return std::nullopt;
      return ec2::Profile{found->arn, found->id, found->role ? found->role->arn : ""};
    });
    json::object input{{"ImageId", image()},
                       {"InstanceType", "t4g.nano"},
                       {"MinCount", "1"},
                       {"MaxCount", "1"},
                       {"SubnetId", private_subnet}};
    input["SecurityGroupId"] = json::array{json::value(group)};
    if (managed) input["IamInstanceProfile"] = {{"Name", "client"}};
    if (!role_tag.empty()) {
      json::object tags{{"ResourceType", "instance"}};
      tags["Tag"] = json::array{json::object{{"Key", "role"}, {"Value", role_tag}}};
      input["TagSpecification"] = json::array{std::move(tags)};
    }
    const auto made = call(ec2, "RunInstances", std::move(input));
    return std::string(made.at("instancesSet").at(0).at("instanceId").as_string());
  }

  void create_endpoints() {
    for (const char* service : {"ssm", "ssmmessages", "ec2messages"}) {
      json::object input{{"VpcId", vpc},
                         {"VpcEndpointType", "Interface"},
                         {"ServiceName", fmt::format("com.amazonaws.ap-northeast-1.{}", service)},
                         {"PrivateDnsEnabled", "true"}};
      input["SubnetId"] = json::array{json::value(private_subnet)};
      input["SecurityGroupId"] = json::array{json::value(group)};
      call(ec2, "CreateVpcEndpoint", std::move(input));
    }
  }

  // The finished invocation of one script.
  json::object run_script(const std::string& instance, const std::string& line) {
    json::object input{{"DocumentName", "AWS-RunShellScript"}};
    input["InstanceIds"] = json::array{json::value(instance)};
    input["Parameters"] = {{"commands", json::array{json::value(line)}}};
    const auto sent = call(ssm, "SendCommand", std::move(input));
    const auto id = sent.at("Command").at("CommandId");
    const json::object asked{{"CommandId", id}, {"InstanceId", instance}};
    EXPECT_EQ(refusal(ssm, "GetCommandInvocation", asked), "InvocationDoesNotExist");
    pass(std::chrono::minutes(3));
    return call(ssm, "GetCommandInvocation", asked);
  }

  Ssm ssm{context, ec2, ecs, iam};
};

}  // namespace sim::ssm
