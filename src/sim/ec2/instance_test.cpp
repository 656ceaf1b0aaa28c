// Instances: launching, states, checks, termination, and the interfaces they bring.
#include "sim/core/images.hpp"
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

std::string image_of(std::string_view architecture) {
  for (const auto& image : images()) {
    if (image.architecture == architecture) return image.id;
  }
  return "";
}

class Instances : public test::Fixture {
 protected:
  Instances() {
    ec2.set_profiles([](const std::string& name) -> std::optional<Profile> {
      if (name != "bastion") return std::nullopt;
      return Profile{"arn:aws:iam::123456789012:instance-profile/bastion", "AIPA1",
                     "arn:aws:iam::123456789012:role/bastion"};
    });
  }

  json::object wanted() {
    return {{"ImageId", image_of("arm64")},
            {"InstanceType", "t4g.nano"},
            {"MinCount", "1"},
            {"MaxCount", "1"},
            {"SubnetId", subnet}};
  }

  std::string run(json::object input) {
    return text("RunInstances", std::move(input), "/instancesSet/0/instanceId");
  }

  std::string seen(const std::string& id, const std::string& pointer) {
    return text("DescribeInstances", {{"InstanceId", json::array{id}}},
                "/reservationSet/0/instancesSet/0" + pointer);
  }

  std::string status(const std::string& id) {
    return text("DescribeInstanceStatus", {{"InstanceId", json::array{id}}},
                "/instanceStatusSet/0/instanceStatus/status");
  }

  json::object ids(const std::string& id) { return {{"InstanceId", json::array{id}}}; }
};

TEST_F(Instances, one_is_pending_then_running_then_passes_its_checks) {
  const auto id = run(wanted());
  EXPECT_EQ(seen(id, "/instanceState/name"), "pending");
  EXPECT_EQ(status(id), "");  // only running ones are told of
  EXPECT_EQ(text("DescribeInstanceStatus", {{"IncludeAllInstances", "true"}},
                 "/instanceStatusSet/0/instanceStatus/status"),
            "not-applicable");
  wait(25s);  // knob instance_start: 5 to 25 s
  EXPECT_EQ(seen(id, "/instanceState/name"), "running");
  EXPECT_EQ(seen(id, "/instanceState/code"), "16");
  EXPECT_EQ(status(id), "initializing");
  wait(200s);  // knob instance_checks: 80 to 200 s
  EXPECT_EQ(status(id), "ok");
}

// facts §5: terminated stays visible for about an hour; the call is idempotent.
TEST_F(Instances, termination_is_idempotent_and_frees_the_interface_at_its_end) {
  const auto id = run(wanted());
  wait(30s);
  EXPECT_EQ(text("TerminateInstances", ids(id), "/instancesSet/0/previousState/name"), "running");
  EXPECT_EQ(text("TerminateInstances", ids(id), "/instancesSet/0/currentState/name"),
            "shutting-down");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "DependencyViolation");
  wait(62s);  // knob instance_terminate: 30 to 62 s
  EXPECT_EQ(seen(id, "/instanceState/name"), "terminated");
  EXPECT_EQ(seen(id, "/networkInterfaceSet"), "[]");
  EXPECT_EQ(refusal("TerminateInstances", ids(id)), "");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "");
  wait(1h);
  EXPECT_EQ(refusal("DescribeInstances", ids(id)), "InvalidInstanceID.NotFound");
}

TEST_F(Instances, one_bad_id_fails_the_whole_termination) {
  const auto id = run(wanted());
  json::object input;
  input["InstanceId"] = json::array{id, "i-00000000000000000"};
  EXPECT_EQ(refusal("TerminateInstances", input), "InvalidInstanceID.NotFound");
  EXPECT_EQ(seen(id, "/instanceState/name"), "pending");
  EXPECT_EQ(refusal("TerminateInstances", ids("i-1")), "InvalidInstanceID.Malformed");
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
TEST_F(Instances, a_protected_one_saves_those_of_its_zone_only) {
  auto input = wanted();
  input["DisableApiTermination"] = "true";
  const auto kept = run(input);
  const auto neighbour = run(wanted());
  subnet = make_subnet("10.0.2.0/24", "ap-northeast-1c");
  const auto away = run(wanted());
  json::object all;
  all["InstanceId"] = json::array{kept, neighbour, away};
  EXPECT_EQ(refusal("TerminateInstances", all), "OperationNotPermitted");
  EXPECT_EQ(seen(neighbour, "/instanceState/name"), "pending");
  EXPECT_EQ(seen(away, "/instanceState/name"), "shutting-down");
  json::object off{{"Value", "false"}};
  call("ModifyInstanceAttribute", {{"InstanceId", kept}, {"DisableApiTermination", off}});
  EXPECT_EQ(refusal("TerminateInstances", all), "");
}

TEST_F(Instances, the_network_may_come_in_an_interface_of_the_request) {
  const auto group = make_group("bastion");
  json::object interface{
      {"DeviceIndex", "0"}, {"SubnetId", subnet}, {"AssociatePublicIpAddress", "true"}};
  interface["SecurityGroupId"] = json::array{group};
  json::array list;
  list.push_back(std::move(interface));
  auto input = wanted();
  input.erase("SubnetId");
  input["NetworkInterface"] = std::move(list);
  input["IamInstanceProfile"] = json::object{{"Name", "bastion"}};
  const auto id = run(input);
  EXPECT_EQ(seen(id, "/groupSet/0/groupId"), group);
  EXPECT_EQ(seen(id, "/iamInstanceProfile/id"), "AIPA1");
  EXPECT_EQ(seen(id, "/networkInterfaceSet/0/association/ipOwnerId"), "amazon");
  EXPECT_NE(seen(id, "/ipAddress"), "");
  EXPECT_EQ(text("DescribeNetworkInterfaces", {{"Filter", filter("attachment.instance-id", id)}},
                 "/networkInterfaceSet/0/association/publicIp"),
            seen(id, "/ipAddress"));
  ASSERT_TRUE(ec2.instance(id));
  EXPECT_EQ(ec2.instance(id)->profile_arn, "arn:aws:iam::123456789012:instance-profile/bastion");
  input["SubnetId"] = subnet;
  EXPECT_EQ(refusal("RunInstances", input), "InvalidParameterCombination");
}

TEST_F(Instances, the_same_token_gives_the_same_instance) {
  auto input = wanted();
  input["ClientToken"] = "once";
  const auto id = run(input);
  EXPECT_EQ(run(input), id);
  input["InstanceType"] = "t4g.micro";
  EXPECT_EQ(refusal("RunInstances", input), "IdempotentParameterMismatch");
  input["InstanceType"] = wanted()["InstanceType"];
  call("TerminateInstances", ids(id));
  wait(62s);  // knob instance_terminate
  EXPECT_EQ(refusal("RunInstances", input), "IdempotentInstanceTerminated");
}

TEST_F(Instances, launching_is_refused_as_ec2_does) {
  struct Row {
    const char* parameter;
    json::value value;
    const char* code;
  };
  const Row rows[] = {
      {"ImageId", "ami-00000000000000000", "InvalidAMIID.NotFound"},
      {"ImageId", "al2023", "InvalidAMIID.Malformed"},
      {"ImageId", json::string(image_of("x86_64")), "InvalidParameterValue"},
      {"InstanceType", "t3.nano", "InvalidParameterValue"},
      {"InstanceType", "t9.nano", "InvalidParameterValue"},
      {"MinCount", "0", "InvalidParameterValue"},
      {"MinCount", "2", "InvalidParameterValue"},
      {"SubnetId", "subnet-00000000000000000", "InvalidSubnetID.NotFound"},
      {"SecurityGroupId", json::array{"sg-00000000000000000"}, "InvalidGroup.NotFound"},
      {"IamInstanceProfile", json::object{{"Name", "nobody"}}, "InvalidParameterValue"},
      {"KeyName", "mine", "InvalidKeyPair.NotFound"},
      {"PrivateIpAddress", "192.168.0.1", "InvalidParameterValue"},
      {"UserData", "#!/bin/sh", "InvalidParameterValue"},
      {"HibernationOptions", json::object(), "UnknownParameter"},
      {"CreditSpecification", json::object{{"CpuCredits", "plenty"}}, "InvalidParameterValue"},
      {"MetadataOptions", json::object{{"HttpEndpoint", "disabled"}}, "UnsupportedOperation"},
  };
  for (const auto& row : rows) {
    auto input = wanted();
    input[row.parameter] = row.value;
    EXPECT_EQ(refusal("RunInstances", input), row.code)
        << row.parameter << " " << json::serialize(row.value);
  }
  EXPECT_EQ(text("DescribeInstances", {}, "/reservationSet"), "[]");
}

TEST_F(Instances, filters_choose_and_pages_count_instances) {
  auto input = wanted();
  input["MinCount"] = "7";
  input["MaxCount"] = "7";
  call("RunInstances", input);
  const json::value first = call("DescribeInstances", {{"MaxResults", "5"}});
  EXPECT_EQ(first.at_pointer("/reservationSet/0/instancesSet").as_array().size(), 5U);
  const json::value rest =
      call("DescribeInstances", {{"MaxResults", "5"}, {"NextToken", first.at("nextToken")}});
  EXPECT_EQ(rest.at_pointer("/reservationSet/0/instancesSet").as_array().size(), 2U);
  EXPECT_EQ(text("DescribeInstances", {{"Filter", filter("instance-state-name", "running")}},
                 "/reservationSet"),
            "[]");
  EXPECT_EQ(refusal("DescribeInstances", {{"Filter", filter("colour", "red")}}),
            "InvalidParameterValue");
}

// The Service Authorization Reference: what RunInstances touches.
TEST_F(Instances, launching_needs_permission_for_everything_it_touches) {
  auto input = wanted();
  input["IamInstanceProfile"] = json::object{{"Name", "bastion"}};
  const auto& operation = ec2.operations().find("RunInstances")->second;
  std::vector<std::string> seen_types;
  for (const auto& access : operation.access(Call{{}, "ec2", "RunInstances", input, "r"})) {
    const auto last = access.resource.rfind(':');
    seen_types.push_back(access.action + " " +
                         access.resource.substr(last + 1, access.resource.find('/') - last - 1));
  }
  const std::vector<std::string> expected{
      "ec2:RunInstances image",  "ec2:RunInstances instance", "ec2:RunInstances network-interface",
      "ec2:RunInstances subnet", "ec2:RunInstances volume",   "iam:PassRole role"};
  EXPECT_EQ(seen_types, expected);
}

TEST_F(Instances, neither_its_interface_nor_a_service_s_can_be_detached) {
  const auto id = run(wanted());
  const auto attachment =
      text("DescribeNetworkInterfaces", {{"Filter", filter("attachment.instance-id", id)}},
           "/networkInterfaceSet/0/attachment/attachmentId");
  EXPECT_EQ(refusal("DetachNetworkInterface", {{"AttachmentId", attachment}}),
            "OperationNotPermitted");
  EXPECT_EQ(message, "The network interface at device index 0 cannot be detached.");
  const auto managed = ec2.create_managed_interface({subnet, {}, "of a task", "r", "ecs"});
  const auto theirs =
      text("DescribeNetworkInterfaces", {{"NetworkInterfaceId", json::array{managed}}},
           "/networkInterfaceSet/0/attachment/attachmentId");
  EXPECT_EQ(refusal("DetachNetworkInterface", {{"AttachmentId", theirs}}), "OperationNotPermitted");
  EXPECT_EQ(message, "You are not allowed to manage 'ela-attach' attachments.");
}

}  // namespace
}  // namespace sim::ec2
