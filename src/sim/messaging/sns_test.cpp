#include "sim/messaging/messaging_test.hpp"

namespace sim::messaging {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SnsTest : public MessagingTest {
 protected:
  void make_topic(const std::string& name, json::object attributes = {}) {
    json::object input{{"Name", name}};
    input["Attributes"] = std::move(attributes);
    call("sns", "CreateTopic", std::move(input));
  }
};

TEST_F(SnsTest, a_queue_gets_what_is_published_in_an_envelope) {
  make_topic("t");
  make_queue("q");
  let_topic_send("t", "q");
  const auto subscription = subscribe("t", "sqs", arn("sqs", "q"));
  json::object more{{"Subject", "hello"}};
  more["MessageAttributes"] = json::parse(R"({"a":{"DataType":"String","StringValue":"x"}})");
  publish("t", "the \"message\"", more);
  const auto messages = receive("q");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(std::string(messages[0].at("Body").as_string()),
              StartsWith("{\n  \"Type\" : \"Notification\",\n  \"MessageId\" : \""));
  const auto envelope = json::parse(messages[0].at("Body").as_string()).as_object();
  EXPECT_EQ(envelope.at("TopicArn").as_string(), arn("sns", "t"));
  EXPECT_EQ(envelope.at("Subject"), "hello");
  EXPECT_EQ(envelope.at("Message"), "the \"message\"");
  EXPECT_EQ(envelope.at("Timestamp"), "2026-11-22T00:00:00.000Z");
  EXPECT_EQ(envelope.at("SignatureVersion"), "1");
  EXPECT_EQ(envelope.at("UnsubscribeURL").as_string(),
            "https://sns.ap-northeast-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=" +
                subscription);
  EXPECT_EQ(envelope.at("MessageAttributes").at("a"),
            (json::object{{"Type", "String"}, {"Value", "x"}}));
}

TEST_F(SnsTest, raw_delivery_hands_over_the_message_and_its_attributes) {
  make_topic("t");
  make_queue("q");
  let_topic_send("t", "q");
  subscribe("t", "sqs", arn("sqs", "q"), {{"RawMessageDelivery", "true"}});
  json::object more;
  more["MessageAttributes"] = json::parse(R"({"a":{"DataType":"String","StringValue":"x"}})");
  publish("t", "m", more);
  json::object wanted;
  wanted["MessageAttributeNames"] = json::array{"All"};
  const auto messages = receive("q", wanted);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].at("Body"), "m");
  EXPECT_EQ(messages[0].at("MessageAttributes").at("a").at("StringValue"), "x");
}

TEST_F(SnsTest, a_queue_whose_policy_does_not_let_the_topic_in_gets_nothing) {
  make_topic("t");
  make_topic("other");
  make_queue("q");
  make_queue("dead");
  subscribe("t", "sqs", arn("sqs", "q"),
            {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + arn("sqs", "dead") + "\"}"}});
  publish("t", "lost");
  let_topic_send("other", "q");
  let_topic_send("t", "dead");
  publish("t", "kept");
  EXPECT_EQ(bodies("q"), "");
  const auto dead = receive("dead");
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(json::parse(dead[0].at("Body").as_string()).at("Message"), "kept");
  let_topic_send("t", "q");
  publish("t", "here");
  EXPECT_THAT(bodies("q"), HasSubstr("here"));
}

TEST_F(SnsTest, a_policy_for_anybody_who_acts_for_the_topic_is_enough) {
  make_topic("t");
  make_queue("q");
  set("q", "Policy",
      R"({"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},)"
      R"("Action":"SQS:SendMessage","Resource":")" +
          arn("sqs", "q") + R"(","Condition":{"ArnLike":{"aws:SourceArn":")" + arn("sns", "*") +
          R"("}}}]})");
  subscribe("t", "sqs", arn("sqs", "q"), {{"RawMessageDelivery", "true"}});
  publish("t", "m");
  EXPECT_EQ(bodies("q"), "m|");
}

TEST_F(SnsTest, a_queue_that_is_encrypted_with_a_key_of_aws_gets_nothing) {
  make_topic("t");
  make_queue("q", {{"KmsMasterKeyId", "alias/aws/sqs"}});
  let_topic_send("t", "q");
  subscribe("t", "sqs", arn("sqs", "q"));
  publish("t", "m");
  EXPECT_EQ(bodies("q"), "");
}

TEST_F(SnsTest, a_key_of_one_s_own_lets_in_whom_its_policy_names) {
  std::vector<records::Type> types{
      {.name = "key", .create = "CreateKey", .id = "k", .arn = "key/k"},
      {.name = "alias", .create = "CreateAlias", .id = "alias/mine"}};
  records::Book kms(context_, desk_, {.name = "kms", .prefix = "kms"}, types);
  sqs_.set_keys(kms);
  auto& key = kms.all("key")["k"];
  key.arn = arn("kms", "key/k");
  kms.all("alias")["alias/mine"].members["TargetKeyId"] = "k";
  make_topic("t");
  make_queue("q", {{"KmsMasterKeyId", "alias/mine"}});
  let_topic_send("t", "q");
  subscribe("t", "sqs", arn("sqs", "q"), {{"RawMessageDelivery", "true"}});
  publish("t", "lost");
  key.hidden["Policy"] =
      R"({"Statement":[{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},)"
      R"("Action":["kms:GenerateDataKey*","kms:Decrypt"],"Resource":"*"}]})";
  publish("t", "kept");
  EXPECT_EQ(bodies("q"), "kept|");
}

TEST_F(SnsTest, a_function_is_invoked_with_the_record) {
  make_topic("t");
  const auto function = "arn:aws:lambda:ap-northeast-1:123456789012:function:f";
  const auto subscription = subscribe("t", "lambda", function);
  publish("t", "m");
  ASSERT_EQ(desk_.invocations.size(), 1U);
  const auto& made = desk_.invocations[0];
  EXPECT_EQ(made.caller.arn, "sns.amazonaws.com");
  EXPECT_EQ(made.caller.source, arn("sns", "t"));
  EXPECT_EQ(made.input.at("FunctionName").as_string(), function);
  EXPECT_EQ(made.input.at("InvocationType"), "Event");
  const auto event = json::parse(made.input.at("Payload").as_string());
  const auto& record = event.at("Records").at(0);
  EXPECT_EQ(record.at("EventSource"), "aws:sns");
  EXPECT_EQ(record.at("EventSubscriptionArn").as_string(), subscription);
  EXPECT_EQ(record.at("Sns").at("Message"), "m");
  EXPECT_EQ(record.at("Sns").at("Subject"), json::value(nullptr));
}

TEST_F(SnsTest, filters_and_protocols_choose_what_an_endpoint_gets) {
  make_topic("t");
  make_queue("q");
  let_topic_send("t", "q");
  const auto link = subscribe("t", "sqs", arn("sqs", "q"),
                              {{"RawMessageDelivery", "true"}, {"FilterPolicy", R"({"a":["x"]})"}});
  const auto with = [](const char* value) {
    json::object more;
    more["MessageAttributes"] =
        json::object{{"a", {{"DataType", "String"}, {"StringValue", value}}}};
    return more;
  };
  publish("t", "1", with("x"));
  publish("t", "2", with("y"));
  publish("t", "3");
  EXPECT_EQ(bodies("q"), "1|");
  call("sns", "SetSubscriptionAttributes",
       {{"SubscriptionArn", link}, {"AttributeName", "FilterPolicy"}, {"AttributeValue", "{}"}});
  publish("t", R"({"default":"d","sqs":"for queues"})", {{"MessageStructure", "json"}});
  EXPECT_EQ(bodies("q"), "for queues|");
}

TEST_F(SnsTest, subscriptions_that_must_be_confirmed_get_nothing_and_go_after_two_days) {
  make_topic("t");
  EXPECT_EQ(subscribe("t", "email", "a@example.com"), "pending confirmation");
  const auto link = records::text_of(call("sns", "Subscribe",
                                          {{"TopicArn", arn("sns", "t")},
                                           {"Protocol", "https"},
                                           {"Endpoint", "https://example.com"},
                                           {"ReturnSubscriptionArn", true}}),
                                     "SubscriptionArn");
  EXPECT_THAT(link, StartsWith(arn("sns", "t") + ":"));
  const auto pending = [&] {
    return records::text_of(call("sns", "GetTopicAttributes", {{"TopicArn", arn("sns", "t")}})
                                .at("Attributes")
                                .as_object(),
                            "SubscriptionsPending");
  };
  publish("t", "m");
  EXPECT_EQ(pending(), "2");
  EXPECT_EQ(call("sns", "ListSubscriptionsByTopic", {{"TopicArn", arn("sns", "t")}})
                .at("Subscriptions")
                .at(0)
                .at("SubscriptionArn"),
            "PendingConfirmation");
  EXPECT_EQ(refusal("sns", "ConfirmSubscription", {{"TopicArn", arn("sns", "t")}, {"Token", "x"}}),
            "InvalidParameter: Invalid parameter: Token");
  pass(48h);
  EXPECT_EQ(pending(), "0");
}

TEST_F(SnsTest, an_endpoint_has_one_subscription_to_a_topic) {
  make_topic("t");
  make_queue("q");
  const auto first = subscribe("t", "sqs", arn("sqs", "q"));
  EXPECT_EQ(subscribe("t", "sqs", arn("sqs", "q")), first);
  json::object input{
      {"TopicArn", arn("sns", "t")}, {"Protocol", "sqs"}, {"Endpoint", arn("sqs", "q")}};
  input["Attributes"] = json::object{{"RawMessageDelivery", "true"}};
  EXPECT_THAT(refusal("sns", "Subscribe", input), HasSubstr("Subscription already exists"));
  call("sns", "Unsubscribe", {{"SubscriptionArn", first}});
  EXPECT_NE(subscribe("t", "sqs", arn("sqs", "q")), first);
  call("sns", "DeleteTopic", {{"TopicArn", arn("sns", "t")}});
  EXPECT_TRUE(call("sns", "ListSubscriptions", {}).at("Subscriptions").as_array().empty());
}

TEST_F(SnsTest, a_fifo_topic_passes_group_and_order_on_and_repeats_nothing) {
  make_topic("t.fifo", {{"FifoTopic", "true"}, {"ContentBasedDeduplication", "true"}});
  make_queue("q.fifo", {{"FifoQueue", "true"}});
  let_topic_send("t.fifo", "q.fifo");
  subscribe("t.fifo", "sqs", arn("sqs", "q.fifo"), {{"RawMessageDelivery", "true"}});
  publish("t.fifo", "a", {{"MessageGroupId", "g"}});
  publish("t.fifo", "a", {{"MessageGroupId", "g"}});
  publish("t.fifo", "b", {{"MessageGroupId", "g"}});
  EXPECT_EQ(bodies("q.fifo"), "a|b|");
  EXPECT_THAT(refusal("sns", "Publish", {{"TopicArn", arn("sns", "t.fifo")}, {"Message", "c"}}),
              HasSubstr("The MessageGroupId parameter is required for FIFO topics"));
}

TEST_F(SnsTest, batches_are_published_entry_by_entry) {
  make_topic("t");
  make_queue("q");
  let_topic_send("t", "q");
  subscribe("t", "sqs", arn("sqs", "q"), {{"RawMessageDelivery", "true"}});
  json::object input{{"TopicArn", arn("sns", "t")}};
  input["PublishBatchRequestEntries"] =
      json::parse(R"([{"Id":"1","Message":"a"},{"Id":"2","Message":""}])");
  const auto output = call("sns", "PublishBatch", input);
  EXPECT_EQ(output.at("Successful").at(0).at("Id"), "1");
  EXPECT_EQ(output.at("Failed").at(0).at("Code"), "InvalidParameter");
  pass(1s);
  EXPECT_EQ(bodies("q"), "a|");
}

TEST_F(SnsTest, users_publish_by_their_policies_or_the_topic_s) {
  make_topic("t");
  const auto user = iam_.create_user_key("ann").principal;
  const auto root = std::exchange(caller_, user);
  const json::object input{{"TopicArn", arn("sns", "t")}, {"Message", "m"}};
  EXPECT_EQ(refusal("sns", "Publish", input),
            "AuthorizationError: User: arn:aws:iam::123456789012:user/ann is not authorized to "
            "perform: SNS:Publish on resource: " +
                arn("sns", "t") +
                " because no identity-based policy allows the SNS:Publish action");
  caller_ = root;
  call("sns", "SetTopicAttributes",
       {{"TopicArn", arn("sns", "t")},
        {"AttributeName", "Policy"},
        {"AttributeValue",
         R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":)"
         R"("arn:aws:iam::123456789012:user/ann"},"Action":"sns:Publish","Resource":"*"}]})"}});
  caller_ = user;
  EXPECT_EQ(refusal("sns", "Publish", input), "none");
}

struct Wrong {
  const char *action, *input, *refusal;
};

constexpr const char* topic_arn = "arn:aws:sns:ap-northeast-1:123456789012:t";

constexpr Wrong wrong[] = {
    {"Publish", R"({"Message":""})", "InvalidParameter: Invalid parameter: Empty message"},
    {"Publish", R"({"Message":"m","Subject":"a\nb"})",
     "InvalidParameter: Invalid parameter: Subject"},
    {"Publish", R"({"Message":"m","MessageStructure":"json"})",
     "InvalidParameter: Invalid parameter: Message Structure - JSON message body failed to parse"},
    {"Publish", R"({"Message":"{}","MessageStructure":"json"})",
     "InvalidParameter: Invalid parameter: Message Structure - No default entry in JSON message "
     "body"},
    {"Publish", R"({"Message":"m","PhoneNumber":"+4412345"})",
     "NotImplemented: The embedded AWS has no PhoneNumber for Publish."},
    {"Subscribe", R"({"Protocol":"sms","Endpoint":"+4412345"})",
     "NotImplemented: The embedded AWS has no subscriptions with the protocol sms."},
    {"Subscribe", R"({"Protocol":"sqs","Endpoint":"arn:aws:sqs:x:1:q.fifo"})",
     "InvalidParameter: Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can "
     "not be subscribed to standard SNS topics"},
    {"Subscribe", R"({"Protocol":"sqs","Endpoint":"arn:aws:sqs:x:1:q",
                      "Attributes":{"RedrivePolicy":"{\"deadLetterTargetArn\":\":sqs:\"}"}})",
     "InvalidParameter: Invalid parameter: RedrivePolicy: deadLetterTargetArn is an invalid arn"},
    {"Subscribe", R"({"Protocol":"sqs","Endpoint":"arn:aws:sqs:x:1:q",
                      "Attributes":{"ReplayPolicy":"{}"}})",
     "NotImplemented: The embedded AWS has no ReplayPolicy."},
    {"Subscribe", R"({"Protocol":"https","Endpoint":"http://x"})",
     "InvalidParameter: Invalid parameter: http://x Endpoint"},
    {"Subscribe", R"({"Protocol":"sqs","Endpoint":"arn:aws:sqs:x:1:q",
                      "Attributes":{"FilterPolicyScope":"x"}})",
     "InvalidParameter: Invalid parameter: FilterPolicyScope: Invalid value [x]. Please use either "
     "MessageBody or MessageAttributes"}};

TEST_F(SnsTest, requests_that_are_none_are_refused) {
  make_topic("t");
  for (const auto& row : wrong) {
    auto input = json::parse(row.input).as_object();
    input["TopicArn"] = topic_arn;
    EXPECT_EQ(refusal("sns", row.action, input), row.refusal) << row.input;
  }
  EXPECT_EQ(refusal("sns", "Publish", {{"TopicArn", arn("sns", "none")}, {"Message", "m"}}),
            "NotFound: Topic does not exist");
}

}  // namespace
}  // namespace sim::messaging
