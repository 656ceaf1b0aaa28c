// What a user may do through CloudFormation alone.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

class CalledVia : public StackTest {
 protected:
  CalledVia() { user_ = world_.iam().create_user_key("ann").principal; }

  // Everything of CloudFormation, and topics under this condition.
  void allow(const std::string& condition) {
    call("iam", "PutUserPolicy",
         {{"UserName", "ann"},
          {"PolicyName", "p"},
          {"PolicyDocument",
           R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":)"
           R"("cloudformation:*"},{"Effect":"Allow","Resource":"*","Action":"sns:*","Condition":)" +
               condition + "}]}"}});
    pass(std::chrono::minutes(1));
  }

  std::string through_a_stack(const std::string& name) {
    as_ann("cloudformation", "CreateStack",
           {{"StackName", name},
            {"TemplateBody",
             "Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: " + name + "}}}"}});
    id_ = name;
    return settle();
  }
  std::string directly() { return as_ann("sns", "CreateTopic", {{"Name", "direct"}}); }

 private:
  std::string as_ann(std::string service, std::string action, json::object input) {
    std::string refused = "done";
    runtime_->run(
        ask(world_, user_, std::move(service), std::move(action), std::move(input), refused));
    return refused;
  }
  static Task<void> ask(World& world, Principal caller, std::string service, std::string action,
                        json::object input, std::string& refused) {
    try {
      co_await world.call(std::move(caller), std::move(service), std::move(action),
                          std::move(input));
    } catch (const Error& error) {
      refused = error.code;
    }
  }

  Principal user_;
};

TEST_F(CalledVia, cloudformation_is_told_from_the_user_itself) {
  struct Row {
    const char* condition;
    bool direct, by_stack;
  };
  const std::vector<Row> rows{
      {R"({"ForAnyValue:StringEquals":{"aws:CalledVia":["cloudformation.amazonaws.com"]}})", false,
       true},
      {R"({"ForAnyValue:StringEquals":{"aws:CalledVia":["athena.amazonaws.com"]}})", false, false},
      {R"({"StringEquals":{"aws:CalledViaFirst":"cloudformation.amazonaws.com"}})", false, true},
      {R"({"StringEquals":{"aws:CalledViaLast":"cloudformation.amazonaws.com"}})", false, true},
      {R"({"Bool":{"aws:ViaAWSService":"true"}})", false, true},
      {R"({"Bool":{"aws:ViaAWSService":"false"}})", true, false},
  };
  int number = 0;
  for (const auto& [condition, direct, by_stack] : rows) {
    allow(condition);
    EXPECT_EQ(directly(), direct ? "done" : "AuthorizationError") << condition;
    EXPECT_EQ(through_a_stack("s" + std::to_string(++number)),
              by_stack ? "CREATE_COMPLETE" : "ROLLBACK_COMPLETE")
        << condition << troubles();
  }
}

}  // namespace
}  // namespace sim::world
