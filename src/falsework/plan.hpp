// What will be struck, in which order and why: a graph of concrete pieces. Pure; what is shown as
// the plan is the object that strike() executes.
#pragma once

#include <string>
#include <vector>

#include "falsework/observe.hpp"
#include "falsework/spec.hpp"

namespace falsework {

// Step `before` must have ended first.
struct Edge {
  std::size_t before;
  std::string reason;  // "its address is mapped until nat-1 is deleted"
};

struct Step {
  Piece piece;
  std::string reason;  // why it is in the plan: "listed", "leads to nat-1"
  std::vector<Edge> after;
};

struct Plan {
  // An edge only ever points to an earlier step.
  std::vector<Step> steps;
  // Of the list or implied, and already gone.
  std::vector<Piece> gone;
  // Implied, but in Keep.
  std::vector<Piece> kept;
  // Why nothing of this may be begun; all at once. Empty: the plan can be carried out.
  std::vector<std::string> problems;
};

Plan make_plan(const Observation& seen, const Spec& spec);

}  // namespace falsework
