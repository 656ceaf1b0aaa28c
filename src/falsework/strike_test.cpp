#include "falsework/strike.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/runtime.hpp"
#include "falsework/fake_aws.hpp"
#include "falsework/observe.hpp"

namespace falsework {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

const std::string nat = "nat-00000000000000001";
const std::string second_nat = "nat-00000000000000002";
const std::string eip = "eipalloc-00000000000000001";
const std::string secondary = "eipalloc-00000000000000002";
const std::string igw = "igw-00000000000000001";
const std::string vpc = "vpc-00000000000000001";
const std::string private_table = "rtb-00000000000000001";
const std::string public_table = "rtb-00000000000000002";
const std::string private_route = private_table + "|0.0.0.0/0";
const std::string public_route = public_table + "|0.0.0.0/0";
const std::string attached = igw + "|" + vpc;

// The article's network: a NAT gateway with one address, an internet gateway, two default routes.
struct World {
  std::unique_ptr<base::Runtime> runtime = base::virtual_runtime(start);
  base::SeededRandom random{7};
  base::NoLog log;
  fake::Aws aws{runtime->clock()};
  http::System system{runtime->clock(), random, log, aws};
  ::aws::Client client{system, {{"AKIDEXAMPLE", "secret", ""}, "ap-northeast-1", std::nullopt}};
  Site site{"aws", "ap-northeast-1", "123456789012"};
  Progress progress;
  Plan plan;
  Outcome outcome;

  World() {
    aws.tables = {{private_table, vpc}, {public_table, vpc}};
    aws.routes = {
        {private_route, nat}, {public_route, igw}, {private_table + "|10.0.0.0/16", "local"}};
    aws.nat_gateways[nat] = {.vpc = vpc, .allocations = {eip}};
    aws.addresses[eip] = {"198.51.100.1"};
    aws.internet_gateways[igw] = vpc;
  }

  void strike(Spec spec, base::Duration time = 10min) {
    runtime->run(strike_task(*this, std::move(spec), runtime->clock().now() + time));
  }

  base::Duration passed() const { return runtime->clock().now() - start; }

  static base::Task<void> strike_task(World& world, Spec spec, base::Instant deadline) {
    world.plan = make_plan(co_await observe(world.client, spec, deadline), spec);
    world.outcome =
        co_await falsework::strike(world.client, world.plan, world.site, deadline, world.progress);
  }
};

Spec list(std::vector<std::string> ids) {
  Spec spec;
  spec.temporary = std::move(ids);
  return spec;
}

std::vector<std::string> ids(const Outcome& outcome, Fate fate) {
  std::vector<std::string> found;
  for (const auto& one : outcome.pieces) {
    if (one.fate == fate) found.push_back(one.piece.id);
  }
  return found;
}

std::size_t position(const std::vector<std::string>& calls, const std::string& call) {
  return static_cast<std::size_t>(std::ranges::find(calls, call) - calls.begin());
}

std::string all_problems(const Outcome& outcome) {
  return fmt::to_string(fmt::join(outcome.all_problems(), "; "));
}

TEST(Strike, removes_two_listed_gateways_and_everything_they_imply) {
  World world;
  world.strike(list({nat, igw}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_EQ(ids(world.outcome, Fate::struck),
            (std::vector{private_route, public_route, nat, eip, attached, igw}));
  EXPECT_TRUE(world.aws.addresses.empty());
  EXPECT_TRUE(world.aws.internet_gateways.empty());
  EXPECT_EQ(world.aws.routes.size(), 1U);
  EXPECT_EQ(world.outcome.monthly_saving("ap-northeast-1").money.cents(), "48.91");
}

TEST(Strike, deletes_the_route_before_the_gateway_it_leads_to) {
  World world;
  world.strike(list({nat, igw}));
  const auto& calls = world.aws.calls;
  EXPECT_LT(position(calls, "DeleteRoute " + private_route),
            position(calls, "DeleteNatGateway " + nat));
  EXPECT_LT(position(calls, "DeleteNatGateway " + nat), position(calls, "ReleaseAddress " + eip));
}

TEST(Strike, ends_within_three_percent_of_what_aws_takes) {
  World world;
  world.strike(list({nat, igw}));
  // One bare DeleteRoute, the gateway's 50 s, the 6 s of refusals after them, one bare release.
  const base::Duration minimum = 100ms + 100ms + 50s + 6s;
  EXPECT_LT(world.outcome.took, minimum + minimum * 3 / 100);
  EXPECT_LT(world.aws.looks, 120);
}

TEST(Strike, reports_every_piece_with_evidence) {
  World world;
  world.strike(list({nat, igw}));
  for (const auto& one : world.outcome.pieces) {
    EXPECT_EQ(one.evidence, one.piece.id == nat ? "state deleted" : "not found");
  }
}

TEST(Strike, releases_all_addresses_of_a_gateway_and_leaves_others_alone) {
  World world;
  world.aws.nat_gateways[nat].allocations.push_back(secondary);
  world.aws.addresses[secondary] = {"198.51.100.2"};
  world.aws.addresses["eipalloc-00000000000000003"] = {"198.51.100.3"};
  world.strike(list({nat}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  ASSERT_EQ(world.aws.addresses.size(), 1U);
  EXPECT_EQ(world.aws.addresses.begin()->first, "eipalloc-00000000000000003");
  EXPECT_TRUE(world.aws.internet_gateways.contains(igw));
}

TEST(Strike, deletes_two_gateways_in_parallel_and_detaches_after_the_slower_one) {
  World world;
  world.aws.nat_gateways[second_nat] = {.vpc = vpc, .allocations = {secondary}, .takes = 70s};
  world.aws.addresses[secondary] = {"198.51.100.2"};
  world.strike(list({nat, second_nat, igw}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_LT(world.outcome.took, 79s);
  EXPECT_GT(world.outcome.took, 76s);
}

TEST(Strike, a_second_run_finds_everything_gone_and_changes_nothing) {
  World world;
  world.strike(list({nat, eip, igw}));
  const auto calls = world.aws.calls.size();
  world.strike(list({nat, eip, igw}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_EQ(world.aws.calls.size(), calls);
  EXPECT_EQ(ids(world.outcome, Fate::already_gone), (std::vector{nat, eip, igw}));
}

TEST(Strike, a_run_after_an_interrupted_one_releases_the_address_of_the_deleted_gateway) {
  World world;
  world.aws.routes.erase(private_route);
  world.aws.nat_gateways[nat].delete_called = start - 10min;
  world.strike(list({nat}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_TRUE(world.aws.addresses.empty());
}

TEST(Strike, two_runs_at_once_both_succeed) {
  World world;
  Progress other_progress;
  Outcome other;
  const auto both = [](World& one, Progress& progress, Outcome& result) -> base::Task<void> {
    const Spec spec = list({nat, igw});
    const Plan plan = make_plan(co_await observe(one.client, spec, start + 10min), spec);
    result = co_await falsework::strike(one.client, plan, one.site, start + 10min, progress);
  };
  world.runtime->spawn(both(world, other_progress, other));
  world.strike(list({nat, igw}));
  world.runtime->run(world.runtime->clock().sleep_for(1min));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_TRUE(other.complete()) << all_problems(other);
}

TEST(Strike, a_deletion_that_is_already_under_way_is_waited_for) {
  World world;
  world.aws.nat_gateways[nat].delete_called = start - 10s;
  world.strike(list({nat}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_EQ(position(world.aws.calls, "DeleteNatGateway " + nat), world.aws.calls.size());
}

TEST(Strike, waits_for_an_aws_that_does_not_answer_its_first_look) {
  World world;
  world.aws.lost_replies = {{"DescribeAddresses", 12}};
  world.strike(list({nat, eip}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_TRUE(world.aws.addresses.empty());
}

TEST(Strike, gives_up_on_an_aws_that_never_answers_when_the_time_is_up) {
  World world;
  world.aws.lost_replies = {{"DescribeAddresses", 100'000}};
  EXPECT_THROW(world.strike(list({nat, eip}), 1min), ::aws::ServiceError);
  EXPECT_LE(world.passed(), 1min);
  EXPECT_TRUE(world.aws.calls.empty());
}

TEST(Strike, a_lost_reply_is_no_failure) {
  World world;
  world.aws.lost_replies = {{"DeleteRoute", 1},
                            {"ReleaseAddress", 1},
                            {"DetachInternetGateway", 1},
                            {"DeleteInternetGateway", 1},
                            {"DescribeNatGateways", 2}};
  world.strike(list({nat, igw}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_TRUE(world.aws.internet_gateways.empty());
}

TEST(Strike, a_missing_permission_fails_at_once_and_is_named_with_its_arn) {
  World world;
  world.aws.denied = {"DeleteNatGateway"};
  world.strike(list({nat}));
  EXPECT_FALSE(world.outcome.complete());
  EXPECT_TRUE(world.outcome.only_denied());
  EXPECT_LT(world.passed(), 5s);
  EXPECT_NE(all_problems(world.outcome)
                .find("ec2:DeleteNatGateway on "
                      "arn:aws:ec2:ap-northeast-1:123456789012:natgateway/" +
                      nat),
            std::string::npos)
      << all_problems(world.outcome);
  EXPECT_EQ(ids(world.outcome, Fate::not_reached), (std::vector{eip}));
  EXPECT_TRUE(world.aws.addresses.contains(eip));
}

TEST(Strike, an_address_that_stays_refused_without_a_reason_fails_after_a_grace) {
  World world;
  world.aws.nat_gateways[nat].held_after = 1h;
  world.strike(list({nat}));
  EXPECT_FALSE(world.outcome.complete());
  EXPECT_LT(world.passed(), 2min);
  EXPECT_NE(all_problems(world.outcome).find("AuthFailure"), std::string::npos);
}

TEST(Strike, an_aws_that_is_too_busy_for_a_minute_is_waited_for) {
  for (const auto* operation :
       {"DeleteRoute", "DeleteNatGateway", "ReleaseAddress", "DetachInternetGateway"}) {
    World world;
    world.aws.busy_until = {{operation, start + 3min}};
    world.strike(list({nat, igw}));
    EXPECT_TRUE(world.outcome.complete()) << operation << ": " << all_problems(world.outcome);
    EXPECT_GT(world.passed(), 3min);
  }
}

TEST(Strike, an_aws_that_stays_too_busy_is_said_to_be) {
  World world;
  world.aws.busy_until = {{"DeleteNatGateway", start + 24h}};
  world.strike(list({nat}));
  EXPECT_THAT(all_problems(world.outcome), testing::HasSubstr("RequestLimitExceeded"));
  EXPECT_THAT(all_problems(world.outcome), testing::HasSubstr("waiting for AWS to take the call"));
}

TEST(Strike, stops_at_the_deadline_and_says_what_is_left) {
  World world;
  world.strike(list({nat, igw}), 20s);
  EXPECT_FALSE(world.outcome.complete());
  EXPECT_LE(world.passed(), 21s);
  EXPECT_NE(all_problems(world.outcome).find("still deleting"), std::string::npos)
      << all_problems(world.outcome);
  EXPECT_NE(world.progress.describe().find(eip + " (waits for " + nat + " (its address is mapped"),
            std::string::npos)
      << world.progress.describe();
}

TEST(Strike, a_mapping_that_nobody_listed_stops_everything_before_it_begins) {
  World world;
  world.aws.interfaces["eni-00000000000000009"] = {vpc, "203.0.113.9", "web server"};
  world.strike(list({nat, igw}));
  EXPECT_FALSE(world.outcome.complete());
  EXPECT_TRUE(world.aws.calls.empty());
  EXPECT_NE(all_problems(world.outcome).find("203.0.113.9"), std::string::npos);
}

TEST(Strike, keep_leaves_an_implied_address_allocated) {
  World world;
  Spec spec = list({nat, igw});
  spec.keep = {eip};
  world.strike(spec);
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_TRUE(world.aws.addresses.contains(eip));
  EXPECT_TRUE(world.aws.internet_gateways.empty());
  ASSERT_EQ(world.plan.kept.size(), 1U);
  EXPECT_EQ(world.plan.kept[0].implied_by, nat);
}

TEST(Strike, an_attachment_may_be_named_by_its_vpc_alone) {
  World world;
  world.strike(list({nat, "IGW|" + vpc}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_EQ(world.aws.internet_gateways.at(igw), "");
  EXPECT_EQ(world.aws.routes.size(), 1U);
}

TEST(Strike, a_gateway_that_somebody_detached_is_still_deleted) {
  World world;
  world.aws.internet_gateways[igw] = "";
  world.strike(list({igw}));
  EXPECT_TRUE(world.outcome.complete()) << all_problems(world.outcome);
  EXPECT_TRUE(world.aws.internet_gateways.empty());
}

}  // namespace
}  // namespace falsework
