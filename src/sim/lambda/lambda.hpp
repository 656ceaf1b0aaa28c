// AWS Lambda of the embedded AWS: functions, their execution environments, invocations.
// https://docs.aws.amazon.com/lambda/latest/api/
//
// Invoke as a Call: input {FunctionName, Qualifier?, InvocationType?, LogType?, ClientContext?,
// Payload: the body's text}; output {StatusCode, Payload?: text, FunctionError?, ExecutedVersion?,
// LogResult?}: sim/wire maps them to headers and body. The other operations: body and path
// parameters merged, by their names in the API.
// Code: {ZipFile: base64 of a zip} or {S3Bucket, S3Key}.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/iam/iam.hpp"
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

  std::string arn(const std::string& function) const;

 private:
  struct Invocation {
    std::string request_id, payload, trace_id, client_context;
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
  void check_role(const std::string& role) const;
  json::object replace(Function function);
  FunctionPointer find(const Call& call) const;
  FunctionPointer find_for_update(const Call& call) const;

  // permissions.cpp
  json::object add_permission(const Call& call);
  json::object remove_permission(const Call& call);
  json::object get_policy(const Call& call);
  json::object put_event_invoke_config(const Call& call);
  json::object get_event_invoke_config(const Call& call);
  json::object delete_event_invoke_config(const Call& call);

  // invoke.cpp
  Task<json::object> invoke(Call call);
  Task<void> deliver(FunctionPointer function, Invocation invocation);
  Task<void> send_to_destination(FunctionPointer function, Invocation invocation, Outcome outcome,
                                 std::string condition, int tries);
  Task<Outcome> execute(FunctionPointer function, Invocation invocation);
  Task<Environment*> ready_environment(FunctionPointer function, std::optional<std::string>& init);
  Environment& start(FunctionPointer function);
  Environment* idle_environment(const FunctionPointer& function);
  void sweep();
  void log(const Environment& environment, const std::string& line);

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
  std::map<std::string, json::array> policies_;       // resource policy statements, by function
  std::map<std::string, AsyncConfig> async_;
  std::map<std::string, std::map<std::string, std::string>> tags_;
  std::list<std::unique_ptr<Environment>> environments_;
  int started_ = 0;
  Launcher* launcher_ = nullptr;
  http::Transport* world_ = nullptr;
};

}  // namespace sim::lambda
