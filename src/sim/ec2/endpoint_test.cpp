// VPC endpoints: their life, their interfaces and routes, and their refusals.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

Knobs long_told() {
  Knobs knobs;
  knobs.endpoint_visible = {300, 300};
  return knobs;
}

class Endpoints : public test::Fixture {
 protected:
  Endpoints() : Fixture(long_told()) {}

  json::object wanted(const std::string& service = "ssm") {
    json::object input{{"VpcId", vpc},
                       {"ServiceName", "com.amazonaws.ap-northeast-1." + service},
                       {"VpcEndpointType", "Interface"}};
    input["SubnetId"] = json::array{subnet};
    return input;
  }

  void enable_dns_names() {
    json::object value{{"Value", "true"}};
    call("ModifyVpcAttribute", {{"VpcId", vpc}, {"EnableDnsHostnames", value}});
  }

  std::string create(json::object input) {
    return text("CreateVpcEndpoint", std::move(input), "/vpcEndpoint/vpcEndpointId");
  }

  std::string state(const std::string& id) {
    return text("DescribeVpcEndpoints", {{"VpcEndpointId", json::array{id}}},
                "/vpcEndpointSet/0/state");
  }

  json::object remove(const std::string& id) {
    return call("DeleteVpcEndpoints", {{"VpcEndpointId", json::array{id}}});
  }

  json::object of_gateway(const std::string& table) {
    json::object input{{"VpcId", vpc}, {"ServiceName", "com.amazonaws.ap-northeast-1.s3"}};
    input["RouteTableId"] = json::array{table};
    return input;
  }

  std::size_t routes(const std::string& table) {
    const json::value output = call("DescribeRouteTables", {{"RouteTableId", json::array{table}}});
    return output.at_pointer("/routeTableSet/0/routeSet").as_array().size();
  }
};

TEST_F(Endpoints, one_is_pending_then_available_then_deleting_then_deleted_then_unknown) {
  enable_dns_names();
  const auto id = create(wanted());
  EXPECT_EQ(state(id), "pending");
  wait(120s);  // knob endpoint_create: 60 to 120 s
  EXPECT_EQ(state(id), "available");
  EXPECT_TRUE(remove(id).at("unsuccessful").as_array().empty());
  EXPECT_EQ(state(id), "deleting");
  wait(240s);  // knob endpoint_delete: 60 to 240 s
  EXPECT_EQ(state(id), "deleted");
  wait(300s);  // knob endpoint_visible
  EXPECT_EQ(refusal("DescribeVpcEndpoints", {{"VpcEndpointId", json::array{id}}}),
            "InvalidVpcEndpointId.NotFound");
}

// facts §5: subnet and group deletion stay refused until the endpoint's interfaces are gone.
TEST_F(Endpoints, its_interface_holds_subnet_and_group_until_it_is_gone) {
  enable_dns_names();
  const auto group = make_group("endpoint");
  auto input = wanted();
  input["SecurityGroupId"] = json::array{group};
  const auto id = create(std::move(input));
  const auto interface =
      text("DescribeNetworkInterfaces", {{"Filter", filter("interface-type", "vpc_endpoint")}},
           "/networkInterfaceSet/0/networkInterfaceId");
  EXPECT_EQ(text("DescribeNetworkInterfaces", {{"NetworkInterfaceId", json::array{interface}}},
                 "/networkInterfaceSet/0/description"),
            "VPC Endpoint Interface " + id);
  EXPECT_EQ(refusal("DeleteNetworkInterface", {{"NetworkInterfaceId", interface}}),
            "InvalidParameterValue");
  remove(id);
  wait(30s);
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", group}}), "DependencyViolation");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "DependencyViolation");
  wait(210s);
  EXPECT_EQ(refusal("DeleteSecurityGroup", {{"GroupId", group}}), "");
  EXPECT_EQ(refusal("DeleteSubnet", {{"SubnetId", subnet}}), "");
}

TEST_F(Endpoints, private_dns_needs_names_in_the_vpc_and_one_owner) {
  EXPECT_EQ(refusal("CreateVpcEndpoint", wanted()), "InvalidParameter");
  EXPECT_EQ(message,
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC "
            "attributes set to true for " +
                vpc);
  enable_dns_names();
  EXPECT_EQ(refusal("CreateVpcEndpoint", wanted()), "");
  EXPECT_EQ(refusal("CreateVpcEndpoint", wanted()), "InvalidParameter");
  auto nameless = wanted();
  nameless["PrivateDnsEnabled"] = "false";
  EXPECT_EQ(refusal("CreateVpcEndpoint", nameless), "");
}

TEST_F(Endpoints, a_gateway_one_writes_its_routes_and_takes_them_away) {
  const auto table = text("CreateRouteTable", {{"VpcId", vpc}}, "/routeTable/routeTableId");
  const auto id = create(of_gateway(table));
  EXPECT_EQ(state(id), "available");
  EXPECT_EQ(routes(table), 2U);
  EXPECT_EQ(refusal("CreateVpcEndpoint", of_gateway(table)), "RouteAlreadyExists");
  remove(id);
  EXPECT_EQ(routes(table), 1U);
  wait(6s);  // knob gateway_endpoint_delete: 1 to 6 s
  EXPECT_EQ(state(id), "deleted");
  wait(300s);
  EXPECT_EQ(refusal("DescribeVpcEndpoints", {{"VpcEndpointId", json::array{id}}}),
            "InvalidVpcEndpointId.NotFound");
}

// What still reads `deleted` holds nothing and answers no other call.
TEST_F(Endpoints, a_deleted_one_is_only_told) {
  enable_dns_names();
  const auto group = make_group("endpoint");
  auto input = wanted();
  input["SecurityGroupId"] = json::array{group};
  const auto id = create(input);
  wait(120s);
  remove(id);
  wait(240s);
  EXPECT_EQ(state(id), "deleted");
  EXPECT_EQ(text("DescribeVpcEndpoints", {{"VpcEndpointId", json::array{id}}},
                 "/vpcEndpointSet/0/networkInterfaceIdSet"),
            "[]");
  const json::value again = remove(id);
  EXPECT_EQ(again.at_pointer("/unsuccessful/0/error/code"), "InvalidVpcEndpoint.NotFound");
  expect_refused({{"modified",
                   "ModifyVpcEndpoint",
                   {{"VpcEndpointId", id}, {"ResetPolicy", "true"}},
                   "InvalidVpcEndpointId.NotFound"}});
  const auto second = create(input);  // the private name is free
  remove(second);
  wait(240s);
  const struct {
    const char* action;
    json::object input;
  } free[] = {{"DeleteSubnet", {{"SubnetId", subnet}}},
              {"DeleteSecurityGroup", {{"GroupId", group}}},
              {"DeleteVpc", {{"VpcId", vpc}}}};
  for (const auto& row : free) EXPECT_EQ(refusal(row.action, row.input), "") << row.action;
  EXPECT_EQ(state(second), "deleted");
}

TEST_F(Endpoints, only_a_deleted_one_makes_room_in_the_quota) {
  const json::object one{{"VpcId", vpc}, {"ServiceName", "com.amazonaws.ap-northeast-1.s3"}};
  const auto first = create(one);
  for (int i = 1; i < 20; ++i) create(one);
  remove(first);
  EXPECT_EQ(refusal("CreateVpcEndpoint", one), "VpcEndpointLimitExceeded");
  wait(6s);  // knob gateway_endpoint_delete
  EXPECT_EQ(state(first), "deleted");
  EXPECT_EQ(refusal("CreateVpcEndpoint", one), "");
}

// facts §5: per-item failures come back in `unsuccessful` with HTTP 200.
TEST_F(Endpoints, deleting_an_unknown_one_is_told_inside_a_success) {
  enable_dns_names();
  const auto id = create(wanted());
  json::object input;
  input["VpcEndpointId"] = json::array{"vpce-00000000000000000", id};
  const json::value output = call("DeleteVpcEndpoints", input);
  EXPECT_EQ(output.at("unsuccessful").as_array().size(), 1U);
  EXPECT_EQ(output.at_pointer("/unsuccessful/0/error/code"), "InvalidVpcEndpoint.NotFound");
  EXPECT_EQ(output.at_pointer("/unsuccessful/0/resourceId"), "vpce-00000000000000000");
  EXPECT_EQ(state(id), "deleting");
}

TEST_F(Endpoints, creation_is_refused_as_ec2_does) {
  enable_dns_names();
  const auto neighbour = make_subnet("10.0.2.0/24", "ap-northeast-1a");
  struct Row {
    const char* parameter;
    json::value value;
    const char* code;
  };
  const Row rows[] = {
      {"ServiceName", "com.amazonaws.ap-northeast-1.teapot", "InvalidServiceName"},
      {"VpcEndpointType", "Gateway", "InvalidParameter"},
      {"VpcId", "vpc-00000000000000000", "InvalidVpcID.NotFound"},
      {"SubnetId", json::array{"subnet-00000000000000000"}, "InvalidSubnetID.NotFound"},
      {"SubnetId", json::array{subnet, neighbour}, "DuplicateSubnetsInSameZone"},
      {"SecurityGroupId", json::array{"sg-00000000000000000"}, "InvalidGroup.NotFound"},
      {"RouteTableId", json::array{"rtb-00000000000000000"}, "InvalidParameter"},
      {"PolicyDocument", "{", "InvalidPolicyDocument"},
      {"DnsOptions", json::object(), "UnknownParameter"},
  };
  for (const auto& row : rows) {
    auto input = wanted();
    input[row.parameter] = row.value;
    EXPECT_EQ(refusal("CreateVpcEndpoint", input), row.code)
        << row.parameter << " " << json::serialize(row.value);
  }
  EXPECT_EQ(text("DescribeVpcEndpoints", {}, "/vpcEndpointSet"), "[]");
}

TEST_F(Endpoints, one_with_private_dns_leads_to_its_service_only_when_available) {
  enable_dns_names();
  const auto group = make_group("open");
  json::array ranges;
  ranges.push_back(json::object{{"CidrIp", "10.0.0.0/16"}});
  json::object rule{{"IpProtocol", "tcp"}, {"FromPort", "443"}, {"ToPort", "443"}};
  rule["IpRanges"] = std::move(ranges);
  json::array rules;
  rules.push_back(std::move(rule));
  json::object ingress{{"GroupId", group}};
  ingress["IpPermissions"] = std::move(rules);
  call("AuthorizeSecurityGroupIngress", std::move(ingress));
  const auto client = text("CreateNetworkInterface", {{"SubnetId", subnet}},
                           "/networkInterface/networkInterfaceId");
  EXPECT_FALSE(ec2.reach_service(client, "ssm").open);
  auto input = wanted();
  input["SecurityGroupId"] = json::array{group};
  create(std::move(input));
  EXPECT_FALSE(ec2.reach_service(client, "ssm").open);
  wait(120s);
  EXPECT_TRUE(ec2.reach_service(client, "ssm").open) << ec2.reach_service(client, "ssm").why;
  EXPECT_FALSE(ec2.reach_service(client, "ec2messages").open);
}

}  // namespace
}  // namespace sim::ec2
