#include "local/processes.hpp"

#include <algorithm>

#include "local/messages.hpp"

namespace local {

namespace {

constexpr auto full_disk_pause = std::chrono::seconds(1);

}  // namespace

// What the process asks of its Runtime API, brought into the world.
class Host::Processes::Bridge final : public http::Transport {
 public:
  Bridge(const Enter& enter, int number) : enter_(enter), number_(number) {}

  base::Task<http::Response> send(http::Request request) override {
    const auto exchange = std::make_shared<Exchange>();
    auto record = request_record("runtime", std::move(request));
    record.fields["process"] = number_;
    enter_(std::move(record), exchange);
    co_return co_await outcome(exchange);
  }

 private:
  const Enter& enter_;
  int number_;
};

void Host::Processes::One::await(const Shared& exchange) {
  std::erase_if(exchanges, [](const Shared& one) { return one->over(); });
  exchanges.push_back(exchange);
}

void Host::Processes::One::end(int exit_code) {
  code = exit_code;
  ended.notify();
  for (const auto& exchange : exchanges) {
    exchange->end(std::make_exception_ptr(
        http::TransportError(http::TransportError::Kind::broken, "the process has ended")));
  }
  exchanges.clear();
}

base::Task<int> Host::Processes::run(sim::lambda::Process process) {
  const int number = ++started_;
  auto& one = *running_.emplace(number, std::make_unique<One>(std::move(process))).first->second;
  if (!replaying_) outside_.spawn(live(number));
  while (!one.code) co_await one.ended.wait();
  const int code = *one.code;
  running_.erase(number);
  co_return code;
}

std::vector<int> Host::Processes::running() const {
  std::vector<int> numbers;
  for (const auto& [number, one] : running_) {
    if (!one->code) numbers.push_back(number);
  }
  return numbers;
}

Host::Processes::One* Host::Processes::find(const Record& record) {
  const auto* number = record.fields.if_contains("process");
  if (!number) return nullptr;
  const auto found = running_.find(number->to_number<int>());
  return found == running_.end() || found->second->code ? nullptr : found->second.get();
}

base::Task<void> Host::Processes::live(int number) {
  // Spawned by the world's own task: what follows must not happen within its step.
  co_await outside_.clock().sleep_for(base::Duration::zero());
  const auto& told = running_.at(number)->process;
  Bridge bridge(enter_, number);
  const auto say = [this, number](std::string_view line) {
    tell({{}, "output", {{"process", number}}, std::string(line)});
  };
  const auto use = [this, number](int megabytes) {
    tell({{}, "memory", {{"process", number}, {"megabytes", megabytes}}});
  };
  int code = 1;
  std::string failure;
  try {
    code = co_await launcher_.run({told.environment, told.runtime, told.handler, told.code,
                                   told.memory_mb, bridge, say, use, told.random, told.termination,
                                   told.architecture});
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (!failure.empty()) say(failure);
  // The world waits for the end of a process: on a full disk it is told when there is room again.
  const Record exit{{}, "exit", {{"process", number}, {"code", code}}};
  while (!tell(exit)) co_await outside_.clock().sleep_for(full_disk_pause);
}

bool Host::Processes::tell(Record record) const {
  try {
    enter_(std::move(record), nullptr);
    return true;
  } catch (const StateError&) {
    return false;
  }
}

}  // namespace local
