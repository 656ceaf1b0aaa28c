// The other services: JSON 1.1, REST and query on the wire, and what "not there" looks like.
#include <gmock/gmock.h>

#include "aws/cloudformation/cloudformation.hpp"
#include "aws/lambda/lambda.hpp"
#include "aws/logs/logs.hpp"
#include "aws/s3/s3.hpp"
#include "aws/ssm/ssm.hpp"
#include "aws/sts/sts.hpp"
#include "tests/moto/moto.hpp"

namespace moto {
namespace {

using boost::json::array;
using boost::json::object;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class Operators : public Moto {
 protected:
  object logs(const std::string& operation, object input) {
    return json("logs", "Logs_20140328", operation, std::move(input));
  }
};

TEST_F(Operators, sts_says_who_calls) {
  const auto identity = run(aws::sts::caller_identity(client()));
  EXPECT_EQ(identity.account, "123456789012");
  EXPECT_THAT(identity.arn, StartsWith("arn:aws:sts::123456789012:"));
  EXPECT_NE(identity.user_id, "");
}

TEST_F(Operators, ssm_gives_a_parameter_or_nothing) {
  json("ssm", "AmazonSSM", "PutParameter",
       {{"Name", "/demo/ami"}, {"Value", "ami-1 \"ü\"\n"}, {"Type", "String"}});
  EXPECT_EQ(run(aws::ssm::get_parameter(client(), "/demo/ami")), "ami-1 \"ü\"\n");
  EXPECT_EQ(run(aws::ssm::get_parameter(client(), "/demo/none")), std::nullopt);
}

TEST_F(Operators, ssm_runs_a_command_and_tells_its_end) {
  const auto instance = ec2("RunInstances",
                            {{"ImageId", "ami-12345678"},
                             {"MinCount", "1"},
                             {"MaxCount", "1"},
                             {"SubnetId", network().subnet}},
                            "instanceId");
  const auto command = run(aws::ssm::send_command(
      client(),
      {.instances = {{instance}}, .parameters = {{"commands", {"true"}}}, .comment = "a test"}));
  EXPECT_EQ(command.size(), 36U);
  const auto ended = run(aws::ssm::command_invocation(client(), command, {instance}));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, "Success");
  EXPECT_EQ(ended->details, "Success");
  EXPECT_EQ(ended->response_code, 0);
  EXPECT_EQ(ended->output, "");
  EXPECT_FALSE(run(aws::ssm::command_invocation(client(), command, {"i-0123456789abcdef0"})));
  // moto: AWS says InvocationDoesNotExist, which is nothing.
  EXPECT_EQ(refusal(aws::ssm::command_invocation(client(), "01234567-0123-4123-8123-012345678901",
                                                 {instance})),
            "InvalidCommandId");
}

// moto: DescribeInstanceInformation is not written yet, and the server says so as HTML.
TEST_F(Operators, ssm_instance_information_is_beyond_moto) {
  EXPECT_EQ(refusal(aws::ssm::instance_information(client(), {})), "HTTP 500");
}

aws::logs::Filter everything_in(const std::string& group) {
  return {.group = group, .stream_prefix = {}, .pattern = {}, .from = {}, .to = {}};
}

TEST_F(Operators, logs_are_read_by_pattern_and_time) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       client().system().clock.now().time_since_epoch())
                       .count();
  logs("CreateLogGroup", {{"logGroupName", "/demo"}});
  for (const char* stream : {"a/1", "b/1"}) {
    logs("CreateLogStream", {{"logGroupName", "/demo"}, {"logStreamName", stream}});
    logs("PutLogEvents",
         {{"logGroupName", "/demo"},
          {"logStreamName", stream},
          {"logEvents", array({object{{"timestamp", now - 2000}, {"message", "first"}},
                               object{{"timestamp", now - 1000}, {"message", "second ü"}}})}});
  }
  const auto all = run(aws::logs::filter_log_events(client(), everything_in("/demo")));
  EXPECT_EQ(all.size(), 4U);
  const auto some = run(aws::logs::filter_log_events(
      client(), {.group = "/demo",
                 .stream_prefix = "a/",
                 .pattern = "second",
                 .from = base::Instant(std::chrono::milliseconds(now - 1500)),
                 .to = base::Instant(std::chrono::milliseconds(now))}));
  ASSERT_EQ(some.size(), 2U);  // moto: of both streams, it does not know the prefix
  EXPECT_EQ(some[0].stream, "a/1");
  EXPECT_EQ(some[1].stream, "b/1");
  EXPECT_EQ(some[0].message, "second ü");
  EXPECT_EQ(base::unix_milliseconds(some[0].time), now - 1000);
  EXPECT_THAT(run(aws::logs::filter_log_events(client(), everything_in("/none"))), IsEmpty());
}

TEST_F(Operators, a_lambda_function_is_described_or_is_nothing) {
  run(client().query("iam", "2010-05-08", "CreateRole",
                     {{"RoleName", "demo"}, {"AssumeRolePolicyDocument", "{}"}}));
  http::Request create;
  create.method = "POST";
  create.url.host.clear();
  create.url.target = "/2015-03-31/functions";
  create.headers.set("Content-Type", "application/json");
  create.body = serialize(object{{"FunctionName", "demo"},
                                 {"Runtime", "provided.al2023"},
                                 {"Handler", "bootstrap"},
                                 {"Role", "arn:aws:iam::123456789012:role/demo"},
                                 {"Timeout", 900},
                                 {"MemorySize", 256},
                                 {"Code", {{"ZipFile", "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}}});
  run(client().rest("lambda", "CreateFunction", create));
  const std::string arn = "arn:aws:lambda:eu-west-1:123456789012:function:demo";
  for (const auto& name : {std::string("demo"), arn}) {
    const auto found = run(aws::lambda::find_function(client(), name));
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(found->name, "demo");
    EXPECT_EQ(found->arn, arn);
    EXPECT_EQ(found->runtime, "provided.al2023");
    EXPECT_EQ(found->handler, "bootstrap");
    EXPECT_EQ(found->role_arn, "arn:aws:iam::123456789012:role/demo");
    EXPECT_EQ(found->state, "Active");
    EXPECT_EQ(found->timeout_seconds, 900);
    EXPECT_EQ(found->memory_mb, 256);
    EXPECT_EQ(found->log_group, "/aws/lambda/demo");
  }
  EXPECT_FALSE(run(aws::lambda::find_function(client(), "none")));
}

TEST_F(Operators, objects_go_into_a_bucket_and_out_again) {
  using namespace aws::s3;
  run(create_bucket(client(), "demo-bucket"));
  run(create_bucket(client(), "demo-bucket"));  // it is ours already
  const std::string key = "a folder/ü+1&2=%20.yaml";
  const std::string body("\0\r\n binary \xff", 12);
  run(put_object(client(), "demo-bucket", key, body, "text/yaml"));
  run(put_object(client(), "demo-bucket", "other", ""));
  EXPECT_EQ(run(get_object(client(), "demo-bucket", key)), body);
  EXPECT_EQ(run(get_object(client(), "demo-bucket", "other")), "");
  const auto listed = run(list_objects(client(), "demo-bucket", "a folder/"));
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].key, key);
  EXPECT_EQ(listed[0].size, 12);
  EXPECT_EQ(run(list_objects(client(), "demo-bucket")).size(), 2U);
  EXPECT_EQ(refusal(delete_bucket(client(), "demo-bucket")), "BucketNotEmpty");
  for (const auto& name : {key, std::string("other"), std::string("none")}) {
    EXPECT_EQ(refusal(delete_object(client(), "demo-bucket", name)), "none") << name;
  }
  EXPECT_EQ(run(get_object(client(), "demo-bucket", key)), std::nullopt);
  EXPECT_EQ(refusal(delete_bucket(client(), "demo-bucket")), "none");
  EXPECT_EQ(refusal(delete_bucket(client(), "demo-bucket")), "none");
  EXPECT_EQ(run(get_object(client(), "demo-bucket", key)), std::nullopt);
  EXPECT_EQ(refusal(delete_object(client(), "demo-bucket", key)), "none");
  EXPECT_EQ(refusal(list_objects(client(), "demo-bucket")), "NoSuchBucket");
}

TEST_F(Operators, more_objects_than_a_page_holds_are_all_listed) {
  run(aws::s3::create_bucket(client(), "demo-bucket"));
  std::vector<base::Task<void>> puts;
  for (int i = 0; i < 1001; ++i) {
    puts.push_back(aws::s3::put_object(client(), "demo-bucket", fmt::format("{:04}", i), "x"));
    if (puts.size() == 8 || i == 1000) run(base::all(std::exchange(puts, {})));
  }
  const auto listed = run(aws::s3::list_objects(client(), "demo-bucket"));
  ASSERT_EQ(listed.size(), 1001U);
  EXPECT_EQ(listed.back().key, "1000");
}

const char* const one_vpc = R"(Description: one VPC
Parameters:
  Range: {Type: String, Default: 10.9.0.0/16, Description: its addresses}
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !Ref Range}}
Outputs:
  Id: {Value: !Ref Vpc}
)";

TEST_F(Operators, a_stack_is_created_followed_and_deleted) {
  using namespace aws::cloudformation;
  const auto id = run(create_stack(client(), {.name = "demo",
                                              .template_url = {},
                                              .template_body = one_vpc,
                                              .parameters = {{"Range", "10.8.0.0/16"}},
                                              .capabilities = {"CAPABILITY_IAM"},
                                              .tags = {{"owner", "me & you"}},
                                              .role_arn = {},
                                              .on_failure = "DO_NOTHING"}));
  EXPECT_THAT(id, StartsWith("arn:aws:cloudformation:eu-west-1:123456789012:stack/demo/"));
  const auto stack = run(describe_stack(client(), "demo"));
  ASSERT_TRUE(stack);
  EXPECT_EQ(stack->id, id);
  EXPECT_EQ(stack->status, "CREATE_COMPLETE");
  EXPECT_TRUE(stack->created);
  EXPECT_FALSE(stack->deleted);
  EXPECT_THAT(stack->parameters, ElementsAre(std::pair("Range", "10.8.0.0/16")));
  EXPECT_THAT(stack->tags, ElementsAre(std::pair("owner", "me & you")));
  EXPECT_THAT(stack->outputs.at("Id"), StartsWith("vpc-"));

  const auto resources = run(stack_resources(client(), id));
  ASSERT_EQ(resources.size(), 1U);
  EXPECT_EQ(resources[0].logical_id, "Vpc");
  EXPECT_EQ(resources[0].physical_id, stack->outputs.at("Id"));
  EXPECT_EQ(resources[0].type, "AWS::EC2::VPC");

  // moto: the stack's own two events, none for its resources.
  const auto events = run(stack_events(client(), id));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].status, "CREATE_IN_PROGRESS");
  EXPECT_EQ(events[1].status, "CREATE_COMPLETE");
  EXPECT_EQ(events[1].physical_id, id);
  EXPECT_EQ(events[1].type, "AWS::CloudFormation::Stack");
  EXPECT_NE(events[1].time, base::Instant{});
  EXPECT_EQ(run(stack_events(client(), id, events[0].id)).size(), 1U);

  run(delete_stack(client(), id));
  EXPECT_FALSE(run(describe_stack(client(), "demo")));
  const auto deleted = run(describe_stack(client(), id));
  ASSERT_TRUE(deleted);
  EXPECT_EQ(deleted->status, "DELETE_COMPLETE");
}

TEST_F(Operators, a_stack_that_is_not_there_is_nothing_and_deleting_it_succeeds) {
  using namespace aws::cloudformation;
  EXPECT_FALSE(run(describe_stack(client(), "none")));
  EXPECT_EQ(refusal(delete_stack(client(), "none")), "none");
  EXPECT_EQ(refusal(stack_events(client(), "none")), "ValidationError");
  EXPECT_EQ(refusal(stack_resources(client(), "none")), "ValidationError");
}

TEST_F(Operators, a_template_is_summed_up_or_refused) {
  using namespace aws::cloudformation;
  const auto summary = run(validate_template(client(), {}, one_vpc));
  EXPECT_EQ(summary.description, "one VPC");
  EXPECT_THAT(summary.parameters, IsEmpty());  // moto: AWS lists them
  EXPECT_THAT(summary.capabilities, IsEmpty());
  EXPECT_EQ(refusal(validate_template(client(), {}, "Resources: {")), "ValidationError");
}

}  // namespace
}  // namespace moto
