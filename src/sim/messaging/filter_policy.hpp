// Filter policies: which messages a subscription wants. Pure.
// https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
#pragma once

#include <string>

#include "sim/messaging/message.hpp"

namespace sim::messaging {

// Throws InvalidParameter for a policy that is none, and NotImplemented for operators that are not
// honoured here: $or, wildcard, cidr.
void check_filter_policy(const std::string& policy);

// Of a policy that was checked. By the attributes of the message, or, with the scope MessageBody,
// by the JSON object that the message is.
bool wants(const std::string& policy, bool by_body, const Attributes& attributes,
           const std::string& body);

}  // namespace sim::messaging
