// The forms of SQS and SNS, as botocore writes and reads them.
#include "sim/wire/query_shapes.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/wire/decode.hpp"
#include "sim/wire/encode.hpp"

namespace sim::wire {
namespace {

struct Form {
  const char *service, *body, *input;
};

constexpr Form forms[] = {
    {"sqs",
     "Action=CreateQueue&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5"
     "&Attribute.2.Name=Policy&Attribute.2.Value=&Tag.1.Key=a&Tag.1.Value=b",
     R"({"QueueName":"q","Attributes":{"DelaySeconds":"5","Policy":""},"tags":{"a":"b"}})"},
    {"sqs", "Action=TagQueue&QueueUrl=u&Tag.1.Key=a&Tag.1.Value=b",
     R"({"QueueUrl":"u","Tags":{"a":"b"}})"},
    {"sqs", "Action=ReceiveMessage&QueueUrl=u&AttributeName.1=All&MessageAttributeName.1=a",
     R"({"QueueUrl":"u","AttributeNames":["All"],"MessageAttributeNames":["a"]})"},
    {"sqs", "Action=GetQueueAttributes&QueueUrl=u&AttributeName=All",
     R"({"QueueUrl":"u","AttributeNames":["All"]})"},
    {"sqs",
     "Action=SendMessageBatch&QueueUrl=u&SendMessageBatchRequestEntry.1.Id=1"
     "&SendMessageBatchRequestEntry.1.MessageBody=a"
     "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n"
     "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType=String"
     "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=x",
     R"({"QueueUrl":"u","Entries":[{"Id":"1","MessageBody":"a","MessageAttributes":
         {"n":{"DataType":"String","StringValue":"x"}}}]})"},
    {"sns",
     "Action=CreateTopic&Name=t&Attributes.entry.1.key=FifoTopic&Attributes.entry.1.value=true",
     R"({"Name":"t","Attributes":{"FifoTopic":"true"}})"},
    {"sns",
     "Action=Publish&TopicArn=t&Message=m&MessageAttributes.entry.1.Name=n"
     "&MessageAttributes.entry.1.Value.DataType=String"
     "&MessageAttributes.entry.1.Value.StringValue=x",
     R"({"TopicArn":"t","Message":"m","MessageAttributes":
         {"n":{"DataType":"String","StringValue":"x"}}})"},
    {"sns",
     "Action=PublishBatch&TopicArn=t&PublishBatchRequestEntries.member.1.Id=1"
     "&PublishBatchRequestEntries.member.1.Message=m",
     R"({"TopicArn":"t","PublishBatchRequestEntries":[{"Id":"1","Message":"m"}]})"}};

TEST(QueryShapes, of_requests_become_what_the_services_models_name) {
  for (const auto& form : forms) {
    http::Request request;
    request.method = "POST";
    request.url = http::Url::parse("https://x.amazonaws.com/");
    request.body = form.body;
    EXPECT_EQ(json::value(decode(form.service, request).input), json::parse(form.input))
        << form.body;
  }
}

TEST(QueryShapes, name_the_queue_by_the_path_where_nothing_else_does) {
  http::Request request;
  request.method = "POST";
  request.url = http::Url::parse("https://sqs.ap-northeast-1.amazonaws.com/123456789012/q");
  request.body = "Action=PurgeQueue";
  EXPECT_EQ(decode("sqs", request).input.at("QueueUrl"), "/123456789012/q");
}

std::string written(const char* service, const char* action, const char* output) {
  Call call;
  call.service = service;
  call.action = action;
  call.request_id = "r";
  const auto body = encode(call, json::parse(output).as_object()).body;
  const auto begin = body.find("Result>") + 7, end = body.rfind("</" + call.action + "Result>");
  return body.substr(begin, end - begin);
}

TEST(QueryShapes, of_answers_repeat_elements_as_sqs_does) {
  EXPECT_EQ(
      written("sqs", "ReceiveMessage",
              R"({"Messages":[{"Body":"a<","Attributes":{"SenderId":"1"},
                       "MessageAttributes":{"n":{"StringValue":"x","DataType":"String"}}}]})"),
      "<Message><Body>a&lt;</Body><Attribute><Name>SenderId</Name><Value>1</Value></Attribute>"
      "<MessageAttribute><Name>n</Name><Value><StringValue>x</StringValue>"
      "<DataType>String</DataType></Value></MessageAttribute></Message>");
  EXPECT_EQ(written("sqs", "DeleteMessageBatch",
                    R"({"Successful":[{"Id":"1"}],"Failed":[{"Id":"2","SenderFault":true}]})"),
            "<DeleteMessageBatchResultEntry><Id>1</Id></DeleteMessageBatchResultEntry>"
            "<BatchResultErrorEntry><Id>2</Id><SenderFault>true</SenderFault>"
            "</BatchResultErrorEntry>");
  EXPECT_EQ(written("sqs", "ListQueues", R"({"QueueUrls":["a","b"]})"),
            "<QueueUrl>a</QueueUrl><QueueUrl>b</QueueUrl>");
  EXPECT_EQ(written("sqs", "GetQueueAttributes", R"({"Attributes":{"DelaySeconds":"5"}})"),
            "<Attribute><Name>DelaySeconds</Name><Value>5</Value></Attribute>");
  EXPECT_EQ(written("sns", "PublishBatch", R"({"Successful":[{"Id":"1"}],"Failed":[]})"),
            "<Successful><member><Id>1</Id></member></Successful><Failed/>");
}

TEST(QueryShapes, have_short_names_of_errors_in_json) {
  const Error error("AWS.SimpleQueueService.NonExistentQueue", "none");
  const auto answer = encode_error_as_json(error, "id");
  EXPECT_EQ(json::parse(answer.body).at("__type"), "com.amazonaws.sqs#QueueDoesNotExist");
  EXPECT_EQ(answer.headers.get("x-amzn-query-error"),
            "AWS.SimpleQueueService.NonExistentQueue;Sender");
}

}  // namespace
}  // namespace sim::wire
