#include "sim/messaging/messaging_test.hpp"

namespace sim::messaging {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SqsTest : public MessagingTest {
 protected:
  std::string handle(const json::array& messages) {
    return std::string(messages.at(0).at("ReceiptHandle").as_string());
  }
  json::object with_receipt(const std::string& queue, const std::string& receipt) {
    return {{"QueueUrl", url(queue)}, {"ReceiptHandle", receipt}};
  }
  // One receive from a task of its own, so that the test goes on while it waits.
  static Task<void> poll(Desk& desk, Principal as, json::object input, base::Clock& clock,
                         json::object& output, base::Instant& ended) {
    try {
      output = co_await desk.call(std::move(as), "sqs", "ReceiveMessage", std::move(input));
    } catch (const Error& error) {
      output["refused"] = error.code;
    }
    ended = clock.now();
  }
  void start_polling(const std::string& queue) {
    runtime_->spawn(poll(desk_, caller_, {{"QueueUrl", url(queue)}, {"WaitTimeSeconds", 20}},
                         runtime_->clock(), output_, ended_));
    pass(5s);
  }

  json::object output_;
  base::Instant ended_{};
};

TEST_F(SqsTest, a_message_is_received_with_its_digests_and_deleted_by_its_receipt) {
  make_queue("q");
  json::object input{{"QueueUrl", url("q")}, {"MessageBody", "This is a test message"}};
  input["MessageAttributes"] = json::parse(
      R"({"timestamp":{"DataType":"Number","StringValue":"1493147359900"},
          "other":{"DataType":"String","StringValue":"x"}})");
  const auto sent = call("sqs", "SendMessage", input);
  EXPECT_EQ(sent.at("MD5OfMessageBody"), "fafb00f5732ab283681e124bf8747ed1");
  EXPECT_TRUE(sent.contains("MD5OfMessageAttributes"));
  EXPECT_FALSE(sent.contains("SequenceNumber"));

  json::object wanted;
  wanted["MessageAttributeNames"] = json::array{"time.*"};
  wanted["MessageSystemAttributeNames"] = json::array{"All"};
  const auto messages = receive("q", wanted);
  ASSERT_EQ(messages.size(), 1U);
  const auto& message = messages[0].as_object();
  EXPECT_EQ(message.at("MessageId"), sent.at("MessageId"));
  EXPECT_EQ(message.at("MD5OfBody"), "fafb00f5732ab283681e124bf8747ed1");
  // Of the attribute that came alone.
  EXPECT_EQ(message.at("MD5OfMessageAttributes"), "235c5c510d26fb653d073faed50ae77c");
  EXPECT_FALSE(message.at("MessageAttributes").as_object().contains("other"));
  EXPECT_EQ(message.at("Attributes").at("SenderId"), "123456789012");
  EXPECT_EQ(message.at("Attributes").at("SentTimestamp"), "1795305600000");
  EXPECT_EQ(message.at("Attributes").at("ApproximateReceiveCount"), "1");

  call("sqs", "DeleteMessage", with_receipt("q", handle(messages)));
  pass(31s);
  EXPECT_TRUE(receive("q").empty());
  EXPECT_EQ(refusal("sqs", "DeleteMessage", with_receipt("q", handle(messages))), "none");
  EXPECT_THAT(refusal("sqs", "DeleteMessage", with_receipt("q", "bm9uZQ==")),
              StartsWith("ReceiptHandleIsInvalid"));
}

TEST_F(SqsTest, a_long_poll_waits_for_a_message_and_no_longer) {
  make_queue("q");
  start_polling("q");
  EXPECT_EQ(ended_, base::Instant{});
  const auto sent = context_.now();
  send("q", "a");
  pass(1s);
  EXPECT_EQ(ended_, sent);
  EXPECT_EQ(output_.at("Messages").as_array().size(), 1U);
}

TEST_F(SqsTest, a_long_poll_ends_empty_after_its_time) {
  make_queue("q", {{"ReceiveMessageWaitTimeSeconds", "7"}});
  const auto began = context_.now();
  EXPECT_EQ(call("sqs", "ReceiveMessage", {{"QueueUrl", url("q")}}), json::object());
  EXPECT_EQ(context_.now() - began, 7s);
}

TEST_F(SqsTest, a_long_poll_is_refused_when_its_queue_is_deleted) {
  make_queue("q");
  start_polling("q");
  call("sqs", "DeleteQueue", {{"QueueUrl", url("q")}});
  pass(16s);
  EXPECT_EQ(output_.at("refused"), "AWS.SimpleQueueService.NonExistentQueue");
}

TEST_F(SqsTest, a_short_poll_overlooks_some_of_what_is_there) {
  make_queue("q");
  send("q", "a");
  int empty = 0;
  for (int i = 0; i < 200; ++i) {
    const auto found = receive("q", {{"WaitTimeSeconds", 0}, {"VisibilityTimeout", 0}}).size();
    empty += found == 0 ? 1 : 0;
  }
  EXPECT_GT(empty, 5);
  EXPECT_LT(empty, 60);
}

TEST_F(SqsTest, the_visibility_of_a_message_in_flight_can_be_changed) {
  make_queue("q", {{"VisibilityTimeout", "60"}});
  send("q", "a");
  auto change = with_receipt("q", handle(receive("q")));
  change["VisibilityTimeout"] = 10;
  call("sqs", "ChangeMessageVisibility", change);
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessagesNotVisible"), "1");
  pass(10s);
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "1");
  EXPECT_THAT(refusal("sqs", "ChangeMessageVisibility", change),
              HasSubstr("not available for visibility timeout change"));
  const auto again = receive("q");
  ASSERT_EQ(again.size(), 1U);
  change["ReceiptHandle"] = handle(again);
  change["VisibilityTimeout"] = 43200;
  pass(1s);
  EXPECT_THAT(refusal("sqs", "ChangeMessageVisibility", change),
              HasSubstr("beyond the limit [43200 seconds]"));
}

TEST_F(SqsTest, what_is_received_too_often_goes_to_the_dead_letter_queue) {
  make_queue("dead");
  make_queue("q", {{"VisibilityTimeout", "5"},
                   {"RedrivePolicy", R"({"deadLetterTargetArn":")" + arn("sqs", "dead") +
                                         R"(","maxReceiveCount":"2"})"}});
  send("q", "a");
  EXPECT_EQ(bodies("q"), "a|");
  pass(5s);
  EXPECT_EQ(bodies("q"), "a|");
  pass(5s);
  EXPECT_EQ(bodies("q"), "");
  json::object wanted;
  wanted["AttributeNames"] = json::array{"DeadLetterQueueSourceArn"};
  const auto dead = receive("dead", wanted);
  ASSERT_EQ(dead.size(), 1U);
  EXPECT_EQ(dead[0].at("Body"), "a");
  EXPECT_EQ(dead[0].at("Attributes").at("DeadLetterQueueSourceArn").as_string(), arn("sqs", "q"));
  EXPECT_EQ(call("sqs", "ListDeadLetterSourceQueues", {{"QueueUrl", url("dead")}}).at("queueUrls"),
            (json::array{json::value(url("q"))}));
}

TEST_F(SqsTest, redrive_policies_are_checked) {
  make_queue("dead", {{"RedriveAllowPolicy", R"({"redrivePermission":"denyAll"})"}});
  const auto with = [&](const std::string& policy) {
    json::object input{{"QueueName", "q"}};
    input["Attributes"] = json::object{{"RedrivePolicy", policy}};
    return refusal("sqs", "CreateQueue", input);
  };
  EXPECT_THAT(with("x"), HasSubstr("Reason: Redrive policy is not a valid JSON map."));
  EXPECT_THAT(with(R"({"deadLetterTargetArn":"x"})"),
              HasSubstr("does not contain mandatory attribute: maxReceiveCount."));
  EXPECT_THAT(with(R"({"deadLetterTargetArn":"x","maxReceiveCount":0})"),
              HasSubstr("Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000"));
  EXPECT_THAT(with(R"({"deadLetterTargetArn":"x","maxReceiveCount":1})"),
              HasSubstr("Dead letter target does not exist."));
  EXPECT_THAT(with(R"({"maxReceiveCount":1,"deadLetterTargetArn":")" + arn("sqs", "dead") + "\"}"),
              StartsWith("InvalidParameterValue"));
}

TEST_F(SqsTest, batches_do_what_they_can_and_say_what_they_cannot) {
  make_queue("q");
  json::object input{{"QueueUrl", url("q")}};
  input["Entries"] = json::parse(
      R"([{"Id":"1","MessageBody":"a"},{"Id":"2","MessageBody":"b","DelaySeconds":901}])");
  const auto sent = call("sqs", "SendMessageBatch", input);
  EXPECT_EQ(sent.at("Successful").at(0).at("Id"), "1");
  EXPECT_EQ(sent.at("Failed").at(0).at("Code"), "InvalidParameterValue");
  EXPECT_EQ(sent.at("Failed").at(0).at("SenderFault"), true);
  const auto receipt = handle(receive("q"));
  input["Entries"] =
      json::array{json::object{{"Id", "a"}, {"ReceiptHandle", receipt}, {"VisibilityTimeout", 9}},
                  json::object{{"Id", "b"}, {"ReceiptHandle", "x"}, {"VisibilityTimeout", 9}}};
  EXPECT_EQ(call("sqs", "ChangeMessageVisibilityBatch", input).at("Failed").as_array().size(), 1U);
  EXPECT_EQ(call("sqs", "DeleteMessageBatch", input).at("Successful").at(0).at("Id"), "a");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessagesNotVisible"), "0");
  const auto refused = [&](const char* entries) {
    input["Entries"] = json::parse(entries);
    return refusal("sqs", "SendMessageBatch", input);
  };
  EXPECT_THAT(refused("[]"), StartsWith("AWS.SimpleQueueService.EmptyBatchRequest"));
  EXPECT_THAT(refused(R"([{"Id":"1","MessageBody":"a"},{"Id":"1","MessageBody":"b"}])"),
              StartsWith("AWS.SimpleQueueService.BatchEntryIdsNotDistinct"));
  EXPECT_THAT(refused(R"([{"Id":"a b","MessageBody":"a"}])"),
              StartsWith("AWS.SimpleQueueService.InvalidBatchEntryId"));
}

TEST_F(SqsTest, a_fifo_queue_sends_a_message_once_and_a_group_in_order) {
  make_queue("q.fifo", {{"FifoQueue", "true"}, {"ContentBasedDeduplication", "true"}});
  json::object input{{"QueueUrl", url("q.fifo")}, {"MessageBody", "a"}, {"MessageGroupId", "g"}};
  const auto first = call("sqs", "SendMessage", input);
  EXPECT_EQ(call("sqs", "SendMessage", input).at("MessageId"), first.at("MessageId"));
  input["MessageBody"] = "b";
  const auto second = call("sqs", "SendMessage", input);
  EXPECT_LT(first.at("SequenceNumber").as_string(), second.at("SequenceNumber").as_string());
  EXPECT_EQ(receive("q.fifo", {{"MaxNumberOfMessages", 1}}).at(0).at("Body"), "a");
  EXPECT_EQ(bodies("q.fifo"), "");
  input.erase("MessageGroupId");
  EXPECT_EQ(refusal("sqs", "SendMessage", input),
            "MissingParameter: The request must contain the parameter MessageGroupId.");
  EXPECT_THAT(refusal("sqs", "ReceiveMessage",
                      {{"QueueUrl", url("q.fifo")}, {"ReceiveRequestAttemptId", "x"}}),
              StartsWith("NotImplemented"));
}

TEST_F(SqsTest, a_purge_empties_a_queue_once_a_minute) {
  make_queue("q");
  send("q", "a");
  call("sqs", "PurgeQueue", {{"QueueUrl", url("q")}});
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "0");
  EXPECT_EQ(refusal("sqs", "PurgeQueue", {{"QueueUrl", url("q")}}),
            "AWS.SimpleQueueService.PurgeQueueInProgress: Only one PurgeQueue operation on q is "
            "allowed every 60 seconds.");
  pass(60s);
  EXPECT_EQ(refusal("sqs", "PurgeQueue", {{"QueueUrl", url("q")}}), "none");
}

TEST_F(SqsTest, messages_that_are_none_are_refused) {
  make_queue("q", {{"MaximumMessageSize", "1024"}});
  const auto refused = [&](const std::string& body) {
    return refusal("sqs", "SendMessage", {{"QueueUrl", url("q")}, {"MessageBody", body}});
  };
  EXPECT_EQ(refused(""), "MissingParameter: The request must contain the parameter MessageBody.");
  EXPECT_EQ(refused(std::string(1024, 'x')), "none");
  EXPECT_THAT(refused(std::string(1025, 'x')),
              HasSubstr("Message must be shorter than 1024 bytes."));
  EXPECT_THAT(refused("\x01"), StartsWith("InvalidMessageContents"));
  EXPECT_THAT(refusal("sqs", "ReceiveMessage", {{"QueueUrl", url("q")}, {"WaitTimeSeconds", 21}}),
              HasSubstr("Value 21 for parameter WaitTimeSeconds is invalid."));
  EXPECT_THAT(refusal("sqs", "SendMessage", {{"QueueUrl", arn("sqs", "q")}, {"MessageBody", "a"}}),
              StartsWith("InvalidAddress"));
}

TEST_F(SqsTest, a_queue_shows_what_it_was_given_and_what_aws_chose) {
  make_queue("q", {{"DelaySeconds", "5"}});
  EXPECT_EQ(attribute("q", "DelaySeconds") + " " + attribute("q", "VisibilityTimeout") + " " +
                attribute("q", "MessageRetentionPeriod") + " " + attribute("q", "QueueArn"),
            "5 30 345600 " + arn("sqs", "q"));
  EXPECT_FALSE(call("sqs", "GetQueueAttributes", {{"QueueUrl", url("q")}}).contains("Attributes"));
  make_queue("q", {{"VisibilityTimeout", "30"}});  // as it is: no other queue
  json::object input{{"QueueName", "q"}};
  input["Attributes"] = json::object{{"VisibilityTimeout", "31"}};
  EXPECT_THAT(refusal("sqs", "CreateQueue", input), StartsWith("QueueAlreadyExists"));
  input["Attributes"] = json::object{{"VisibilityTimeout", "43201"}};
  EXPECT_EQ(refusal("sqs", "CreateQueue", input),
            "InvalidAttributeValue: Invalid value for the parameter VisibilityTimeout.");
  // However the client reached it.
  send("q", "a");
  EXPECT_EQ(refusal("sqs", "SendMessage",
                    {{"QueueUrl", "http://127.0.0.1:4566/123456789012/q"}, {"MessageBody", "b"}}),
            "none");
  EXPECT_EQ(call("sqs", "ListQueues", {{"QueueNamePrefix", "q"}}).at("QueueUrls"),
            (json::array{json::value(url("q"))}));
}

TEST_F(SqsTest, the_policy_of_a_queue_lets_users_in_and_keeps_them_out) {
  make_queue("q");
  const auto user = iam_.create_user_key("ann").principal;
  const auto root = std::exchange(caller_, user);
  const json::object message{{"QueueUrl", url("q")}, {"MessageBody", "a"}};
  EXPECT_THAT(refusal("sqs", "SendMessage", message),
              StartsWith("AccessDenied: User: arn:aws:iam::123456789012:user/ann is not authorized "
                         "to perform: sqs:SendMessage on resource: " +
                         arn("sqs", "q")));
  caller_ = root;
  set("q", "Policy",
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
      R"("arn:aws:iam::123456789012:user/ann"},"Action":"SQS:SendMessage","Resource":"*"}]})");
  caller_ = user;
  EXPECT_EQ(refusal("sqs", "SendMessage", message), "none");
  EXPECT_THAT(refusal("sqs", "ReceiveMessage", {{"QueueUrl", url("q")}}),
              StartsWith("AccessDenied"));
  json::object batch{{"QueueUrl", url("q")}};
  batch["Entries"] = json::parse(R"([{"Id":"1","MessageBody":"a"}])");
  EXPECT_EQ(refusal("sqs", "SendMessageBatch", batch), "none");
}

TEST_F(SqsTest, the_root_user_can_mend_a_policy_that_denies_everybody_everything) {
  make_queue("q");
  set("q", "Policy",
      R"({"Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"}]})");
  EXPECT_THAT(refusal("sqs", "SendMessage", {{"QueueUrl", url("q")}, {"MessageBody", "a"}}),
              HasSubstr("with an explicit deny in a resource-based policy"));
  set("q", "Policy", "");
  EXPECT_EQ(refusal("sqs", "SendMessage", {{"QueueUrl", url("q")}, {"MessageBody", "a"}}), "none");
}

TEST_F(SqsTest, a_thousand_queues_leave_nothing_behind) {
  for (int i = 0; i < 1000; ++i) {
    make_queue("q");
    send("q", "a");
    call("sqs", "DeleteQueue", {{"QueueUrl", url("q")}});
    pass(60s);
  }
  make_queue("q");
  EXPECT_EQ(attribute("q", "ApproximateNumberOfMessages"), "0");
}

}  // namespace
}  // namespace sim::messaging
