#include "process/python.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/parse.hpp>
#include <charconv>
#include <csignal>
#include <set>

#include "base/clock.hpp"
#include "process/entry.hpp"
#include "process/spawn.hpp"

namespace process {

namespace asio = boost::asio;

namespace {

constexpr std::string_view least_boto3 = "1.31";
constexpr base::Duration probe_limit = std::chrono::seconds(20);

constexpr const char* probe = R"(
import json, os, sys
found = {"interpreter": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3]}
try:
    import boto3
    found["boto3"] = boto3.__version__
    found["folder"] = os.path.dirname(os.path.dirname(os.path.abspath(boto3.__file__)))
except Exception:
    pass
print("\nfound:" + json.dumps(found))
)";

// All that a program writes until it ends or the limit has come; then it is gone.
base::Task<std::string> output_of(base::Runtime& runtime, Program program) {
  auto spawned = spawn(program);
  asio::posix::stream_descriptor output(runtime.io(), spawned.output.release());
  const pid_t id = spawned.id;
  bool ended = false;
  // Killing it ends its output. Not past its end: the number may be another's by then.
  const auto alive = std::make_shared<bool>(true);
  runtime.clock().call_at(runtime.clock().now() + probe_limit, [alive, id] {
    if (*alive) kill(-id, SIGKILL);
  });
  std::string text;
  std::array<char, 4096> buffer{};
  while (!ended) {
    boost::system::error_code error;
    const auto got = co_await output.async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    text.append(buffer.data(), got);
    ended = static_cast<bool>(error);
  }
  *alive = false;
  kill(-id, SIGKILL);
  waitpid(id, nullptr, 0);
  co_return text;
}

std::optional<Python> parse(const std::string& output) {
  constexpr std::string_view mark = "\nfound:";
  const auto at = output.rfind(mark);
  if (at == std::string::npos) return std::nullopt;
  const auto line = std::string_view(output).substr(at + mark.size());
  boost::system::error_code error;
  const auto value = boost::json::parse(line.substr(0, line.find('\n')), error);
  if (error || !value.is_object()) return std::nullopt;
  const auto text = [&](std::string_view name) {
    const auto* member = value.get_object().if_contains(name);
    return member != nullptr && member->is_string() ? std::string(member->get_string())
                                                    : std::string();
  };
  return Python{text("interpreter"), text("version"), text("boto3"), text("folder")};
}

int leading_number(std::string_view& text) {
  int value = 0;
  const auto dot = text.find('.');
  std::from_chars(text.data(), text.data() + std::min(dot, text.size()), value);
  text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  return value;
}

}  // namespace

bool at_least(std::string_view version, std::string_view least) {
  while (!least.empty()) {
    const int have = leading_number(version), need = leading_number(least);
    if (have != need) return have > need;
  }
  return true;
}

std::vector<std::string> Python::arguments(const std::string& runtime) const {
  // No user site (HOME is another), no files written beside the function's, no buffers.
  return {interpreter, "-s", "-B", "-u", runtime, folder};
}

base::Task<void> PythonFinder::try_one(std::string interpreter) {
  std::string output;
  try {
    output =
        co_await output_of(runtime_, {{interpreter, "-c", probe}, {{"PATH", search_path_}}, "/"});
  } catch (const std::system_error&) {
    output.clear();
  }
  const auto python = parse(output);
  if (!python || python->interpreter.empty()) {
    rejected_ += fmt::format("; {} does not run", interpreter);
  } else if (python->boto3.empty()) {
    rejected_ += fmt::format("; {} has no boto3", interpreter);
  } else if (!at_least(python->boto3, least_boto3)) {
    rejected_ += fmt::format("; {} has boto3 {}", interpreter, python->boto3);
  } else {
    found_ = *python;
  }
}

base::Task<void> PythonFinder::look() {
  if (!named_.empty()) {
    co_await try_one(named_.contains('/') ? named_
                                          : find_program(search_path_, named_).value_or(named_));
    co_return;
  }
  std::set<std::string> seen;
  for (std::string_view path = search_path_; !path.empty() && !found_;) {
    const auto folder = std::string(path.substr(0, path.find(':')));
    path.remove_prefix(std::min(folder.size() + 1, path.size()));
    const auto candidate = find_program(folder, "python3");
    if (candidate && seen.insert(*candidate).second) co_await try_one(*candidate);
  }
}

base::Task<Python> PythonFinder::find(std::string function_runtime) {
  while (looking_) co_await ended_.wait();
  if (!looked_) {
    looking_ = true;
    std::exception_ptr failure;
    try {
      co_await look();
    } catch (...) {
      failure = std::current_exception();
    }
    looking_ = false;
    looked_ = !failure;
    ended_.notify();
    if (failure) std::rethrow_exception(failure);
  }
  if (!found_) {
    throw Refusal(
        "Runtime.PythonMissing",
        fmt::format("The embedded AWS runs {} functions with a python3 of this machine that has "
                    "boto3 {} or newer, and there is none{}. Install one, for example with "
                    "python3 -m venv and pip install 'boto3>={}', and put it on the PATH.",
                    function_runtime, least_boto3, rejected_, least_boto3));
  }
  co_return *found_;
}

}  // namespace process
