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

struct Spec {
  std::vector<std::string> temporary;  // ids, never empty
  std::vector<Condition> until;
  std::vector<std::string> keep;  // ids that are never touched, whatever implies them
  OnFailure on_failure = OnFailure::fail;
  std::string token;
  std::optional<base::Duration> service_timeout;

  // Every problem at once, each naming its property; unknown properties are problems, since a
  // misspelt Keep would be fatal. CloudFormation turns all scalars into strings: both forms of a
  // number are accepted.
  static std::expected<Spec, std::vector<std::string>> parse(const boost::json::object& properties);
};

}  // namespace falsework
