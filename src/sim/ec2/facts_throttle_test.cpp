// facts §6, throttling: capacities and refills as EC2's guide gives them.
// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

class ThrottleFacts : public test::Fixture {
 protected:
  bool taken(const std::string& action, const json::object& input) {
    try {
      ec2.throttle(Call{{}, "ec2", action, input, "r", agent});
      return true;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "RequestLimitExceeded");
      EXPECT_EQ(error.status, 503);
      EXPECT_STREQ(error.what(), "Request limit exceeded.");
      return false;
    }
  }

  std::string agent = "Boto3/1.35.0";

  // How many calls pass before the first refusal.
  int burst(const std::string& action, const json::object& input = {}) {
    int passed = 0;
    while (passed < 2000 && taken(action, input)) ++passed;
    return passed;
  }
};

// "each API action has its own token bucket"; "request buckets (capacity / refill per s)": every
// row; "Error RequestLimitExceeded (... HTTP 503)"
TEST_F(ThrottleFacts, every_action_has_the_bucket_of_the_guide) {
  const json::object filtered{{"Filter", test::Cloud::filter("vpc-id", vpc)}};
  const json::object paged{{"MaxResults", "5"}};
  struct Row {
    const char* action;
    json::object input;
    int capacity;
    double refill;
  };
  const Row rows[] = {
      {"DescribeNatGateways", {}, 100, 20},
      {"DescribeAddresses", {}, 100, 20},
      {"DescribeRouteTables", {}, 100, 20},
      {"DescribeInternetGateways", {}, 100, 20},
      {"DescribeVpcEndpoints", {}, 100, 20},
      {"DescribeSubnets", {}, 100, 20},
      {"DescribeInstances", {}, 50, 10},
      {"DescribeInstanceStatus", {}, 50, 10},
      {"DescribeNetworkInterfaces", {}, 50, 10},
      {"DescribeSecurityGroups", {}, 50, 10},
      {"DescribeVolumes", {}, 50, 10},
      {"DescribeInstances", filtered, 100, 20},
      {"DescribeNetworkInterfaces", paged, 100, 20},
      {"DeleteRoute", {}, 50, 5},
      {"ReleaseAddress", {}, 50, 5},
      {"DisassociateAddress", {}, 50, 5},
      {"DetachInternetGateway", {}, 50, 5},
      {"DeleteInternetGateway", {}, 50, 5},
      {"DeleteSubnet", {}, 50, 5},
      {"DeleteSecurityGroup", {}, 50, 5},
      {"RevokeSecurityGroupEgress", {}, 50, 5},
      {"RevokeSecurityGroupIngress", {}, 50, 5},
      {"AuthorizeSecurityGroupIngress", {}, 50, 5},
      {"CreateNatGateway", {}, 10, 1},
      {"DeleteNatGateway", {}, 10, 1},
      {"AssociateNatGatewayAddress", {}, 10, 1},
      {"DisassociateNatGatewayAddress", {}, 10, 1},
      {"DeleteVpcEndpoints", {}, 4, 0.3},
      {"CreateVpcEndpoint", {}, 4, 0.3},
      {"ModifyVpcEndpoint", {}, 4, 0.3},
      {"TerminateInstances", {}, 100, 5},
      {"DeleteNetworkInterface", {}, 100, 5},
      {"CreateTags", {}, 100, 10},
      {"DeleteTags", {}, 100, 10},
      {"DeleteVolume", {}, 100, 5},
      {"RunInstances", {}, 5, 2},
      {"DeleteClientVpnRoute", {}, 5, 2},
      {"RevokeClientVpnIngress", {}, 5, 2},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(burst(row.action, row.input), row.capacity) << row.action;
    wait(base::from_seconds(row.capacity / 2 / row.refill) + 1ms);
    EXPECT_EQ(burst(row.action, row.input), row.capacity / 2) << row.action;
  }
}

// "unfiltered *and* unpaginated DescribeInstances, ...: 50 / 10 (a filter or MaxResults moves them
// to 100 / 20)": all seven
TEST_F(ThrottleFacts, a_costly_describe_is_cheap_with_a_filter_or_in_pages) {
  struct Form {
    const char* name;
    json::object input;
    int capacity;
    double refill;
  };
  const Form forms[] = {{"bare", {}, 50, 10},
                        {"filter", {{"Filter", test::Cloud::filter("vpc-id", vpc)}}, 100, 20},
                        {"MaxResults", {{"MaxResults", "5"}}, 100, 20}};
  for (const auto* action :
       {"DescribeInstances", "DescribeInstanceStatus", "DescribeNetworkInterfaces",
        "DescribeSecurityGroups", "DescribeSnapshots", "DescribeSpotInstanceRequests",
        "DescribeVolumes"}) {
    for (const auto& form : forms) {
      EXPECT_EQ(burst(action, form.input), form.capacity) << action << " " << form.name;
      wait(base::from_seconds(form.capacity / 2 / form.refill) + 1ms);
      EXPECT_EQ(burst(action, form.input), form.capacity / 2) << action << " " << form.name;
      wait(10s);
    }
  }
}

// "fractional refill per second; overflow discarded"
TEST_F(ThrottleFacts, a_bucket_fills_in_fractions_and_never_beyond_its_capacity) {
  EXPECT_EQ(burst("CreateVpcEndpoint"), 4);
  wait(3s);  // 0.9 tokens
  EXPECT_EQ(burst("CreateVpcEndpoint"), 0);
  wait(1s);  // 1.2 tokens
  EXPECT_EQ(burst("CreateVpcEndpoint"), 1);
  wait(24h);
  EXPECT_EQ(burst("CreateVpcEndpoint"), 4);
}

// "resource buckets: TerminateInstances 1000 / 20, RunInstances 1000 / 2, Stop 1000 / 20, Start
// 1000 / 2 (cost = number of instances)"
TEST_F(ThrottleFacts, instances_cost_a_token_each) {
  json::array hundred;
  for (int i = 0; i < 100; ++i) hundred.emplace_back("i-0123456789abcdef0");
  json::object many;
  many["InstanceId"] = std::move(hundred);
  struct Row {
    const char* action;
    json::object input;
    double refill;
  };
  const Row rows[] = {
      {"TerminateInstances", many, 20}, {"StopInstances", many, 20}, {"StartInstances", many, 2}};
  for (const auto& row : rows) {
    EXPECT_EQ(burst(row.action, row.input), 10) << row.action;
    wait(base::from_seconds(100 / row.refill));
    EXPECT_EQ(burst(row.action, row.input), 1) << row.action;
  }
  const json::object four_hundred{{"MaxCount", "400"}};
  EXPECT_EQ(burst("RunInstances", four_hundred), 2);
  wait(100s);  // 200 + 200 tokens
  EXPECT_EQ(burst("RunInstances", four_hundred), 1);
}

// "console non-mutating 100 / 10": the console is known by its user agent; what it changes has no
// bucket of its own.
TEST_F(ThrottleFacts, the_console_reads_from_buckets_of_its_own) {
  struct Row {
    const char* agent;
    const char* action;
    int capacity;
    double refill;
  };
  const Row rows[] = {{"console.ec2.amazonaws.com", "DescribeNatGateways", 100, 10},
                      {"console.amazonaws.com", "DescribeSubnets", 100, 10},
                      {"console.ec2.amazonaws.com", "DescribeInstances", 100, 10},
                      {"console.ec2.amazonaws.com", "DeleteNatGateway", 10, 1},
                      {"aws-cli/2.17.0", "DescribeNatGateways", 100, 20},
                      {"aws-cli/2.17.0", "DescribeInstances", 50, 10}};
  for (const auto& row : rows) {
    agent = row.agent;
    EXPECT_EQ(burst(row.action), row.capacity) << row.agent << " " << row.action;
    wait(base::from_seconds(row.capacity / 2 / row.refill) + 1ms);
    EXPECT_EQ(burst(row.action), row.capacity / 2) << row.agent << " " << row.action;
  }
}

// "PrivateLink calls are additionally throttled per organization": all its actions from one bucket,
// which other accounts use, too. Knobs privatelink_calls, privatelink_refill, privatelink_others.
TEST(PrivateLinkThrottle, all_its_calls_share_one_bucket_beside_their_own) {
  Knobs knobs;
  knobs.privatelink_calls = 30;
  knobs.privatelink_refill = 2;
  knobs.privatelink_others = 1;
  test::Cloud cloud(knobs);
  const auto burst = [&](const char* action) {
    int passed = 0;
    try {
      for (; passed < 1000; ++passed) cloud.ec2.throttle(Call{{}, "ec2", action, {}, "r"});
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "RequestLimitExceeded");
    }
    return passed;
  };
  EXPECT_EQ(burst("DeleteVpcEndpoints"), 4);
  EXPECT_EQ(burst("CreateVpcEndpoint"), 4);
  EXPECT_EQ(burst("DescribeVpcEndpoints"), 22);
  EXPECT_EQ(burst("DescribeVpcEndpointServices"), 0);
  EXPECT_EQ(burst("DescribeSubnets"), 100);
  cloud.wait(5s);
  EXPECT_EQ(burst("DescribeVpcEndpointServices"), 5);
}

// "Per account per Region, each API action has its own token bucket"
TEST_F(ThrottleFacts, one_action_takes_nothing_from_another) {
  EXPECT_EQ(burst("DeleteNatGateway"), 10);
  EXPECT_EQ(burst("CreateNatGateway"), 10);
  EXPECT_EQ(burst("DescribeNatGateways"), 100);
}

}  // namespace
}  // namespace sim::ec2
