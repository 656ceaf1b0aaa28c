#include "falsework/wait.hpp"

#include <stdexcept>

#include "aws/errors.hpp"
#include "base/contains.hpp"

namespace falsework {

namespace {

// DescribeNatGateways: 20 a second for ever. A piece looks twice a second at most, so eight at once
// leave room for everybody else in the account.
constexpr std::size_t looked_at_freely = 8;

// Nothing when AWS could not be asked just now.
base::Task<std::optional<std::vector<Piece>>> try_look(aws::Client& client, Piece piece) {
  try {
    co_return co_await piece.kind->find(client, {piece.id});
  } catch (const aws::ServiceError& error) {
    if (!aws::is_transient(error.code) && !aws::is_throttling(error.code)) throw;
    co_return std::nullopt;
  }
}

}  // namespace

base::Duration next_look(const Lifecycle& lifecycle, base::Duration elapsed, std::size_t others) {
  base::Duration every{0};
  for (const Pace& pace : lifecycle.looks) {
    if (elapsed >= pace.after) every = pace.every;
  }
  return every * static_cast<std::int64_t>(1 + others / looked_at_freely);
}

base::Task<void> wait_until_gone(aws::Client& client, Piece piece, base::Instant limit,
                                 std::size_t others, Seen seen) {
  const Lifecycle& lifecycle = piece.kind->lifecycle();
  if (lifecycle.looks.empty()) co_return;
  auto& clock = client.system().clock;
  const auto start = clock.now();
  limit = std::min(limit, start + lifecycle.limit);
  std::string state = piece.state;
  for (;;) {
    const auto pause = next_look(lifecycle, clock.now() - start, others);
    if (clock.now() + pause >= limit) {
      throw std::runtime_error(fmt::format("{} is still {} after {}", described(piece), state,
                                           base::human(clock.now() - start)));
    }
    co_await clock.sleep_for(pause);
    const auto found = co_await try_look(client, piece);
    if (!found) continue;
    if (found->empty() || is_gone(found->front())) co_return;
    if (found->front().state != state) {
      state = found->front().state;
      seen(state);
    }
    if (!base::contains(lifecycle.pending, state)) {
      throw std::runtime_error(
          fmt::format("{} is {}, which it does not leave by itself", described(piece), state));
    }
  }
}

}  // namespace falsework
