#include "templates/dynamic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace templates {
namespace {

using testing::IsEmpty;

std::string shown(const DynamicReference& one) {
  constexpr std::array services{"ssm", "ssm-secure", "secretsmanager"};
  return std::string(services[static_cast<std::size_t>(one.service)]) + "|" + one.name + "|" +
         one.version + "|" + one.json_key + "|" + one.version_stage + "|" + one.version_id;
}

struct Case {
  std::string text;
  std::vector<std::string> found = {};
  std::vector<std::string> problems = {};
};

TEST(DynamicReferences, are_read_as_aws_documents_them) {
  const std::vector<Case> table{
      {.text = "plain {resolve:ssm:a} {{ resolve:ssm:a }}"},
      {.text = "{{resolve:ssm:name}}", .found = {"ssm|name||||"}},
      {.text = "{{resolve:ssm:/a/b.c_d-e:12}}", .found = {"ssm|/a/b.c_d-e|12|||"}},
      {.text = "{{resolve:ssm-secure:IAMUserPassword:10}}",
       .found = {"ssm-secure|IAMUserPassword|10|||"}},
      {.text = "{{resolve:ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/shared:3}}",
       .found = {"ssm|arn:aws:ssm:eu-west-1:123456789012:parameter/shared|3|||"}},
      {.text = "{{resolve:secretsmanager:MySecret}}", .found = {"secretsmanager|MySecret||||"}},
      {.text = "{{resolve:secretsmanager:MySecret:SecretString:password}}",
       .found = {"secretsmanager|MySecret||password||"}},
      {.text = "{{resolve:secretsmanager:MySecret:::}}", .found = {"secretsmanager|MySecret||||"}},
      {.text = "{{resolve:secretsmanager:MySecret:SecretString:password:AWSPREVIOUS}}",
       .found = {"secretsmanager|MySecret||password|AWSPREVIOUS|"}},
      {.text = "{{resolve:secretsmanager:MySecret:SecretString:password::EXAMPLE1}}",
       .found = {"secretsmanager|MySecret||password||EXAMPLE1"}},
      {.text = "{{resolve:secretsmanager:arn:aws:secretsmanager:us-west-2:123456789012:secret:"
               "MySecret-asd123:SecretString:password}}",
       .found = {"secretsmanager|arn:aws:secretsmanager:us-west-2:123456789012:secret:"
                 "MySecret-asd123||password||"}},
      {.text = "a{{resolve:ssm:x:1}}b{{resolve:ssm:y}}", .found = {"ssm|x|1|||", "ssm|y||||"}},
      {.text = "{{resolve:ssm:open"},
      {.text = "{{resolve:ssm-secure:/some/parameter:}}",
       .problems = {"Incorrect format is used in the following SSM reference: "
                    "[{{resolve:ssm-secure:/some/parameter:}}]"}},
      {.text = "{{resolve:ssm:}}",
       .problems = {"Incorrect format is used in the following SSM reference: "
                    "[{{resolve:ssm:}}]"}},
      {.text = "{{resolve:ssm:a b}}",
       .problems = {"Incorrect format is used in the following SSM reference: "
                    "[{{resolve:ssm:a b}}]"}},
      {.text = "{{resolve:ssm:a:latest}}",
       .problems = {"Incorrect format is used in the following SSM reference: "
                    "[{{resolve:ssm:a:latest}}]"}},
      {.text = "{{resolve:secretsmanager:S:SecretBinary:k}}",
       .problems = {"Incorrect format is used in the following Secrets Manager reference: "
                    "[{{resolve:secretsmanager:S:SecretBinary:k}}]"}},
      {.text = "{{resolve:secretsmanager:S:SecretString:k:stage:id}}",
       .problems = {"Incorrect format is used in the following Secrets Manager reference: "
                    "[{{resolve:secretsmanager:S:SecretString:k:stage:id}}]"}},
      {.text = "{{resolve:vault:x}}",
       .problems = {"Incorrect format is used in the following dynamic reference: "
                    "[{{resolve:vault:x}}]"}},
  };
  for (const auto& row : table) {
    const auto reading = dynamic_references(row.text);
    std::vector<std::string> found;
    for (const auto& one : reading.references) found.push_back(shown(one));
    EXPECT_EQ(found, row.found) << row.text;
    EXPECT_EQ(reading.problems, row.problems) << row.text;
  }
}

TEST(DynamicReferences, give_way_to_their_values_which_are_not_looked_at_again) {
  const std::string text = "<{{resolve:ssm:x:1}}|{{resolve:ssm:y}}>";
  const auto reading = dynamic_references(text);
  EXPECT_EQ(with_dynamic_values(
                text, reading.references,
                [](const auto& one) { return "{{resolve:ssm:" + one.name + one.name + "}}"; }),
            "<{{resolve:ssm:xx}}|{{resolve:ssm:yy}}>");
}

TEST(DynamicReferences, are_found_wherever_they_stand_in_a_value) {
  const auto places = dynamic_places(
      json::parse(R"({"A": [1, "{{resolve:ssm:x}}"], "B": {"C": "{{resolve:ssm:}}"}, "D": "no"})"));
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].path, "/A/1");
  EXPECT_EQ(places[1].path, "/B/C");
  EXPECT_THAT(places[0].reading.problems, IsEmpty());
  EXPECT_EQ(places[1].reading.problems.size(), 1U);
}

TEST(SecureStrings, are_accepted_only_where_aws_lists_them) {
  EXPECT_TRUE(accepts_secure_string("AWS::IAM::User", "/LoginProfile/Password"));
  EXPECT_FALSE(accepts_secure_string("AWS::IAM::User", "/UserName"));
  EXPECT_FALSE(accepts_secure_string("AWS::Lambda::Function", "/Environment/Variables/KEY"));
}

}  // namespace
}  // namespace templates
