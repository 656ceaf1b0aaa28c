#include "local/host.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "local/messages.hpp"
#include "local/processes.hpp"
#include "sim/s3/s3.hpp"

namespace local {

namespace {

constexpr int killed = -9;  // by a signal, as Launcher::run says it

std::uint32_t checksum_of(const http::Response& response) {
  return checksum(std::to_string(response.status) + response.body);
}

}  // namespace

Host::Host(base::Runtime& outside, sim::lambda::Launcher& launcher, HostSettings settings)
    : outside_(outside) {
  std::vector<Record> records;
  if (settings.state) {
    journal_.emplace(*settings.state);
    records = journal_->take();
    if (records.empty()) {
      records.push_back({outside.clock().now(), "world", {{"choices", settings.choices}}});
      journal_->append(records.front());
    }
    const auto* choices = records.front().fields.if_contains("choices");
    if (records.front().kind != "world" || !choices || !choices->is_string()) {
      throw StateError(settings.state->string() + ": is not a state file of falsework local");
    }
    if (choices->get_string() != settings.choices) {
      throw StateError(
          fmt::format("{}: its world was made with: {}; give the same, or another file",
                      settings.state->string(), std::string_view(choices->get_string())));
    }
  }
  inside_ = base::stepped_runtime(records.empty() ? outside.clock().now() : records.front().at);
  failed_ = std::move(settings.failed);
  processes_ = std::make_unique<Processes>(
      outside, launcher,
      [this](Record record, const Shared& exchange) { enter(std::move(record), exchange); });
  world_ = std::make_unique<sim::world::World>(*inside_, std::move(settings.world));
  world_->set_launcher(*processes_);
  root_ = world_->iam().root_key();  // drawn first, so that it is the same in every life
  restore(std::move(records), settings.progress);
}

// Whoever still waits for an answer is let go: the frame that waits and the exchange own each
// other.
Host::~Host() {
  for (const auto& [id, exchange] : std::exchange(open_, {})) {
    exchange->end(std::make_exception_ptr(
        http::TransportError(http::TransportError::Kind::broken, "the embedded AWS has ended")));
  }
}

void Host::restore(std::vector<Record> records,
                   const std::function<void(std::int64_t, std::int64_t)>& progress) {
  restoring_ = true;
  processes_->replay(true);
  const auto all = std::ranges::count(records, "request", &Record::kind);
  for (const auto& record : records) {
    advance(record.at);
    if (progress) progress(requests_, all);
    if (record.kind == "answer") {
      compare(record);
    } else {
      happen(record, std::make_shared<Exchange>());
    }
  }
  advance(inside_->clock().now());
  processes_->replay(false);
  restoring_ = false;
  restored_ = requests_;
  answers_.clear();
}

// What was answered then must be answered now: else this is another world than its user left.
void Host::compare(const Record& answer) {
  const auto number = answer.fields.at("request").to_number<std::int64_t>();
  const auto found = answers_.find(number);
  if (found != answers_.end() &&
      found->second == answer.fields.at("checksum").to_number<std::uint32_t>()) {
    return;
  }
  throw StateError(fmt::format(
      "{}: request {} would now be answered otherwise than it was: the file was written by another "
      "version of falsework; use that one, or give another file",
      journal_->file().string(), number));
}

void Host::open(const std::string& endpoint) {
  enter({{}, "endpoint", {{"url", endpoint}}}, nullptr);
  for (const int number : processes_->running()) {
    enter({{}, "exit", {{"process", number}, {"code", killed}}}, nullptr);
  }
}

base::Task<http::Response> Host::send(http::Request request) {
  const auto exchange = std::make_shared<Exchange>();
  enter(request_record("request", std::move(request)), exchange);
  co_return co_await outcome(exchange);
}

base::Task<http::Response> Host::outcome(Shared exchange) {
  while (!exchange->over()) co_await exchange->ended.wait();
  if (exchange->failure) std::rethrow_exception(exchange->failure);
  co_return std::move(*exchange->response);
}

void Host::enter(Record record, const Shared& exchange) {
  record.at = std::max(outside_.clock().now(), inside_->clock().now());
  advance(record.at);
  if (journal_) journal_->append(record);
  if (exchange) {
    // Of processes that have ended, some are still here.
    std::erase_if(open_, [](const auto& one) { return one.second->over(); });
    exchange->id = ++exchanges_;
    open_.emplace(exchange->id, exchange);
  }
  happen(record, exchange);
  follow();
}

void Host::happen(const Record& record, const Shared& exchange) {
  if (record.kind == "request") {
    exchange->number = ++requests_;
    inside_->spawn(perform(*world_, request_of(record), exchange));
  } else if (record.kind == "endpoint") {
    world_->s3().set_endpoint(
        http::Url::parse(std::string_view(record.fields.at("url").as_string())));
  } else if (auto* process = processes_->find(record)) {
    if (record.kind == "runtime") {
      process->await(exchange);
      inside_->spawn(perform(process->process.transport, request_of(record), exchange));
    } else if (record.kind == "output") {
      process->process.output(record.body);
    } else if (record.kind == "memory") {
      process->process.used_memory(record.fields.at("megabytes").to_number<int>());
    } else if (record.kind == "exit") {
      process->end(record.fields.at("code").to_number<int>());
    }
  } else if (exchange) {
    exchange->end(std::make_exception_ptr(
        http::TransportError(http::TransportError::Kind::broken, "the process has ended")));
  }
}

base::Task<void> Host::perform(http::Transport& by, http::Request request, Shared exchange) {
  std::optional<http::Response> response;
  std::exception_ptr failure;
  try {
    response = co_await by.send(std::move(request));
    if (exchange->number > 0) note(exchange->number, *response);
  } catch (...) {
    failure = std::current_exception();
  }
  // An answer that could not be recorded is not given: a restart could not vouch for it.
  if (!failure) exchange->response = std::move(response);
  exchange->failure = std::move(failure);
  open_.erase(exchange->id);
  exchange->ended.notify();
}

void Host::note(std::int64_t request, const http::Response& response) {
  const auto sum = checksum_of(response);
  if (restoring_) {
    answers_[request] = sum;
  } else if (journal_) {
    journal_->append({inside_->clock().now(), "answer", {{"request", request}, {"checksum", sum}}});
  }
}

// A mistake of the embedded AWS's own ends the task that has made it, and nothing else. Every turn
// is one task less.
void Host::advance(base::Instant when) {
  while (true) {
    try {
      inside_->advance(when);
      return;
    } catch (const std::exception& error) {
      if (failed_) failed_(error.what());
    }
  }
}

void Host::follow() {
  advance(outside_.clock().now());
  arm();
}

// One timer at the earliest need; later ones find the world further on and do nothing.
void Host::arm() {
  const auto next = inside_->next();
  if (!next || (armed_ && *armed_ <= *next)) return;
  armed_ = next;
  outside_.clock().call_at(*next, [this] {
    armed_.reset();
    follow();
  });
}

}  // namespace local
