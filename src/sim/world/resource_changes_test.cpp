// What an update in place leads to: a property of X changes, and the service shows it.
#include <boost/json.hpp>

#include "sim/core/images.hpp"
#include "sim/core/words.hpp"
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

struct Row {
  const char* name;
  const char* type;
  const char* others;  // resources it needs, as YAML below "Resources:"
  const char* fixed;   // properties that stay, one line of YAML each
  const char* before;
  const char* after;
  const char* look;                             // "service Action"
  const char* input;                            // JSON with {Ref}
  const char *path, *seen_before, *seen_after;  // what is at the path; empty: nothing
};

class Changes : public StackTest, public testing::WithParamInterface<Row> {
 protected:
  static std::string lines(const char* text) {
    std::string all;
    for (const auto& line : words_of(text, '\n')) {
      if (!line.empty()) all += "      " + line + "\n";
    }
    return all;
  }

  static std::string template_of(const Row& row, const char* properties) {
    const auto all = lines(row.fixed) + lines(properties);
    return std::string("Resources:\n") + row.others + "  X:\n    Type: " + row.type + "\n" +
           (all.empty() ? "" : "    Properties:\n" + all) + "Outputs:\n  Ref: {Value: !Ref X}\n";
  }

  std::string seen(const Row& row) {
    auto input = expand(row.input, [&](std::string_view) { return output("Ref"); });
    std::ranges::replace(input, '(', '{');
    std::ranges::replace(input, ')', '}');
    if (const auto at = input.find("ZONE"); at != std::string::npos) {
      const json::value zones = call("route53", "ListHostedZonesByName", {});
      input.replace(at, 4, cloudformation::at(zones, "HostedZones.0.Id"));
    }
    const auto words = words_of(row.look);
    return cloudformation::at(
        json::value(call(words.at(0), words.at(1), json::parse(input).as_object())), row.path);
  }
};

TEST_P(Changes, reach_the_service) {
  const auto& row = GetParam();
  ASSERT_EQ(create(template_of(row, row.before)), "CREATE_COMPLETE") << troubles();
  EXPECT_EQ(seen(row), row.seen_before);
  ASSERT_EQ(update(template_of(row, row.after)), "UPDATE_COMPLETE") << troubles();
  EXPECT_FALSE(was_replaced());
  EXPECT_EQ(seen(row), row.seen_after);
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

constexpr const char* trust =
    "AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: "
    "'sts:AssumeRole', Principal: {Service: lambda.amazonaws.com}}]}\n";
constexpr const char* role =
    "  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {Version: "
    "'2012-10-17', Statement: [{Effect: Allow, Action: 'sts:AssumeRole', Principal: {Service: "
    "lambda.amazonaws.com}}]}\n";
constexpr const char* function =
    "FunctionName: f\nRuntime: python3.12\nHandler: index.handler\nRole: !GetAtt R.Arn\n";
constexpr const char* people =
    "  U: {Type: AWS::IAM::User, Properties: {UserName: u}}\n"
    "  G: {Type: AWS::IAM::Group, Properties: {GroupName: g}}\n";
constexpr const char* document =
    "PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:*', Resource: "
    "'*'}]}\n";
constexpr const char* zone = "  Z: {Type: AWS::Route53::HostedZone, Properties: {Name: a.com}}\n";
constexpr const char* clusters = R"(("clusters":["{Ref}"]))";
constexpr const char* fargate =
    "Cpu: 256\nMemory: 512\nNetworkMode: awsvpc\nRequiresCompatibilities: [FARGATE]\n"
    "ContainerDefinitions: [{Name: web, Image: nginx}]\n";

constexpr const char* tagged = "Tags: [{Key: a, Value: old}]\n";
constexpr const char* retagged = "Tags: [{Key: a, Value: new}]\n";

const Row rows[] = {
    {"code_and_configuration_of_a_function", "AWS::Lambda::Function", role, function,
     "Timeout: 5\nCode: {ZipFile: 'pass'}\n", "Timeout: 9\nCode: {ZipFile: 'pass # again'}\n",
     "lambda GetFunction", R"(("FunctionName":"{Ref}"))", "Configuration.Timeout", "5", "9"},
    {"timeout_of_a_function_goes_back", "AWS::Lambda::Function", role, function,
     "Timeout: 5\nCode: {ZipFile: 'pass'}\n", "Code: {ZipFile: 'pass'}\n", "lambda GetFunction",
     R"(("FunctionName":"{Ref}"))", "Configuration.Timeout", "5", "3"},
    {"concurrency_of_a_function", "AWS::Lambda::Function", role, function,
     "ReservedConcurrentExecutions: 2\nCode: {ZipFile: 'pass'}\n", "Code: {ZipFile: 'pass'}\n",
     "lambda GetFunction", R"(("FunctionName":"{Ref}"))",
     "Concurrency.ReservedConcurrentExecutions", "2", ""},
    {"tags_of_a_function", "AWS::Lambda::Function", role, function,
     "Tags: [{Key: a, Value: old}]\nCode: {ZipFile: 'pass'}\n",
     "Tags: [{Key: a, Value: new}]\nCode: {ZipFile: 'pass'}\n", "lambda GetFunction",
     R"(("FunctionName":"{Ref}"))", "Tags.a", "old", "new"},
    {"tags_of_a_parameter", "AWS::SSM::Parameter", "", "Name: p\nType: String\nValue: v\n",
     "Tags: {a: old}\n", "Tags: {a: new}\n", "ssm ListTagsForResource",
     R"(("ResourceType":"Parameter","ResourceId":"p"))", "TagList.0.Value", "old", "new"},
    {"tags_of_a_log_group", "AWS::Logs::LogGroup", "", "", tagged, retagged,
     "logs ListTagsLogGroup", R"(("logGroupName":"{Ref}"))", "tags.a", "old", "new"},
    {"tags_of_a_role", "AWS::IAM::Role", "", trust, tagged, retagged, "iam GetRole",
     R"(("RoleName":"{Ref}"))", "Role.Tags.0.Value", "old", "new"},
    {"boundary_of_a_role", "AWS::IAM::Role", "", trust,
     "PermissionsBoundary: arn:aws:iam::aws:policy/ReadOnlyAccess\n", "", "iam GetRole",
     R"(("RoleName":"{Ref}"))", "Role.PermissionsBoundary.PermissionsBoundaryArn",
     "arn:aws:iam::aws:policy/ReadOnlyAccess", ""},
    {"path_of_a_user", "AWS::IAM::User", "", "UserName: u\n", "Path: /a/\n", "Path: /b/\n",
     "iam GetUser", R"(("UserName":"u"))", "User.Arn", "arn:aws:iam::123456789012:user/a/u",
     "arn:aws:iam::123456789012:user/b/u"},
    {"path_of_a_group", "AWS::IAM::Group", "", "GroupName: g\n", "Path: /a/\n", "", "iam GetGroup",
     R"(("GroupName":"g"))", "Group.Arn", "arn:aws:iam::123456789012:group/a/g",
     "arn:aws:iam::123456789012:group/g"},
    {"users_of_an_inline_policy", "AWS::IAM::Policy", people, document,
     "PolicyName: p\nUsers: [!Ref U]\nGroups: [!Ref G]\n", "PolicyName: p\nGroups: [!Ref G]\n",
     "iam ListUserPolicies", R"(("UserName":"u"))", "PolicyNames.0", "p", ""},
    {"name_of_an_inline_policy", "AWS::IAM::Policy", people, document,
     "PolicyName: p\nGroups: [!Ref G]\n", "PolicyName: q\nGroups: [!Ref G]\n",
     "iam ListGroupPolicies", R"(("GroupName":"g"))", "PolicyNames.0", "p", "q"},
    {"groups_of_a_managed_policy", "AWS::IAM::ManagedPolicy", people, document,
     "ManagedPolicyName: p\nUsers: [!Ref U]\n",
     "ManagedPolicyName: p\nUsers: [!Ref U]\nGroups: [!Ref G]\n", "iam ListAttachedGroupPolicies",
     R"(("GroupName":"g"))", "AttachedPolicies.0.PolicyName", "", "p"},
    {"type_of_a_record", "AWS::Route53::RecordSet", zone,
     "HostedZoneId: !Ref Z\nName: www.a.com\nTTL: 60\n", "Type: A\nResourceRecords: [192.0.2.1]\n",
     "Type: TXT\nResourceRecords: ['\"a\"']\n", "route53 ListResourceRecordSets",
     R"(("HostedZoneId":"ZONE"))", "ResourceRecordSets.0.Type", "A", "TXT"},
    {"use_of_a_key", "AWS::KMS::Key", "", "", "Enabled: false\n", "", "kms DescribeKey",
     R"(("KeyId":"{Ref}"))", "KeyMetadata.KeyState", "Disabled", "Enabled"},
    {"flag_of_a_key", "AWS::KMS::Key", "", "", "Enabled: false\n", "", "kms DescribeKey",
     R"(("KeyId":"{Ref}"))", "KeyMetadata.Enabled", "false", "true"},
    {"settings_of_a_cluster", "AWS::ECS::Cluster", "", "",
     "ClusterSettings: [{Name: containerInsights, Value: enabled}]\n", "", "ecs DescribeClusters",
     clusters, "clusters.0.settings.0.value", "enabled", "disabled"},
    {"providers_of_a_cluster", "AWS::ECS::Cluster", "", "", "CapacityProviders: [FARGATE]\n",
     "CapacityProviders: [FARGATE, FARGATE_SPOT]\n"
     "DefaultCapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT, Weight: 1}]\n",
     "ecs DescribeClusters", clusters,
     "clusters.0.defaultCapacityProviderStrategy.0.capacityProvider", "", "FARGATE_SPOT"},
    {"tags_of_a_cluster", "AWS::ECS::Cluster", "", "", tagged, retagged, "ecs DescribeClusters",
     clusters, "clusters.0.tags.0.value", "old", "new"},
    {"tags_of_a_task_definition", "AWS::ECS::TaskDefinition", "", fargate, tagged, retagged,
     "ecs ListTagsForResource", R"(("resourceArn":"{Ref}"))", "tags.0.value", "old", "new"},
};

INSTANTIATE_TEST_SUITE_P(Table, Changes, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

class More : public StackTest {};

constexpr const char* vpc =
    "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n"
    "  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}\n"
    "  Gate: {Type: AWS::EC2::InternetGateway}\n"
    "  Attach: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, "
    "InternetGatewayId: !Ref Gate}}\n";

TEST_F(More, an_address_leaves_the_instance_that_is_named_no_more) {
  const std::string instance = std::string(vpc) +
                               "  X: {Type: AWS::EC2::Instance, DependsOn: Attach, Properties: "
                               "{Monitoring: true, CreditSpecification: {CPUCredits: standard}, "
                               "SubnetId: !Ref A, InstanceType: " +
                               (images().front().architecture == "arm64" ? "t4g" : "t3") +
                               ".micro, ImageId: " + images().front().id + "}}\n";
  const std::string ends = "Outputs:\n  Ref: {Value: !Ref X}\n  Ip: {Value: !Ref Ip}\n";
  const std::string bound =
      instance + "  Ip: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref X}}\n" + ends;
  const std::string loose = instance + "  Ip: {Type: AWS::EC2::EIP, DependsOn: Attach}\n" + ends;
  ASSERT_EQ(create(bound), "CREATE_COMPLETE") << troubles();
  const auto address = [&] {
    json::object input;
    input["PublicIp"] = json::array{json::value(output("Ip"))};
    return cloudformation::at(json::value(call("ec2", "DescribeAddresses", std::move(input))),
                              "addressesSet.0.instanceId");
  };
  EXPECT_EQ(address(), output("Ref"));
  json::object one;
  one["InstanceId"] = json::array{json::value(output("Ref"))};
  const json::value seen = call("ec2", "DescribeInstances", one);
  EXPECT_EQ(cloudformation::at(seen, "reservationSet.0.instancesSet.0.monitoring.state"),
            "enabled");
  const json::value credits = call("ec2", "DescribeInstanceCreditSpecifications", one);
  EXPECT_EQ(cloudformation::at(credits, "instanceCreditSpecificationSet.0.cpuCredits"), "standard");
  ASSERT_EQ(update(loose), "UPDATE_COMPLETE") << troubles();
  EXPECT_EQ(address(), "");
}

TEST_F(More, a_version_that_another_resource_owns_is_not_published_again) {
  const std::string text = std::string("Resources:\n") + role +
                           "  F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, "
                           "Handler: index.handler, Role: !GetAtt R.Arn, Code: {ZipFile: pass}}}\n"
                           "  V: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref F}}\n"
                           "  X: {Type: AWS::Lambda::Version, DependsOn: V, Properties: "
                           "{FunctionName: !Ref F}}\n";
  EXPECT_EQ(create(text), "ROLLBACK_COMPLETE");
  EXPECT_THAT(troubles(), testing::HasSubstr("A version for this Lambda function exists ( 1 )."));
}

TEST_F(More, a_managed_policy_can_be_changed_more_often_than_it_has_versions) {
  const auto with = [](int number) {
    return "Resources:\n  X: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: "
           "{Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:*', Resource: "
           "'arn:aws:s3:::b" +
           std::to_string(number) + "'}]}}}\n";
  };
  ASSERT_EQ(create(with(0)), "CREATE_COMPLETE") << troubles();
  for (int i = 1; i <= 6; ++i) EXPECT_EQ(update(with(i)), "UPDATE_COMPLETE") << troubles();
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
}

}  // namespace
}  // namespace sim::world
