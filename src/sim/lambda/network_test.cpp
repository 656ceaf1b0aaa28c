// Functions in a VPC. facts §5, subnets: "Lambda ENIs can hold for up to ~40 min".
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
#include "sim/lambda/lambda_test.hpp"

namespace sim::lambda {
namespace {

class NetworkTest : public LambdaTest {
 protected:
  NetworkTest() {
    lambda.set_network(ec2);
    call(iam, "AttachRolePolicy",
         {{"RoleName", "works"},
          {"PolicyArn", "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"}});
    vpc = in_ec2("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}, "/vpc/vpcId");
    subnet = make_subnet("10.0.1.0/24", vpc);
    group = make_group(vpc);
  }

  std::string in_ec2(const std::string& action, json::object input, std::string_view pointer) {
    const json::value output = call(ec2, action, std::move(input));
    boost::system::error_code missing;
    const auto* found = output.find_pointer(pointer, missing);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
  }

  std::string make_subnet(const std::string& cidr, const std::string& of) {
    return in_ec2("CreateSubnet", {{"VpcId", of}, {"CidrBlock", cidr}}, "/subnet/subnetId");
  }

  std::string make_group(const std::string& of) {
    return in_ec2("CreateSecurityGroup",
                  {{"VpcId", of}, {"GroupName", "g"}, {"GroupDescription", "for a test"}},
                  "/groupId");
  }

  json::object placed(json::array subnets, json::array groups, const char* name = "f") {
    auto input = description("echo");
    input["FunctionName"] = name;
    input["VpcConfig"] =
        json::object{{"SubnetIds", std::move(subnets)}, {"SecurityGroupIds", std::move(groups)}};
    return input;
  }

  json::object place(const char* name = "f") {
    return call(lambda, "CreateFunction", placed({subnet}, {group}, name));
  }

  json::object configuration() {
    return call(lambda, "GetFunctionConfiguration", {{"FunctionName", "f"}});
  }

  std::string of_interface(const std::string& pointer) {
    return in_ec2("DescribeNetworkInterfaces", {}, "/networkInterfaceSet" + pointer);
  }

  void remove(const char* name = "f") { call(lambda, "DeleteFunction", {{"FunctionName", name}}); }

  // The refusal of a service, "CODE: message"; empty when there is none.
  std::string refused(Service& service, const std::string& action, json::object input) {
    try {
      call(service, action, std::move(input));
    } catch (const Error& error) {
      return error.code + ": " + error.what();
    }
    return {};
  }

  ec2::Ec2 ec2{context};
  std::string vpc, subnet, group;
};

TEST_F(NetworkTest, says_why_a_function_cannot_stand_there) {
  const auto other = in_ec2("CreateVpc", {{"CidrBlock", "10.9.0.0/16"}}, "/vpc/vpcId");
  const auto foreign_subnet = make_subnet("10.9.1.0/24", other);
  const auto foreign_group = make_group(other);
  role("plain", "lambda.amazonaws.com");
  auto without = placed({subnet}, {group});
  without["Role"] = "arn:aws:iam::123456789012:role/plain";
  auto ipv6 = placed({subnet}, {group});
  ipv6["VpcConfig"].as_object()["Ipv6AllowedForDualStack"] = true;
  json::array six;
  for (int i = 0; i < 6; ++i) six.emplace_back("sg-0123456789abcde0" + std::to_string(i));
  const std::string invalid = "InvalidParameterValueException: ";
  const std::pair<json::object, std::string> rows[] = {
      {placed({subnet}, {}),
       invalid + "SubnetIds and SecurityIds must coexist or be both empty list."},
      {placed({}, {group}),
       invalid + "SubnetIds and SecurityIds must coexist or be both empty list."},
      {placed({"subnet-0123456789abcdef0"}, {group}),
       invalid + "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. "
                 "EC2 Error Message: The subnet ID 'subnet-0123456789abcdef0' does not exist"},
      {placed({subnet}, {"sg-0123456789abcdef0"}),
       invalid + "Error occurred while DescribeSecurityGroups. EC2 Error Code: "
                 "InvalidGroup.NotFound. EC2 Error Message: The security group "
                 "'sg-0123456789abcdef0' does not exist"},
      {placed({subnet, foreign_subnet}, {group}),
       invalid + "Provided subnets must belong to the same VPC."},
      {placed({subnet}, {foreign_group}),
       invalid + "Provided security groups must belong to the VPC of the subnets."},
      {without, invalid + "The provided execution role does not have permissions to call "
                          "CreateNetworkInterface on EC2"},
      {ipv6, "NotImplemented: The embedded AWS has no functions with IPv6."},
  };
  for (const auto& [input, refusal] : rows) {
    EXPECT_EQ(refused(lambda, "CreateFunction", input), refusal);
  }
  EXPECT_TRUE(refused(lambda, "CreateFunction", placed({subnet}, six))
                  .starts_with("ValidationException: "));
  EXPECT_EQ(of_interface("/0/networkInterfaceId"), "");
}

TEST_F(NetworkTest, asks_whether_its_caller_may_see_what_it_names) {
  const auto ann = iam.create_user_key("ann").principal;
  try {
    test::ask(*runtime, lambda, "CreateFunction", placed({subnet}, {group}), ann);
    ADD_FAILURE() << "it was not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, "AccessDeniedException");
    EXPECT_EQ(std::string(error.what()),
              "Your access has been denied by EC2, please make sure your request credentials have "
              "permission to DescribeSecurityGroups. EC2 Error Code: UnauthorizedOperation. EC2 "
              "Error Message: You are not authorized to perform this operation.");
  }
}

TEST_F(NetworkTest, is_pending_until_its_interface_is_there_and_tells_where_it_stands) {
  EXPECT_EQ(place().at("State"), "Pending");
  EXPECT_EQ(of_interface("/0/interfaceType"), "lambda");
  EXPECT_TRUE(of_interface("/0/description").starts_with("AWS Lambda VPC ENI-f-"));
  pass(40s);
  EXPECT_EQ(configuration().at("State"), "Pending");
  pass(60s);
  EXPECT_EQ(configuration().at("State"), "Active");
  EXPECT_EQ(json::serialize(configuration().at("VpcConfig")),
            R"({"SubnetIds":[")" + subnet + R"("],"SecurityGroupIds":[")" + group +
                R"("],"VpcId":")" + vpc + R"(","Ipv6AllowedForDualStack":false})");
}

TEST_F(NetworkTest, shares_one_interface_that_is_not_the_user_s) {
  place();
  place("g");
  pass(100s);
  const auto id = of_interface("/0/networkInterfaceId");
  EXPECT_EQ(of_interface("/1/networkInterfaceId"), "");
  EXPECT_TRUE(refused(ec2, "DetachNetworkInterface",
                      {{"AttachmentId", of_interface("/0/attachment/attachmentId")}})
                  .starts_with("OperationNotPermitted: "));
  EXPECT_NE(refused(ec2, "DeleteNetworkInterface", {{"NetworkInterfaceId", id}}), "");
  remove();
  pass(41min);
  EXPECT_EQ(of_interface("/0/networkInterfaceId"), id) << "another function needs it";
  remove("g");
  pass(41min);
  EXPECT_EQ(of_interface("/0/networkInterfaceId"), "");
}

TEST_F(NetworkTest, holds_its_subnet_and_its_group_for_up_to_forty_minutes_after_it) {
  place();
  pass(100s);
  remove();
  pass(19min);
  const auto subnet_refusal = [&] { return refused(ec2, "DeleteSubnet", {{"SubnetId", subnet}}); };
  const auto group_refusal = [&] {
    return refused(ec2, "DeleteSecurityGroup", {{"GroupId", group}});
  };
  EXPECT_TRUE(subnet_refusal().starts_with("DependencyViolation: "));
  EXPECT_TRUE(group_refusal().starts_with("DependencyViolation: "));
  pass(21min);
  EXPECT_EQ(subnet_refusal(), "");
  EXPECT_EQ(group_refusal(), "");
}

TEST_F(NetworkTest, keeps_an_interface_that_a_new_function_needs_again) {
  place();
  pass(100s);
  const auto id = of_interface("/0/networkInterfaceId");
  remove();
  pass(10min);
  place();
  pass(5s);
  EXPECT_EQ(configuration().at("State"), "Active") << "nothing had to be made";
  pass(2h);
  EXPECT_EQ(of_interface("/0/networkInterfaceId"), id);
}

TEST_F(NetworkTest, leaves_its_network_by_an_update) {
  place();
  pass(100s);
  json::object input{{"FunctionName", "f"}};
  input["VpcConfig"] =
      json::object{{"SubnetIds", json::array()}, {"SecurityGroupIds", json::array()}};
  EXPECT_FALSE(call(lambda, "UpdateFunctionConfiguration", input).contains("VpcConfig"));
  pass(41min);
  EXPECT_EQ(of_interface("/0/networkInterfaceId"), "");
}

TEST_F(NetworkTest, keeps_the_interface_of_a_published_version) {
  auto input = placed({subnet}, {group});
  input["Publish"] = true;
  call(lambda, "CreateFunction", input);
  pass(100s);
  json::object away{{"FunctionName", "f"}};
  away["VpcConfig"] =
      json::object{{"SubnetIds", json::array()}, {"SecurityGroupIds", json::array()}};
  call(lambda, "UpdateFunctionConfiguration", away);
  pass(41min);
  EXPECT_NE(of_interface("/0/networkInterfaceId"), "");
  call(lambda, "DeleteFunction", {{"FunctionName", "f"}, {"Qualifier", "1"}});
  pass(41min);
  EXPECT_EQ(of_interface("/0/networkInterfaceId"), "");
}

TEST_F(NetworkTest, fails_in_a_subnet_without_addresses) {
  subnet = make_subnet("10.0.2.0/28", vpc);
  for (int i = 0; i < 11; ++i) call(ec2, "CreateNetworkInterface", {{"SubnetId", subnet}});
  place();
  pass(100s);
  EXPECT_EQ(configuration().at("State"), "Failed");
  EXPECT_EQ(configuration().at("StateReasonCode"), "SubnetOutOfIPAddresses");
  EXPECT_EQ(refusal("Invoke", {{"FunctionName", "f"}}), "SubnetIPAddressLimitReachedException");
}

}  // namespace
}  // namespace sim::lambda
