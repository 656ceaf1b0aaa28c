// What the API's answers show of stacks, resources and events: XML element names as keys.
#pragma once

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

json::object stack_view(const Stack& stack);
json::object stack_summary(const Stack& stack);
json::object event_view(const Stack& stack, const Event& event, const json::storage_ptr& memory);
// `time` names the member that holds the time of the last change: it differs among operations.
json::object resource_view(const Stack& stack, const Resource& resource, std::string_view time);
json::array parameters_view(const templates::Template& source,
                            const templates::ParameterValues& given,
                            const std::map<std::string, std::string>& ssm_values);
json::object validation_view(const templates::Template& source);
// Of GetTemplateSummary: that of ValidateTemplate and more.
json::object summary_view(const templates::Template& source);

// The principal CloudFormation acts as with a RoleARN. Throws ValidationError when the role does
// not exist or does not trust CloudFormation.
Task<Principal> role_session(Context context, Caller& caller, std::string role_arn);

}  // namespace sim::cloudformation
