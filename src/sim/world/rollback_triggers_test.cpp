// Alarms that take a stack's operation back.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

class RollbackTriggers : public StackTest {
 protected:
  RollbackTriggers() { put("calm"); }

  static std::string arn(const std::string& name) {
    return "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:" + name;
  }
  // It keeps what it is set to.
  void put(const std::string& name, json::object more = {}) {
    more["AlarmName"] = name;
    for (const auto& [member, value] :
         {std::pair{"MetricName", "m"}, std::pair{"Namespace", "n"}, std::pair{"Period", "60"},
          std::pair{"Statistic", "Sum"}, std::pair{"EvaluationPeriods", "1"},
          std::pair{"Threshold", "1"}, std::pair{"ComparisonOperator", "GreaterThanThreshold"},
          std::pair{"TreatMissingData", "ignore"}}) {
      more[member] = value;
    }
    call("monitoring", "PutMetricAlarm", std::move(more));
  }
  void set(const std::string& name, const std::string& state) {
    call("monitoring", "SetAlarmState",
         {{"AlarmName", name}, {"StateValue", state}, {"StateReason", "test"}});
  }
  static json::object watching(const std::string& name, const std::string& minutes) {
    json::object trigger{{"Arn", arn(name)}, {"Type", "AWS::CloudWatch::Alarm"}};
    json::object configuration{{"MonitoringTimeInMinutes", minutes}};
    configuration["RollbackTriggers"] = json::array{std::move(trigger)};
    return configuration;
  }
  static std::string text(const std::string& value) {
    return "Resources:\n  P: {Type: AWS::SSM::Parameter, Properties: {Name: p, Type: String, "
           "Value: " +
           value + "}}\n";
  }
  void begin(const std::string& action, const std::string& value, json::object more = {}) {
    more["StackName"] = "types";
    more["TemplateBody"] = text(value);
    id_ = at(json::value(call("cloudformation", action, std::move(more))), "StackId");
  }
  json::value stack() {
    return call("cloudformation", "DescribeStacks", {{"StackName", id_}})
        .at("Stacks")
        .as_array()
        .at(0);
  }
  // Of the newest event of the stack itself with that status.
  std::string reason(const std::string& status) {
    const auto seen = call("cloudformation", "DescribeStackEvents", {{"StackName", id_}});
    for (const auto& event : seen.at("StackEvents").as_array()) {
      if (at(event, "PhysicalResourceId") == id_ && at(event, "ResourceStatus") == status) {
        return at(event, "ResourceStatusReason");
      }
    }
    return "no event " + status;
  }
};

TEST_F(RollbackTriggers, keep_a_stack_in_progress_while_it_is_monitored) {
  begin("CreateStack", "1", {{"RollbackConfiguration", watching("calm", "10")}});
  pass(std::chrono::minutes(9));
  EXPECT_EQ(at(stack(), "StackStatus"), "CREATE_IN_PROGRESS");
  EXPECT_EQ(json::serialize(stack().as_object().at("RollbackConfiguration")),
            R"({"RollbackTriggers":[{"Arn":")" + arn("calm") +
                R"(","Type":"AWS::CloudWatch::Alarm"}],"MonitoringTimeInMinutes":10})");
  EXPECT_EQ(settle(), "CREATE_COMPLETE");
}

TEST_F(RollbackTriggers, take_a_creation_back_while_it_is_monitored) {
  begin("CreateStack", "1", {{"RollbackConfiguration", watching("calm", "10")}});
  pass(std::chrono::minutes(5));
  set("calm", "ALARM");
  EXPECT_EQ(settle(), "ROLLBACK_COMPLETE");
  EXPECT_EQ(reason("ROLLBACK_IN_PROGRESS"), "Rollback trigger [" + arn("calm") +
                                                "] is in ALARM state. Rollback requested by user.");
}

TEST_F(RollbackTriggers, may_be_composite_alarms) {
  call("monitoring", "PutCompositeAlarm", {{"AlarmName", "whole"}, {"AlarmRule", "ALARM(calm)"}});
  auto configuration = watching("whole", "10");
  configuration.at("RollbackTriggers").as_array()[0].as_object()["Type"] =
      "AWS::CloudWatch::CompositeAlarm";
  begin("CreateStack", "1", {{"RollbackConfiguration", configuration}});
  pass(std::chrono::minutes(5));
  EXPECT_EQ(at(stack(), "StackStatus"), "CREATE_IN_PROGRESS");
  set("calm", "ALARM");
  EXPECT_EQ(settle(), "ROLLBACK_COMPLETE");
}

TEST_F(RollbackTriggers, hold_for_later_updates_until_they_are_taken_away) {
  begin("CreateStack", "1", {{"RollbackConfiguration", watching("calm", "0")}});
  ASSERT_EQ(settle(), "CREATE_COMPLETE");
  set("calm", "ALARM");
  begin("UpdateStack", "2");
  EXPECT_EQ(settle(), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(reason("UPDATE_ROLLBACK_IN_PROGRESS"),
            "Rollback trigger [" + arn("calm") + "] is in ALARM state.");
  begin("UpdateStack", "3", {{"RollbackConfiguration", json::object{{"RollbackTriggers", ""}}}});
  EXPECT_EQ(settle(), "UPDATE_COMPLETE");
  EXPECT_EQ(json::serialize(stack().as_object().at("RollbackConfiguration")),
            R"({"MonitoringTimeInMinutes":0})");
}

TEST_F(RollbackTriggers, that_are_missing_take_the_operation_back) {
  begin("CreateStack", "1");
  ASSERT_EQ(settle(), "CREATE_COMPLETE");
  begin("UpdateStack", "2", {{"RollbackConfiguration", watching("none", "0")}});
  EXPECT_EQ(settle(), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(reason("UPDATE_ROLLBACK_IN_PROGRESS"),
            "Rollback trigger [" + arn("none") + "] does not exist.");
}

TEST_F(RollbackTriggers, a_monitoring_time_without_any_still_waits_and_can_be_cancelled) {
  begin("CreateStack", "1");
  ASSERT_EQ(settle(), "CREATE_COMPLETE");
  begin("UpdateStack", "2",
        {{"RollbackConfiguration", json::object{{"MonitoringTimeInMinutes", "30"}}}});
  pass(std::chrono::minutes(20));
  EXPECT_EQ(at(stack(), "StackStatus"), "UPDATE_IN_PROGRESS");
  call("cloudformation", "CancelUpdateStack", {{"StackName", "types"}});
  EXPECT_EQ(settle(), "UPDATE_ROLLBACK_COMPLETE");
}

TEST_F(RollbackTriggers, come_with_a_change_set) {
  const auto made = call("cloudformation", "CreateChangeSet",
                         {{"StackName", "types"},
                          {"ChangeSetName", "c"},
                          {"ChangeSetType", "CREATE"},
                          {"TemplateBody", text("1")},
                          {"RollbackConfiguration", watching("calm", "5")}});
  id_ = at(made, "StackId");
  pass(std::chrono::seconds(20));
  const json::value seen(
      call("cloudformation", "DescribeChangeSet", {{"ChangeSetName", at(made, "Id")}}));
  EXPECT_EQ(at(seen, "RollbackConfiguration.MonitoringTimeInMinutes"), "5");
  set("calm", "ALARM");
  call("cloudformation", "ExecuteChangeSet", {{"ChangeSetName", at(made, "Id")}});
  EXPECT_EQ(settle(), "ROLLBACK_COMPLETE");
}

// Who may not look at alarms cannot have them looked at.
TEST_F(RollbackTriggers, are_read_by_whom_the_stack_acts_as) {
  call("iam", "CreateRole",
       {{"RoleName", "deploy"},
        {"AssumeRolePolicyDocument",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",)"
         R"("Principal":{"Service":"cloudformation.amazonaws.com"}}})"}});
  const auto allow = [&](const std::string& actions) {
    call("iam", "PutRolePolicy",
         {{"RoleName", "deploy"},
          {"PolicyName", "p"},
          {"PolicyDocument",
           R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":)" +
               actions + "}}"}});
    pass(std::chrono::minutes(1));  // until IAM has it everywhere
  };
  allow(R"("ssm:*")");
  json::object more{{"RollbackConfiguration", watching("calm", "0")},
                    {"RoleARN", "arn:aws:iam::123456789012:role/deploy"}};
  begin("CreateStack", "1", more);
  EXPECT_EQ(settle(), "ROLLBACK_COMPLETE");
  EXPECT_NE(reason("ROLLBACK_IN_PROGRESS")
                .find("is not authorized to perform: cloudwatch:DescribeAlarms"),
            std::string::npos)
      << reason("ROLLBACK_IN_PROGRESS");
  remove();
  allow(R"(["ssm:*","cloudwatch:DescribeAlarms"])");
  begin("CreateStack", "1", more);
  EXPECT_EQ(settle(), "CREATE_COMPLETE");
}

// API_ContinueUpdateRollback, API_RollbackStack: "the role ... to roll back the stack".
TEST_F(RollbackTriggers, a_rollback_acts_as_the_role_that_it_names) {
  for (const auto* role : {"weak", "strong"}) {
    call("iam", "CreateRole",
         {{"RoleName", role},
          {"AssumeRolePolicyDocument",
           R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole",)"
           R"("Principal":{"Service":"cloudformation.amazonaws.com"}}})"}});
  }
  call(
      "iam", "PutRolePolicy",
      {{"RoleName", "strong"},
       {"PolicyName", "p"},
       {"PolicyDocument",
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*","Action":"ssm:*"}})"}});
  pass(std::chrono::minutes(1));
  const std::string weak = "arn:aws:iam::123456789012:role/weak";
  const std::string strong = "arn:aws:iam::123456789012:role/strong";
  begin("CreateStack", "1");
  ASSERT_EQ(settle(), "CREATE_COMPLETE");
  // The second resource cannot be made, so the first has to go back.
  call("cloudformation", "UpdateStack",
       {{"StackName", "types"},
        {"DisableRollback", true},
        {"TemplateBody", text("2") + "  V: {Type: AWS::EC2::Subnet, DependsOn: P, Properties: "
                                     "{VpcId: vpc-0123456789abcdef0, CidrBlock: 10.0.0.0/24}}\n"}});
  ASSERT_EQ(settle(), "UPDATE_FAILED");
  call("cloudformation", "RollbackStack", {{"StackName", "types"}, {"RoleARN", weak}});
  EXPECT_EQ(settle(), "UPDATE_ROLLBACK_FAILED");
  EXPECT_EQ(at(stack(), "RoleARN"), weak);
  call("cloudformation", "ContinueUpdateRollback", {{"StackName", "types"}, {"RoleARN", strong}});
  EXPECT_EQ(settle(), "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(at(stack(), "RoleARN"), strong);
}

// Beside stacks: an alarm speaks through the real topic, under its policy.
TEST_F(RollbackTriggers, alarms_reach_the_queue_behind_a_topic) {
  const auto topic = at(json::value(call("sns", "CreateTopic", {{"Name", "t"}})), "TopicArn");
  const auto queue = at(json::value(call("sqs", "CreateQueue", {{"QueueName", "q"}})), "QueueUrl");
  const std::string queue_arn = "arn:aws:sqs:ap-northeast-1:123456789012:q";
  call("sqs", "SetQueueAttributes",
       {{"QueueUrl", queue},
        {"Attributes",
         json::object{
             {"Policy",
              R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":)"
              R"("sns.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}})"}}}});
  call("sns", "Subscribe", {{"TopicArn", topic}, {"Protocol", "sqs"}, {"Endpoint", queue_arn}});
  put("loud", {{"AlarmActions", json::array{json::string(topic)}}});
  set("loud", "ALARM");
  pass(std::chrono::seconds(30));
  const json::value seen(
      call("sqs", "ReceiveMessage", {{"QueueUrl", queue}, {"WaitTimeSeconds", 20}}));
  EXPECT_NE(at(seen, "Messages.0.Body").find("ALARM: \\\"loud\\\" in Asia Pacific (Tokyo)"),
            std::string::npos)
      << json::serialize(seen);
}

}  // namespace
}  // namespace sim::world
