// Dynamic references, from the template to the handler and nowhere else.
#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class DynamicReferences : public Stacks {
 protected:
  static std::string copy_of(const std::string& value) {
    return "Resources:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Name: copy\n"
           "      Type: String\n      Value: \"" +
           value + "\"\n";
  }
  static std::string custom_with(const std::string& value) {
    return "Resources:\n  C:\n    Type: Custom::T\n    Properties:\n      ServiceToken: "
           "arn:aws:lambda:ap-northeast-1:123456789012:function:f\n      Value: \"" +
           value + "\"\n";
  }
  // Everything the API tells about the stack.
  std::string all_that_is_shown() {
    std::string text;
    for (const auto* action : {"DescribeStacks", "DescribeStackEvents", "DescribeStackResources",
                               "ListStackResources", "GetTemplate"}) {
      text += json::serialize(call(action, {{"StackName", "s"}}));
    }
    return text;
  }
};

TEST_F(DynamicReferences, reach_the_handler_as_values) {
  cloud_.parameters["plain"] = "one";
  cloud_.parameters["plain:3"] = "three";
  cloud_.secrets["login"] = R"({"user":"me","port":5432})";
  struct Case {
    std::string written, value;
  };
  const std::vector<Case> cases{
      {"{{resolve:ssm:plain}}", "one"},
      {"{{resolve:ssm:plain:3}}", "three"},
      {"<{{resolve:ssm:plain}}-{{resolve:ssm:plain:3}}>", "<one-three>"},
      {"{{resolve:secretsmanager:login}}", R"({"user":"me","port":5432})"},
      {"{{resolve:secretsmanager:login:SecretString:user}}", "me"},
      {"{{resolve:secretsmanager:login:SecretString:port:AWSCURRENT}}", "5432"},
  };
  for (const auto& [written, value] : cases) {
    EXPECT_EQ(create(copy_of(written)), "CREATE_COMPLETE") << written;
    EXPECT_EQ(cloud_.parameters["copy"], value);
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
  }
}

TEST_F(DynamicReferences, show_their_values_nowhere) {
  cloud_.secrets["login"] = "hunter2";
  EXPECT_EQ(create(copy_of("{{resolve:secretsmanager:login}}")), "CREATE_COMPLETE");
  EXPECT_EQ(cloud_.parameters["copy"], "hunter2");
  EXPECT_THAT(all_that_is_shown(), HasSubstr("{{resolve:secretsmanager:login}}"));
  EXPECT_THAT(all_that_is_shown(), Not(HasSubstr("hunter2")));
}

TEST_F(DynamicReferences, are_fetched_as_the_stack_s_principal) {
  cloud_.parameters["plain"] = "one";
  create(copy_of("{{resolve:ssm:plain}}"));
  EXPECT_THAT(cloud_.principals, testing::Each("arn:aws:iam::123456789012:root"));
}

// cloudformation-coverage-roadmap#844, scenario 3.
TEST_F(DynamicReferences, whose_value_alone_has_changed_are_no_update) {
  cloud_.parameters["plain"] = "one";
  create(copy_of("{{resolve:ssm:plain}}"));
  cloud_.parameters["plain"] = "two";
  EXPECT_EQ(refusal("UpdateStack",
                    {{"StackName", "s"}, {"TemplateBody", copy_of("{{resolve:ssm:plain}}")}}),
            "ValidationError: No updates are to be performed.");
  EXPECT_EQ(cloud_.parameters["copy"], "one");
  // Another reference is one, and fetches anew.
  cloud_.parameters["plain:2"] = "two";
  EXPECT_EQ(update(copy_of("{{resolve:ssm:plain:2}}")), "UPDATE_COMPLETE");
  EXPECT_EQ(cloud_.parameters["copy"], "two");
}

// "Dynamic references for secure values are not currently supported in custom resources."
TEST_F(DynamicReferences, to_secrets_reach_custom_resources_as_they_are_written) {
  cloud_.secrets["login"] = "hunter2";
  cloud_.parameters["plain"] = "one";
  EXPECT_EQ(create(custom_with("{{resolve:secretsmanager:login}} {{resolve:ssm:plain}}")),
            "CREATE_COMPLETE");
  EXPECT_EQ(at(cloud_.events.back(), "ResourceProperties.Value"),
            "{{resolve:secretsmanager:login}} one");
  // What it was made with is what its Delete carries.
  cloud_.parameters.erase("plain");
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_EQ(at(cloud_.events.back(), "ResourceProperties.Value"),
            "{{resolve:secretsmanager:login}} one");
}

TEST_F(DynamicReferences, to_parameters_that_are_not_there_are_refused_before_anything_is_made) {
  cloud_.parameters["secret"] = "x";
  cloud_.secure.insert("secret");
  struct Case {
    std::string value, refusal;
  };
  const std::vector<Case> cases{
      {"{{resolve:ssm:none}}", "Parameters: [ssm:none] cannot be found."},
      {"{{resolve:ssm:none:4}}", "Parameters: [ssm:none:4] cannot be found."},
      // A plain reference does not read a secure string.
      {"{{resolve:ssm:secret}}", "Parameters: [ssm:secret] cannot be found."},
      {"{{resolve:ssm-secure:secret}}",
       "SSM Secure reference is not supported in: [AWS::SSM::Parameter/Properties/Value]"},
      {"{{resolve:ssm:a:b}}",
       "Incorrect format is used in the following SSM reference: [{{resolve:ssm:a:b}}]"},
  };
  for (const auto& [value, text] : cases) {
    EXPECT_EQ(refusal("CreateStack", {{"StackName", "s"}, {"TemplateBody", copy_of(value)}}),
              "ValidationError: " + text);
  }
}

TEST_F(DynamicReferences, are_at_most_sixty) {
  cloud_.parameters["p"] = "x";
  std::string value;
  for (int i = 0; i < 60; ++i) value += "{{resolve:ssm:p}}";
  EXPECT_EQ(create(copy_of(value)), "CREATE_COMPLETE");
  EXPECT_THAT(refusal("UpdateStack",
                      {{"StackName", "s"}, {"TemplateBody", copy_of(value + "{{resolve:ssm:p}}")}}),
              HasSubstr("at most 60 dynamic references"));
}

TEST_F(DynamicReferences, to_secrets_that_are_not_there_fail_the_resource) {
  cloud_.secrets["text"] = "no json";
  cloud_.secrets["login"] = R"({"user":"me"})";
  struct Case {
    std::string value, reason;
  };
  const std::vector<Case> cases{
      {"{{resolve:secretsmanager:none}}",
       "Secrets Manager can't find the specified secret. (Service: AWSSecretsManager; Status Code: "
       "400; Error Code: ResourceNotFoundException;"},
      {"{{resolve:secretsmanager:login:SecretString:password}}",
       "Could not find a value associated with JSONKey in SecretString"},
      {"{{resolve:secretsmanager:text:SecretString:user}}", "Could not parse SecretString JSON"},
  };
  for (const auto& [value, reason] : cases) {
    EXPECT_EQ(create(copy_of(value)), "ROLLBACK_COMPLETE");
    EXPECT_THAT(reason_of("P", "CREATE_FAILED"), StartsWith(reason));
    call("DeleteStack", {{"StackName", "s"}});
    settle(id_);
  }
}

TEST_F(DynamicReferences, that_may_not_be_read_fail_with_iam_s_words) {
  cloud_.refusals.emplace("GetSecretValue login",
                          Error("AccessDeniedException", "User: u is not authorized", 400));
  EXPECT_EQ(create(copy_of("{{resolve:secretsmanager:login}}")), "ROLLBACK_COMPLETE");
  EXPECT_THAT(reason_of("P", "CREATE_FAILED"),
              StartsWith("User: u is not authorized (Service: AWSSecretsManager; Status Code: 400; "
                         "Error Code: AccessDeniedException;"));
}

}  // namespace
}  // namespace sim::cloudformation
