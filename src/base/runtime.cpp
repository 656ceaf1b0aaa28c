#include "base/runtime.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <stdexcept>
#include <utility>

#include "base/stepped_runtime.hpp"

namespace base {

namespace asio = boost::asio;

namespace {

// Sleepers by time, then by the order in which they went to sleep.
class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(Instant start) : now_(start) {}

  Instant now() const override { return now_; }

  Call call_at(Instant when, std::move_only_function<void()> wake) override {
    const Call call{std::max(when, now_), sequence_++};
    sleepers_.emplace(call, std::move(wake));
    return call;
  }

  void cancel(Call call) override { sleepers_.erase(call); }

  std::optional<Instant> next() const {
    return sleepers_.empty() ? std::nullopt : std::optional(sleepers_.begin()->first.when);
  }

  void set(Instant now) { now_ = std::max(now_, now); }

  // Jumps to the next sleeper and wakes it. False when there is none.
  bool advance() {
    if (sleepers_.empty()) return false;
    auto next = sleepers_.extract(sleepers_.begin());
    now_ = next.key().when;
    next.mapped()();
    return true;
  }

 private:
  Instant now_;
  std::uint64_t sequence_ = 0;
  std::map<Call, std::move_only_function<void()>> sleepers_;
};

class RealClock final : public Clock {
 public:
  explicit RealClock(asio::io_context& io) : io_(io) {}

  Instant now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }

  Call call_at(Instant when, std::move_only_function<void()> wake) override {
    const Call call{when, ++calls_};
    // Waits are measured on the steady clock: a step of the wall clock must not stretch them.
    auto& timer = timers_.try_emplace(call, io_, when - now()).first->second;
    timer.async_wait([this, call, wake = std::move(wake)](auto) mutable {
      auto resume = std::move(wake);
      if (timers_.erase(call) > 0) resume();  // else it was cancelled
    });
    return call;
  }

  void cancel(Call call) override { timers_.erase(call); }

 private:
  asio::io_context& io_;
  std::uint64_t calls_ = 0;
  std::map<Call, asio::steady_timer> timers_;
};

// What all runtimes share: spawning, and the end of main.
template <class Interface>
class Loop : public Interface {
 public:
  asio::io_context& io() override { return io_; }

  void spawn(Task<void> task) override {
    asio::co_spawn(io_, std::move(task), [this](std::exception_ptr failure) {
      if (failure && !failure_) failure_ = std::move(failure);
    });
  }

 protected:
  Loop() : io_(1) {}

  void start(Task<void> main) {
    ended_ = false;
    failure_ = nullptr;
    asio::co_spawn(io_, std::move(main), [this](std::exception_ptr failure) {
      if (failure) failure_ = std::move(failure);
      ended_ = true;
    });
  }

  bool finished() const { return ended_ || failure_ != nullptr; }

  void rethrow() {
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  }

  asio::io_context io_;

 private:
  bool ended_ = false;
  std::exception_ptr failure_;
};

class VirtualRuntime final : public Loop<SteppedRuntime> {
 public:
  explicit VirtualRuntime(Instant start) : clock_(start) {}

  Clock& clock() override { return clock_; }

  void run(Task<void> main) override {
    start(std::move(main));
    while (!finished()) {
      io_.restart();
      if (io_.poll_one() > 0) continue;
      if (!clock_.advance()) {
        throw std::logic_error("deadlock: every task waits and none of them for a time");
      }
    }
    rethrow();
  }

  void advance(Instant when) override {
    settle();
    while (clock_.next() && *clock_.next() <= when) {
      clock_.advance();
      settle();
    }
    clock_.set(when);
  }

  std::optional<Instant> next() const override { return clock_.next(); }

 private:
  void settle() {
    io_.restart();
    io_.poll();
    rethrow();
  }

  VirtualClock clock_;
};

class RealRuntime final : public Loop<Runtime> {
 public:
  RealRuntime() : clock_(io_) {}

  Clock& clock() override { return clock_; }

  void run(Task<void> main) override {
    start(std::move(main));
    while (!finished()) {
      io_.restart();
      if (io_.run_one() == 0) {
        throw std::logic_error(
            "deadlock: every task waits and none of them for a time or a socket");
      }
    }
    rethrow();
  }

 private:
  RealClock clock_;
};

}  // namespace

std::unique_ptr<Runtime> virtual_runtime(Instant start) {
  return std::make_unique<VirtualRuntime>(start);
}

std::unique_ptr<SteppedRuntime> stepped_runtime(Instant start) {
  return std::make_unique<VirtualRuntime>(start);
}

std::unique_ptr<Runtime> real_runtime() {
  return std::make_unique<RealRuntime>();
}

}  // namespace base
