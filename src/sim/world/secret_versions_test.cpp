// Versions of a secret, and templates that name one.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

class SecretVersions : public StackTest {
 protected:
  std::string value(json::object more) {
    more["SecretId"] = "login";
    return at(call("secretsmanager", "GetSecretValue", std::move(more)), "SecretString");
  }
};

TEST_F(SecretVersions, are_found_by_their_stage_and_their_id) {
  call("secretsmanager", "CreateSecret", {{"Name", "login"}, {"SecretString", "old"}});
  const auto first =
      at(call("secretsmanager", "GetSecretValue", {{"SecretId", "login"}}), "VersionId");
  call("secretsmanager", "UpdateSecret", {{"SecretId", "login"}, {"SecretString", "new"}});
  EXPECT_EQ(value({}), "new");
  EXPECT_EQ(value({{"VersionId", first}}), "old");
  EXPECT_EQ(value({{"VersionStage", "AWSPREVIOUS"}}), "old");
  EXPECT_THROW(value({{"VersionId", "none"}}), Error);
  EXPECT_THROW(value({{"VersionId", first}, {"VersionStage", "AWSCURRENT"}}), Error);

  EXPECT_EQ(create("Resources:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties:\n"
                   "      Name: p\n      Type: String\n"
                   "      Value: '{{resolve:secretsmanager:login:SecretString:::" +
                   first + "}}'\n"),
            "CREATE_COMPLETE")
      << troubles();
  EXPECT_EQ(at(call("ssm", "GetParameter", {{"Name", "p"}}), "Parameter.Value"), "old");
}

}  // namespace
}  // namespace sim::world
