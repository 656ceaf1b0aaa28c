#include "sim/lambda/words.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace sim::lambda {

namespace {

// A signal in the words of Go, which are Lambda's.
std::string signal_name(int number) {
  static const std::map<int, std::string> names{{1, "hangup"},
                                                {2, "interrupt"},
                                                {3, "quit"},
                                                {4, "illegal instruction"},
                                                {5, "trace/breakpoint trap"},
                                                {6, "aborted"},
                                                {7, "bus error"},
                                                {8, "floating point exception"},
                                                {9, "killed"},
                                                {10, "user defined signal 1"},
                                                {11, "segmentation fault"},
                                                {12, "user defined signal 2"},
                                                {13, "broken pipe"},
                                                {14, "alarm clock"},
                                                {15, "terminated"}};
  const auto found = names.find(number);
  return found == names.end() ? fmt::format("signal {}", number) : found->second;
}

std::string with_id(const std::string& request_id, const std::string& text) {
  return fmt::format("RequestId: {} Error: {}", request_id, text);
}

}  // namespace

std::string error_payload(std::string_view type, const std::string& message) {
  return json::serialize(json::object{{"errorType", type}, {"errorMessage", message}});
}

std::string log_stream(base::Instant now, const std::string& version, base::Random& random) {
  const auto date = base::iso8601(now);
  return fmt::format("{}/{}/{}/[{}]{}", date.substr(0, 4), date.substr(5, 2), date.substr(8, 2),
                     version, random.hex(32));
}

// What a process ended with, in Lambda's words.
Answer exit_answer(const std::string& request_id, int code) {
  std::string text = "Runtime exited without providing a reason";
  if (code > 0) text = fmt::format("Runtime exited with error: exit status {}", code);
  if (code < 0) text = "Runtime exited with error: signal: " + signal_name(-code);
  return {error_payload("Runtime.ExitError", with_id(request_id, text)), true, "Runtime.ExitError"};
}

// What Lambda itself finds wrong before there is a process names the request.
Answer init_answer(const std::string& request_id, const Answer& error) {
  if (error.error_type != "Runtime.InvalidEntrypoint") return error;
  boost::system::error_code malformed;
  auto body = json::parse(error.payload, malformed);
  if (malformed || !body.is_object() || !body.at("errorMessage").is_string()) return error;
  const std::string text(body.at("errorMessage").as_string());
  return {error_payload(error.error_type, with_id(request_id, text)), true, error.error_type};
}

// The lines in which Lambda logs what ended a process.
std::string error_line(const Answer& answer) {
  boost::system::error_code malformed;
  const auto body = json::parse(answer.payload, malformed);
  const auto* text =
      !malformed && body.is_object() ? body.get_object().if_contains("errorMessage") : nullptr;
  if (text == nullptr || !text->is_string()) return answer.error_type;
  return std::string(text->get_string()) + "\n" + answer.error_type;
}

std::map<std::string, std::string> process_environment(const Function& function,
                                                       const std::string& stream,
                                                       const std::string& region,
                                                       const iam::Key& key) {
  auto variables = function.variables;
  const std::map<std::string, std::string> own{
      {"_HANDLER", function.handler},
      {"AWS_REGION", region},
      {"AWS_DEFAULT_REGION", region},
      {"AWS_LAMBDA_FUNCTION_NAME", function.name},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(function.memory)},
      {"AWS_LAMBDA_FUNCTION_VERSION", function.version},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_LAMBDA_LOG_GROUP_NAME", function.log_group},
      {"AWS_LAMBDA_LOG_STREAM_NAME", stream},
      {"AWS_LAMBDA_RUNTIME_API", std::string(runtime_api)},
      {"AWS_ACCESS_KEY_ID", key.access_key_id},
      {"AWS_SECRET_ACCESS_KEY", key.secret},
      {"AWS_SESSION_TOKEN", key.session_token},
      {"LAMBDA_TASK_ROOT", "/var/task"},
      {"LAMBDA_RUNTIME_DIR", "/var/runtime"}};
  for (const auto& [name, value] : own) variables[name] = value;
  // These a function may set for itself.
  variables.emplace("LANG", "en_US.UTF-8");
  variables.emplace("TZ", ":UTC");
  variables.emplace("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin");
  variables.emplace("LD_LIBRARY_PATH",
                    "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:"
                    "/var/task/lib:/opt/lib");
  if (!function.runtime.starts_with("provided")) {
    variables.emplace("AWS_EXECUTION_ENV", "AWS_Lambda_" + function.runtime);
  }
  return variables;
}

}  // namespace sim::lambda
