// AWS Lambda of the embedded AWS: functions, their execution environments, invocations.
// https://docs.aws.amazon.com/lambda/latest/api/
//
// Invoke as a Call: input {FunctionName, Qualifier?, InvocationType?, LogType?, ClientContext?,
// TenantId?, Trace?: X-Amzn-Trace-Id, Payload: the body's text}; output {StatusCode, Payload?:
// text, FunctionError?, ExecutedVersion?, LogResult?}: sim/wire maps them to headers and body. The
// other operations: body and path parameters merged, by their names in the API. Code: {ZipFile:
// base64 of a zip} or {S3Bucket, S3Key}.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/ec2/ec2.hpp"
#include "sim/iam/iam.hpp"
#include "sim/lambda/destination.hpp"
#include "sim/lambda/environment.hpp"
#include "sim/lambda/function.hpp"
#include "sim/lambda/process.hpp"
#include "sim/logs/logs.hpp"
#include "sim/s3/s3.hpp"

namespace sim::lambda {

struct Range {
  base::Duration low, high;
};

// How long AWS takes. [C] documented, [I] inferred: AWS promises nothing.
struct Knobs {
  Range create{std::chrono::seconds(1), std::chrono::seconds(4)};              // [I] Pending
  Range start{std::chrono::milliseconds(80), std::chrono::milliseconds(250)};  // [I] sandbox
  Range queue{std::chrono::milliseconds(20), std::chrono::milliseconds(150)};  // [I] async
  base::Duration keep_warm = std::chrono::minutes(10);                         // [I]
  base::Duration init_limit = std::chrono::seconds(10);                        // [C]
  std::vector<base::Duration> retry_after{std::chrono::minutes(1), std::chrono::minutes(2)};  // [C]
  // [C] An asynchronous event may arrive more than once, without any error; [I] how often.
  double delivered_twice = 0;
  // An asynchronous event that finds no free concurrency: [C] the first and the longest pause.
  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
  Range throttled{std::chrono::seconds(1), std::chrono::minutes(5)};
  // https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  int concurrency = 1000;  // [C] of the account in this region
  int unreserved = 100;    // [C] what reservations must leave
  // Functions in a VPC: [R] the first interface of a subnet and set of groups takes about a minute;
  // [R] one that no function needs any more holds its subnet for up to 40 minutes.
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
  Range network{std::chrono::seconds(45), std::chrono::seconds(90)};
  Range network_kept{std::chrono::minutes(20), std::chrono::minutes(40)};
};

class Lambda final : public Service {
 public:
  Lambda(Context context, iam::Iam& iam, logs::Logs& logs, s3::S3& s3, Knobs knobs = {});
  ~Lambda() override;

  std::string_view name() const override { return "lambda"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

  // Who runs the processes, and the world they reach. Until it is given, every invocation is
  // refused. Both must outlive every invocation.
  void set_launcher(Launcher& launcher, http::Transport& world);

  // Through whom queues and topics are reached; it must outlive every invocation. Without it,
  // nothing arrives there.
  void set_neighbours(Caller& neighbours) { neighbours_ = &neighbours; }

  // The network in which functions may stand; it must outlive this. Without it, none can.
  void set_network(ec2::Ec2& network) { ec2_ = &network; }

  std::string arn(const std::string& function) const;

 private:
  struct Invocation {
    std::string request_id, payload, trace_id, client_context;
    std::string qualifier = {};  // as it was invoked; empty for none
    bool loops = false;          // it stands too often in its own chain: see recursion.hpp
  };
  struct Outcome {
    std::string payload;
    std::string error;  // "Unhandled" or empty
    std::string tail;   // the invocation's log lines, the last 4 KB
  };
  using FunctionPointer = std::shared_ptr<const Function>;

  // functions.cpp
  json::object create_function(const Call& call);
  json::object get_function(const Call& call);
  json::object get_function_configuration(const Call& call);
  json::object update_function_code(const Call& call);
  json::object update_function_configuration(const Call& call);
  json::object delete_function(const Call& call);
  json::object list_functions(const Call& call);
  json::object tag_resource(const Call& call);
  json::object untag_resource(const Call& call);
  json::object list_tags(const Call& call);
  void read_code(const Fields& code, Function& function) const;
  // A URL from which anybody may fetch the package for a while.
  std::string code_location(const Function& function);
  void check_role(const std::string& role) const;
  void check_dead_letters(const Function& function) const;
  json::object replace(Function function);
  FunctionPointer find(const Call& call) const;
  FunctionPointer find_for_update(const Call& call) const;
  void check_revision(const Call& call, const std::string& current) const;

  // versions.cpp
  json::object publish_version(const Call& call);
  json::object list_versions(const Call& call);
  json::object create_alias(const Call& call);
  json::object get_alias(const Call& call);
  json::object update_alias(const Call& call);
  json::object delete_alias(const Call& call);
  json::object list_aliases(const Call& call);
  json::object delete_version(const std::string& function, const std::string& version);
  FunctionPointer publish(const Function& latest, const std::string& description);
  // The version that a qualifier means: a number, an alias, $LATEST or nothing. Null for none.
  FunctionPointer resolve(const std::string& function, const std::string& qualifier) const;
  Alias& alias(const Call& call);
  json::object shown(const std::string& function, const Alias& alias) const;

  // concurrency.cpp
  json::object put_concurrency(const Call& call);
  json::object get_concurrency(const Call& call);
  json::object delete_concurrency(const Call& call);
  json::object get_account_settings(const Call& call);
  int reserved() const;
  // Throws TooManyRequestsException when this function may not run once more at the same time.
  void check_concurrency(const std::string& function) const;

  // permissions.cpp
  json::object add_permission(const Call& call);
  json::object remove_permission(const Call& call);
  json::object get_policy(const Call& call);
  json::object put_event_invoke_config(const Call& call);
  json::object get_event_invoke_config(const Call& call);
  json::object update_event_invoke_config(const Call& call);
  json::object list_event_invoke_configs(const Call& call);
  json::object delete_event_invoke_config(const Call& call);
  json::object store(const Call& call, AsyncConfig config);
  // Whether the resource policy by itself lets this caller invoke: a service, or a principal that
  // it names.
  bool policy_allows(const Principal& caller, const std::string& key) const;

  // deliver.cpp
  Task<void> deliver(FunctionPointer function, Invocation invocation);
  Task<std::string> attempt(FunctionPointer function, Invocation invocation, Outcome& outcome);
  void send_to_destination(const FunctionPointer& function, const Invocation& invocation,
                           const Outcome& outcome, const std::string& condition, int tries);
  void send_to_dead_letters(const FunctionPointer& function, const Invocation& invocation,
                            const Outcome& outcome);
  // As the function's role.
  Task<void> post(FunctionPointer function, Destination destination, std::string body,
                  json::object attributes);

  // network.cpp
  void check_network(const Call& call, Function& function) const;
  // Gives the function its interfaces; true when one of them had to be made.
  bool enter_network(Function& function);
  // Lets the interfaces go that no function needs any more, after a while.
  void leave_networks();

  // invoke.cpp
  Task<json::object> invoke(Call call);
  std::vector<Access> invoke_access(const Call& call) const;
  // Takes one unit of the function's concurrency. Throws Error: none is free, or the role cannot be
  // assumed.
  Task<Outcome> execute(FunctionPointer function, Invocation invocation);
  Task<Outcome> perform(FunctionPointer function, Invocation invocation);
  bool in_use(const FunctionPointer& function) const;
  Task<Environment*> ready_environment(FunctionPointer function, std::optional<double>& init);
  Environment& start(FunctionPointer function);
  Environment* idle_environment(const FunctionPointer& function);
  void sweep();
  void log(Environment& environment, const std::string& line);

  void add(const std::string& action, json::object (Lambda::*run)(const Call&));
  base::Duration draw(Range range);

  Context context_;
  iam::Iam& iam_;
  logs::Logs& logs_;
  s3::S3& s3_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::map<std::string, Operation, std::less<>> operations_;
  std::map<std::string, FunctionPointer> functions_;  // shared with the invocations that run them
  std::map<std::string, std::map<int, FunctionPointer>> versions_;
  std::map<std::string, int> last_version_;
  std::map<std::string, std::map<std::string, Alias>> aliases_;
  // By function, or FUNCTION:QUALIFIER: resource policy statements.
  std::map<std::string, json::array> policies_;
  std::map<std::string, AsyncConfig> async_;  // by FUNCTION:QUALIFIER
  std::map<std::string, int> reserved_;       // concurrency
  std::map<std::string, int> running_;        // invocations at this moment
  std::map<std::string, std::map<std::string, std::string>> tags_;
  std::list<std::unique_ptr<Environment>> environments_;
  int started_ = 0;
  Launcher* launcher_ = nullptr;
  http::Transport* world_ = nullptr;
  Caller* neighbours_ = nullptr;
  ec2::Ec2* ec2_ = nullptr;
  // An interface that all functions share which stand in this subnet with these groups.
  struct SharedInterface {
    std::string id;
    bool leaving = false;
  };
  std::map<std::pair<std::string, std::vector<std::string>>, SharedInterface> interfaces_;
};

}  // namespace sim::lambda
