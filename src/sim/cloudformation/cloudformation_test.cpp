#include "sim/cloudformation/cloudformation.hpp"

#include "sim/cloudformation/fake_cloud_test.hpp"

namespace sim::cloudformation {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view two_resources = R"(
Resources:
  B:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "/${A}"}
  A:
    Type: AWS::SSM::Parameter
    Properties: {Name: a, Type: String, Value: "1"}
Outputs:
  Group: {Value: !GetAtt B.Arn, Export: {Name: shared}}
)";

TEST_F(Stacks, are_created_in_the_order_of_dependence_with_awss_events) {
  EXPECT_EQ(create(std::string(two_resources)), "CREATE_COMPLETE");
  EXPECT_THAT(events("s"),
              ElementsAre("s CREATE_IN_PROGRESS (User Initiated)",               //
                          "A CREATE_IN_PROGRESS",                                //
                          "A CREATE_IN_PROGRESS (Resource creation Initiated)",  //
                          "A CREATE_COMPLETE",                                   //
                          "B CREATE_IN_PROGRESS",                                //
                          "B CREATE_IN_PROGRESS (Resource creation Initiated)",  //
                          "B CREATE_COMPLETE",                                   //
                          "s CREATE_COMPLETE"));
  const auto& stack = *service_.engine().find("s");
  EXPECT_EQ(stack.events[1].physical_id, "");
  EXPECT_EQ(stack.events[2].physical_id, "a");
  const auto described = call("DescribeStacks", {{"StackName", "s"}});
  EXPECT_EQ(at(described, "Stacks.0.Outputs.0.OutputValue"),
            "arn:aws:logs:ap-northeast-1:123456789012:log-group:/a:*");
  EXPECT_EQ(at(call("ListExports", {}), "Exports.0.Name"), "shared");
}

TEST_F(Stacks, are_deleted_in_reverse_and_stay_visible_by_id_only) {
  create(std::string(two_resources));
  const auto created = events("s").size();
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  auto after = events(id_);
  after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(created));
  EXPECT_THAT(after, ElementsAre("s DELETE_IN_PROGRESS (User Initiated)", "B DELETE_IN_PROGRESS",
                                 "B DELETE_COMPLETE", "A DELETE_IN_PROGRESS", "A DELETE_COMPLETE",
                                 "s DELETE_COMPLETE"));
  EXPECT_EQ(refusal("DescribeStacks", {{"StackName", "s"}}),
            "ValidationError: Stack with id s does not exist");
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", id_}}), "Stacks.0.StackStatus"),
            "DELETE_COMPLETE");
  EXPECT_TRUE(cloud_.groups.empty());
}

TEST_F(Stacks, do_not_mind_resources_that_are_already_gone) {
  create(std::string(two_resources));
  cloud_.groups.clear();
  cloud_.parameters.clear();
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
}

TEST_F(Stacks, a_failure_cancels_what_is_under_way_and_rolls_everything_back) {
  cloud_.refusals.emplace("CreateLogGroup /a",
                          Error("AccessDeniedException", "User is not authorized"));
  const auto status = create(R"(
Resources:
  A:
    Type: AWS::SSM::Parameter
    Properties: {Name: a, Type: String, Value: "1"}
  B:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "/${A}"}
  C:
    Type: Custom::Slow
    Properties: {ServiceToken: "arn:aws:lambda:ap-northeast-1:123456789012:function:f"}
  D:
    Type: AWS::Logs::LogGroup
    DependsOn: C
)");
  EXPECT_EQ(status, "ROLLBACK_COMPLETE");
  const auto list = events("s");
  EXPECT_THAT(list, testing::Contains("C CREATE_FAILED (Resource creation cancelled)"));
  EXPECT_THAT(list, testing::Contains("s ROLLBACK_IN_PROGRESS (The following resource(s) failed to "
                                      "create: [B, C]. Rollback requested by user.)"));
  EXPECT_THAT(reason_of("B", "CREATE_FAILED"),
              testing::MatchesRegex("Resource handler returned message: \"User is not authorized\" "
                                    "\\(RequestToken: [-0-9a-f]+, HandlerErrorCode: "
                                    "AccessDenied\\)"));
  EXPECT_THAT(list, testing::Not(testing::Contains(StartsWith("D "))));  // never started
  EXPECT_FALSE(cloud_.parameters.contains("a"));
}

TEST_F(Stacks, keep_what_failed_when_rollback_is_disabled) {
  cloud_.refusals.emplace("CreateLogGroup /a", Error("LimitExceededException", "Too many"));
  EXPECT_EQ(create(std::string(two_resources), {{"DisableRollback", "true"}}), "CREATE_FAILED");
  EXPECT_EQ(service_.engine().find("s")->reason,
            "The following resource(s) failed to create: [B]. ");
  EXPECT_TRUE(cloud_.parameters.contains("a"));
}

TEST_F(Stacks, that_fail_to_delete_name_the_resource_and_can_retain_it) {
  create(std::string(two_resources));
  cloud_.refusals.emplace("DeleteLogGroup /a", Error("OperationAbortedException", "Not now"));
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_FAILED");
  EXPECT_EQ(service_.engine().find("s")->reason,
            "The following resource(s) failed to delete: [B]. ");
  // What B depended on is deleted all the same (coverage-roadmap#852).
  EXPECT_FALSE(cloud_.parameters.contains("a"));
  call("DeleteStack", {{"StackName", "s"}, {"RetainResources", json::array{"B"}}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_THAT(events(id_), testing::Contains("B DELETE_SKIPPED"));
}

TEST_F(Stacks, deletion_policies_decide_what_stays) {
  create(R"(
Resources:
  K: {Type: AWS::Logs::LogGroup, DeletionPolicy: Retain, Properties: {LogGroupName: k}}
  R: {Type: AWS::Logs::LogGroup, DeletionPolicy: RetainExceptOnCreate, Properties: {LogGroupName: r}}
)");
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_THAT(cloud_.groups, ElementsAre("k", "r"));

  cloud_.groups.clear();
  cloud_.refusals.emplace("PutParameter p", Error("TooManyUpdates", "No"));
  create(R"(
Resources:
  K: {Type: AWS::Logs::LogGroup, DeletionPolicy: Retain, Properties: {LogGroupName: k}}
  R: {Type: AWS::Logs::LogGroup, DeletionPolicy: RetainExceptOnCreate, Properties: {LogGroupName: r}}
  P:
    Type: AWS::SSM::Parameter
    DependsOn: [K, R]
    Properties: {Name: p, Type: String, Value: x}
)");
  EXPECT_THAT(cloud_.groups, ElementsAre("k"));
}

TEST_F(Stacks, wait_a_quarter_of_an_hour_for_what_still_holds_a_resource) {
  create("Resources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n");
  cloud_.refusals.emplace("DeleteVpc vpc-1", Error("DependencyViolation",
                                                   "The vpc 'vpc-1' has dependencies and cannot "
                                                   "be deleted."));
  const auto started = runtime_->clock().now();
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_FAILED");
  EXPECT_THAT(reason("V"), HasSubstr("has dependencies and cannot be deleted.\" (RequestToken: "));
  EXPECT_THAT(reason("V"), HasSubstr("HandlerErrorCode: InvalidRequest)"));
  EXPECT_GE(runtime_->clock().now() - started, std::chrono::minutes(15));
  EXPECT_LE(runtime_->clock().now() - started, std::chrono::minutes(18));
}

TEST_F(Stacks, can_be_deleted_while_they_are_being_created) {
  call("CreateStack", {{"StackName", "s"}, {"TemplateBody", two_resources}});
  id_ = service_.engine().find("s")->id;
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_FALSE(cloud_.parameters.contains("a"));
}

// Nothing is made when a template or its parameters do not hold.
TEST_F(Stacks, are_refused_before_anything_is_made) {
  const auto refused = [&](const std::string& text, json::object more = {}) {
    more["StackName"] = "s";
    more["TemplateBody"] = text;
    return refusal("CreateStack", std::move(more));
  };
  const std::string one = "Resources:\n  A: {Type: AWS::Logs::LogGroup}\n";
  EXPECT_THAT(refused("Resources: ["), StartsWith("ValidationError: Template format error: YAML"));
  EXPECT_EQ(refused("Resources:\n  A: {Type: AWS::Moon::Base}\n"),
            "ValidationError: Template format error: Unrecognized resource types: "
            "[AWS::Moon::Base]");
  EXPECT_EQ(refused("Parameters:\n  P: {Type: String}\n" + one),
            "ValidationError: Parameters: [P] must have values");
  EXPECT_EQ(refused("Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties: "
                    "{AssumeRolePolicyDocument: {}}\n"),
            "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_IAM]");
  EXPECT_EQ(refused("Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties: {RoleName: r, "
                    "AssumeRolePolicyDocument: {}}\n",
                    {{"Capabilities", json::array{"CAPABILITY_IAM"}}}),
            "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]");
  EXPECT_THAT(refused(std::string(51'201, 'x')), HasSubstr("less than or equal to 51200"));
  EXPECT_EQ(
      refused("Parameters:\n  P: {Type: AWS::SSM::Parameter::Value<String>, Default: /no}\n" + one),
      "ValidationError: Unable to fetch parameters [/no] from parameter store for this "
      "account.");
  EXPECT_TRUE(service_.engine().stacks().empty());
  EXPECT_THAT(cloud_.calls, ElementsAre("ssm:GetParameters "));
}

TEST_F(Stacks, a_property_mistake_fails_the_resource) {
  EXPECT_EQ(create("Resources:\n  P:\n    Type: AWS::SSM::Parameter\n    Properties: {Value: x, "
                   "Colour: red}\n"),
            "ROLLBACK_COMPLETE");
  EXPECT_EQ(
      reason_of("P", "CREATE_FAILED"),
      "Property validation failure: [The property {/Type} is required, Encountered unsupported "
      "properties in {/}: [Colour]]");
}

TEST_F(Stacks, take_parameters_from_ssm_and_conditions_from_parameters) {
  create(R"(
Parameters:
  Image: {Type: "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", Default: /aws/service/ami-amazon-linux-latest/test}
  Size: {Type: Number, Default: 80}
Conditions:
  Big: !Equals [!Ref Size, 100]
Resources:
  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "${Image}-${Size}"}}
  H: {Type: AWS::Logs::LogGroup, Condition: Big}
)");
  EXPECT_THAT(cloud_.groups, ElementsAre("ami-1-80"));
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", "s"}}), "Stacks.0.Parameters.0.ResolvedValue"),
            "ami-1");
}

TEST_F(Stacks, tag_their_ec2_members_as_aws_itself) {
  create("Resources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n");
  const auto tagged = std::ranges::find(cloud_.calls, "ec2:CreateTags ");
  ASSERT_NE(tagged, cloud_.calls.end());
  EXPECT_EQ(cloud_.principals[static_cast<std::size_t>(tagged - cloud_.calls.begin())],
            "cloudformation.amazonaws.com");
}

// Updates -----------------------------------------------------------------------------------------

TEST_F(Stacks, an_update_changes_in_place_replaces_and_cleans_up) {
  create(R"(
Resources:
  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: "1"}}
  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: b}}
  C: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: c}, DependsOn: B}
)");
  const auto before = events("s").size();
  EXPECT_EQ(update(R"(
Resources:
  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: "2"}}
  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: b2}, DependsOn: A}
)"),
            "UPDATE_COMPLETE");
  auto after = events("s");
  after.erase(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before));
  EXPECT_THAT(
      after,
      ElementsAre(
          "s UPDATE_IN_PROGRESS (User Initiated)", "A UPDATE_IN_PROGRESS", "A UPDATE_COMPLETE",
          "B UPDATE_IN_PROGRESS (Requested update requires the creation of a new physical "
          "resource; hence creating one.)",
          "B UPDATE_IN_PROGRESS (Resource creation Initiated)", "B UPDATE_COMPLETE",
          "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "C DELETE_IN_PROGRESS", "C DELETE_COMPLETE",
          "B DELETE_IN_PROGRESS", "B DELETE_COMPLETE", "s UPDATE_COMPLETE"));
  EXPECT_EQ(cloud_.parameters.at("a"), "2");
  EXPECT_THAT(cloud_.groups, ElementsAre("b2"));
}

TEST_F(Stacks, an_update_without_a_change_is_refused) {
  create(std::string(two_resources));
  EXPECT_EQ(refusal("UpdateStack", {{"StackName", "s"}, {"TemplateBody", two_resources}}),
            "ValidationError: No updates are to be performed.");
}

TEST_F(Stacks, a_failed_update_goes_all_the_way_back) {
  create(
      "Resources:\n  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: "
      "'1'}}\n");
  cloud_.refusals.emplace("CreateLogGroup b", Error("LimitExceededException", "Too many"));
  EXPECT_EQ(update(R"(
Resources:
  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: "2"}}
  B: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: b}, DependsOn: A}
)"),
            "UPDATE_ROLLBACK_COMPLETE");
  EXPECT_EQ(cloud_.parameters.at("a"), "1");
  EXPECT_EQ(service_.engine().find("s")->resources.size(), 1U);
}

// Nested stacks -----------------------------------------------------------------------------------

class NestedStacks : public Stacks {
 protected:
  void child(const std::string& text) { s3_.objects["bucket/folder/child.yaml"] = text; }
  static std::string parent(const std::string& url) {
    return "Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      "
           "TemplateURL: " +
           url +
           "\n      Parameters: {Port: 80}\n  After:\n    Type: AWS::Logs::LogGroup\n    "
           "Properties: {LogGroupName: !GetAtt Child.Outputs.Name}\n";
  }
};

constexpr std::string_view child_text = R"(
Parameters:
  Port: {Type: Number}
Resources:
  G: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: !Sub "inner-${Port}"}}
Outputs:
  Name: {Value: !Sub "${G}-out"}
)";

TEST_F(NestedStacks, pass_parameters_as_text_and_give_their_outputs) {
  child(std::string(child_text));
  EXPECT_EQ(create(parent("https://bucket.s3.ap-northeast-1.amazonaws.com/folder/child.yaml")),
            "CREATE_COMPLETE");
  EXPECT_THAT(cloud_.groups, ElementsAre("inner-80", "inner-80-out"));
  const std::string id = service_.engine().find("s")->resources.at("Child").physical_id;
  EXPECT_THAT(id, HasSubstr(":stack/s-Child-"));
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", id}}), "Stacks.0.ParentId"), id_);
  call("DeleteStack", {{"StackName", "s"}});
  EXPECT_EQ(settle(id_), "DELETE_COMPLETE");
  EXPECT_EQ(service_.engine().find(id)->status, "DELETE_COMPLETE");
  EXPECT_THAT(cloud_.groups, IsEmpty());
}

TEST_F(NestedStacks, that_fail_tell_their_parent_why_and_are_rolled_back_with_it) {
  child(std::string(child_text));
  cloud_.refusals.emplace("CreateLogGroup inner-80", Error("LimitExceededException", "Too many"));
  EXPECT_EQ(create(parent("https://s3.ap-northeast-1.amazonaws.com/bucket/folder/child.yaml")),
            "ROLLBACK_COMPLETE");
  EXPECT_THAT(
      reason_of("Child", "CREATE_FAILED"),
      testing::MatchesRegex("Embedded stack arn:aws:cloudformation:.*:stack/s-Child-.* was not "
                            "successfully created: The following resource\\(s\\) failed to "
                            "create: \\[G\\]. "));
  EXPECT_EQ(service_.engine().stacks().back()->status, "DELETE_COMPLETE");
}

// cloudformation-protocol.md 1.5.
TEST_F(NestedStacks, that_cannot_be_rolled_back_are_tried_three_times) {
  child(std::string(child_text));
  cloud_.refusals.emplace("DeleteLogGroup inner-80", Error("AccessDeniedException", "Not you"));
  cloud_.refusals.emplace("CreateLogGroup inner-80-out",
                          Error("LimitExceededException", "Too many"));
  EXPECT_EQ(create(parent("https://s3.ap-northeast-1.amazonaws.com/bucket/folder/child.yaml")),
            "ROLLBACK_FAILED");
  const auto all = events(service_.engine().find("s")->resources.at("Child").physical_id);
  EXPECT_EQ(
      std::ranges::count_if(
          all, [](const auto& line) { return line.contains("DELETE_FAILED (The following"); }),
      3);
}

TEST_F(NestedStacks, a_template_url_that_is_not_s3_is_refused_with_awss_words) {
  const auto refused = [&](const std::string& url) {
    return refusal("CreateStack", {{"StackName", "s"}, {"TemplateURL", url}});
  };
  EXPECT_EQ(refused("https://example.com/a/b.yaml"),
            "ValidationError: S3 error: Domain name specified in example.com is not a valid S3 "
            "domain");
  EXPECT_EQ(refused("nonsense"), "ValidationError: TemplateURL must be a supported URL.");
  EXPECT_THAT(refused("https://bucket.s3.amazonaws.com/none.yaml"),
              StartsWith("ValidationError: S3 error: The specified key does not exist."));
}

TEST_F(Stacks, describe_their_events_in_pages_newest_first) {
  std::string text = "Resources:\n";
  for (int i = 0; i < 40; ++i) text += fmt::format("  G{}: {{Type: AWS::Logs::LogGroup}}\n", i);
  create(text);
  const auto first = call("DescribeStackEvents", {{"StackName", "s"}});
  EXPECT_EQ(first.at("StackEvents").as_array().size(), 100U);
  EXPECT_EQ(at(first, "StackEvents.0.ResourceStatus"), "CREATE_COMPLETE");
  EXPECT_EQ(at(first, "StackEvents.0.ResourceType"), "AWS::CloudFormation::Stack");
  const auto second =
      call("DescribeStackEvents", {{"StackName", "s"}, {"NextToken", at(first, "NextToken")}});
  EXPECT_EQ(second.at("StackEvents").as_array().size(), 22U);
  EXPECT_FALSE(second.contains("NextToken"));
}

class StacksOfIreland : public Stacks {
 protected:
  StacksOfIreland() : Stacks("eu-west-1") {}
};

TEST_F(StacksOfIreland, have_the_zones_of_their_region) {
  create(std::string(two_resources) + "  Zones: {Value: !Join [' ', !GetAZs '']}\n");
  EXPECT_EQ(at(call("DescribeStacks", {{"StackName", "s"}}), "Stacks.0.Outputs.1.OutputValue"),
            "eu-west-1a eu-west-1b eu-west-1c");
}

}  // namespace
}  // namespace sim::cloudformation
