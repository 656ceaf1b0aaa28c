// ImportExistingResources with the services themselves.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

class AutomaticImport : public StackTest {};

constexpr const char* named = R"(
Resources:
  B: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: of-before}}
  N: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: of-now}}
  T:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Properties:
      TableName: of-before
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  G:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: RetainExceptOnCreate
    Properties: {LogGroupName: of-before}
Outputs:
  Bucket: {Value: !GetAtt B.Arn}
  Table: {Value: !GetAtt T.Arn}
)";

TEST_F(AutomaticImport, adopts_buckets_tables_and_log_groups_and_finds_no_drift_in_them) {
  call("s3", "CreateBucket", {{"Bucket", "of-before"}});
  call("logs", "CreateLogGroup", {{"logGroupName", "of-before"}});
  json::object table{{"TableName", "of-before"}, {"BillingMode", "PAY_PER_REQUEST"}};
  table["AttributeDefinitions"] =
      json::array{json::object{{"AttributeName", "id"}, {"AttributeType", "S"}}};
  table["KeySchema"] = json::array{json::object{{"AttributeName", "id"}, {"KeyType", "HASH"}}};
  call("dynamodb", "CreateTable", std::move(table));
  pass(std::chrono::minutes(1));
  const auto made = call("cloudformation", "CreateChangeSet",
                         {{"StackName", "types"},
                          {"ChangeSetName", "c"},
                          {"ChangeSetType", "CREATE"},
                          {"ImportExistingResources", true},
                          {"TemplateBody", named}});
  id_ = at(made, "StackId");
  pass(std::chrono::seconds(20));
  const auto seen =
      call("cloudformation", "DescribeChangeSet", {{"ChangeSetName", at(made, "Id")}});
  ASSERT_EQ(at(seen, "Status"), "CREATE_COMPLETE") << at(seen, "StatusReason");
  std::string actions;
  for (const auto& one : seen.at("Changes").as_array()) {
    actions +=
        at(one, "ResourceChange.LogicalResourceId") + ":" + at(one, "ResourceChange.Action") + " ";
  }
  EXPECT_EQ(actions, "B:Import N:Add T:Import G:Import ");
  call("cloudformation", "ExecuteChangeSet", {{"ChangeSetName", at(made, "Id")}});
  EXPECT_EQ(settle(), "CREATE_COMPLETE");
  call("cloudformation", "DetectStackDrift", {{"StackName", "types"}});
  pass(std::chrono::minutes(1));
  const json::value stack(call("cloudformation", "DescribeStacks", {{"StackName", "types"}}));
  EXPECT_EQ(at(stack, "Stacks.0.DriftInformation.StackDriftStatus"), "IN_SYNC");
  EXPECT_EQ(at(stack, "Stacks.0.Outputs.0.OutputValue"), "arn:aws:s3:::of-before");
}

}  // namespace
}  // namespace sim::world
