#include "process/launcher.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <fstream>

#include "process/entry.hpp"
#include "process/keeper.hpp"
#include "process/python.hpp"
#include "process/sandbox.hpp"
#include "process/unpack.hpp"
#include "sim/lambda/archive.hpp"

namespace process {

namespace {

using sim::lambda::Process;

struct Start {
  std::vector<std::string> arguments;
  int allowance_mb = 0;
};

// Says at /init/error why there is no process. The Runtime API belongs to the world: whatever goes
// wrong there is told by the exit code alone.
base::Task<void> report(Process& process, Refusal refusal) {
  boost::json::object body;
  body["errorMessage"] = refusal.what();
  body["errorType"] = refusal.type;
  body["stackTrace"] = boost::json::array();
  http::Request post;
  post.method = "POST";
  post.url = http::Url::parse("http://" + process.environment.at("AWS_LAMBDA_RUNTIME_API") +
                              "/2018-06-01/runtime/init/error");
  post.headers.set("Content-Type", "application/json");
  post.headers.set("Lambda-Runtime-Function-Error-Type", refusal.type);
  post.body = boost::json::serialize(body);
  try {
    co_await process.transport.send(std::move(post));
  } catch (const http::TransportError& error) {
    process.output(error.what());
  }
}

base::Task<void> unpack_code(base::Runtime& runtime, Process& process, std::filesystem::path task) {
  try {
    co_await unpack(runtime, process.code, std::move(task));
  } catch (const sim::lambda::ArchiveError& error) {
    throw Refusal("Runtime.InvalidPackage", fmt::format("{} ({})", error.what(), error.why));
  }
}

bool wants_another(const std::string& runtime, const std::string& version) {
  return !("python" + version + ".").starts_with(runtime + ".");
}

}  // namespace

OsLauncher::OsLauncher(base::Runtime& runtime, LauncherSettings settings)
    : runtime_(runtime),
      settings_(std::move(settings)),
      python_(std::make_unique<PythonFinder>(runtime, settings_.python, settings_.search_path)) {}

OsLauncher::~OsLauncher() = default;

void OsLauncher::set_endpoint(std::string endpoint, std::string ca_bundle) {
  settings_.endpoint = std::move(endpoint);
  settings_.ca_bundle = std::move(ca_bundle);
}

base::Task<int> OsLauncher::start(Process& process, Sandbox& sandbox) {
  co_await unpack_code(runtime_, process, sandbox.task());
  const auto& runtime = process.runtime;
  if (runtime.starts_with("provided")) {
    const auto entry = find_entry(sandbox.task(), process.architecture, settings_.search_path);
    const int allowance = entry.emulated ? settings_.emulator_allowance_mb : settings_.allowance_mb;
    try {
      co_return co_await sandbox.run(entry.arguments, process.memory_mb + allowance);
    } catch (const std::system_error& error) {
      throw cannot_execute(error.code().value());
    }
  }
  if (!runtime.starts_with("python3.")) {
    throw Refusal("Runtime.Unsupported",
                  fmt::format("The embedded AWS does not run {} functions: it runs provided.*, and "
                              "python3.* where there is a python3 with boto3.",
                              runtime));
  }
  const auto python = co_await python_->find(runtime);
  if (wants_another(runtime, python.version) && noted_.insert(runtime).second) {
    process.output(fmt::format("falsework: {} runs on Python {} with boto3 {} ({})", runtime,
                               python.version, python.boto3, python.interpreter));
  }
  const auto loop = (sandbox.runtime() / "bootstrap.py").string();
  std::ofstream(loop) << python_runtime();
  co_return co_await sandbox.run(python.arguments(loop),
                                 process.memory_mb + settings_.allowance_mb);
}

base::Task<int> OsLauncher::run(Process process) {
  if (!keeper_) keeper_ = std::make_unique<Keeper>(settings_.temporary);
  const auto here = sandboxes_.insert(
      sandboxes_.end(), std::make_unique<Sandbox>(runtime_, settings_, *keeper_, process));
  int code = 1;
  std::optional<Refusal> refusal;
  std::exception_ptr failure;
  try {
    code = co_await start(process, **here);
  } catch (const Refusal& why) {
    refusal = why;
  } catch (...) {
    failure = std::current_exception();
  }
  sandboxes_.erase(here);
  if (failure) std::rethrow_exception(failure);
  if (refusal) co_await report(process, *refusal);
  co_return code;
}

}  // namespace process
