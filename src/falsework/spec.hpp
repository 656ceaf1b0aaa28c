// What the author of a template asks for: the properties of Custom::Falsework, checked. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "aws/ecs/ecs.hpp"
#include "aws/ids.hpp"
#include "base/time.hpp"

namespace falsework {

// What must stand by itself before anything is struck.
using Condition = std::variant<aws::ecs::ServiceArn, aws::InstanceId>;

// The ARN or the instance id.
std::string id_of(const Condition& condition);

enum class OnFailure { fail, warn };

// How long CloudFormation waits for an answer: what it may be at most, and what it is unless the
// template says otherwise.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-customresource.html
inline constexpr base::Duration longest_service_timeout = std::chrono::hours(1);
// A ServiceTimeout as a template writes it, in whole seconds; nothing when it is none.
std::optional<base::Duration> service_timeout(const boost::json::value& value);

struct Spec {
  std::vector<std::string> temporary;  // ids, never empty
  std::vector<Condition> until;
  std::vector<std::string> keep;  // ids that are never touched, whatever implies them
  OnFailure on_failure = OnFailure::fail;

  // Every problem at once, each naming its property; unknown properties are problems, since a
  // misspelt Keep would be fatal. CloudFormation turns all scalars into strings: both forms of a
  // number are accepted.
  static std::expected<Spec, std::vector<std::string>> parse(const boost::json::object& properties);
};

}  // namespace falsework
