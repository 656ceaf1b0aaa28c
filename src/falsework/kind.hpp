// What Falsework knows about one type of piece: one file each, listed in kinds.cpp.
// A kind holds no state: everything it says is data or one AWS call.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aws/client.hpp"
#include "base/money.hpp"
#include "falsework/piece.hpp"

namespace falsework {

// One IAM permission: an action and the resource it is needed on, as the end of an ARN
// ("natgateway/nat-0123..."), or "*" where AWS knows no resource for it.
struct Grant {
  std::string action;
  std::string resource;
  auto operator<=>(const Grant&) const = default;
};

// From `after` on, look once every `every`.
struct Pace {
  base::Duration after;
  base::Duration every;
};

// How a piece goes, as data; one generic wait (wait.hpp) reads it.
struct Lifecycle {
  // States of a piece that still has to go, as AWS names them. A state that is neither pending nor
  // gone is one that we do not know or that never ends by itself: waiting for it is a failure.
  std::vector<std::string_view> pending;
  // The state it is in while AWS is already removing it; empty when there is none.
  std::string_view going;
  // States in which it is as good as not there: AWS shows some of its dead for an hour.
  std::vector<std::string_view> gone;
  // When to look whether it has gone. Empty: the reply to the removal already says so.
  std::vector<Pace> looks;
  // Longest wait for one piece.
  base::Duration limit;
};

// Of a piece that has gone when its removal returns; a removal that is refused is tried again for
// as long as `limit`.
inline Lifecycle gone_at_once(std::vector<std::string_view> pending, base::Duration limit) {
  return {.pending = std::move(pending), .going = {}, .gone = {}, .looks = {}, .limit = limit};
}

class Kind {
 public:
  virtual ~Kind() = default;

  // "nat_gateway": in logs and reports.
  virtual std::string_view type() const = 0;
  // "NAT gateway": in sentences.
  virtual std::string_view title() const = 0;
  // Whether `id` is written as ids of this kind are: "nat-0123456789abcdef0".
  virtual bool answers_to(std::string_view id) const = 0;
  // Everything the removal of `id` needs beside the looks.
  virtual std::vector<Grant> removal_grants(const std::string& id) const = 0;
  virtual const Lifecycle& lifecycle() const = 0;
  // What it costs by the hour in that Region while it exists; nothing known: a lower bound.
  virtual Price hourly(std::string_view region) const;

  // Those of `ids` that AWS knows, in whatever state; an id that is not returned does not exist.
  virtual base::Task<std::vector<Piece>> find(aws::Client& client,
                                              std::vector<std::string> ids) const = 0;
  // One call. Throws aws::ServiceError; NotFound codes mean that it is gone already.
  virtual base::Task<void> remove(aws::Client& client, Piece piece) const = 0;
  // What holds the piece at this moment, in words; nothing when AWS shows no reason for a refusal.
  virtual base::Task<std::optional<std::string>> holder(aws::Client& client, Piece piece) const;
};

// All of them, in the order in which reports list them.
std::span<const Kind* const> kinds();
// The kind that answers to `id`; nullptr when none does.
const Kind* kind_of(std::string_view id);

}  // namespace falsework
