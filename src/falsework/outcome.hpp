// What a strike came to, piece by piece, with the evidence. Plain values.
#pragma once

#include <string>
#include <vector>

#include "base/money.hpp"
#include "base/time.hpp"
#include "falsework/piece.hpp"

namespace falsework {

enum class Fate {
  struck,        // removed by this run
  already_gone,  // removed by somebody else before or meanwhile
  failed,        // refused for good, or not gone when the time was up
  not_reached,   // not begun: something it waits for failed
};

struct PieceOutcome {
  Piece piece;
  Fate fate = Fate::not_reached;
  base::Duration took{0};  // from its removal's first call to its end
  std::string problem{};   // why it failed
  bool denied = false;     // it failed for want of a permission
  std::string evidence{};  // what the last look showed: "state deleted", "not found"
};

struct Outcome {
  std::vector<PieceOutcome> pieces;
  base::Duration took{0};
  // Beside the pieces' own.
  std::vector<std::string> problems;

  // Everything that was to go is gone, proved by a last look.
  bool complete() const;
  // How many are gone, whoever removed them: the same for a second delivery of the same event.
  int struck() const;
  // Of everything that is gone, by 730 hours.
  Price monthly_saving(std::string_view region) const;
  // What failed, failed for want of permissions and for nothing else.
  bool only_denied() const;
  // All problems, one sentence each; empty when complete.
  std::vector<std::string> all_problems() const;
};

}  // namespace falsework
