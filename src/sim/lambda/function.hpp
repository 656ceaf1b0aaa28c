// A Lambda function as it is configured: what CreateFunction stores and the Describe calls show.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"

namespace sim::lambda {

struct AsyncConfig {
  int retries = 2;
  base::Duration oldest = std::chrono::hours(6);
  std::string on_success, on_failure;  // ARNs; empty for none
  base::Instant modified = {};
};

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
struct Alias {
  std::string name, version, description, revision;
};

// Where a function stands in a VPC; without subnets, in none.
struct Network {
  std::string vpc;
  std::vector<std::string> subnets = {}, groups = {};  // sorted
  // No address was left in one of the subnets: the function cannot run.
  bool exhausted = false;
  bool operator==(const Network&) const = default;
};

// Never changed once stored: an update stores another, so that a running invocation keeps its own.
struct Function {
  // The ARN is the function's own; a version other than $LATEST is the number that Lambda gave it.
  std::string version = "$LATEST";
  std::string name, arn, role, runtime, handler, description, architecture = "x86_64";
  std::string code, code_sha256;
  int timeout = 3, memory = 128, storage = 512;
  std::map<std::string, std::string> variables;
  std::string tracing = "PassThrough";
  std::string log_group;
  Network network;
  std::string dead_letters;  // the ARN of a queue or a topic; empty for none
  std::string revision;
  base::Instant modified;
  base::Instant active;   // State is Pending until then
  base::Instant updated;  // LastUpdateStatus is InProgress until then
};

// Reads and checks what CreateFunction and UpdateFunctionConfiguration have in common into
// `function`; members that are not given stay as they are. Throws
// InvalidParameterValueException or ValidationException as Lambda does.
void read_configuration(const Fields& in, std::string_view operation, Function& function);

// The ARN of exactly this version, "...:function:NAME:$LATEST" for the unpublished one.
std::string version_arn(const Function& function);

// The FunctionConfiguration structure. FunctionArn is the version's own when it is published.
json::object configuration(const Function& function, base::Instant now);

// The name in a name, a partial ARN (ACCOUNT:function:NAME) or an ARN, each perhaps with a
// qualifier (":$LATEST"), which comes back separately.
struct FunctionName {
  std::string name, qualifier;
};
FunctionName parse_name(std::string_view text);

}  // namespace sim::lambda
