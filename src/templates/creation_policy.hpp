// CreationPolicy: the signals that a resource waits for before it counts as created.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "templates/template.hpp"

namespace templates {

struct SignalPolicy {
  std::int64_t count = 1;
  std::chrono::seconds timeout = std::chrono::minutes(5);
};

// "PT1H30M", at least a second and at most twelve hours. Nothing for anything else.
std::optional<std::chrono::seconds> signal_timeout(std::string_view text);

// What a CreationPolicy without functions asks for; nothing when it has no ResourceSignal. Throws
// std::invalid_argument, which names the member that is wrong.
std::optional<SignalPolicy> signal_policy(const json::object& policy);

// The types whose CreationPolicy is honoured; that of others is ignored, as AWS does
// (cfn-lint#3598).
bool takes_signals(std::string_view type);

}  // namespace templates
