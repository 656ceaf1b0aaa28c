#include "falsework/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "falsework/elastic_ip.hpp"
#include "falsework/kind.hpp"

namespace falsework {
namespace {

const std::string nat = "nat-00000001";
const std::string eip = "eipalloc-00000001";
const std::string igw = "igw-00000001";
const std::string vpc = "vpc-00000001";
const std::string route = "rtb-00000001|0.0.0.0/0";
const std::string public_route = "rtb-00000002|0.0.0.0/0";
const std::string attached = igw + "|" + vpc;

Piece piece(const std::string& id, std::string state, std::string target = {}) {
  Piece one;
  one.kind = kind_of(id);
  one.id = id;
  one.state = std::move(state);
  if (one.kind != &elastic_ip()) one.vpc = vpc;  // AWS does not say where an address is
  one.target = std::move(target);
  return one;
}

Observation network() {
  Observation seen;
  seen.pieces = {piece(nat, "available"),     piece(igw, "attached"),
                 piece(route, "active", nat), piece(public_route, "active", igw),
                 piece(eip, "associated"),    piece(attached, "attached", igw)};
  seen.pieces[0].holds = {eip};
  seen.pieces[0].interfaces = {"eni-1"};
  seen.pieces[2].implied_by = nat;
  seen.pieces[3].implied_by = igw;
  seen.pieces[4].implied_by = nat;
  seen.pieces[5].implied_by = igw;
  seen.pieces[4].mapped_to = "eni-1";
  seen.mappings = {{vpc, "eni-1", "198.51.100.1", eip, "NAT gateway"}};
  return seen;
}

Spec keeping(std::vector<std::string> ids) {
  Spec spec;
  spec.temporary = {nat, igw};
  spec.keep = std::move(ids);
  return spec;
}

// "eipalloc-1 after nat-1", for every edge.
std::vector<std::string> edges(const Plan& plan) {
  std::vector<std::string> all;
  for (const Step& step : plan.steps) {
    for (const Edge& edge : step.after) {
      all.push_back(step.piece.id + " after " + plan.steps[edge.before].piece.id);
    }
  }
  return all;
}

TEST(Plan, each_piece_waits_for_what_holds_it_and_for_nothing_else) {
  const Plan plan = make_plan(network(), keeping({}));
  EXPECT_TRUE(plan.problems.empty());
  EXPECT_EQ(edges(plan), (std::vector<std::string>{
                             nat + " after " + route, eip + " after " + nat,
                             attached + " after " + public_route, attached + " after " + nat,
                             igw + " after " + public_route, igw + " after " + attached}));
}

TEST(Plan, every_edge_and_every_implied_piece_has_a_reason_in_words) {
  const Plan plan = make_plan(network(), keeping({}));
  for (const Step& step : plan.steps) {
    EXPECT_FALSE(step.reason.empty());
    for (const Edge& edge : step.after) EXPECT_FALSE(edge.reason.empty());
  }
  EXPECT_EQ(plan.steps[0].reason, "leads to " + nat);
  EXPECT_EQ(plan.steps[3].after[0].reason, "its address is mapped until " + nat + " is deleted");
}

TEST(Plan, what_is_gone_is_no_step) {
  Observation seen = network();
  seen.pieces[0].state = "deleted";
  seen.pieces[2].state = std::string(absent);
  const Plan plan = make_plan(seen, keeping({}));
  EXPECT_EQ(plan.gone.size(), 2U);
  EXPECT_EQ(plan.steps.size(), 4U);
  EXPECT_TRUE(plan.problems.empty());
}

TEST(Plan, keep_wins_and_what_it_blocks_is_said_before_anything_is_touched) {
  struct Row {
    std::string keep;
    std::string problem;  // empty: nothing is blocked
  };
  const Row rows[] = {
      {eip, ""},
      {route, "leads to " + nat},
      {"rtb-00000001", "leads to " + nat},
      {attached, "attaches " + igw},
      {"IGW|" + vpc, "attaches " + igw},
  };
  for (const auto& row : rows) {
    const Plan plan = make_plan(network(), keeping({row.keep}));
    EXPECT_FALSE(plan.kept.empty()) << row.keep;
    if (row.problem.empty()) {
      EXPECT_TRUE(plan.problems.empty()) << plan.problems.front();
    } else {
      ASSERT_FALSE(plan.problems.empty()) << row.keep;
      EXPECT_NE(plan.problems.front().find(row.problem), std::string::npos)
          << plan.problems.front();
    }
  }
}

TEST(Plan, what_is_listed_and_kept_is_a_problem_whoever_says_so) {
  Observation listed_route = network();
  listed_route.pieces[2].implied_by.clear();
  struct Row {
    Observation seen;
    std::string keep;
    std::vector<std::string> problems;
  };
  const Row rows[] = {
      {network(), nat, {nat + " is in Temporary, and " + nat}},
      {network(),
       vpc,
       {nat + " is in Temporary, and " + vpc, igw + " is in Temporary, and " + vpc}},
      {listed_route, "rtb-00000001", {route + " is in Temporary, and rtb-00000001"}},
  };
  for (const auto& row : rows) {
    const Plan plan = make_plan(row.seen, keeping({row.keep}));
    for (const auto& problem : row.problems) {
      EXPECT_THAT(plan.problems, testing::Contains(testing::HasSubstr(problem)));
    }
  }
}

TEST(Plan, a_route_that_is_no_default_route_is_a_problem) {
  Observation seen = network();
  seen.other_routes = {piece("rtb-00000001|52.0.0.0/8", "active", nat)};
  EXPECT_EQ(make_plan(seen, keeping({})).problems.size(), 1U);
}

TEST(Plan, an_address_in_foreign_use_is_a_problem) {
  struct Row {
    std::string mapped_to;
    std::string owner;
  };
  for (const auto& [mapped_to, owner] : {Row{"i-00000001", ""}, Row{"", "rnat"}}) {
    Observation seen;
    seen.pieces = {piece(eip, "associated")};
    seen.pieces[0].mapped_to = mapped_to;
    seen.pieces[0].owner = owner;
    EXPECT_EQ(make_plan(seen, keeping({})).problems.size(), 1U);
  }
}

}  // namespace
}  // namespace falsework
