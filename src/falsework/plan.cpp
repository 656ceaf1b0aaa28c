#include "falsework/plan.hpp"

#include <optional>

#include "base/contains.hpp"
#include "falsework/attachment.hpp"
#include "falsework/elastic_ip.hpp"
#include "falsework/internet_gateway.hpp"
#include "falsework/kind.hpp"
#include "falsework/nat_gateway.hpp"
#include "falsework/route.hpp"

namespace falsework {

namespace {

// Which id of Keep means this piece: its own, its route table's or its VPC's.
std::optional<std::string> keeper(const Piece& piece, const Spec& spec) {
  const auto id = std::ranges::find_if(spec.keep, [&](const std::string& one) {
    return names(one, piece) || one == piece.vpc ||
           (piece.kind == &route() && one == halves(piece.id).first);
  });
  return id == spec.keep.end() ? std::nullopt : std::optional(*id);
}

bool holds(const Piece& gateway, const Piece& address) {
  return gateway.kind == &nat_gateway() && (base::contains(gateway.holds, address.id) ||
                                            base::contains(gateway.interfaces, address.mapped_to));
}

std::string reason_of(const Piece& piece) {
  if (piece.implied_by.empty()) return "listed";
  if (piece.kind == &route()) return "leads to " + piece.target;
  if (piece.kind == &elastic_ip()) return "is an address of " + piece.implied_by;
  return "attaches " + piece.target;
}

// Why `later` must wait for `earlier`; empty when it need not.
std::string edge_reason(const Piece& earlier, const Piece& later) {
  if (earlier.kind == &route() && earlier.target == later.id) {
    return fmt::format("{} must not lead into nothing", earlier.id);
  }
  if (later.kind == &elastic_ip() && holds(earlier, later)) {
    return fmt::format("its address is mapped until {} is deleted", earlier.id);
  }
  if (later.kind == &attachment()) {
    if (earlier.kind == &route() && earlier.target == later.target) {
      return fmt::format("{} must not lead into nothing", earlier.id);
    }
    if (earlier.kind == &nat_gateway() && earlier.vpc == later.vpc) {
      return fmt::format("{} has public addresses mapped in {}", earlier.id, later.vpc);
    }
  }
  if (later.kind == &internet_gateway() && earlier.kind == &attachment() &&
      earlier.target == later.id) {
    return fmt::format("it is attached to {}", earlier.vpc);
  }
  return {};
}

// What stands in the way of the whole plan.
class Check {
 public:
  Check(const Observation& seen, const Spec& spec, Plan& plan)
      : seen_(seen), spec_(spec), plan_(plan) {}

  void all() {
    for (const Piece& piece : plan_.kept) {
      if (piece.implied_by.empty()) {
        listed_and_kept(piece);
      } else {
        blocked_by_kept(piece);
      }
    }
    for (const Piece& route : seen_.other_routes) blocked_by_other_route(route);
    for (const Mapping& mapping : seen_.mappings) blocked_by_mapping(mapping);
    for (const Step& step : plan_.steps) blocked_by_user(step.piece);
  }

 private:
  const Piece* planned(std::string_view id) const {
    for (const Step& step : plan_.steps) {
      if (step.piece.id == id) return &step.piece;
    }
    return nullptr;
  }

  const Piece* planned_attachment(std::string_view gateway) const {
    for (const Step& step : plan_.steps) {
      if (step.piece.kind == &attachment() && step.piece.target == gateway) return &step.piece;
    }
    return nullptr;
  }

  // A gateway that goes, or has gone, takes its own mappings with it.
  bool goes_with_a_gateway(const std::string& interface, const std::string& allocation) const {
    const auto takes = [&](const Piece& piece) {
      return piece.kind == &nat_gateway() &&
             (base::contains(piece.interfaces, interface) ||
              (!allocation.empty() && base::contains(piece.holds, allocation)));
    };
    return std::ranges::any_of(plan_.gone, takes) ||
           std::ranges::any_of(plan_.steps, takes, &Step::piece);
  }

  void say(std::string problem) { plan_.problems.push_back(std::move(problem)); }

  void listed_and_kept(const Piece& piece) {
    say(fmt::format("{} is in Temporary, and {} in Keep has it: take one of them out", piece.id,
                    keeper(piece, spec_).value_or(piece.id)));
  }

  void blocked_by_kept(const Piece& piece) {
    if (piece.kind == &route() && (planned(piece.target) || planned_attachment(piece.target))) {
      say(fmt::format("{} is kept and leads to {}, which is to go", piece.id, piece.target));
    }
    if (piece.kind == &attachment() && planned(piece.target) != nullptr) {
      say(fmt::format("{} is kept and attaches {}, which is to go", piece.id, piece.target));
    }
  }

  void blocked_by_other_route(const Piece& route) {
    if (planned(route.target) == nullptr && planned_attachment(route.target) == nullptr) return;
    say(
        fmt::format("{} leads to {}, which is to go, and is not a default route: only default "
                    "routes are struck, so remove it first or move it to another gateway",
                    route.id, route.target));
  }

  void blocked_by_mapping(const Mapping& mapping) {
    const auto attached = std::ranges::find_if(plan_.steps, [&](const Step& step) {
      return step.piece.kind == &attachment() && step.piece.vpc == mapping.vpc;
    });
    if (attached == plan_.steps.end()) return;
    if (goes_with_a_gateway(mapping.interface, mapping.allocation)) return;
    say(
        fmt::format("public address {} is mapped to {}{}, which is not temporary: AWS does not "
                    "detach {} from {} while it is",
                    mapping.public_ip, mapping.interface,
                    mapping.description.empty() ? "" : fmt::format(" ({})", mapping.description),
                    attached->piece.target, mapping.vpc));
  }

  void blocked_by_user(const Piece& piece) {
    if (piece.kind != &elastic_ip()) return;
    if (!piece.owner.empty()) {
      say(fmt::format("{} belongs to the AWS service {}, which releases it itself", piece.id,
                      piece.owner));
    } else if (!piece.mapped_to.empty() && !goes_with_a_gateway(piece.mapped_to, piece.id)) {
      say(fmt::format("{} is mapped to {}, which is not temporary", piece.id, piece.mapped_to));
    }
  }

  const Observation& seen_;
  const Spec& spec_;
  Plan& plan_;
};

void sort_in(const Piece& piece, const Spec& spec, Plan& plan) {
  if (keeper(piece, spec)) {
    plan.kept.push_back(piece);
  } else if (is_gone(piece)) {
    plan.gone.push_back(piece);
  } else {
    plan.steps.push_back({piece, reason_of(piece), {}});
  }
}

}  // namespace

Plan make_plan(const Observation& seen, const Spec& spec) {
  Plan plan;
  // kinds() is in the order in which pieces can go, so edges point backwards and never in circles.
  for (const Kind* kind : kinds()) {
    for (const Piece& piece : seen.pieces) {
      if (piece.kind == kind) sort_in(piece, spec, plan);
    }
  }
  for (std::size_t later = 0; later < plan.steps.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      auto reason = edge_reason(plan.steps[earlier].piece, plan.steps[later].piece);
      if (!reason.empty()) plan.steps[later].after.push_back({earlier, std::move(reason)});
    }
  }
  Check(seen, spec, plan).all();
  return plan;
}

}  // namespace falsework
