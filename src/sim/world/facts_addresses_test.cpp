// facts §2 in the whole world: who may release an Elastic IP, and who holds one. Each test cites
// the line that it holds the embedded AWS to.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

class Addresses : public StackTest {
 protected:
  std::string refusal(Principal caller, std::string service, std::string action,
                      json::object input) {
    refused_.reset();
    runtime_->run(refuse(world_, std::move(caller), std::move(service), std::move(action),
                         std::move(input), refused_));
    return refused_ ? refused_->code : "";
  }
  std::string refusal(std::string service, std::string action, json::object input) {
    return refusal({Principal::Kind::root, "arn:aws:iam::123456789012:root", {}, {}},
                   std::move(service), std::move(action), std::move(input));
  }

  static Task<void> refuse(World& world, Principal caller, std::string service, std::string action,
                           json::object input, std::optional<Error>& refused) {
    try {
      co_await world.call(std::move(caller), std::move(service), std::move(action),
                          std::move(input));
    } catch (const Error& error) {
      refused = error;
    }
  }

  std::string made(std::string service, std::string action, json::object input,
                   std::string_view path) {
    return at(json::value(call(std::move(service), std::move(action), std::move(input))), path);
  }

  // A VPC with an internet gateway, and two of its subnets.
  void make_network() {
    vpc_ = made("ec2", "CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}, "vpc.vpcId");
    gateway_ = made("ec2", "CreateInternetGateway", {}, "internetGateway.internetGatewayId");
    call("ec2", "AttachInternetGateway", {{"InternetGatewayId", gateway_}, {"VpcId", vpc_}});
    subnet_ = make_subnet("10.0.0.0/24", "ap-northeast-1a");
    other_ = make_subnet("10.0.1.0/24", "ap-northeast-1c");
  }
  std::string make_subnet(const char* cidr, const char* zone) {
    return made("ec2", "CreateSubnet",
                {{"VpcId", vpc_}, {"CidrBlock", cidr}, {"AvailabilityZone", zone}},
                "subnet.subnetId");
  }
  std::string allocate() { return made("ec2", "AllocateAddress", {}, "allocationId"); }

  json::object balancer(const std::string& allocation, const char* type = "network",
                        const char* scheme = "internet-facing") {
    json::object input{{"Name", "front"}, {"Type", type}, {"Scheme", scheme}};
    input["SubnetMappings"] =
        json::array{json::object{{"SubnetId", subnet_}, {"AllocationId", allocation}},
                    json::object{{"SubnetId", other_}}};
    return input;
  }
  std::string association(const std::string& allocation) {
    return made("ec2", "DescribeAddresses", {{"AllocationId", json::array{allocation}}},
                "addressesSet.0.associationId");
  }

  std::optional<Error> refused_;
  std::string vpc_, gateway_, subnet_, other_;
};

// "lacking IAM: UnauthorizedOperation (HTTP 403) — distinct from AuthFailure"; the text begins "You
// are not authorized to perform this operation"
TEST_F(Addresses, without_permission_a_release_is_unauthorized_and_no_auth_failure) {
  const auto allocation = allocate();
  const Principal nobody{
      Principal::Kind::user, "arn:aws:iam::123456789012:user/nobody", {}, "AIDANOBODY"};
  EXPECT_EQ(refusal(nobody, "ec2", "ReleaseAddress", {{"AllocationId", allocation}}),
            "UnauthorizedOperation");
  EXPECT_EQ(refused_->status, 403);
  EXPECT_THAT(refused_->what(),
              testing::StartsWith("You are not authorized to perform this operation."));
  EXPECT_EQ(refusal("ec2", "ReleaseAddress", {{"AllocationId", allocation}}), "");
}

// "On a NAT/NLB-owned EIP it gives AuthFailure-type"; §3: "LB ENIs linger after LB deletion"
TEST_F(Addresses, a_network_load_balancer_holds_its_own_until_its_interfaces_are_gone) {
  make_network();
  const auto allocation = allocate();
  const auto arn = made("elasticloadbalancing", "CreateLoadBalancer", balancer(allocation),
                        "LoadBalancers.0.LoadBalancerArn");
  const auto seen = json::value(call("elasticloadbalancing", "DescribeLoadBalancers", {}));
  const std::string zone = "LoadBalancers.0.AvailabilityZones.0.LoadBalancerAddresses.0.";
  EXPECT_EQ(at(seen, zone + "AllocationId"), allocation);
  EXPECT_EQ(at(seen, zone + "IpAddress"),
            made("ec2", "DescribeAddresses", {}, "addressesSet.0.publicIp"));
  const auto expect_held = [&](const char* when) {
    const struct {
      const char* action;
      json::object input;
    } rows[] = {{"ReleaseAddress", {{"AllocationId", allocation}}},
                {"DisassociateAddress", {{"AssociationId", association(allocation)}}}};
    for (const auto& row : rows) {
      EXPECT_EQ(refusal("ec2", row.action, row.input), "AuthFailure") << row.action << " " << when;
    }
    EXPECT_EQ(
        refusal("ec2", "DetachInternetGateway", {{"InternetGatewayId", gateway_}, {"VpcId", vpc_}}),
        "DependencyViolation")
        << when;
  };
  expect_held("while it stands");
  json::object move{{"LoadBalancerArn", arn}};
  move["Subnets"] = json::array{subnet_, other_};
  EXPECT_EQ(refusal("elasticloadbalancing", "SetSubnets", move), "NotImplemented");
  call("elasticloadbalancing", "DeleteLoadBalancer", {{"LoadBalancerArn", arn}});
  expect_held("while its interfaces linger");
  pass(std::chrono::seconds(90));  // knob balancer_leaves
  EXPECT_EQ(association(allocation), "");
  EXPECT_EQ(refusal("ec2", "ReleaseAddress", {{"AllocationId", allocation}}), "");
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
TEST_F(Addresses, a_load_balancer_takes_no_address_that_is_not_free_for_it) {
  make_network();
  const auto free = allocate();
  const auto used = allocate();
  const auto interface = made("ec2", "CreateNetworkInterface", {{"SubnetId", subnet_}},
                              "networkInterface.networkInterfaceId");
  call("ec2", "AssociateAddress", {{"AllocationId", used}, {"NetworkInterfaceId", interface}});
  const struct {
    const char* what;
    json::object input;
    const char* code;
  } rows[] = {
      {"unknown", balancer("eipalloc-0123456789abcdef0"), "AllocationIdNotFound"},
      {"another's", balancer(used), "ResourceInUse"},
      {"of an application", balancer(free, "application"), "ValidationError"},
      {"of an internal one", balancer(free, "network", "internal"), "ValidationError"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(refusal("elasticloadbalancing", "CreateLoadBalancer", row.input), row.code)
        << row.what;
  }
  EXPECT_EQ(refusal("ec2", "ReleaseAddress", {{"AllocationId", free}}), "");
}

}  // namespace
}  // namespace sim::world
