// SNS and SQS.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SNS.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SQS.html
#include <fmt/format.h>

#include <deque>

#include "sim/cloudformation/handlers/steps.hpp"

namespace sim::cloudformation {

namespace {

constexpr std::string_view queue_attributes =
    "Attributes.ContentBasedDeduplication=ContentBasedDeduplication "
    "Attributes.DeduplicationScope=DeduplicationScope Attributes.DelaySeconds=DelaySeconds "
    "Attributes.FifoQueue=FifoQueue Attributes.FifoThroughputLimit=FifoThroughputLimit "
    "Attributes.KmsDataKeyReusePeriodSeconds=KmsDataKeyReusePeriodSeconds "
    "Attributes.KmsMasterKeyId=KmsMasterKeyId Attributes.MaximumMessageSize=MaximumMessageSize "
    "Attributes.MessageRetentionPeriod=MessageRetentionPeriod "
    "Attributes.ReceiveMessageWaitTimeSeconds=ReceiveMessageWaitTimeSeconds "
    "Attributes.RedriveAllowPolicy=@json:RedriveAllowPolicy "
    "Attributes.RedrivePolicy=@json:RedrivePolicy "
    "Attributes.SqsManagedSseEnabled=SqsManagedSseEnabled "
    "Attributes.VisibilityTimeout=VisibilityTimeout";

// SetTopicAttributes and its like set one attribute at a time.
std::vector<Step> setters(std::string_view action, std::string_view who,
                          std::initializer_list<std::pair<const char*, bool>> attributes) {
  // Steps refer to text: it must live as long as the table.
  static std::deque<std::string> kept;
  std::vector<Step> steps;
  for (const auto& [name, is_document] : attributes) {
    kept.push_back(fmt::format("{}=@id AttributeName='{} AttributeValue={}{}", who, name,
                               is_document ? "@json:" : "", name));
    steps.push_back({.action = action, .input = kept.back(), .when = name});
  }
  return steps;
}

}  // namespace

const std::vector<Calls>& messaging_calls() {
  static const std::string create_queue =
      fmt::format("QueueName=@name tags=@tagmap {}", queue_attributes);
  static const std::string set_queue = fmt::format("QueueUrl=@id {}", queue_attributes);
  static const std::vector<Calls> types{
      {.type = "AWS::SNS::Topic",
       .service = "sns",
       .properties = "ContentBasedDeduplication DisplayName FifoThroughputScope FifoTopic* "
                     "KmsMasterKeyId SignatureVersion Subscription Tags TopicName* TracingConfig",
       .attributes = "TopicArn=@id TopicName=@name",
       .name = "TopicName/256 fifo",
       .probe = {"GetTopicAttributes", "TopicArn=#arn:{partition}:sns:{region}:{account}:{name}"},
       .create = {"CreateTopic",
                  "Name=@name Tags=@tags Attributes.FifoTopic=FifoTopic "
                  "Attributes.ContentBasedDeduplication=ContentBasedDeduplication "
                  "Attributes.DisplayName=DisplayName Attributes.KmsMasterKeyId=KmsMasterKeyId "
                  "Attributes.SignatureVersion=SignatureVersion "
                  "Attributes.TracingConfig=TracingConfig "
                  "Attributes.FifoThroughputScope=FifoThroughputScope"},
       .id = "%TopicArn",
       .more = {{.action = "Subscribe",
                 .input = "TopicArn=@id Protocol=@each.Protocol Endpoint=@each.Endpoint",
                 .when = "Subscription",
                 .each = "Subscription"}},
       .update = setters("SetTopicAttributes", "TopicArn",
                         {{"ContentBasedDeduplication", false},
                          {"DisplayName", false},
                          {"FifoThroughputScope", false},
                          {"KmsMasterKeyId", false},
                          {"SignatureVersion", false},
                          {"TracingConfig", false}}),
       .remove = {"DeleteTopic", "TopicArn=@id"},
       .tagging = {.add = "TagResource", .remove = "UntagResource", .who = "ResourceArn=@id"},
       .unsupported = "ArchivePolicy DataProtectionPolicy DeliveryStatusLogging MaximumMessageSize",
       .frozen = "Subscription"},
      {.type = "AWS::SNS::Subscription",
       .service = "sns",
       .properties = "DeliveryPolicy Endpoint* FilterPolicy FilterPolicyScope Protocol!* "
                     "RawMessageDelivery RedrivePolicy SubscriptionRoleArn TopicArn!*",
       .attributes = "Arn=@id",
       .create = {"Subscribe",
                  "TopicArn Protocol Endpoint ReturnSubscriptionArn='true "
                  "Attributes.DeliveryPolicy=@json:DeliveryPolicy "
                  "Attributes.FilterPolicy=@json:FilterPolicy "
                  "Attributes.FilterPolicyScope=FilterPolicyScope "
                  "Attributes.RawMessageDelivery=RawMessageDelivery "
                  "Attributes.RedrivePolicy=@json:RedrivePolicy "
                  "Attributes.SubscriptionRoleArn=SubscriptionRoleArn"},
       .id = "%SubscriptionArn",
       .update = setters("SetSubscriptionAttributes", "SubscriptionArn",
                         {{"DeliveryPolicy", true},
                          {"FilterPolicy", true},
                          {"FilterPolicyScope", false},
                          {"RawMessageDelivery", false},
                          {"RedrivePolicy", true},
                          {"SubscriptionRoleArn", false}}),
       .remove = {"Unsubscribe", "SubscriptionArn=@id"},
       .unsupported = "Region ReplayPolicy"},
      {.type = "AWS::SNS::TopicPolicy",
       .service = "sns",
       .properties = "PolicyDocument! Topics!",
       .attributes = "Id=@id",
       .name = "/255",
       .create = {.action = "SetTopicAttributes",
                  .input = "TopicArn=@each AttributeName='Policy "
                           "AttributeValue=@json:PolicyDocument",
                  .each = "Topics"},
       .id = "@name",
       .update = {{.action = "SetTopicAttributes",
                   .input = "TopicArn=@each AttributeName='Policy "
                            "AttributeValue=@json:PolicyDocument",
                   .when = "PolicyDocument",
                   .each = "Topics"}},
       .remove = {.action = "SetTopicAttributes",
                  .input = "TopicArn=@each AttributeName='Policy AttributeValue='",
                  .each = "Topics"},
       .frozen = "Topics"},
      {.type = "AWS::SQS::Queue",
       .service = "sqs",
       .properties = "ContentBasedDeduplication DeduplicationScope DelaySeconds FifoQueue* "
                     "FifoThroughputLimit KmsDataKeyReusePeriodSeconds KmsMasterKeyId "
                     "MaximumMessageSize MessageRetentionPeriod QueueName* "
                     "ReceiveMessageWaitTimeSeconds RedriveAllowPolicy RedrivePolicy "
                     "SqsManagedSseEnabled Tags VisibilityTimeout",
       .attributes = "Arn=#arn:{partition}:sqs:{region}:{account}:{name} QueueName=@name "
                     "QueueUrl=@id",
       .name = "QueueName/80 fifo",
       .probe = {"GetQueueUrl", "QueueName=@name"},
       .create = {"CreateQueue", create_queue},
       .id = "%QueueUrl",
       .update = {{"SetQueueAttributes", set_queue,
                   "ContentBasedDeduplication DeduplicationScope DelaySeconds FifoThroughputLimit "
                   "KmsDataKeyReusePeriodSeconds KmsMasterKeyId MaximumMessageSize "
                   "MessageRetentionPeriod ReceiveMessageWaitTimeSeconds RedriveAllowPolicy "
                   "RedrivePolicy SqsManagedSseEnabled VisibilityTimeout"}},
       .remove = {"DeleteQueue", "QueueUrl=@id"},
       .tagging =
           {.add = "TagQueue", .remove = "UntagQueue", .who = "QueueUrl=@id", .as_map = true}},
      {.type = "AWS::SQS::QueuePolicy",
       .service = "sqs",
       .properties = "PolicyDocument! Queues!",
       .attributes = "Id=@id",
       .name = "/255",
       .create = {.action = "SetQueueAttributes",
                  .input = "QueueUrl=@each Attributes.Policy=@json:PolicyDocument",
                  .each = "Queues"},
       .id = "@name",
       .update = {{.action = "SetQueueAttributes",
                   .input = "QueueUrl=@each Attributes.Policy=@json:PolicyDocument",
                   .when = "PolicyDocument",
                   .each = "Queues"}},
       .remove = {.action = "SetQueueAttributes",
                  .input = "QueueUrl=@each Attributes.Policy='",
                  .each = "Queues"},
       .frozen = "Queues"}};
  return types;
}

}  // namespace sim::cloudformation
