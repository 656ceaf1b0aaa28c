// Tags in requests.
#pragma once

#include <string_view>

#include "sim/core/call.hpp"
#include "sim/ec2/model.hpp"

namespace sim::ec2 {

// The tags that TagSpecification asks for on resources of this type, unchecked.
Tags requested_tags(const Call& call, std::string_view type);

// The same, checked: throws InvalidParameterValue for a resource type this call does not create,
// a reserved key (aws:, unless a service calls), too long a key or value; TagLimitExceeded
// above 50. `types` are all that the call creates, `type` the one asked about.
Tags tags_for(const Call& call, std::string_view type, std::vector<std::string_view> types = {});

}  // namespace sim::ec2
