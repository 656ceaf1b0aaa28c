// One API call inside the embedded AWS, whatever protocol carried it, and how a service offers its
// operations. Nothing here knows HTTP: sim/wire turns requests into calls and outputs into bytes.
//
// Conventions for the JSON of inputs and outputs:
//   ec2          input: query names, lists as arrays ("NatGatewayId": ["nat-1"], "Filter":
//                [{"Name": "state", "Value": ["available"]}]), every scalar a string.
//                output: the XML element names ("natGatewaySet": [...]); arrays become <item>.
//   iam, sts, cloudformation
//                input: as ec2 (".member." removed); output: XML element names; arrays <member>.
//   ecs, ssm, logs   the JSON of the service itself, both ways.
//   lambda       the JSON body merged with the path's parameters ("FunctionName").
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/async.hpp"

namespace sim {

namespace json = boost::json;
using base::Task;

// Who calls. Policies are looked up by `arn` (users) or `role_arn` (role sessions).
struct Principal {
  enum class Kind {
    root,          // the account itself: everything is allowed
    user,          // an IAM user with access keys
    role_session,  // an assumed role; arn is arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION
    service,       // an AWS service acting for itself, e.g. "ecs.amazonaws.com": trusted
    anonymous,     // an unsigned request
  };
  Kind kind = Kind::anonymous;
  std::string arn;
  std::string role_arn;  // role sessions only
  std::string user_id;   // AIDA..., AROA...:session
  // The policy passed to AssumeRole: JSON, narrows what the role allows. Empty: no narrowing.
  std::string session_policy = {};
  // Services: the ARN of what they act for, which policies see as aws:SourceArn. Empty: nothing.
  std::string source = {};
  // The services that act for it with its own permissions, in order: aws:CalledVia. With a role of
  // their own they are not among them.
  std::vector<std::string> via = {};
};

struct Call {
  Principal caller;
  std::string service;  // "ec2", "iam", "ecs", ...: the signing name
  std::string action;   // "DeleteNatGateway"
  json::object input;
  std::string request_id;
  std::string user_agent = {};  // of calls from outside
};

// AWS's refusal: a code to decide on, a message to read, an HTTP status.
class Error : public std::runtime_error {
 public:
  Error(std::string code_, const std::string& message, int status_ = 400)
      : std::runtime_error(message), code(std::move(code_)), status(status_) {}
  std::string code;
  int status;
};

// What a policy decides about: one IAM action on one resource, with its condition keys
// ("aws:ResourceTag/Name", "ec2:Vpc", ...). Global keys (aws:RequestedRegion, ...) are added later.
struct Access {
  std::string action;    // "ec2:DeleteNatGateway"
  std::string resource;  // an ARN, or "*" where the action has no resource level
  std::map<std::string, std::string> context = {};
};

struct Operation {
  // Performs the call; throws Error to refuse it. Called after authorization and throttling.
  std::function<Task<json::object>(Call)> run;
  // Everything that must be allowed. Empty function: {"service:Action" on "*"}. Must not throw for
  // a resource that does not exist: AWS authorizes first, on the ARN the caller named.
  std::function<std::vector<Access>(const Call&)> access = {};
};

// For operations that never wait.
template <class Function>
std::function<Task<json::object>(Call)> at_once(Function function) {
  return [function = std::move(function)](Call call) -> Task<json::object> {
    return
        [](Function f, Call c) -> Task<json::object> { co_return f(c); }(function, std::move(call));
  };
}

// One AWS service: a table of operations. Operations that are missing answer NotImplemented,
// naming themselves; never success.
class Service {
 public:
  virtual ~Service() = default;
  virtual std::string_view name() const = 0;
  virtual const std::map<std::string, Operation, std::less<>>& operations() const = 0;
  // Takes one token of the action's bucket, or throws the service's throttling error. Called before
  // authorization, for calls from outside and those made in the account's name.
  virtual void throttle(const Call& call);
};

// Calls an operation as `caller`: authorized, then run. How services use each other.
class Caller {
 public:
  virtual ~Caller() = default;
  virtual Task<json::object> call(Principal caller, std::string service, std::string action,
                                  json::object input) = 0;
};

}  // namespace sim
