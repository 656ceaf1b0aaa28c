// The one wait for a piece to go: reads its kind's lifecycle, looks, and says what it waits for.
#pragma once

#include <functional>

#include "aws/client.hpp"
#include "falsework/kind.hpp"

namespace falsework {

// When to look again, `elapsed` after the removal, while `others` pieces of the same kind are
// waited for too: looks are spread so that all together stay within AWS's token bucket.
base::Duration next_look(const Lifecycle& lifecycle, base::Duration elapsed, std::size_t others);

// Called once for each state that is seen.
using Seen = std::function<void(const std::string& state)>;

// Returns when the piece is gone; at once when its removal is done with the call. Throws
// std::runtime_error in words when it reaches a state that it never leaves, or when `limit` or the
// kind's own limit comes first. A look that fails is repeated: it proves nothing.
base::Task<void> wait_until_gone(aws::Client& client, Piece piece, base::Instant limit,
                                 std::size_t others, Seen seen);

}  // namespace falsework
