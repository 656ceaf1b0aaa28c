// The tags of a stack are its resources' too, and a change of them alone is an update.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string text = R"(
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: own, Value: "1"}]}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: things}}
  Log: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: things}}
  Certificate: {Type: AWS::CertificateManager::Certificate, Properties: {DomainName: "a.example", ValidationMethod: DNS, DomainValidationOptions: [{DomainName: "a.example", HostedZoneId: !Ref Zone}]}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: "a.example"}}
  Handle: {Type: AWS::CloudFormation::WaitConditionHandle}
Outputs:
  Vpc: {Value: !Ref Vpc}
  Certificate: {Value: !Ref Certificate}
)";

class StackTags : public StackTest {
 protected:
  std::string tag(const std::string& stage) {
    json::object input{{"StackName", "types"}, {"TemplateBody", text}};
    input["Tags"] = json::array();
    if (!stage.empty()) {
      input["Tags"].as_array().push_back(json::object{{"Key", "stage"}, {"Value", stage}});
    }
    call("cloudformation", id_.empty() ? "CreateStack" : "UpdateStack", std::move(input));
    if (id_.empty()) id_ = "types";
    return settle();
  }

  std::vector<std::string> of_vpc() {
    json::object input;
    json::object filter{{"Name", "resource-id"}};
    filter["Value"] = json::array{output("Vpc")};
    input["Filter"] = json::array{std::move(filter)};
    return shown(call("ec2", "DescribeTags", std::move(input)), "tagSet", "key", "value");
  }
  std::vector<std::string> of_topic() {
    return shown(call("sns", "ListTagsForResource",
                      {{"ResourceArn", "arn:aws:sns:ap-northeast-1:123456789012:news"}}),
                 "Tags", "Key", "Value");
  }
  std::vector<std::string> of_certificate() {
    return shown(call("acm", "ListTagsForCertificate", {{"CertificateArn", output("Certificate")}}),
                 "Tags", "Key", "Value");
  }
  std::string of_log_group() {
    return at(call("logs", "ListTagsLogGroup", {{"logGroupName", "things"}}), "tags.stage");
  }
  std::string of_bucket() {
    return json::serialize(call("s3", "GetBucketTagging", {{"Bucket", "things"}}));
  }
  std::string status_of(const std::string& logical_id) {
    return at(call("cloudformation", "DescribeStackResource",
                   {{"StackName", "types"}, {"LogicalResourceId", logical_id}}),
              "StackResourceDetail.ResourceStatus");
  }

 private:
  static std::vector<std::string> shown(const json::object& answer, const char* list,
                                        const char* key, const char* value) {
    std::vector<std::string> tags;
    for (const auto& one : answer.at(list).as_array()) {
      if (at(one, key).starts_with("aws:")) continue;
      tags.push_back(at(one, key) + "=" + at(one, value));
    }
    std::ranges::sort(tags);
    return tags;
  }
};

TEST_F(StackTags, changed_alone_reach_every_resource_that_has_tags) {
  EXPECT_EQ(tag("test"), "CREATE_COMPLETE");
  EXPECT_EQ(tag("live"), "UPDATE_COMPLETE") << troubles();
  EXPECT_THAT(of_vpc(), ElementsAre("own=1", "stage=live"));
  EXPECT_THAT(of_topic(), ElementsAre("stage=live"));
  EXPECT_THAT(of_certificate(), ElementsAre("stage=live"));
  EXPECT_EQ(of_log_group(), "live");
  EXPECT_THAT(of_bucket(), HasSubstr("live"));
  EXPECT_EQ(status_of("Vpc"), "UPDATE_COMPLETE");
  EXPECT_EQ(status_of("Handle"), "CREATE_COMPLETE");
}

TEST_F(StackTags, taken_away_leave_the_resources_with_their_own) {
  tag("test");
  EXPECT_EQ(tag(""), "UPDATE_COMPLETE") << troubles();
  EXPECT_THAT(of_vpc(), ElementsAre("own=1"));
  EXPECT_THAT(of_topic(), ElementsAre());
  EXPECT_THAT(of_certificate(), ElementsAre());
  EXPECT_EQ(of_log_group(), "");
}

}  // namespace
}  // namespace sim::world
