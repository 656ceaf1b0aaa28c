// Fn::GetStackOutput between two stacks of one world.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

class StackOutputs : public StackTest {
 protected:
  StackOutputs() { base("a"); }

  // A stack with one output, which is its parameter.
  void base(const std::string& value) {
    json::object input{{"StackName", "base"}, {"TemplateBody", R"(
Parameters: {P: {Type: String}}
Resources: {H: {Type: AWS::CloudFormation::WaitConditionHandle}}
Outputs: {Value: {Value: !Ref P}}
)"}};
    json::object parameter{{"ParameterKey", "P"}, {"ParameterValue", value}};
    input["Parameters"] = json::array{std::move(parameter)};
    call("cloudformation", made_ ? "UpdateStack" : "CreateStack", std::move(input));
    made_ = true;
    pass(std::chrono::minutes(5));
  }

  static std::string reading(const std::string& more, const std::string& tag = "a") {
    return R"(
Parameters: {Name: {Type: String, Default: base}}
Resources:
  P:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Name: kept
      Description: )" +
           tag + R"(
      Value: {"Fn::Sub": ["<${V}>", {V: {"Fn::GetStackOutput": {)" +
           more + R"(}}}]}
Outputs:
  Told: {Value: !GetStackOutput {StackName: base, OutputName: Value}}
)";
  }

  std::string kept() {
    return cloudformation::at(json::value(call("ssm", "GetParameter", {{"Name", "kept"}})),
                              "Parameter.Value");
  }
  std::string told() {
    const auto seen = call("cloudformation", "DescribeStacks", {{"StackName", id_}});
    return cloudformation::at(json::value(seen), "Stacks.0.Outputs.0.OutputValue");
  }
  std::string reason() {
    const auto seen = call("cloudformation", "DescribeStackEvents", {{"StackName", id_}});
    for (const auto& event : seen.at("StackEvents").as_array()) {
      if (cloudformation::at(event, "ResourceStatus") == "CREATE_FAILED") {
        return cloudformation::at(event, "ResourceStatusReason");
      }
    }
    return "";
  }

 private:
  bool made_ = false;
};

constexpr const char* by_name = "StackName: !Ref Name, OutputName: Value";

TEST_F(StackOutputs, are_read_when_a_stack_is_created_or_updated_and_not_between) {
  ASSERT_EQ(create(reading(by_name)), "CREATE_COMPLETE");
  EXPECT_EQ(kept(), "<a>");
  EXPECT_EQ(told(), "a");
  base("b");
  EXPECT_EQ(kept(), "<a>");
  ASSERT_EQ(update(reading(by_name, "b")), "UPDATE_COMPLETE");
  EXPECT_EQ(kept(), "<b>");
  EXPECT_EQ(told(), "b");
}

TEST_F(StackOutputs, of_a_stack_that_others_read_do_not_hold_it) {
  ASSERT_EQ(create(reading(by_name)), "CREATE_COMPLETE");
  call("cloudformation", "DeleteStack", {{"StackName", "base"}});
  pass(std::chrono::minutes(5));
  const auto left = call("cloudformation", "DescribeStacks", {});
  EXPECT_EQ(left.at("Stacks").as_array().size(), 1U);
}

TEST_F(StackOutputs, that_cannot_be_read_fail_the_resource) {
  const struct {
    const char* asked;
    const char* said;
  } cases[] = {
      {"StackName: none, OutputName: Value",
       "Fn::GetStackOutput of stack none failed: Stack with id none does not exist"},
      {"StackName: base, OutputName: Other", "Fn::GetStackOutput: stack base has no output Other"},
      {"StackName: base, OutputName: Value, Region: us-east-1",
       "The embedded AWS has no region us-east-1 for Fn::GetStackOutput."},
      {"StackName: base, OutputName: Value, RoleArn: \"arn:aws:iam::123456789012:role/r\"",
       "Fn::GetStackOutput of stack base failed: Roles may not be assumed by root accounts."},
  };
  for (const auto& [asked, said] : cases) {
    EXPECT_EQ(create(reading(asked)), "ROLLBACK_COMPLETE") << asked;
    EXPECT_EQ(reason(), said);
    remove();
    pass(std::chrono::minutes(5));
  }
}

// The page: the execution role of the stack must be able to assume it.
TEST_F(StackOutputs, are_read_by_a_role_that_the_stacks_own_may_assume) {
  const auto trusting = [](const std::string& who) {
    return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",)"
           R"("Principal":{)" +
           who + "}}}";
  };
  const std::string deployer = "arn:aws:iam::123456789012:role/deploy";
  const auto allow = [&](const std::string& role, const std::string& actions) {
    call("iam", "PutRolePolicy",
         {{"RoleName", role},
          {"PolicyName", "p"},
          {"PolicyDocument",
           R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":)" +
               actions + "}}"}});
    pass(std::chrono::minutes(1));  // until IAM has it everywhere
  };
  call("iam", "CreateRole",
       {{"RoleName", "deploy"},
        {"AssumeRolePolicyDocument", trusting(R"("Service":"cloudformation.amazonaws.com")")}});
  allow("deploy", R"("ssm:*")");
  call("iam", "CreateRole",
       {{"RoleName", "reader"},
        {"AssumeRolePolicyDocument", trusting("\"AWS\":\"" + deployer + "\"")}});
  const auto text = [&](const std::string& role) {
    return "Resources:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties:\n      Type: String\n"
           "      Name: kept\n      Value: {\"Fn::GetStackOutput\": {StackName: base, OutputName: "
           "Value, RoleArn: \"arn:aws:iam::123456789012:role/" +
           role + "\"}}\n";
  };
  const auto try_with = [&](const std::string& role) {
    id_ = cloudformation::at(
        json::value(
            call("cloudformation", "CreateStack",
                 {{"StackName", "types"}, {"TemplateBody", text(role)}, {"RoleARN", deployer}})),
        "StackId");
    return settle();
  };
  EXPECT_EQ(try_with("nobody"), "ROLLBACK_COMPLETE");
  EXPECT_EQ(reason(),
            "Fn::GetStackOutput of stack base failed: User: arn:aws:sts::123456789012:assumed-role/"
            "deploy/AWSCloudFormation is not authorized to perform: sts:AssumeRole on resource: "
            "arn:aws:iam::123456789012:role/nobody");
  remove();
  EXPECT_EQ(try_with("reader"), "ROLLBACK_COMPLETE");
  EXPECT_NE(reason().find("is not authorized to perform: cloudformation:DescribeStacks"),
            std::string::npos)
      << reason();
  remove();
  allow("reader", R"("cloudformation:DescribeStacks")");
  EXPECT_EQ(try_with("reader"), "CREATE_COMPLETE") << troubles();
  EXPECT_EQ(kept(), "a");
}

TEST_F(StackOutputs, are_named_by_stack_and_output_or_the_template_is_refused) {
  for (const char* asked :
       {"StackName: base", "OutputName: Value", "StackName: base, OutputName: Value, Account: 1"}) {
    try {
      create(reading(asked));
      ADD_FAILURE() << asked;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("every Fn::GetStackOutput object requires"),
                std::string::npos)
          << error.what();
    }
  }
}

}  // namespace
}  // namespace sim::world
