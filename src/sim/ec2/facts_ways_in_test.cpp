// facts §5, EC2 Instance Connect Endpoints and Client VPN: each test cites the row that it holds
// the embedded EC2 to.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

class WaysIn : public test::Fixture {
 protected:
  explicit WaysIn(Knobs knobs = {}) : Fixture(knobs) {}

  std::string make_way(const std::string& where) {
    return text("CreateInstanceConnectEndpoint", {{"SubnetId", where}},
                "/instanceConnectEndpoint/instanceConnectEndpointId");
  }

  std::string way(const std::string& id, const std::string& member) {
    return text("DescribeInstanceConnectEndpoints",
                {{"InstanceConnectEndpointId", json::array{id}}},
                "/instanceConnectEndpointSet/0" + member);
  }

  std::string way_state(const std::string& id) { return way(id, "/state"); }

  static json::object wanted_vpn() {
    const auto* certificate = "arn:aws:acm:ap-northeast-1:123456789012:certificate/a";
    json::object mutual{{"ClientRootCertificateChainArn", certificate}};
    json::object method{{"Type", "certificate-authentication"}};
    method["MutualAuthentication"] = std::move(mutual);
    json::array methods;
    methods.push_back(std::move(method));
    json::object input{{"ClientCidrBlock", "172.16.0.0/22"}, {"ServerCertificateArn", certificate}};
    input["Authentication"] = std::move(methods);
    input["ConnectionLogOptions"] = json::object{{"Enabled", "false"}};
    return input;
  }

  static json::object changed(const char* parameter, json::value value) {
    auto input = wanted_vpn();
    input[parameter] = std::move(value);
    return input;
  }

  void make_vpn() { vpn = text("CreateClientVpnEndpoint", wanted_vpn(), "/clientVpnEndpointId"); }

  json::object of_vpn(const char* parameter, const std::string& value) {
    json::object input{{"ClientVpnEndpointId", vpn}};
    input[parameter] = value;
    return input;
  }

  std::string vpn_state() {
    return text("DescribeClientVpnEndpoints", {{"ClientVpnEndpointId", json::array{vpn}}},
                "/clientVpnEndpoint/0/status/code");
  }

  std::string network_state() {
    return text("DescribeClientVpnTargetNetworks", {{"ClientVpnEndpointId", vpn}},
                "/clientVpnTargetNetworks/0/status/code");
  }

  std::string vpn;
};

// EC2 Instance Connect Endpoint: "create-/delete-/update- × in-progress/complete/failed"
TEST_F(WaysIn, a_connect_endpoint_passes_its_states_and_holds_its_subnet) {
  const auto id = make_way(subnet);
  EXPECT_TRUE(id.starts_with("eice-"));
  EXPECT_EQ(way_state(id), "create-in-progress");
  wait(300s);  // knob connect_create
  EXPECT_EQ(way_state(id), "create-complete");
  expect_refused(
      {{"its interface", "DeleteSubnet", {{"SubnetId", subnet}}, "DependencyViolation"}});
  EXPECT_EQ(text("DescribeNetworkInterfaces", {}, "/networkInterfaceSet/0/requesterManaged"),
            "true");
  const json::object named{{"InstanceConnectEndpointId", id}};
  EXPECT_EQ(text("DeleteInstanceConnectEndpoint", named, "/instanceConnectEndpoint/state"),
            "delete-in-progress");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "DependencyViolation");
  const auto before = now();
  while (way_state(id) == "delete-in-progress") wait(1s);
  EXPECT_LE(now() - before, 300s);  // knob connect_delete
  EXPECT_EQ(way_state(id), "delete-complete");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "");
  wait(60s);  // knob connect_visible
  expect_refused({{"then it is unknown", "DeleteInstanceConnectEndpoint", named,
                   "InvalidInstanceConnectEndpointId.NotFound"}});
}

// "update- × in-progress/complete": what is modified takes effect when that is complete
TEST_F(WaysIn, a_connect_endpoint_is_modified_in_a_while) {
  const auto id = make_way(subnet);
  const auto group = make_group("way");
  json::object change{{"InstanceConnectEndpointId", id}, {"PreserveClientIp", "true"}};
  change["SecurityGroupId"] = json::array{group};
  expect_refused(
      {{"while it is created", "ModifyInstanceConnectEndpoint", change, "IncorrectState"}});
  wait(300s);
  auto odd = change;
  odd["IpAddressType"] = "dualstack";
  auto foreign = change;
  foreign["SecurityGroupId"] = json::array{"sg-0123456789abcdef0"};
  expect_refused({
      {"IPv6", "ModifyInstanceConnectEndpoint", odd, "UnsupportedOperation"},
      {"an unknown group", "ModifyInstanceConnectEndpoint", foreign, "InvalidGroup.NotFound"},
      {"an unknown one",
       "ModifyInstanceConnectEndpoint",
       {{"InstanceConnectEndpointId", "eice-0123456789abcdef0"}},
       "InvalidInstanceConnectEndpointId.NotFound"},
  });
  EXPECT_EQ(json::serialize(call("ModifyInstanceConnectEndpoint", change)), R"({"return":true})");
  EXPECT_EQ(way_state(id), "update-in-progress");
  EXPECT_NE(way(id, "/securityGroupIdSet/0"), group);
  expect_refused({
      {"again", "ModifyInstanceConnectEndpoint", change, "IncorrectState"},
      {"deleted meanwhile",
       "DeleteInstanceConnectEndpoint",
       {{"InstanceConnectEndpointId", id}},
       "IncorrectState"},
  });
  wait(60s);  // knob connect_update
  EXPECT_EQ(way_state(id), "update-complete");
  EXPECT_EQ(way(id, "/securityGroupIdSet/0"), group);
  EXPECT_EQ(way(id, "/preserveClientIp"), "true");
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", group}}), "DependencyViolation");
}

class Unlucky : public WaysIn {
 protected:
  static Knobs failing() {
    Knobs knobs;
    knobs.connect_update_failed_chance = 1;
    knobs.connect_delete_failed_chance = 1;
    knobs.vpn_association_failed_chance = 1;
    return knobs;
  }
  explicit Unlucky(Knobs knobs = failing()) : WaysIn(knobs) {}
};

// "update- and delete- × failed": nothing has changed, and both can be tried again
TEST_F(Unlucky, a_connect_endpoint_whose_changes_fail_stays_as_it_was) {
  const auto id = make_way(subnet);
  wait(300s);
  const json::object named{{"InstanceConnectEndpointId", id}};
  auto change = named;
  change["PreserveClientIp"] = "true";
  call("ModifyInstanceConnectEndpoint", change);
  wait(60s);
  EXPECT_EQ(way_state(id), "update-failed");
  EXPECT_EQ(way(id, "/preserveClientIp"), "false");
  EXPECT_EQ(refusal("ModifyInstanceConnectEndpoint", change), "");
  wait(60s);
  call("DeleteInstanceConnectEndpoint", named);
  wait(400s);  // beyond connect_delete and connect_visible
  EXPECT_EQ(way_state(id), "delete-failed");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "DependencyViolation");
  call("DeleteInstanceConnectEndpoint", named);
  EXPECT_EQ(way_state(id), "delete-in-progress");
}

class Stillborn : public Unlucky {
 protected:
  static Knobs never() {
    Knobs knobs;
    knobs.connect_create_failed_chance = 1;
    return knobs;
  }
  Stillborn() : Unlucky(never()) {}
};

// "create- × failed": it holds no subnet and is there until it is deleted
TEST_F(Stillborn, a_connect_endpoint_that_could_not_be_created_has_no_interface) {
  const auto id = make_way(subnet);
  wait(300s);
  EXPECT_EQ(way_state(id), "create-failed");
  EXPECT_EQ(way(id, "/stateMessage"), "Internal error");
  EXPECT_EQ(text("DescribeNetworkInterfaces", {}, "/networkInterfaceSet"), "[]");
  const json::object named{{"InstanceConnectEndpointId", id}};
  expect_refused({{"modified", "ModifyInstanceConnectEndpoint", named, "IncorrectState"}});
  EXPECT_EQ(refusal("DeleteInstanceConnectEndpoint", named), "");
  while (way_state(id) == "delete-in-progress") wait(1s);
  EXPECT_EQ(way_state(id), "delete-complete");
}

// Client VPN, "assoc: ... association-failed": it leads nowhere and goes as others do
TEST_F(Unlucky, a_client_vpn_s_association_may_fail) {
  make_vpn();
  const auto association =
      text("AssociateClientVpnTargetNetwork", of_vpn("SubnetId", subnet), "/associationId");
  EXPECT_EQ(network_state(), "associating");
  wait(600s);  // knob vpn_associate
  EXPECT_EQ(network_state(), "association-failed");
  EXPECT_EQ(vpn_state(), "pending-associate");
  EXPECT_EQ(text("DescribeClientVpnRoutes", {{"ClientVpnEndpointId", vpn}}, "/routes"), "[]");
  expect_refused({{"while it is there",
                   "DeleteClientVpnEndpoint",
                   {{"ClientVpnEndpointId", vpn}},
                   "ClientVpnEndpointAssociationExists"}});
  call("DisassociateClientVpnTargetNetwork", of_vpn("AssociationId", association));
  wait(480s);  // knob vpn_disassociate
  EXPECT_EQ(refusal("DeleteClientVpnEndpoint", {{"ClientVpnEndpointId", vpn}}), "");
}

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-quotas.html
TEST_F(WaysIn, a_connect_endpoint_is_refused_as_ec2_does) {
  const json::object with_token{{"SubnetId", subnet}, {"ClientToken", "once"}};
  const auto id = text("CreateInstanceConnectEndpoint", with_token,
                       "/instanceConnectEndpoint/instanceConnectEndpointId");
  EXPECT_EQ(text("CreateInstanceConnectEndpoint", with_token,
                 "/instanceConnectEndpoint/instanceConnectEndpointId"),
            id);
  json::object foreign{{"SubnetId", subnet}};
  foreign["SecurityGroupId"] = json::array{"sg-0123456789abcdef0"};
  expect_refused({
      {"one in a VPC",
       "CreateInstanceConnectEndpoint",
       {{"SubnetId", subnet}},
       "InstanceConnectEndpointLimitExceeded"},
      {"another request, the same token",
       "CreateInstanceConnectEndpoint",
       {{"SubnetId", subnet}, {"ClientToken", "once"}, {"PreserveClientIp", "true"}},
       "IdempotentParameterMismatch"},
      {"no subnet", "CreateInstanceConnectEndpoint", {}, "MissingParameter"},
      {"an unknown group", "CreateInstanceConnectEndpoint", foreign, "InvalidGroup.NotFound"},
      {"IPv6",
       "CreateInstanceConnectEndpoint",
       {{"SubnetId", subnet}, {"IpAddressType", "ipv6"}},
       "UnsupportedOperation"},
      {"while it is created",
       "DeleteInstanceConnectEndpoint",
       {{"InstanceConnectEndpointId", id}},
       "IncorrectState"},
      {"malformed",
       "DeleteInstanceConnectEndpoint",
       {{"InstanceConnectEndpointId", "eice-1"}},
       "InvalidInstanceConnectEndpointId.Malformed"},
      {"a page too large",
       "DescribeInstanceConnectEndpoints",
       {{"MaxResults", "51"}},
       "InvalidParameterValue"},
  });
  EXPECT_EQ(refusal("DescribeInstanceConnectEndpoints", {{"MaxResults", "1"}}), "");
}

// Client VPN: "assoc: associating/associated/…/disassociating/disassociated; endpoint:
// pending-associate/available/deleting/deleted"; "must disassociate all first"; "minutes"
TEST_F(WaysIn, a_client_vpn_goes_only_when_no_subnet_is_left) {
  make_vpn();
  EXPECT_EQ(vpn_state(), "pending-associate");
  const auto association =
      text("AssociateClientVpnTargetNetwork", of_vpn("SubnetId", subnet), "/associationId");
  EXPECT_EQ(network_state(), "associating");
  EXPECT_EQ(vpn_state(), "pending-associate");
  wait(600s);  // knob vpn_associate
  EXPECT_EQ(network_state(), "associated");
  EXPECT_EQ(vpn_state(), "available");
  expect_refused(
      {{"it has a subnet",
        "DeleteClientVpnEndpoint",
        {{"ClientVpnEndpointId", vpn}},
        "ClientVpnEndpointAssociationExists",
        "The endpoint that you're trying to delete has associations " + association},
       {"its interface", "DeleteSubnet", {{"SubnetId", subnet}}, "DependencyViolation"}});
  const auto leaving = of_vpn("AssociationId", association);
  EXPECT_EQ(text("DisassociateClientVpnTargetNetwork", leaving, "/status/code"), "disassociating");
  EXPECT_EQ(refusal("DeleteClientVpnEndpoint", {{"ClientVpnEndpointId", vpn}}),
            "ClientVpnEndpointAssociationExists");
  wait(480s);  // knob vpn_disassociate
  EXPECT_EQ(network_state(), "");
  EXPECT_EQ(vpn_state(), "pending-associate");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "");
  expect_refused({{"gone", "DisassociateClientVpnTargetNetwork", leaving,
                   "InvalidClientVpnAssociationIdNotFound"}});
  EXPECT_EQ(text("DeleteClientVpnEndpoint", {{"ClientVpnEndpointId", vpn}}, "/status/code"),
            "deleting");
  wait(10s);  // knob vpn_delete
  EXPECT_EQ(vpn_state(), "deleted");
  wait(60s);  // knob vpn_visible
  expect_refused({{"then it is unknown",
                   "DeleteClientVpnEndpoint",
                   {{"ClientVpnEndpointId", vpn}},
                   "InvalidClientVpnEndpointId.NotFound"}});
}

// The codes of the reference for what cannot be associated.
TEST_F(WaysIn, a_subnet_is_associated_once_in_a_zone_and_apart_from_the_clients) {
  make_vpn();
  call("AssociateClientVpnTargetNetwork", of_vpn("SubnetId", subnet));
  const auto beside = make_subnet("10.0.2.0/24", "ap-northeast-1a");
  const auto other_vpc = make_vpc("172.16.0.0/16");
  const auto away = text("CreateSubnet", {{"VpcId", other_vpc}, {"CidrBlock", "172.16.1.0/24"}},
                         "/subnet/subnetId");
  expect_refused({
      {"twice", "AssociateClientVpnTargetNetwork", of_vpn("SubnetId", subnet),
       "InvalidClientVpnDuplicateAssociationException"},
      {"the same zone", "AssociateClientVpnTargetNetwork", of_vpn("SubnetId", beside),
       "InvalidClientVpnSubnetId.DuplicateAz"},
      {"another VPC", "AssociateClientVpnTargetNetwork", of_vpn("SubnetId", away),
       "InvalidClientVpnSubnetId.NotFound"},
  });
  make_vpn();
  expect_refused({{"the clients' own block", "AssociateClientVpnTargetNetwork",
                   of_vpn("SubnetId", away), "InvalidClientVpnSubnetId.OverlappingCidr"}});
}

TEST_F(WaysIn, a_client_vpn_is_refused_as_ec2_does) {
  json::array directory;
  directory.push_back(json::object{{"Type", "directory-service-authentication"}});
  json::array bare;
  bare.push_back(json::object{{"Type", "certificate-authentication"}});
  auto no_cidr = wanted_vpn();
  no_cidr.erase("ClientCidrBlock");
  auto no_logging = wanted_vpn();
  no_logging.erase("ConnectionLogOptions");
  const auto* create = "CreateClientVpnEndpoint";
  expect_refused({
      {"no block", create, no_cidr, "MissingParameter"},
      {"too small", create, changed("ClientCidrBlock", "172.16.0.0/24"), "InvalidParameterValue"},
      {"host bits", create, changed("ClientCidrBlock", "172.16.0.1/22"), "InvalidParameterValue"},
      {"no certificate", create, changed("ServerCertificateArn", "arn:aws:iam::1:role/a"),
       "InvalidParameterValue"},
      {"no such method", create, changed("Authentication", directory), "UnsupportedOperation"},
      {"no chain", create, changed("Authentication", bare), "MissingParameter"},
      {"nothing about logs", create, no_logging, "MissingParameter"},
      {"logs without a group", create,
       changed("ConnectionLogOptions", json::object{{"Enabled", "true"}}), "MissingParameter"},
      {"a port", create, changed("VpnPort", "80"), "InvalidParameterValue"},
      {"a protocol", create, changed("TransportProtocol", "sctp"), "InvalidParameterValue"},
      {"hours", create, changed("SessionTimeoutHours", "9"), "InvalidParameterValue"},
      {"not supported here", create,
       changed("ClientLoginBannerOptions", json::object{{"Enabled", "true"}}), "UnknownParameter"},
  });
  for (int i = 0; i < 5; ++i) make_vpn();
  expect_refused({{"five in a Region", create, wanted_vpn(), "ClientVpnEndpointLimitExceeded"}});
}

TEST_F(WaysIn, a_client_vpn_shows_what_it_was_asked_for) {
  auto input = wanted_vpn();
  input["DnsServers"] = json::array{"10.0.0.2"};
  input["TransportProtocol"] = "tcp";
  input["VpnPort"] = "1194";
  input["SelfServicePortal"] = "disabled";
  input["VpcId"] = vpc;
  vpn = text("CreateClientVpnEndpoint", input, "/clientVpnEndpointId");
  const std::pair<const char*, std::string> members[] = {
      {"/clientCidrBlock", "172.16.0.0/22"},
      {"/dnsServer/0", "10.0.0.2"},
      {"/transportProtocol", "tcp"},
      {"/vpnPort", "1194"},
      {"/vpcId", vpc},
      {"/selfServicePortalUrl", ""},
      {"/authenticationOptions/0/mutualAuthentication/clientRootCertificateChain",
       "arn:aws:acm:ap-northeast-1:123456789012:certificate/a"},
      {"/connectionLogOptions/Enabled", "false"},
      {"/sessionTimeoutHours", "24"}};
  for (const auto& [pointer, value] : members) {
    EXPECT_EQ(text("DescribeClientVpnEndpoints", {}, std::string("/clientVpnEndpoint/0") + pointer),
              value)
        << pointer;
  }
}

// API_ModifyClientVpnEndpoint: what is not given stays.
TEST_F(WaysIn, a_client_vpn_can_be_changed_but_for_its_vpc_once_it_is_used) {
  make_vpn();
  auto input = of_vpn("Description", "ours");
  input["VpnPort"] = "1194";
  input["DnsServers"] = json::object{{"CustomDnsServers", json::array{"10.0.0.2"}}};
  EXPECT_TRUE(call("ModifyClientVpnEndpoint", input).at("return").as_bool());
  const auto seen = [&](const char* path) {
    return text("DescribeClientVpnEndpoints", {{"ClientVpnEndpointId", json::array{vpn}}}, path);
  };
  EXPECT_EQ(seen("/clientVpnEndpoint/0/description"), "ours");
  EXPECT_EQ(seen("/clientVpnEndpoint/0/vpnPort"), "1194");
  EXPECT_EQ(seen("/clientVpnEndpoint/0/dnsServer/0"), "10.0.0.2");
  EXPECT_EQ(seen("/clientVpnEndpoint/0/sessionTimeoutHours"), "24");
  call("AssociateClientVpnTargetNetwork", of_vpn("SubnetId", subnet));
  const auto other = text("CreateVpc", {{"CidrBlock", "10.9.0.0/16"}}, "/vpc/vpcId");
  expect_refused(
      {{"its VPC", "ModifyClientVpnEndpoint", of_vpn("VpcId", other), "InvalidParameterValue"},
       {"no port", "ModifyClientVpnEndpoint", of_vpn("VpnPort", "80"), "InvalidParameterValue"}});
}

TEST_F(WaysIn, rules_and_routes_take_their_time) {
  make_vpn();
  auto route = of_vpn("DestinationCidrBlock", "0.0.0.0/0");
  route["TargetVpcSubnetId"] = subnet;
  auto own = of_vpn("DestinationCidrBlock", "10.0.0.0/16");
  own["TargetVpcSubnetId"] = subnet;
  auto rule = of_vpn("TargetNetworkCidr", "10.0.0.0/16");
  rule["AuthorizeAllGroups"] = "true";
  auto revoked = of_vpn("TargetNetworkCidr", "10.0.0.0/16");
  revoked["RevokeAllGroups"] = "true";
  expect_refused({
      {"no association yet", "CreateClientVpnRoute", route,
       "InvalidClientVpnActiveAssociationNotFound"},
      {"for whom", "AuthorizeClientVpnIngress", of_vpn("TargetNetworkCidr", "10.0.0.0/16"),
       "MissingParameter"},
      {"unknown rule", "RevokeClientVpnIngress", revoked,
       "InvalidClientVpnEndpointAuthorizationRuleNotFound"},
  });
  call("AssociateClientVpnTargetNetwork", of_vpn("SubnetId", subnet));
  wait(600s);
  EXPECT_EQ(text("CreateClientVpnRoute", route, "/status/code"), "creating");
  EXPECT_EQ(text("AuthorizeClientVpnIngress", rule, "/status/code"), "authorizing");
  wait(60s);  // knob vpn_change
  const json::object look{{"ClientVpnEndpointId", vpn}};
  EXPECT_EQ(text("DescribeClientVpnRoutes", look, "/routes/0/status/code"), "active");
  EXPECT_EQ(text("DescribeClientVpnRoutes", look, "/routes/1/origin"), "associate");
  EXPECT_EQ(text("DescribeClientVpnAuthorizationRules", look, "/authorizationRule/0/status/code"),
            "active");
  expect_refused({
      {"twice", "CreateClientVpnRoute", route, "InvalidClientVpnDuplicateRoute"},
      {"twice", "AuthorizeClientVpnIngress", rule, "InvalidClientVpnDuplicateAuthorizationRule"},
      {"AWS's own", "DeleteClientVpnRoute", own, "InvalidParameterValue"},
  });
  EXPECT_EQ(text("DeleteClientVpnRoute", route, "/status/code"), "deleting");
  EXPECT_EQ(text("RevokeClientVpnIngress", revoked, "/status/code"), "revoking");
  wait(60s);
  EXPECT_EQ(text("DescribeClientVpnRoutes", look, "/routes/1"), "");
  EXPECT_EQ(text("DescribeClientVpnAuthorizationRules", look, "/authorizationRule"), "[]");
  expect_refused({{"gone", "DeleteClientVpnRoute", route, "InvalidClientVpnRouteNotFound"},
                  {"a filter unheard of",
                   "DescribeClientVpnRoutes",
                   {{"ClientVpnEndpointId", vpn}, {"Filter", test::Cloud::filter("colour", "red")}},
                   "InvalidParameterValue",
                   "The filter 'colour' is invalid"}});
}

}  // namespace
}  // namespace sim::ec2
