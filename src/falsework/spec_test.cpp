#include "falsework/spec.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "falsework/kind.hpp"

namespace falsework {
namespace {

std::expected<Spec, std::vector<std::string>> parse(std::string_view text) {
  return Spec::parse(boost::json::parse(text).as_object());
}

constexpr std::string_view full = R"({
  "ServiceToken": "arn:aws:lambda:x",
  "Temporary": ["nat-0123456789abcdef0", "eipalloc-0123456789abcdef0", "igw-01234567",
                "rtb-0123456789abcdef0|0.0.0.0/0", "rtb-0123456789abcdef0|::/0",
                "IGW|vpc-0123456789abcdef0"],
  "Until": [{"Service": "arn:aws:ecs:ap-northeast-1:123456789012:service/demo/web"},
            {"Instance": "i-0123456789abcdef0"}],
  "Keep": ["eipalloc-0123456789abcdef1", "rtb-0123456789abcdef2", "vpc-0123456789abcdef3"],
  "OnFailure": "WARN", "Token": "2", "ServiceTimeout": "600"})";

TEST(Spec, accepts_every_documented_property) {
  const auto spec = parse(full);
  ASSERT_TRUE(spec) << spec.error().front();
  EXPECT_EQ(spec->temporary.size(), 6U);
  ASSERT_EQ(spec->until.size(), 2U);
  EXPECT_EQ(id_of(spec->until[1]), "i-0123456789abcdef0");
  EXPECT_EQ(spec->keep.size(), 3U);
  EXPECT_EQ(spec->on_failure, OnFailure::warn);
}

TEST(Spec, names_each_mistake) {
  struct Row {
    std::string_view properties;
    std::string_view problem;
  };
  const Row rows[] = {
      {R"({})", "Temporary is missing"},
      {R"({"Temporary": []})", "Temporary is empty"},
      {R"({"Temporary": "nat-01234567"})", "Temporary must be a list"},
      {R"({"Temporary": [7]})", "Temporary must hold ids, not 7"},
      {R"({"Temporary": ["nat-xyz"]})", "\"nat-xyz\" is not an id of a known kind"},
      {R"({"Temporary": ["NAT-01234567"]})", "not an id of a known kind"},
      {R"({"Temporary": ["rtb-01234567|10.0.0.0/8"]})", "not an id of a known kind"},
      {R"({"Temporary": ["203.0.113.7"]})", "write its allocation id"},
      {R"({"Temporary": ["nat-01234567", "nat-01234567"]})", "nat-01234567 is listed twice"},
      {R"({"Temporary": ["igw-01234567|vpc-01234567", "IGW|vpc-01234567"]})",
       "IGW|vpc-01234567 is listed twice"},
      {R"({"Temporary": ["nat-01234567"], "Keep": ["nat-01234567"]})",
       "in both Temporary and Keep"},
      {R"({"Temporary": ["nat-01234567"], "keep": []})",
       "keep is not a property of Custom::Falsework"},
      {R"({"Temporary": ["nat-01234567"], "OnFailure": "IGNORE"})",
       "OnFailure must be FAIL or WARN"},
      {R"({"Temporary": ["nat-01234567"], "ServiceTimeout": "3601"})",
       "ServiceTimeout must be 1 to 3600"},
      {R"({"Temporary": ["nat-01234567"], "ServiceTimeout": "5m"})",
       "ServiceTimeout must be 1 to 3600"},
      {R"({"Temporary": ["nat-01234567"], "Until": [{"Service": "web"}]})",
       "is not the ARN of an ECS service"},
      {R"({"Temporary": ["nat-01234567"], "Until": [{"Instance": "web"}]})",
       "is not an instance id"},
      {R"({"Temporary": ["nat-01234567"], "Until": [{"Queue": "x"}]})", "must be {Service:"},
      {R"({"Temporary": ["nat-01234567"], "Token": []})", "Token must be a string"},
  };
  for (const auto& row : rows) {
    const auto spec = parse(row.properties);
    ASSERT_FALSE(spec) << row.properties;
    EXPECT_EQ(spec.error().size(), 1U) << row.properties;
    EXPECT_NE(spec.error().front().find(row.problem), std::string::npos) << spec.error().front();
  }
}

TEST(Spec, lists_all_problems_at_once) {
  const auto spec = parse(R"({"Temporary": ["nat-1", "eip-2"], "Unknown": 1, "OnFailure": "x"})");
  ASSERT_FALSE(spec);
  EXPECT_EQ(spec.error().size(), 4U);
}

TEST(Kinds, exactly_one_kind_answers_to_an_id) {
  struct Row {
    std::string_view id;
    std::string_view type;
  };
  const Row rows[] = {
      {"nat-0123456789abcdef0", "nat_gateway"},      {"eipalloc-0123456789abcdef0", "elastic_ip"},
      {"igw-0123456789abcdef0", "internet_gateway"}, {"rtb-0123456789abcdef0|::/0", "route"},
      {"igw-01234567|vpc-01234567", "attachment"},   {"IGW|vpc-01234567", "attachment"},
  };
  for (const auto& row : rows) {
    int answers = 0;
    for (const Kind* kind : kinds()) answers += kind->answers_to(row.id) ? 1 : 0;
    EXPECT_EQ(answers, 1) << row.id;
    EXPECT_EQ(kind_of(row.id)->type(), row.type);
  }
  EXPECT_EQ(kind_of("i-01234567"), nullptr);
}

TEST(Kinds, a_removal_is_granted_on_exactly_its_resource) {
  struct Row {
    std::string id;
    std::vector<Grant> grants;
  };
  // aws-semantics section 11: ReleaseAddress is on elastic-ip/, not eip/.
  const Row rows[] = {
      {"eipalloc-01234567", {{"ec2:ReleaseAddress", "elastic-ip/eipalloc-01234567"}}},
      {"rtb-01234567|::/0", {{"ec2:DeleteRoute", "route-table/rtb-01234567"}}},
      {"igw-01234567|vpc-01234567",
       {{"ec2:DetachInternetGateway", "internet-gateway/igw-01234567"},
        {"ec2:DetachInternetGateway", "vpc/vpc-01234567"}}},
  };
  for (const auto& row : rows) EXPECT_EQ(kind_of(row.id)->removal_grants(row.id), row.grants);
}

TEST(Prices, a_region_without_a_price_gives_a_marked_lower_bound) {
  const Kind* nat = kind_of("nat-01234567");
  EXPECT_EQ((nat->hourly("us-east-1").money * 730).cents(), "32.85");
  EXPECT_EQ((nat->hourly("ap-northeast-1").money * 730).cents(), "45.26");
  EXPECT_FALSE(nat->hourly("us-east-1").at_least);
  EXPECT_TRUE(nat->hourly("eu-nowhere-9").at_least);
  EXPECT_EQ(nat->hourly("eu-nowhere-9").money, nat->hourly("us-east-1").money);
}

}  // namespace
}  // namespace falsework
