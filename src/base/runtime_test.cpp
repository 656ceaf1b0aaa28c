#include "base/runtime.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/stepped_runtime.hpp"

namespace base {
namespace {

constexpr Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

Task<void> note(Clock& clock, Duration delay, std::string& order, char mark) {
  co_await clock.sleep_for(delay);
  order.push_back(mark);
}

Task<void> fail_after(Clock& clock, Duration delay) {
  co_await clock.sleep_for(delay);
  throw std::runtime_error("failed as asked");
}

TEST(VirtualRuntime, jumps_to_the_next_sleeper_and_keeps_the_order_of_ties) {
  const auto runtime = virtual_runtime(start);
  std::string order;
  runtime->spawn(note(runtime->clock(), 3h, order, 'c'));
  runtime->spawn(note(runtime->clock(), 1h, order, 'a'));
  runtime->spawn(note(runtime->clock(), 1h, order, 'b'));
  runtime->run(note(runtime->clock(), 4h, order, 'd'));
  EXPECT_EQ(order, "abcd");
  EXPECT_EQ(runtime->clock().now(), start + 4h);
}

TEST(VirtualRuntime, reports_a_deadlock_instead_of_hanging) {
  const auto runtime = virtual_runtime(start);
  Signal never;
  EXPECT_THROW(runtime->run(never.wait()), std::logic_error);
}

TEST(VirtualRuntime, a_failing_background_task_ends_the_run) {
  const auto runtime = virtual_runtime(start);
  std::string order;
  runtime->spawn(fail_after(runtime->clock(), 1s));
  EXPECT_THROW(runtime->run(note(runtime->clock(), 1h, order, 'x')), std::runtime_error);
  EXPECT_EQ(order, "");
}

TEST(SteppedRuntime, wakes_what_is_due_and_nothing_else) {
  const auto runtime = stepped_runtime(start);
  std::string order;
  runtime->spawn(note(runtime->clock(), 3s, order, 'c'));
  runtime->spawn(note(runtime->clock(), 1s, order, 'a'));
  runtime->spawn(note(runtime->clock(), 2s, order, 'b'));
  EXPECT_EQ(runtime->next(), std::nullopt);  // nothing has begun yet
  runtime->advance(start + 2500ms);
  EXPECT_EQ(order, "ab");
  EXPECT_EQ(runtime->clock().now(), start + 2500ms);
  EXPECT_EQ(runtime->next(), start + 3s);
  runtime->advance(start + 1s);
  EXPECT_EQ(runtime->clock().now(), start + 2500ms);
  runtime->advance(start + 3s);
  EXPECT_EQ(order, "abc");
}

TEST(SteppedRuntime, a_failing_task_fails_the_step) {
  const auto runtime = stepped_runtime(start);
  runtime->spawn(fail_after(runtime->clock(), 1s));
  runtime->advance(start);
  EXPECT_THROW(runtime->advance(start + 1s), std::runtime_error);
}

Task<void> all_with_one_failure(Clock& clock, std::string& order) {
  std::vector<Task<void>> tasks;
  tasks.push_back(note(clock, 2s, order, 'b'));
  tasks.push_back(fail_after(clock, 1s));
  tasks.push_back(note(clock, 3s, order, 'c'));
  co_await all(std::move(tasks));
}

TEST(All, waits_for_every_task_before_it_rethrows_a_failure) {
  std::string order;
  const auto runtime = virtual_runtime(start);
  EXPECT_THROW(runtime->run(all_with_one_failure(runtime->clock(), order)), std::runtime_error);
  EXPECT_EQ(order, "bc");
}

Task<void> race(Clock& clock, Signal& signal, std::string& order) {
  order += co_await signal.wait_until(clock, clock.now() + 1s) ? 'n' : 't';
  order += co_await signal.wait_until(clock, clock.now() + 1h) ? 'n' : 't';
}

Task<void> notify_after(Clock& clock, Duration delay, Signal& signal) {
  co_await clock.sleep_for(delay);
  signal.notify();
}

TEST(Signal, wait_until_tells_a_notification_from_the_limit) {
  const auto runtime = virtual_runtime(start);
  Signal signal;
  std::string order;
  runtime->spawn(notify_after(runtime->clock(), 10s, signal));
  runtime->run(race(runtime->clock(), signal, order));
  EXPECT_EQ(order, "tn");
  EXPECT_EQ(runtime->clock().now(), start + 10s);
}

Task<void> wait_often(Clock& clock, Signal& signal, int& timeouts) {
  for (int i = 0; i < 100; ++i) {
    if (!co_await signal.wait_until(clock, clock.now() + 1s)) ++timeouts;
  }
}

TEST(Signal, wait_until_leaves_nothing_behind_whichever_comes_first) {
  const auto runtime = stepped_runtime(start);
  Signal signal;
  int timeouts = 0;
  runtime->spawn(wait_often(runtime->clock(), signal, timeouts));
  runtime->advance(start + 50s);
  EXPECT_EQ(timeouts, 50);
  EXPECT_EQ(signal.waiting(), 1U);
  for (int i = 0; i < 50; ++i) {
    signal.notify();
    runtime->advance(start + 50s);
  }
  EXPECT_EQ(timeouts, 50);
  EXPECT_EQ(signal.waiting(), 0U);
  EXPECT_EQ(runtime->next(), std::nullopt);
}

TEST(Signal, that_is_gone_before_the_limit_takes_its_waiters_with_it) {
  const auto runtime = stepped_runtime(start);
  auto signal = std::make_unique<Signal>();
  int timeouts = 0;
  runtime->spawn(wait_often(runtime->clock(), *signal, timeouts));
  runtime->advance(start);
  signal.reset();
  runtime->advance(start + 1h);
  EXPECT_EQ(timeouts, 0);
}

TEST(RealClock, does_not_make_a_call_that_was_cancelled) {
  const auto runtime = real_runtime();
  auto& clock = runtime->clock();
  int calls = 0;
  const auto call = clock.call_at(clock.now() + 10ms, [&] { ++calls; });
  clock.call_at(clock.now() + 10ms, [&] { calls += 10; });
  clock.cancel(call);
  clock.cancel(call);
  runtime->run([](Clock& on) -> Task<void> { co_await on.sleep_for(30ms); }(clock));
  EXPECT_EQ(calls, 10);
}

}  // namespace
}  // namespace base
