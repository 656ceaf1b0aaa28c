#include "cfn/handler.hpp"

#include <exception>
#include <optional>

#include "cfn/deliver.hpp"
#include "falsework/spec.hpp"
#include "lambda/loop.hpp"

namespace cfn {

using namespace std::chrono_literals;

namespace {

// Enough for the answer and several retries of it.
constexpr base::Duration answer_margin = 3s;
// The work stops by itself this long before it would be answered for.
constexpr base::Duration work_margin = 2s;

// A wrong one is a problem of the answer; until then CloudFormation's own limit holds.
base::Duration service_timeout(const std::optional<Event>& event) {
  const auto* value = event ? event->properties.if_contains("ServiceTimeout") : nullptr;
  const auto timeout = value == nullptr ? std::nullopt : falsework::service_timeout(*value);
  return timeout.value_or(falsework::longest_service_timeout);
}

struct Deadlines {
  base::Instant end;     // nobody listens any more
  base::Instant answer;  // the last moment to begin the answer
  base::Instant work;    // the work's own
};

Deadlines deadlines(base::Instant now, const lambda::Invocation& invocation,
                    const ReturnAddress& sender, const std::optional<Event>& event) {
  const Validity url = validity(sender.url);
  const auto sent = url.signed_at ? std::min(*url.signed_at, now) : now;
  auto end = invocation.deadline;
  end = std::min(end, sent + service_timeout(event));
  if (url.expires) end = std::min(end, *url.expires);
  // A function with a short timeout cannot spare the whole margins.
  const auto left = end - now;
  const auto answer = end - std::min<base::Duration>(answer_margin, left / 4);
  return {end, answer, answer - std::min<base::Duration>(work_margin, left / 4)};
}

// The one answer to a request: whoever comes first sends it.
struct Reply {
  http::System& system;
  ReturnAddress sender;
  base::Instant end;
  bool given = false;
  bool delivered = false;
  base::Signal ended;
};

base::Task<void> give(Reply& reply, Answer answer) {
  if (reply.given) co_return;
  reply.given = true;
  reply.delivered = co_await deliver(reply.system, reply.sender, std::move(answer), reply.end);
}

base::Task<Answer> run_safely(Work& work) {
  try {
    co_return co_await work.run();
  } catch (const std::exception& error) {
    co_return Answer::failed(error.what());
  } catch (...) {
    co_return Answer::failed("an unknown failure");
  }
}

base::Task<void> answer_when_done(Reply& reply, Work& work) {
  Answer answer = co_await run_safely(work);
  reply.ended.notify();
  co_await give(reply, std::move(answer));
}

base::Task<void> answer_when_late(Reply& reply, const Work& work, base::Instant limit) {
  if (co_await reply.ended.wait_until(reply.system.clock, limit)) co_return;
  if (reply.given) co_return;
  reply.system.log.error("request.late", {{"request_id", reply.sender.request_id}});
  co_await give(reply, work.late());
}

base::Task<void> answer_event(Reply& reply, Event event, const Begin& begin, Deadlines limits) {
  std::unique_ptr<Work> work;
  std::optional<Answer> failure;
  try {
    work = begin(std::move(event), reply.sender, limits.work);
  } catch (const std::exception& error) {
    failure = Answer::failed(error.what());
  }
  if (failure) {
    co_await give(reply, std::move(*failure));
    co_return;
  }
  // The watchdog is listening before the work takes its first step.
  std::vector<base::Task<void>> both;
  both.push_back(answer_when_late(reply, *work, limits.answer));
  both.push_back(answer_when_done(reply, *work));
  co_await base::all(std::move(both));
}

}  // namespace

base::Task<std::string> handle(http::System& system, lambda::Invocation invocation, Begin begin) {
  Event::Reading reading = Event::parse(invocation.payload);
  if (!reading.sender) {
    system.log.error("request.unreadable", {{"problem", joined(reading.problems)}});
    throw lambda::HandlerError("Function.UnreadableEvent", joined(reading.problems));
  }
  const auto now = system.clock.now();
  const auto limits = deadlines(now, invocation, *reading.sender, reading.event);
  system.log.info("request.received",
                  {{"request_type", reading.event ? name(reading.event->type) : "unknown"},
                   {"request_id", reading.sender->request_id},
                   {"stack_id", reading.sender->stack_id},
                   {"logical_id", reading.sender->logical_id},
                   {"seconds_left", base::seconds(limits.end - now)}});
  if (now >= limits.end) {
    system.log.warn("request.stale", {{"request_id", reading.sender->request_id},
                                      {"late_by", base::human(now - limits.end)}});
    co_return R"({"stale":true})";
  }
  Reply reply{system, std::move(*reading.sender), limits.end, false, false, {}};
  if (reading.event) {
    co_await answer_event(reply, std::move(*reading.event), begin, limits);
  } else {
    co_await give(reply, Answer::failed("the request cannot be read: " + joined(reading.problems)));
  }
  if (!reply.delivered) {
    throw lambda::HandlerError("Function.AnswerLost", "the answer could not be delivered");
  }
  co_return R"({"answered":true})";
}

}  // namespace cfn
