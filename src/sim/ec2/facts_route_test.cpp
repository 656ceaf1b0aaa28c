// facts §4, routes and route tables: each test cites the line that it holds the embedded EC2 to.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

class RouteFacts : public test::Fixture {
 protected:
  RouteFacts() : gateway(make_attached_gateway()), table(make_table()) {}

  json::object to(const std::string& destination) {
    return {{"RouteTableId", table}, {"DestinationCidrBlock", destination}};
  }

  void add(const std::string& destination) {
    auto input = to(destination);
    input["GatewayId"] = gateway;
    call("CreateRoute", std::move(input));
  }

  std::string seen(const std::string& pointer) {
    return text("DescribeRouteTables", {{"RouteTableId", json::array{table}}},
                "/routeTableSet/0" + pointer);
  }

  std::string gateway, table;
};

// "DeleteRoute(RouteTableId + exactly-matching ...); success has no body beyond return"; "Errors:
// InvalidRoute.NotFound ..., InvalidRouteTableID.NotFound ..., InvalidRouteTableId.Malformed;
// InvalidParameterValue `cannot remove local route …`"
TEST_F(RouteFacts, only_the_exact_route_is_deleted) {
  add("0.0.0.0/0");
  const json::object unknown{{"RouteTableId", "rtb-0123456789abcdef0"},
                             {"DestinationCidrBlock", "0.0.0.0/0"}};
  expect_refused({
      {"a part of it", "DeleteRoute", to("0.0.0.0/1"), "InvalidRoute.NotFound",
       "no route with destination-cidr-block 0.0.0.0/1 in route table " + table},
      {"the local one", "DeleteRoute", to("10.0.0.0/16"), "InvalidParameterValue",
       "cannot remove local route 10.0.0.0/16 in route table " + table},
      {"unknown table", "DeleteRoute", unknown, "InvalidRouteTableID.NotFound",
       "The routeTable ID 'rtb-0123456789abcdef0' does not exist"},
      {"malformed table",
       "DeleteRoute",
       {{"RouteTableId", "rtb-1"}, {"DestinationCidrBlock", "0.0.0.0/0"}},
       "InvalidRouteTableId.Malformed"},
      {"no destination", "DeleteRoute", {{"RouteTableId", table}}, "MissingParameter"},
      {"a bad destination", "DeleteRoute", to("0.0.0.0"), "InvalidParameterValue"},
  });
  EXPECT_EQ(json::serialize(call("DeleteRoute", to("0.0.0.0/0"))), R"({"return":true})");
  expect_refused({{"again", "DeleteRoute", to("0.0.0.0/0"), "InvalidRoute.NotFound"}});
}

// The other two forms of a destination: "DestinationIpv6CidrBlock | DestinationPrefixListId"
TEST_F(RouteFacts, each_form_of_destination_is_named_in_the_refusal) {
  expect_refused(
      {{"IPv6",
        "DeleteRoute",
        {{"RouteTableId", table}, {"DestinationIpv6CidrBlock", "::/0"}},
        "InvalidRoute.NotFound",
        "no route with destination-ipv6-cidr-block ::/0 in route table " + table},
       {"prefix list",
        "DeleteRoute",
        {{"RouteTableId", table}, {"DestinationPrefixListId", "pl-12345678"}},
        "InvalidRoute.NotFound",
        "no route with destination-prefix-list-id pl-12345678 in route table " + table}});
}

// "DestinationCidrBlock | DestinationIpv6CidrBlock | DestinationPrefixListId": a route of each form
TEST_F(RouteFacts, a_route_of_each_form_is_created_and_deleted) {
  const auto list =
      text("CreateManagedPrefixList",
           {{"PrefixListName", "offices"}, {"AddressFamily", "IPv4"}, {"MaxEntries", "5"}},
           "/prefixList/prefixListId");
  wait(60s);
  const auto egress = text("CreateEgressOnlyInternetGateway", {{"VpcId", vpc}},
                           "/egressOnlyInternetGateway/egressOnlyInternetGatewayId");
  struct Row {
    const char* parameter;
    std::string destination;
    const char* member;
    const char* target;
    std::string id;
  };
  const Row rows[] = {
      {"DestinationCidrBlock", "0.0.0.0/0", "destinationCidrBlock", "GatewayId", gateway},
      {"DestinationIpv6CidrBlock", "::/0", "destinationIpv6CidrBlock",
       "EgressOnlyInternetGatewayId", egress},
      {"DestinationPrefixListId", list, "destinationPrefixListId", "GatewayId", gateway}};
  for (const auto& row : rows) {
    json::object route{{"RouteTableId", table}};
    route[row.parameter] = row.destination;
    auto through = route;
    through[row.target] = row.id;
    call("CreateRoute", std::move(through));
    EXPECT_EQ(seen(std::string("/routeSet/1/") + row.member), row.destination);
    call("DeleteRoute", route);
    EXPECT_EQ(seen("/routeSet/1"), "") << row.parameter;
    expect_refused({{row.parameter, "DeleteRoute", route, "InvalidRoute.NotFound"}});
  }
}

// "Route states: active, blackhole, filtered; origins CreateRouteTable, CreateRoute, ..."
TEST_F(RouteFacts, states_and_origins_are_told) {
  add("0.0.0.0/0");
  EXPECT_EQ(seen("/routeSet/0/origin"), "CreateRouteTable");
  EXPECT_EQ(seen("/routeSet/0/gatewayId"), "local");
  EXPECT_EQ(seen("/routeSet/1/origin"), "CreateRoute");
  EXPECT_EQ(seen("/routeSet/1/state"), "active");
  call("DetachInternetGateway", {{"InternetGatewayId", gateway}, {"VpcId", vpc}});
  EXPECT_EQ(seen("/routeSet/1/state"), "blackhole");
  const auto with_origin = [&](const char* origin) {
    return text("DescribeRouteTables", {{"Filter", test::Cloud::filter("route.origin", origin)}},
                "/routeTableSet/0/routeTableId");
  };
  EXPECT_EQ(with_origin("CreateRoute"), table);
  EXPECT_EQ(with_origin("Advertisement"), "");  // of route servers, which there are none of here
}

// "Only CreateRoute routes are user-deletable; gateway-endpoint (pl-) routes vanish with the
// endpoint"
TEST_F(RouteFacts, the_route_of_an_endpoint_goes_with_the_endpoint_only) {
  json::object wanted{{"VpcId", vpc}, {"ServiceName", "com.amazonaws.ap-northeast-1.s3"}};
  wanted["RouteTableId"] = json::array{table};
  const auto endpoint = text("CreateVpcEndpoint", std::move(wanted), "/vpcEndpoint/vpcEndpointId");
  const auto list = seen("/routeSet/1/destinationPrefixListId");
  ASSERT_TRUE(list.starts_with("pl-"));
  json::object route{{"RouteTableId", table}, {"DestinationPrefixListId", list}};
  expect_refused({{"delete", "DeleteRoute", route, "InvalidParameterValue"}});
  route["GatewayId"] = gateway;
  expect_refused({{"replace", "ReplaceRoute", route, "InvalidParameterValue"}});
  call("DeleteVpcEndpoints", {{"VpcEndpointId", json::array{endpoint}}});
  EXPECT_EQ(seen("/routeSet/1"), "");
}

// "DeleteRouteTable: no associations left, never the main one"; "DisassociateRouteTable falls back
// to the VPC main table ...; Unknown association: InvalidAssociationID.NotFound"
TEST_F(RouteFacts, a_table_goes_only_without_associations_and_the_main_one_never) {
  const auto association = text("AssociateRouteTable",
                                {{"RouteTableId", table}, {"SubnetId", subnet}}, "/associationId");
  const auto main =
      text("DescribeRouteTables", {{"Filter", test::Cloud::filter("association.main", "true")}},
           "/routeTableSet/0/routeTableId");
  const auto main_association = text("DescribeRouteTables", {{"RouteTableId", json::array{main}}},
                                     "/routeTableSet/0/associationSet/0/routeTableAssociationId");
  expect_refused({
      {"associated",
       "DeleteRouteTable",
       {{"RouteTableId", table}},
       "DependencyViolation",
       "The routeTable '" + table + "' has dependencies and cannot be deleted."},
      {"main", "DeleteRouteTable", {{"RouteTableId", main}}, "DependencyViolation"},
      {"the main association",
       "DisassociateRouteTable",
       {{"AssociationId", main_association}},
       "InvalidParameterValue"},
      {"unknown association",
       "DisassociateRouteTable",
       {{"AssociationId", "rtbassoc-0123456789abcdef0"}},
       "InvalidAssociationID.NotFound",
       "The association ID 'rtbassoc-0123456789abcdef0' does not exist"},
  });

  // The main table leads to the internet: a disassociated subnet uses it.
  call("CreateRoute",
       {{"RouteTableId", main}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", gateway}});
  const auto interface =
      ec2.create_managed_interface({.subnet = subnet, .owner_service = "ecs", .public_ip = true});
  EXPECT_FALSE(ec2.reach_internet(interface, 443).open);
  call("DisassociateRouteTable", {{"AssociationId", association}});
  EXPECT_TRUE(ec2.reach_internet(interface, 443).open);
  EXPECT_EQ(refusal("DeleteRouteTable", {{"RouteTableId", table}}), "");
}

// "Deletes of routes/associations/subnets observed at 0–1 s": none of them waits
TEST_F(RouteFacts, deletions_are_done_when_they_return) {
  add("0.0.0.0/0");
  const auto association = text("AssociateRouteTable",
                                {{"RouteTableId", table}, {"SubnetId", subnet}}, "/associationId");
  const auto before = now();
  call("DeleteRoute", to("0.0.0.0/0"));
  EXPECT_EQ(seen("/routeSet/1"), "");
  call("DisassociateRouteTable", {{"AssociationId", association}});
  EXPECT_EQ(seen("/associationSet"), "[]");
  call("DeleteSubnet", {{"SubnetId", subnet}});
  EXPECT_EQ(refusal("DescribeSubnets", {{"SubnetId", json::array{subnet}}}),
            "InvalidSubnetID.NotFound");
  EXPECT_EQ(now(), before);
}

// "DescribeRouteTables MaxResults max is 100, the other describes 1000 (min 5)"
TEST_F(RouteFacts, the_size_of_a_page_has_its_limits) {
  struct Row {
    const char* action;
    int most;
  };
  const Row rows[] = {{"DescribeRouteTables", 100},
                      {"DescribeNatGateways", 1000},
                      {"DescribeInternetGateways", 1000},
                      {"DescribeSubnets", 1000},
                      {"DescribeVpcs", 1000},
                      {"DescribeNetworkInterfaces", 1000},
                      {"DescribeSecurityGroups", 1000},
                      {"DescribeVpcEndpoints", 1000},
                      {"DescribeNetworkAcls", 1000},
                      {"DescribeInstances", 1000},
                      {"DescribeTags", 1000}};
  for (const auto& row : rows) {
    const auto with = [&](int size) {
      return refusal(row.action, {{"MaxResults", std::to_string(size)}});
    };
    EXPECT_EQ(with(4), "InvalidParameterValue") << row.action;
    EXPECT_EQ(with(row.most + 1), "InvalidParameterValue") << row.action;
    EXPECT_EQ(with(5), "") << row.action;
    EXPECT_EQ(with(row.most), "") << row.action;
    EXPECT_EQ(refusal(row.action, {{"NextToken", "somewhere"}}), "InvalidNextToken") << row.action;
  }
}

// Paging: every entry once, in pages, until there is no token.
TEST_F(RouteFacts, pages_hold_every_table_once) {
  for (int i = 0; i < 11; ++i) make_table();
  std::set<std::string> seen_ids;
  std::string token;
  int pages = 0;
  do {
    json::object input{{"MaxResults", "5"}};
    if (!token.empty()) input["NextToken"] = token;
    const auto output = call("DescribeRouteTables", std::move(input));
    for (const auto& one : output.at("routeTableSet").as_array()) {
      EXPECT_TRUE(seen_ids.insert(std::string(one.at("routeTableId").as_string())).second);
    }
    token = output.contains("nextToken") ? std::string(output.at("nextToken").as_string()) : "";
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(seen_ids.size(), 13U);  // with the main table and the one of this fixture
  EXPECT_EQ(pages, 3);
}

}  // namespace
}  // namespace sim::ec2
