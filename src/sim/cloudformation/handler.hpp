// One resource type as CloudFormation knows it: its schema and what its handlers do. Handlers act
// only through the services' APIs, as the stack's principal, so IAM applies to them.
// https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-develop.html
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "sim/cloudformation/knobs.hpp"
#include "sim/cloudformation/objects.hpp"
#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "templates/template.hpp"

namespace sim::cloudformation {

// Why a resource could not be made, changed or removed: the text of its event.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Leaves a creation that was cancelled because another resource failed.
struct Cancelled {};

struct Work;
struct Signals;

// The engine's part: what a handler asks of stacks.
class Nesting {
 public:
  virtual ~Nesting() = default;
  virtual Task<void> create_nested(Work& work) = 0;
  virtual Task<void> update_nested(Work& work) = 0;
  virtual Task<void> remove_nested(Work& work) = 0;
  // Whether any stack has a macro of this name.
  virtual bool has_macro(const std::string& name) const = 0;
};

// One resource being handled. Outlives the handler's task.
struct Work {
  Context context;
  Caller& caller;
  Objects& objects;
  Nesting& nesting;
  const Knobs& knobs;
  base::Random& random;
  Principal principal;
  std::string stack_name, stack_id, logical_id, type;
  std::map<std::string, std::string> stack_tags = {};
  std::map<std::string, std::string> old_stack_tags = {};  // updates
  json::object properties = {};                            // resolved
  json::object old_properties = {};                        // updates
  std::set<std::string> wanted = {};                       // attributes that the template asks for
  std::string id = {};                                     // the physical id, once there is one
  std::string token = {};                                  // the RequestToken of messages
  json::object attributes = {};                            // for Fn::GetAtt
  bool no_echo = false;
  std::function<void()> on_initiated = {};
  bool propagating = false;     // what is named here may be too new to be known everywhere
  bool keeps_snapshot = false;  // removals: of what is removed, by its policy
  bool signalled = false;       // it waits for signals: see CreationPolicy
  bool cancelled = false;
  // Of the resource, with its functions resolved, and what has been signalled for it.
  json::object update_policy = {};
  Signals* signals = nullptr;
  // One more event of the resource, in the status that it has.
  std::function<void(std::string reason)> say = {};

  // Says that the resource exists from here on, under this id.
  void initiated(std::string physical_id);
  // Throws Error. Throttling is retried, and while `propagating` a NotFound too: see
  // Knobs::not_found_limit.
  Task<json::object> call(std::string service, std::string action, json::object input);
  // The same, until there is something at `path` of the answer: a read may be answered from before
  // the write, without any refusal. After the limit, what was answered last.
  Task<json::object> look(std::string service, std::string action, json::object input,
                          std::string path);
  // As another principal: AWS itself, for what only AWS may do.
  Task<json::object> call_as(Principal caller_principal, std::string service, std::string action,
                             json::object input);
  // Throws Cancelled.
  Task<void> pause(double seconds);
  // "STACK-LOGICALID-1A2B3C4D5E6F", at most `limit` characters.
  std::string generated_name(std::size_t limit = 255);

  bool has(std::string_view property) const;
  // The property as text; empty when absent.
  std::string text(std::string_view property) const;
  std::string required(std::string_view property) const;
  // Its strings; one string alone counts as a list of one.
  json::array texts(std::string_view property) const;
  // Tags: as tags() gives them.
  bool changed(std::string_view property) const;
  // The stack's tags and the resource's own, sorted: {"Key", "Value"}. Without aws: tags.
  json::array tags() const;
  json::array old_tags() const;  // updates
  // The keys that an update takes away.
  json::array dropped_tags() const;
};

struct Handler {
  templates::ResourceType schema;
  std::set<std::string, std::less<>> create_only;
  // Create-only, too, unless the property UpdateMethod says NewVersion.
  std::set<std::string, std::less<>> create_only_unversioned = {};
  // Properties of AWS's schema that nothing here honours: refused by name. In `schema`, too, but
  // for "List.Member", a member of the things in a list.
  std::set<std::string, std::less<>> unsupported = {};
  Task<void> (*create)(Work&) = nullptr;
  Task<void> (*update)(Work&) = nullptr;  // null: nothing to do for any change
  Task<void> (*remove)(Work&) = nullptr;
  // Attributes that other resources change: read whenever they are asked for.
  std::map<std::string, Task<json::value> (*)(Work&), std::less<>> read = {};
};

// The properties given that AWS has and that are not implemented here. One that is false asks for
// nothing.
std::vector<std::string> unsupported_in(std::string_view type, const json::object& properties);

// Whether a change of the property makes a new resource. `properties`: as they will be.
bool recreates(const Handler& handler, const json::object& properties, std::string_view property);

using Handlers = std::map<std::string, Handler, std::less<>>;

// Null when the type is not supported. Custom resources share one entry.
const Handler* handler_of(std::string_view type);
const templates::ResourceType* schema_of(std::string_view type);
// By name. Custom resources are there once, as AWS::CloudFormation::CustomResource.
std::vector<std::string> supported_types();

// What an API's refusal becomes in a stack event.
std::string handler_message(const Error& error, const std::string& token);
// The same of whatever a handler threw, except Cancelled, which is rethrown. What is neither a
// Failure nor an Error is a mistake in the handler: mostly a property of another type than it
// reads.
std::string failure_message(std::exception_ptr failure, const std::string& token);
// The refusal means that the thing does not exist.
bool is_gone(const Error& error);
bool is_throttled(const Error& error);
// The refusal means that something still holds the thing.
bool is_held(const Error& error);

// The value at a dotted path ("natGateway.natGatewayId", "items.0.id") as text; empty when absent.
std::string at(const json::value& value, std::string_view path);
// Null when absent.
const json::value* find(const json::value& value, std::string_view path);
const json::value* find(const json::object& object, std::string_view path);
// The result would point into what is gone at the end of the statement.
const json::value* find(json::value&& value, std::string_view path) = delete;
const json::value* find(json::object&& object, std::string_view path) = delete;

}  // namespace sim::cloudformation
