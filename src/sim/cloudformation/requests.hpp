// From the input of CreateStack, UpdateStack and CreateChangeSet to what the engine is asked for.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
#pragma once

#include "sim/cloudformation/engine.hpp"

namespace sim::cloudformation {

// The TemplateBody or what is at the TemplateURL, read as the caller. Throws Error.
Task<std::string> template_of(Engine& engine, Call call);

// CloudFormation with the caller's permissions: policies see it as aws:CalledVia.
Principal acting_for(Principal caller);

// The whole request. `existing`: the stack whose template and values may be used again; null for a
// new one. Throws Error (ValidationError, NotImplemented for options that are not supported).
// All references must outlive the task.
Task<Request> request_of(Engine& engine, Caller& caller, Call call, const Stack* existing);

// Whether this very operation was asked for already, with the same ClientRequestToken. Throws
// TokenAlreadyExistsException when the token was another operation's.
bool is_repeated(const Stack& stack, const Call& call);
// For operations that have no Request: the events to come carry the call's token.
void remember_token(Stack& stack, const Call& call);

}  // namespace sim::cloudformation
