// Coroutines: the task type of every function that waits, and the two ways to wait for others.
// Single-threaded: a task runs on the Runtime that spawned it and on no other thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace base {

template <class T = void>
using Task = boost::asio::awaitable<T>;

class Clock;

// Runs all tasks concurrently and returns when every one has ended. If some failed, rethrows the
// failure of the first of them in list order: none is left running behind the caller's back.
Task<void> all(std::vector<Task<void>> tasks);

// As above, with the results in list order.
template <class T>
Task<std::vector<T>> all(std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> slots(tasks.size());
  std::vector<Task<void>> stored;
  stored.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    stored.push_back([](Task<T> task, std::optional<T>& slot) -> Task<void> {
      slot.emplace(co_await std::move(task));
    }(std::move(tasks[i]), slots[i]));
  }
  co_await all(std::move(stored));
  std::vector<T> results;
  results.reserve(slots.size());
  for (auto& slot : slots) results.push_back(std::move(*slot));
  co_return results;
}

// Something other tasks can wait for. notify() wakes those waiting now and nobody else: always
// re-check the condition after a wait. Lives longer than its waiters' wait and shorter than their
// runtime: a task that still waits goes with its signal.
class Signal {
 public:
  Signal() = default;
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  Task<void> wait();
  // False when `limit` came first.
  Task<bool> wait_until(Clock& clock, Instant limit);
  void notify();
  std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Waiter;
  // Owned here alone: what the clock has of them tells it whether they are still waiting.
  std::vector<std::shared_ptr<Waiter>> waiting_;
};

}  // namespace base
