// facts §5, the other candidates for a strike: each test cites the row that it holds the embedded
// EC2 to.
#include "sim/core/images.hpp"
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

Knobs long_told() {
  Knobs knobs;
  knobs.endpoint_visible = {300, 300};
  return knobs;
}

class OtherFacts : public test::Fixture {
 protected:
  OtherFacts() : Fixture(long_told()) {}

  std::string run(const std::string& place, const std::string& protection = "false") {
    return text("RunInstances",
                {{"ImageId", images().front().id},
                 {"InstanceType", "t4g.nano"},
                 {"MinCount", "1"},
                 {"MaxCount", "1"},
                 {"SubnetId", place},
                 {"DisableApiTermination", protection}},
                "/instancesSet/0/instanceId");
  }

  std::string state(const std::string& id) {
    return text("DescribeInstances", {{"InstanceId", json::array{id}}},
                "/reservationSet/0/instancesSet/0/instanceState/name");
  }

  std::string interface_status(const std::string& id) {
    return text("DescribeNetworkInterfaces", {{"NetworkInterfaceId", json::array{id}}},
                "/networkInterfaceSet/0/status");
  }
};

// Interface endpoint: "Pending/Available/Deleting/Deleted…"; "per-item failures come back in
// Unsuccessful[] with HTTP 200"; "InvalidVpcEndpoint.NotFound / InvalidVpcEndpointId.NotFound", the
// first of a deletion; "subnet/SG delete stays DependencyViolation until gone"; "treats `deleted`
// as still pending until NotFound"
TEST_F(OtherFacts, an_interface_endpoint_holds_its_subnet_until_it_is_gone) {
  json::object wanted{{"VpcId", vpc},
                      {"ServiceName", "com.amazonaws.ap-northeast-1.ssm"},
                      {"VpcEndpointType", "Interface"},
                      {"PrivateDnsEnabled", "false"}};
  wanted["SubnetId"] = json::array{subnet};
  const auto id = text("CreateVpcEndpoint", std::move(wanted), "/vpcEndpoint/vpcEndpointId");
  wait(120s);
  json::object both;
  both["VpcEndpointId"] = json::array{id, "vpce-0123456789abcdef0", "vpce-1"};
  const json::value answer = call("DeleteVpcEndpoints", both);
  EXPECT_EQ(answer.at_pointer("/unsuccessful").as_array().size(), 2U);
  EXPECT_EQ(answer.at_pointer("/unsuccessful/0/error/code"), "InvalidVpcEndpoint.NotFound");
  EXPECT_EQ(answer.at_pointer("/unsuccessful/1/error/code"), "InvalidVpcEndpointId.Malformed");
  const std::string held = "The subnet '" + subnet + "' has dependencies and cannot be deleted.";
  expect_refused(
      {{"while it goes", "DeleteSubnet", {{"SubnetId", subnet}}, "DependencyViolation", held}});
  const json::object look{{"VpcEndpointId", json::array{id}}};
  EXPECT_EQ(text("DescribeVpcEndpoints", look, "/vpcEndpointSet/0/state"), "deleting");
  wait(240s);
  EXPECT_EQ(text("DescribeVpcEndpoints", look, "/vpcEndpointSet/0/state"), "deleted");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "");
  wait(300s);
  expect_refused({
      {"to Describe", "DescribeVpcEndpoints", look, "InvalidVpcEndpointId.NotFound"},
      {"to Modify", "ModifyVpcEndpoint", {{"VpcEndpointId", id}}, "InvalidVpcEndpointId.NotFound"},
  });
}

// "requester-managed ones refuse"; Subnet: "GuardDuty-managed endpoints can hold it"
TEST_F(OtherFacts, an_endpoint_of_a_service_is_not_the_user_s_to_delete) {
  const auto id =
      ec2.create_managed_endpoint({.vpc = vpc,
                                   .service = "com.amazonaws.ap-northeast-1.guardduty-data",
                                   .subnets = {subnet},
                                   .requester = "guardduty"});
  wait(120s);
  const json::object look{{"VpcEndpointId", json::array{id}}};
  EXPECT_EQ(text("DescribeVpcEndpoints", look, "/vpcEndpointSet/0/requesterManaged"), "true");
  const json::value answer = call("DeleteVpcEndpoints", look);
  EXPECT_EQ(answer.at_pointer("/unsuccessful/0/resourceId").as_string(), id);
  EXPECT_EQ(answer.at_pointer("/unsuccessful/0/error/code"), "InvalidParameter");
  EXPECT_EQ(answer.at_pointer("/unsuccessful/0/error/message"),
            "Operation is not allowed for requester-managed VPC endpoints for the service "
            "com.amazonaws.ap-northeast-1.guardduty-data.");
  EXPECT_EQ(refusal("ModifyVpcEndpoint", {{"VpcEndpointId", id}}), "InvalidParameter");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "DependencyViolation");
  ec2.delete_managed_endpoint(id);
  wait(240s);
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "");
}

// "a GWLB endpoint needs its routes deleted first": not offered, and said so
TEST_F(OtherFacts, an_endpoint_of_a_gateway_load_balancer_is_refused_by_name) {
  expect_refused({{"no such load balancers here",
                   "CreateVpcEndpoint",
                   {{"VpcId", vpc},
                    {"ServiceName", "com.amazonaws.vpce.ap-northeast-1.vpce-svc-0123456789abcdef0"},
                    {"VpcEndpointType", "GatewayLoadBalancer"}},
                   "UnsupportedOperation",
                   "The embedded EC2 has no endpoints of type GatewayLoadBalancer."}});
}

// EC2 instance: "pending/running/shutting-down/terminated/stopping/stopped; terminated visible
// ~1 h"
TEST_F(OtherFacts, an_instance_passes_all_its_states) {
  const auto id = run(subnet);
  const json::object ids{{"InstanceId", json::array{id}}};
  EXPECT_EQ(state(id), "pending");
  wait(25s);
  EXPECT_EQ(state(id), "running");
  EXPECT_EQ(text("StopInstances", ids, "/instancesSet/0/currentState/code"), "64");
  EXPECT_EQ(state(id), "stopping");
  EXPECT_EQ(refusal("StartInstances", ids), "IncorrectInstanceState");
  wait(60s);
  EXPECT_EQ(state(id), "stopped");
  EXPECT_EQ(refusal("RebootInstances", ids), "IncorrectInstanceState");
  EXPECT_EQ(text("StartInstances", ids, "/instancesSet/0/previousState/name"), "stopped");
  EXPECT_EQ(state(id), "pending");
  wait(25s);
  EXPECT_EQ(state(id), "running");
  EXPECT_EQ(refusal("RebootInstances", ids), "");
  call("TerminateInstances", ids);
  EXPECT_EQ(state(id), "shutting-down");
  wait(62s);
  EXPECT_EQ(state(id), "terminated");
  EXPECT_EQ(refusal("StartInstances", ids), "IncorrectInstanceState");
  wait(58min);
  EXPECT_EQ(state(id), "terminated");
  wait(3min);
  EXPECT_EQ(refusal("DescribeInstances", ids), "InvalidInstanceID.NotFound");
}

// "TerminateInstances, idempotent; any bad id fails the whole call; <= 1000 ids";
// "OperationNotPermitted (termination protection ...)"
TEST_F(OtherFacts, terminating_is_refused_whole) {
  const auto id = run(subnet);
  const auto guarded = run(make_subnet("10.0.2.0/24", "ap-northeast-1c"), "true");
  json::array many;
  for (int i = 0; i < 1001; ++i) many.push_back(json::string(id));
  json::object too_many;
  too_many["InstanceId"] = std::move(many);
  json::object mixed;
  mixed["InstanceId"] = json::array{id, "i-0123456789abcdef0"};
  expect_refused({
      {"any bad id", "TerminateInstances", mixed, "InvalidInstanceID.NotFound",
       "The instance ID 'i-0123456789abcdef0' does not exist"},
      {"more than 1000", "TerminateInstances", too_many, "InvalidParameterValue"},
      {"protected",
       "TerminateInstances",
       {{"InstanceId", json::array{guarded}}},
       "OperationNotPermitted"},
  });
  EXPECT_EQ(state(id), "pending");
  EXPECT_EQ(state(guarded), "pending");
}

// "termination protection; per-AZ partial success"
TEST_F(OtherFacts, a_protected_instance_saves_its_zone_and_no_other) {
  const auto neighbour = run(subnet);
  const auto guarded = run(subnet, "true");
  const auto away = run(make_subnet("10.0.2.0/24", "ap-northeast-1c"));
  json::object all;
  all["InstanceId"] = json::array{neighbour, guarded, away};
  expect_refused({{"the call is refused", "TerminateInstances", all, "OperationNotPermitted",
                   "The instance '" + guarded +
                       "' may not be terminated. Modify its 'disableApiTermination' instance "
                       "attribute and try again."}});
  EXPECT_EQ(state(neighbour), "pending");
  EXPECT_EQ(state(guarded), "pending");
  EXPECT_EQ(state(away), "shutting-down");
}

// "SkipOsShutdown, Force flags exist"
TEST_F(OtherFacts, an_instance_that_skips_its_shutdown_is_gone_sooner) {
  for (const auto* flag : {"SkipOsShutdown", "Force"}) {
    const auto id = run(subnet);
    wait(25s);
    call("TerminateInstances", {{"InstanceId", json::array{id}}, {flag, "true"}});
    wait(15s);  // knob instance_terminate_skipping
    EXPECT_EQ(state(id), "terminated") << flag;
  }
}

// Security group: "DependencyViolation (`resource sg-… has a dependent object`): used by
// ENI/instance, referenced by another SG ...; CannotDelete for default; InvalidGroup.NotFound;
// revoke: InvalidPermission.NotFound"
TEST_F(OtherFacts, a_security_group_is_held_by_what_uses_it) {
  const auto held = make_group("held");
  const auto free = make_group("free");
  json::object with{{"SubnetId", subnet}};
  with["SecurityGroupId"] = json::array{held};
  call("CreateNetworkInterface", with);
  const auto named = make_group("named");
  json::object pair{{"GroupId", named}};
  json::object permission{{"IpProtocol", "tcp"}, {"FromPort", "80"}, {"ToPort", "80"}};
  permission["Groups"] = json::array{std::move(pair)};
  json::object reference{{"GroupId", free}};
  reference["IpPermissions"] = json::array{std::move(permission)};
  call("AuthorizeSecurityGroupIngress", reference);
  json::object web{{"IpProtocol", "tcp"}, {"FromPort", "80"}, {"ToPort", "80"}};
  web["IpRanges"] = json::array{json::object{{"CidrIp", "0.0.0.0/0"}}};
  json::object outward{{"GroupId", free}};
  outward["IpPermissions"] = json::array{std::move(web)};
  const auto standard =
      text("DescribeSecurityGroups", {{"Filter", test::Cloud::filter("group-name", "default")}},
           "/securityGroupInfo/0/groupId");
  expect_refused({
      {"used by an interface",
       "DeleteSecurityGroup",
       {{"GroupId", held}},
       "DependencyViolation",
       "resource " + held + " has a dependent object"},
      {"referenced by another group",
       "DeleteSecurityGroup",
       {{"GroupId", named}},
       "DependencyViolation",
       "resource " + named + " has a dependent object"},
      {"the default one", "DeleteSecurityGroup", {{"GroupId", standard}}, "CannotDelete"},
      {"unknown",
       "DeleteSecurityGroup",
       {{"GroupId", "sg-0123456789abcdef0"}},
       "InvalidGroup.NotFound"},
      {"revoking what is not there",
       "RevokeSecurityGroupIngress",
       {{"GroupId", free},
        {"IpProtocol", "tcp"},
        {"FromPort", "80"},
        {"ToPort", "80"},
        {"CidrIp", "0.0.0.0/0"}},
       "InvalidPermission.NotFound"},
      {"nor out of it", "RevokeSecurityGroupEgress", outward, "InvalidPermission.NotFound"},
  });
  call("RevokeSecurityGroupIngress", reference);
  for (const auto& id : {free, named}) {
    EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", id}}), "");  // "immediate once free"
  }
}

// ENI: "DetachNetworkInterface → DeleteNetworkInterface; available, associated, attaching, in-use,
// detaching; InvalidNetworkInterface.InUse or InvalidParameterValue `currently in use`"
TEST_F(OtherFacts, an_interface_is_detached_before_it_is_deleted) {
  const auto instance = run(subnet);
  wait(25s);
  const auto id = make_interface();
  EXPECT_EQ(interface_status(id), "available");
  const json::object place{
      {"NetworkInterfaceId", id}, {"InstanceId", instance}, {"DeviceIndex", "1"}};
  const auto attachment = text("AttachNetworkInterface", place, "/attachmentId");
  EXPECT_EQ(interface_status(id), "attaching");
  wait(4s);  // knob interface_attach
  EXPECT_EQ(interface_status(id), "in-use");
  expect_refused({
      {"attached twice", "AttachNetworkInterface", place, "InvalidNetworkInterface.InUse"},
      {"deleted while attached",
       "DeleteNetworkInterface",
       {{"NetworkInterfaceId", id}},
       "InvalidParameterValue",
       "Network interface '" + id + "' is currently in use."},
  });
  call("DetachNetworkInterface", {{"AttachmentId", attachment}});
  EXPECT_EQ(interface_status(id), "detaching");
  EXPECT_EQ(refusal("DeleteNetworkInterface", {{"NetworkInterfaceId", id}}),
            "InvalidParameterValue");
  wait(15s);  // knob interface_detach
  EXPECT_EQ(interface_status(id), "available");
  EXPECT_EQ(refusal("DeleteNetworkInterface", {{"NetworkInterfaceId", id}}), "");
  expect_refused({{"deleted twice",
                   "DeleteNetworkInterface",
                   {{"NetworkInterfaceId", id}},
                   "InvalidNetworkInterfaceID.NotFound",
                   "The networkInterface ID '" + id + "' does not exist"},
                  {"detached twice",
                   "DetachNetworkInterface",
                   {{"AttachmentId", attachment}},
                   "InvalidAttachmentID.NotFound"}});
}

// "available, associated, attaching, in-use, detaching": no document says when one is `associated`;
// the filter takes it and finds none
TEST_F(OtherFacts, no_interface_is_associated) {
  make_attached_gateway();
  const auto id = make_interface();
  call("AssociateAddress", {{"AllocationId", allocate()}, {"NetworkInterfaceId", id}});
  EXPECT_EQ(interface_status(id), "available");
  EXPECT_EQ(text("DescribeNetworkInterfaces",
                 {{"Filter", test::Cloud::filter("status", "associated")}}, "/networkInterfaceSet"),
            "[]");
}

// Subnet: "DependencyViolation (`The subnet 'subnet-…' has dependencies and cannot be deleted.`)
// while any ENI exists"
TEST_F(OtherFacts, a_subnet_is_held_by_any_interface) {
  const auto id = make_interface();
  expect_refused({{"an interface",
                   "DeleteSubnet",
                   {{"SubnetId", subnet}},
                   "DependencyViolation",
                   "The subnet '" + subnet + "' has dependencies and cannot be deleted."}});
  call("DeleteNetworkInterface", {{"NetworkInterfaceId", id}});
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "");
}

}  // namespace
}  // namespace sim::ec2
