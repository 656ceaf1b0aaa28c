// The CloudFormation operations of the operators' side, each one call. Lookups page to the end.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"

namespace aws::cloudformation {

struct NewStack {
  std::string name;
  std::string template_url;   // either this, an S3 object's URL, ...
  std::string template_body;  // ... or this, at most 51200 bytes
  std::map<std::string, std::string> parameters;
  std::vector<std::string> capabilities;  // CAPABILITY_IAM, ...
  std::map<std::string, std::string> tags;
  std::string role_arn;    // empty: CloudFormation acts with the caller's permissions
  std::string on_failure;  // ROLLBACK (AWS's default), DELETE, DO_NOTHING
};

struct Stack {
  std::string id;  // its ARN
  std::string name;
  std::string status;  // CREATE_IN_PROGRESS, CREATE_COMPLETE, ROLLBACK_COMPLETE, ...
  std::string reason;
  std::optional<base::Instant> created;
  std::optional<base::Instant> deleted;
  std::string parent_id;  // of a nested stack
  std::string root_id;    // of a nested stack
  std::map<std::string, std::string> parameters;
  std::map<std::string, std::string> outputs;
  std::map<std::string, std::string> tags;
};

struct StackEvent {
  std::string id;
  std::string stack_id;
  std::string stack_name;
  std::string logical_id;
  std::string physical_id;
  std::string type;
  std::string status;
  std::string reason;
  base::Instant time;
};

struct StackResource {
  std::string logical_id;
  std::string physical_id;  // a nested stack's is its ARN
  std::string type;
  std::string status;
  std::string reason;
  std::optional<base::Instant> updated;
};

struct TemplateParameter {
  std::string name;
  std::string default_value;
  std::string description;
  bool no_echo = false;
};

struct TemplateSummary {
  std::string description;
  std::vector<TemplateParameter> parameters;
  std::vector<std::string> capabilities;
};

// The new stack's id. A lost reply is safe to repeat: the call carries a ClientRequestToken.
base::Task<std::string> create_stack(Client& client, NewStack stack);
// Asynchronous; succeeds for a stack that does not exist.
base::Task<void> delete_stack(Client& client, std::string name_or_id);
// Nothing when it does not exist. A deleted stack is found by id only.
base::Task<std::optional<Stack>> describe_stack(Client& client, std::string name_or_id);
// Oldest first. With `after`, only those later than the event of that id.
base::Task<std::vector<StackEvent>> stack_events(Client& client, std::string name_or_id,
                                                 std::string after = {});
// In AWS's order; nested stacks are resources of type AWS::CloudFormation::Stack.
base::Task<std::vector<StackResource>> stack_resources(Client& client, std::string name_or_id);
// Throws ServiceError ValidationError with AWS's text. One of the two is empty.
base::Task<TemplateSummary> validate_template(Client& client, std::string template_url,
                                              std::string template_body);

}  // namespace aws::cloudformation
