// What ordinary use meets: quotas, malformed values, repeated keys, too many filter values.
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

class Limits : public test::Fixture {
 protected:
  // Calls until the first refusal; how many went through.
  int made_before(const std::string& code, const std::string& action,
                  const std::function<json::object(int)>& input) {
    for (int i = 0; i < 1000; ++i) {
      const auto refused = refusal(action, input(i));
      if (refused.empty()) continue;
      EXPECT_EQ(refused, code) << action << ": " << message;
      return i;
    }
    return 1000;
  }

  static json::array tags(const std::vector<std::pair<const char*, const char*>>& pairs) {
    json::array list;
    for (const auto& [key, value] : pairs) {
      list.push_back(json::object{{"Key", key}, {"Value", value}});
    }
    return list;
  }
};

// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html: the default quotas
TEST_F(Limits, each_kind_has_its_default_quota) {
  const auto of_vpc = [&](int) { return json::object{{"VpcId", vpc}}; };
  struct Row {
    const char* code;
    const char* action;
    int fits;  // beside what the fixture made
    std::function<json::object(int)> input;
  };
  const Row rows[] = {
      {"VpcLimitExceeded", "CreateVpc", 4,
       [](int i) {
         return json::object{{"CidrBlock", "10." + std::to_string(i + 1) + ".0.0/16"}};
       }},
      {"InternetGatewayLimitExceeded", "CreateInternetGateway", 5,
       [](int) { return json::object(); }},
      {"AddressLimitExceeded", "AllocateAddress", 5, [](int) { return json::object(); }},
      {"SubnetLimitExceeded", "CreateSubnet", 199,
       [&](int i) {
         return json::object{{"VpcId", vpc},
                             {"CidrBlock", "10.0." + std::to_string(i + 2) + ".0/28"}};
       }},
      {"RouteTableLimitExceeded", "CreateRouteTable", 199, of_vpc},
      {"VpcEndpointLimitExceeded", "CreateVpcEndpoint", 20,
       [&](int) {
         return json::object{{"VpcId", vpc}, {"ServiceName", "com.amazonaws.ap-northeast-1.s3"}};
       }},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(made_before(row.code, row.action, row.input), row.fits) << row.action;
  }
}

TEST_F(Limits, fifty_routes_fit_into_a_table_and_five_groups_on_an_interface) {
  const auto gateway = make_attached_gateway();
  const auto table = make_table();
  EXPECT_EQ(made_before("RouteLimitExceeded", "CreateRoute",
                        [&](int i) {
                          return json::object{
                              {"RouteTableId", table},
                              {"GatewayId", gateway},
                              {"DestinationCidrBlock", "10.1." + std::to_string(i) + ".0/24"}};
                        }),
            50);
  json::array groups;
  for (int i = 0; i < 6; ++i) groups.emplace_back(make_group("g" + std::to_string(i)));
  json::object input{{"SubnetId", subnet}};
  input["SecurityGroupId"] = groups;
  EXPECT_EQ(refusal("CreateNetworkInterface", input), "SecurityGroupsPerInterfaceLimitExceeded");
  groups.pop_back();
  input["SecurityGroupId"] = groups;
  EXPECT_EQ(refusal("CreateNetworkInterface", input), "");
}

TEST_F(Limits, what_is_no_block_and_what_is_out_of_range_have_codes_of_their_own) {
  const auto table = make_table();
  const auto gateway = make_attached_gateway();
  const json::object to_nat{
      {"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"NatGatewayId", "nat-1"}};
  const json::object to_gateway{
      {"RouteTableId", table}, {"DestinationCidrBlock", "0.0.0.0/0"}, {"GatewayId", "igw-1"}};
  const json::object inside{
      {"RouteTableId", table}, {"DestinationCidrBlock", "10.0.7.0/24"}, {"GatewayId", gateway}};
  const std::string no_block =
      "Value (everything) for parameter cidrBlock is invalid. This is not a valid CIDR block.";
  expect_refused({
      {"no block", "CreateVpc", {{"CidrBlock", "everything"}}, "InvalidParameterValue", no_block},
      {"too large",
       "CreateVpc",
       {{"CidrBlock", "10.0.0.0/8"}},
       "InvalidVpc.Range",
       "The CIDR '10.0.0.0/8' is invalid."},
      {"no block",
       "CreateSubnet",
       {{"VpcId", vpc}, {"CidrBlock", "everything"}},
       "InvalidParameterValue",
       no_block},
      {"outside",
       "CreateSubnet",
       {{"VpcId", vpc}, {"CidrBlock", "10.1.0.0/24"}},
       "InvalidSubnet.Range",
       "The CIDR '10.1.0.0/24' is invalid."},
      {"a malformed NAT gateway", "CreateRoute", to_nat, "InvalidNatGatewayID.Malformed",
       "Invalid id: \"nat-1\""},
      {"a malformed gateway", "CreateRoute", to_gateway, "InvalidInternetGatewayId.Malformed"},
      {"within the VPC", "CreateRoute", inside, "InvalidParameterValue",
       "The destination CIDR block 10.0.7.0/24 is equal to or more specific than one of this VPC's "
       "CIDR blocks. This route can target only an interface or an instance."},
  });
}

TEST_F(Limits, tags_come_once_and_leave_aws_its_own) {
  json::object twice{{"ResourceId", vpc}};
  twice["Tag"] = tags({{"Name", "a"}, {"Name", "b"}});
  json::object reserved{{"ResourceId", vpc}};
  reserved["Tag"] = tags({{"aws:name", "a"}});
  json::object specification{{"ResourceType", "vpc"}};
  specification["Tag"] = tags({{"Name", "a"}});
  json::array list;
  list.push_back(specification);
  list.push_back(specification);
  json::object repeated{{"CidrBlock", "10.1.0.0/16"}};
  repeated["TagSpecification"] = std::move(list);
  json::array many;
  for (int i = 0; i < 51; ++i) {
    many.push_back(json::object{{"Key", "k" + std::to_string(i)}, {"Value", ""}});
  }
  json::object too_many{{"ResourceId", vpc}};
  too_many["Tag"] = std::move(many);
  expect_refused({
      {"twice", "CreateTags", twice, "InvalidParameterValue",
       "Duplicate tag key 'Name' specified."},
      {"reserved", "CreateTags", reserved, "InvalidParameterValue",
       "Tag keys starting with 'aws:' are reserved for internal use"},
      {"one type twice", "CreateVpc", repeated, "InvalidParameterValue",
       "The same resource type may not be specified more than once in tag specifications"},
      {"more than fifty", "CreateTags", too_many, "TagLimitExceeded"},
  });
}

TEST_F(Limits, filters_take_wildcards_and_two_hundred_values) {
  call("CreateTags", {{"ResourceId", vpc}, {"Tag", tags({{"Name", "net-work"}})}});
  const auto found = [&](const std::string& pattern) {
    return text("DescribeVpcs", {{"Filter", test::Cloud::filter("tag:Name", pattern)}},
                "/vpcSet/0/vpcId");
  };
  EXPECT_EQ(found("net-*"), vpc);
  EXPECT_EQ(found("ne?-work"), vpc);
  EXPECT_EQ(found("*t?w*"), vpc);
  EXPECT_EQ(found("NET-*"), "");
  EXPECT_EQ(found("net-\\*"), "");
  json::array values;
  for (int i = 0; i < 201; ++i) values.emplace_back(std::to_string(i));
  json::object filter{{"Name", "vpc-id"}};
  filter["Value"] = std::move(values);
  json::array list;
  list.push_back(std::move(filter));
  json::object input;
  input["Filter"] = std::move(list);
  expect_refused({{"too many values", "DescribeVpcs", input, "FilterLimitExceeded",
                   "The maximum number of filter values specified on a single call is 200"},
                  {"unknown",
                   "DescribeVpcs",
                   {{"Filter", test::Cloud::filter("colour", "red")}},
                   "InvalidParameterValue",
                   "The filter 'colour' is invalid"}});
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
TEST_F(Limits, an_interface_keeps_one_address_and_a_service_s_takes_none) {
  make_attached_gateway();
  const auto interface = make_interface();
  const auto first = allocate();
  const auto second = allocate();
  for (const auto& id : {first, second}) {
    call("AssociateAddress", {{"AllocationId", id}, {"NetworkInterfaceId", interface}});
  }
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", first}}), "");
  EXPECT_EQ(refusal("ReleaseAddress", {{"AllocationId", second}}), "InvalidIPAddress.InUse");
  const auto managed = ec2.create_managed_interface({.subnet = subnet, .owner_service = "ecs"});
  expect_refused({{"a task's interface",
                   "AssociateAddress",
                   {{"AllocationId", allocate()}, {"NetworkInterfaceId", managed}},
                   "AuthFailure"}});
}

}  // namespace
}  // namespace sim::ec2
