#include "aws/ec2/ec2.hpp"

#include <gtest/gtest.h>

#include "aws/scripted_test.hpp"

namespace aws::ec2 {
namespace {

using scripted::Stage;

TEST(FindNatGateways, pages_to_the_end_and_reads_every_address) {
  Stage stage;
  stage.server.answer(200, R"(<DescribeNatGatewaysResponse><natGatewaySet><item>
      <natGatewayId>nat-1</natGatewayId><state>deleting</state><vpcId>vpc-1</vpcId>
      <natGatewayAddressSet><item><allocationId>eipalloc-1</allocationId>
      <publicIp>198.51.100.7</publicIp><networkInterfaceId>eni-1</networkInterfaceId>
      <isPrimary>true</isPrimary><status>succeeded</status></item><item/></natGatewayAddressSet>
      <tagSet><item><key>Name</key><value>a</value></item></tagSet></item></natGatewaySet>
      <nextToken>more</nextToken></DescribeNatGatewaysResponse>)");
  stage.server.answer(200, R"(<DescribeNatGatewaysResponse><natGatewaySet><item>
      <natGatewayId>nat-2</natGatewayId><state>failed</state>
      <failureCode>Gateway.NotAttached</failureCode><failureMessage>No gateway</failureMessage>
      </item></natGatewaySet></DescribeNatGatewaysResponse>)");
  const auto found = stage.run(find_nat_gateways(stage.client, {{"nat-1"}, {"nat-2"}}));
  EXPECT_EQ(stage.server.requests[0].body,
            "Action=DescribeNatGateways&Version=2016-11-15&Filter.1.Name=nat-gateway-id&"
            "Filter.1.Value.1=nat-1&Filter.1.Value.2=nat-2");
  EXPECT_EQ(stage.server.parameter(1, "NextToken"), "more");
  ASSERT_EQ(found.size(), 2U);
  ASSERT_EQ(found[0].addresses.size(), 2U);
  EXPECT_EQ(found[0].addresses[0].allocation->value, "eipalloc-1");
  EXPECT_TRUE(found[0].addresses[0].primary);
  EXPECT_FALSE(found[0].addresses[1].allocation);
  EXPECT_EQ(found[0].tags.at("Name"), "a");
  EXPECT_EQ(found[1].failure, "Gateway.NotAttached: No gateway");
}

TEST(Find, no_ids_ask_for_nothing_rather_than_for_everything) {
  Stage stage;
  EXPECT_TRUE(stage.run(find_nat_gateways(stage.client, {})).empty());
  EXPECT_TRUE(stage.run(find_addresses(stage.client, {})).empty());
  EXPECT_TRUE(stage.run(route_tables_of(stage.client, {})).empty());
  EXPECT_TRUE(stage.run(instance_statuses(stage.client, {})).empty());
  EXPECT_TRUE(stage.server.requests.empty());
}

TEST(Find, two_hundred_ids_go_into_one_filter) {
  Stage stage;
  std::vector<AllocationId> ids(201, AllocationId{"eipalloc-1"});
  stage.server.answer(200, "<DescribeAddressesResponse/>");
  stage.server.answer(200, "<DescribeAddressesResponse/>");
  stage.run(find_addresses(stage.client, ids));
  EXPECT_EQ(stage.server.form(0).size(), 203U);
  EXPECT_EQ(stage.server.form(1).size(), 4U);
}

TEST(FindRouteTables, reads_every_kind_of_destination_and_target) {
  Stage stage;
  stage.server.answer(200, R"(<DescribeRouteTablesResponse><routeTableSet><item>
      <routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><associationSet>
      <item><main>true</main></item><item><main>false</main><subnetId>subnet-1</subnetId></item>
      </associationSet><routeSet>
      <item><destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId>
        <state>active</state><origin>CreateRouteTable</origin></item>
      <item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>
        <natGatewayId>nat-1</natGatewayId><state>blackhole</state><origin>CreateRoute</origin></item>
      <item><destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock>
        <egressOnlyInternetGatewayId>eigw-1</egressOnlyInternetGatewayId></item>
      <item><destinationPrefixListId>pl-1</destinationPrefixListId>
        <gatewayId>vpce-1</gatewayId></item>
      </routeSet></item></routeTableSet></DescribeRouteTablesResponse>)");
  const auto found = stage.run(find_route_tables(stage.client, {{"rtb-1"}}));
  std::vector<std::string> routes;
  for (const auto& route : found.at(0).routes) {
    routes.push_back(route.destination + " " + route.target);
  }
  EXPECT_EQ(routes, (std::vector<std::string>{"10.0.0.0/16 local", "0.0.0.0/0 nat-1", "::/0 eigw-1",
                                              "pl-1 vpce-1"}));
  EXPECT_EQ(found[0].routes[1].state, "blackhole");
  EXPECT_TRUE(found[0].main);
  EXPECT_EQ(found[0].subnets, std::vector<std::string>{"subnet-1"});
}

TEST(InstanceStatuses, an_unknown_instance_does_not_hide_the_others) {
  const auto* const missing =
      "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>x</Message>"
      "</Error></Errors></Response>";
  Stage stage;
  stage.server.answer(400, missing);
  stage.server.answer(200, R"(<DescribeInstanceStatusResponse><instanceStatusSet><item>
      <instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>
      <systemStatus><status>ok</status></systemStatus>
      <instanceStatus><status>initializing</status></instanceStatus>
      </item></instanceStatusSet></DescribeInstanceStatusResponse>)");
  stage.server.answer(400, missing);
  const auto found = stage.run(instance_statuses(stage.client, {{"i-1"}, {"i-2"}}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].state, "running");
  EXPECT_EQ(found[0].system_status, "ok");
  EXPECT_EQ(found[0].instance_status, "initializing");
  EXPECT_EQ(stage.server.parameter(0, "IncludeAllInstances"), "true");
}

TEST(DeleteRoute, the_destination_decides_the_parameter) {
  const std::pair<const char*, const char*> cases[] = {{"0.0.0.0/0", "DestinationCidrBlock"},
                                                       {"::/0", "DestinationIpv6CidrBlock"},
                                                       {"pl-1", "DestinationPrefixListId"}};
  for (const auto& [destination, parameter] : cases) {
    Stage stage;
    stage.server.answer(200, "<DeleteRouteResponse><return>true</return></DeleteRouteResponse>");
    stage.run(delete_route(stage.client, {"rtb-1"}, destination));
    EXPECT_EQ(stage.server.parameter(0, parameter), destination);
    EXPECT_EQ(stage.server.parameter(0, "RouteTableId"), "rtb-1");
  }
}

}  // namespace
}  // namespace aws::ec2
