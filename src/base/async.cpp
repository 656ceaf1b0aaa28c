#include "base/async.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

#include "base/clock.hpp"

namespace base {

namespace asio = boost::asio;

namespace {

// Suspends the calling task and hands `give` a function that resumes it through the executor.
template <class Give>
Task<void> suspend(Give give) {
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      [give = std::move(give)](auto handler) mutable {
        give(std::move_only_function<void()>([handler = std::move(handler)]() mutable {
          auto executor = asio::get_associated_executor(handler);
          asio::post(executor, std::move(handler));
        }));
      },
      asio::use_awaitable);
}

}  // namespace

Task<void> Clock::sleep_until(Instant when) {
  co_await suspend(
      [this, when](std::move_only_function<void()> wake) { call_at(when, std::move(wake)); });
}

Task<void> Clock::sleep_for(Duration duration) {
  co_await sleep_until(now() + duration);
}

// What wakes a task, and what comes before that when it is notified.
struct Signal::Waiter {
  std::move_only_function<void()> wake;
  std::move_only_function<void()> before = {};
};

Task<void> Signal::wait() {
  co_await suspend([this](std::move_only_function<void()> wake) {
    waiting_.push_back(std::make_shared<Waiter>(std::move(wake)));
  });
}

// Whichever comes first takes the other out of its list: neither grows by what has not come.
Task<bool> Signal::wait_until(Clock& clock, Instant limit) {
  bool notified = false;
  co_await suspend([this, &clock, limit, &notified](std::move_only_function<void()> wake) {
    const auto waiter = std::make_shared<Waiter>(std::move(wake));
    const std::weak_ptr<Waiter> waits = waiter;
    const auto end = clock.call_at(limit, [this, waits] {
      const auto late = waits.lock();
      if (!late) return;  // and the signal may be gone
      std::erase(waiting_, late);
      late->wake();
    });
    waiter->before = [&clock, end, &notified] {
      clock.cancel(end);
      notified = true;
    };
    waiting_.push_back(waiter);
  });
  co_return notified;
}

void Signal::notify() {
  for (const auto& waiter : std::exchange(waiting_, {})) {
    if (waiter->before) waiter->before();
    waiter->wake();
  }
}

Task<void> all(std::vector<Task<void>> tasks) {
  if (tasks.empty()) co_return;
  const auto executor = co_await asio::this_coro::executor;
  std::vector<std::exception_ptr> failures(tasks.size());
  std::size_t running = tasks.size();
  Signal ended;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    asio::co_spawn(executor, std::move(tasks[i]), [&, i](std::exception_ptr failure) {
      failures[i] = std::move(failure);
      if (--running == 0) ended.notify();
    });
  }
  while (running > 0) co_await ended.wait();
  for (auto& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace base
