// facts §2, Elastic IPs: each test cites the line that it holds the embedded EC2 to.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

class AddressFacts : public test::Fixture {
 protected:
  using Fixture::Fixture;

  json::object of(const std::string& allocation) { return {{"AllocationId", allocation}}; }

  std::string seen(const std::string& allocation, const std::string& member) {
    return text("DescribeAddresses", {{"AllocationId", json::array{allocation}}},
                "/addressesSet/0/" + member);
  }
};

// "ReleaseAddress outcomes": the rows of the table that concern the address itself
TEST_F(AddressFacts, a_release_is_refused_with_the_code_of_its_reason) {
  make_attached_gateway();
  const auto used = allocate();
  call("AssociateAddress", {{"AllocationId", used}, {"NetworkInterfaceId", make_interface()}});
  const auto locked = allocate();
  call("ModifyAddressAttribute", {{"AllocationId", locked}, {"DomainName", "a.example.com"}});
  const auto away = allocate();
  const auto gone = allocate();
  call("ReleaseAddress", of(gone));
  auto in_another_group = of(away);
  in_another_group["NetworkBorderGroup"] = "us-east-1-wl1-bos-wlz-1";
  expect_refused({
      {"associated with an instance/ENI in a non-default VPC", "ReleaseAddress", of(used),
       "InvalidIPAddress.InUse"},
      {"already released", "ReleaseAddress", of(gone), "InvalidAllocationID.NotFound",
       "The allocation ID '" + gone + "' does not exist"},
      {"allocation id unknown", "ReleaseAddress", of("eipalloc-0123456789abcdef0"),
       "InvalidAllocationID.NotFound",
       "The allocation ID 'eipalloc-0123456789abcdef0' does not exist"},
      {"wrong NetworkBorderGroup", "ReleaseAddress", in_another_group, "InvalidAddress.NotFound"},
      {"PublicIp given instead of AllocationId",
       "ReleaseAddress",
       {{"PublicIp", seen(away, "publicIp")}},
       "InvalidParameterValue"},
      {"reverse-DNS/PTR locked", "ReleaseAddress", of(locked), "InvalidAddress.Locked"},
  });
  EXPECT_EQ(status, 400);
  call("ResetAddressAttribute", {{"AllocationId", locked}, {"Attribute", "domain-name"}});
  EXPECT_EQ(refusal("ReleaseAddress", of(locked)), "");
}

// "still held by a NAT (available or deleting): AuthFailure (...) HTTP 400, misleading"; "[On a
// NAT-owned EIP DisassociateAddress] gives AuthFailure-type"
TEST_F(AddressFacts, while_a_nat_gateway_holds_it_every_call_is_an_auth_failure) {
  make_attached_gateway();
  const auto allocation = allocate();
  const auto id = make_nat_gateway(allocation);
  wait(125s);
  const auto text_of_refusal = "You do not have permission to access the specified resource.";
  const auto check = [&](const char* state) {
    expect_refused({{state, "ReleaseAddress", of(allocation), "AuthFailure", text_of_refusal},
                    {state,
                     "DisassociateAddress",
                     {{"AssociationId", seen(allocation, "associationId")}},
                     "AuthFailure",
                     text_of_refusal}});
    EXPECT_EQ(status, 400);
  };
  check("available");
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  wait(20s);
  check("deleting");
}

// "On a NAT/NLB-owned EIP it gives AuthFailure-type": a load balancer's, until its interface goes
TEST_F(AddressFacts, while_a_service_s_interface_holds_it_every_call_is_an_auth_failure) {
  make_attached_gateway();
  const auto allocation = allocate();
  const auto balancer = ec2.create_managed_interface(
      {.subnet = subnet, .owner_service = "elasticloadbalancing", .allocation = allocation});
  EXPECT_EQ(seen(allocation, "networkInterfaceId"), balancer);
  EXPECT_EQ(ec2.interface(balancer)->public_ip, seen(allocation, "publicIp"));
  expect_refused({
      {"release", "ReleaseAddress", of(allocation), "AuthFailure"},
      {"disassociate",
       "DisassociateAddress",
       {{"AssociationId", seen(allocation, "associationId")}},
       "AuthFailure"},
      {"associate",
       "AssociateAddress",
       {{"AllocationId", allocation}, {"NetworkInterfaceId", make_interface()}},
       "AuthFailure"},
  });
  ec2.delete_managed_interface(balancer);
  EXPECT_EQ(seen(allocation, "associationId"), "");
  EXPECT_EQ(refusal("ReleaseAddress", of(allocation)), "");
}

class Late : public AddressFacts {
 protected:
  static Knobs always() {
    Knobs knobs;
    knobs.release_lag_chance = 1;
    knobs.release_lag = {4, 4};
    knobs.interface_race_chance = 0;
    knobs.address_vanishes_chance = 0;
    return knobs;
  }
  Late() : AddressFacts(always()) {}
};

// "NAT already reported deleted, a few s later: AuthFailure may still occur once"
TEST_F(Late, it_may_be_refused_for_seconds_after_the_gateway_reads_deleted) {
  make_attached_gateway();
  const auto allocation = allocate();
  const auto id = make_nat_gateway(allocation);
  wait(125s);
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  wait(*ec2.strike_facts(id).deleted - now() + 3s);
  EXPECT_EQ(nat(id), "deleted");
  EXPECT_EQ(refusal("ReleaseAddress", of(allocation)), "AuthFailure");
  wait(2s);
  EXPECT_EQ(refusal("ReleaseAddress", of(allocation)), "");
}

class Vanishing : public AddressFacts {
 protected:
  static Knobs always() {
    Knobs knobs;
    knobs.address_vanishes_chance = 1;
    return knobs;
  }
  Vanishing() : AddressFacts(always()) {}
};

// "Rarely the EIP is reported gone by itself after NAT deletion (InvalidAllocationID.NotFound on
// first release)"
TEST_F(Vanishing, it_may_be_gone_by_itself) {
  make_attached_gateway();
  const auto allocation = allocate();
  const auto id = make_nat_gateway(allocation);
  wait(125s);
  call("DeleteNatGateway", {{"NatGatewayId", id}});
  wait(*ec2.strike_facts(id).address_releasable - now());
  EXPECT_EQ(refusal("ReleaseAddress", of(allocation)), "InvalidAllocationID.NotFound");
}

// "detaching a service-owned ENI yourself (NAT/NLB/Lambda): OperationNotPermitted (...)"
TEST_F(AddressFacts, the_interface_of_a_nat_gateway_is_not_the_user_s_to_detach) {
  make_attached_gateway();
  const auto id = make_nat_gateway(allocate());
  wait(4s);
  const auto attachment = text("DescribeNetworkInterfaces",
                               {{"Filter", test::Cloud::filter("interface-type", "nat_gateway")}},
                               "/networkInterfaceSet/0/attachment/attachmentId");
  expect_refused({{"ela-attach",
                   "DetachNetworkInterface",
                   {{"AttachmentId", attachment}},
                   "OperationNotPermitted",
                   "You are not allowed to manage 'ela-attach' attachments."}});
}

// "DisassociateAddress is documented idempotent; unknown association gives
// InvalidAssociationID.NotFound"
TEST_F(AddressFacts, an_association_ends_once_and_is_then_unknown) {
  make_attached_gateway();
  const auto allocation = allocate();
  const auto association = text(
      "AssociateAddress", {{"AllocationId", allocation}, {"NetworkInterfaceId", make_interface()}},
      "/associationId");
  EXPECT_EQ(refusal("DisassociateAddress", {{"AssociationId", association}}), "");
  expect_refused({{"unknown",
                   "DisassociateAddress",
                   {{"AssociationId", association}},
                   "InvalidAssociationID.NotFound",
                   "The association ID '" + association + "' does not exist"},
                  {"by its address",
                   "DisassociateAddress",
                   {{"PublicIp", seen(allocation, "publicIp")}},
                   "InvalidParameterValue",
                   "You must specify an association id when unmapping an address from a VPC "
                   "instance"}});
  EXPECT_EQ(refusal("ReleaseAddress", of(allocation)), "");
}

// "Release itself takes ≤1–2 s": none of it here, beside the network's time
TEST_F(AddressFacts, a_release_is_done_when_it_returns) {
  const auto allocation = allocate();
  const auto before = now();
  call("ReleaseAddress", of(allocation));
  EXPECT_EQ(refusal("DescribeAddresses", {{"AllocationId", json::array{allocation}}}),
            "InvalidAllocationID.NotFound");
  EXPECT_LE(now() - before, 2s);
}

class Recovery : public AddressFacts {
 protected:
  static Knobs with(double chance) {
    Knobs knobs;
    knobs.address_taken_chance = chance;
    return knobs;
  }
  explicit Recovery(double chance = 0) : AddressFacts(with(chance)) {}
};

// "After release the address may be recoverable with AllocateAddress(Address=…) unless taken; tags
// are lost"
TEST_F(Recovery, a_released_address_comes_back_without_its_tags) {
  const auto first = allocate();
  json::array tags;
  tags.push_back(json::object{{"Key", "Name"}, {"Value", "mine"}});
  json::object tagging{{"ResourceId", first}};
  tagging["Tag"] = std::move(tags);
  call("CreateTags", std::move(tagging));
  const auto ip = seen(first, "publicIp");
  call("ReleaseAddress", of(first));
  const auto again = text("AllocateAddress", {{"Address", ip}}, "/allocationId");
  EXPECT_NE(again, first);
  EXPECT_EQ(seen(again, "publicIp"), ip);
  EXPECT_EQ(seen(again, "tagSet"), "[]");
  EXPECT_EQ(refusal("AllocateAddress", {{"Address", "192.0.2.1"}}), "InvalidAddress.NotFound");
}

class Taken : public Recovery {
 protected:
  Taken() : Recovery(1) {}
};

// "released and since given to another account: AuthFailure"
TEST_F(Taken, a_released_address_may_have_another_owner_by_then) {
  const auto first = allocate();
  const auto ip = seen(first, "publicIp");
  call("ReleaseAddress", of(first));
  EXPECT_EQ(refusal("ReleaseAddress", of(first)), "InvalidAllocationID.NotFound");
  wait(1h);  // knob address_taken
  EXPECT_EQ(refusal("AllocateAddress", {{"Address", ip}}), "InvalidAddress.NotFound");
  EXPECT_EQ(refusal("ReleaseAddress", of(first)), "AuthFailure");
  wait(24h);
  EXPECT_EQ(refusal("ReleaseAddress", of(first)), "InvalidAllocationID.NotFound");
}

// "ARN is arn:…:ec2:REGION:ACCOUNT:elastic-ip/eipalloc-…"; "Condition keys on that resource:
// aws:ResourceTag, ec2:ResourceTag, ec2:AllocationId, ec2:Domain, ec2:PublicIpAddress"
TEST_F(AddressFacts, its_arn_and_condition_keys_are_those_of_iam) {
  const auto allocation = allocate();
  json::array tags;
  tags.push_back(json::object{{"Key", "role"}, {"Value", "temporary"}});
  json::object tagging{{"ResourceId", allocation}};
  tagging["Tag"] = std::move(tags);
  call("CreateTags", std::move(tagging));
  const auto& operation = ec2.operations().find("ReleaseAddress")->second;
  const auto needed = operation.access(Call{{}, "ec2", "ReleaseAddress", of(allocation), "r"});
  ASSERT_EQ(needed.size(), 1U);
  EXPECT_EQ(needed[0].action, "ec2:ReleaseAddress");
  EXPECT_EQ(needed[0].resource, "arn:aws:ec2:ap-northeast-1:123456789012:elastic-ip/" + allocation);
  const std::pair<const char*, std::string> keys[] = {
      {"aws:ResourceTag/role", "temporary"},
      {"ec2:ResourceTag/role", "temporary"},
      {"ec2:AllocationId", allocation},
      {"ec2:Domain", "vpc"},
      {"ec2:PublicIpAddress", seen(allocation, "publicIp")}};
  for (const auto& [key, value] : keys) EXPECT_EQ(needed[0].context.at(key), value) << key;
}

// "DescribeAddresses with an unknown id errors (InvalidAllocationID.NotFound) whereas a filter
// returns an empty list" (§7)
TEST_F(AddressFacts, an_unknown_id_is_an_error_and_an_unmatched_filter_is_not) {
  const auto unknown = "eipalloc-0123456789abcdef0";
  expect_refused({{"by id",
                   "DescribeAddresses",
                   {{"AllocationId", json::array{unknown}}},
                   "InvalidAllocationID.NotFound"},
                  {"by address",
                   "DescribeAddresses",
                   {{"PublicIp", json::array{"192.0.2.1"}}},
                   "InvalidAddress.NotFound"}});
  EXPECT_EQ(text("DescribeAddresses", {{"Filter", test::Cloud::filter("allocation-id", unknown)}},
                 "/addressesSet"),
            "[]");
}

}  // namespace
}  // namespace sim::ec2
