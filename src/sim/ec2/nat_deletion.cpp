// The end of a NAT gateway. All that will happen is drawn when the call is made.
#include "sim/ec2/input.hpp"
#include "sim/ec2/nat_gateway.hpp"

namespace sim::ec2 {
namespace {

const Bell& usual_time(const Knobs& knobs, const NatGateway& gateway, const std::string& state) {
  if (state == "pending") return knobs.nat_delete_pending;
  return gateway.regional ? knobs.nat_delete_regional : knobs.nat_delete;
}

// How long this deletion will take. Every draw is made, so that one rare case does not shift the
// chance of everything after it.
Duration deletion_time(base::Random& fate, const Knobs& knobs, const NatGateway& gateway,
                       const std::string& state) {
  const auto usual = draw(fate, usual_time(knobs, gateway, state));
  const auto tail = draw(fate, knobs.nat_delete_tail);
  const auto quick = draw(fate, knobs.nat_delete_failed);
  const bool slow = fate.chance(knobs.nat_delete_tail_chance);
  const bool stuck = fate.chance(knobs.nat_stuck_chance);
  if (state == "failed") return quick;
  if (stuck) return base::from_seconds(knobs.nat_stuck);
  return slow ? tail : usual;
}

void schedule_end(Estate& estate, NatGateway& gateway) {
  const auto& knobs = estate.knobs;
  const auto now = estate.now();
  const auto state = nat_state(gateway, now);
  // Each deletion has its own chance: a seed's first gateway takes its time, whatever else happens
  // before it and beside it.
  auto fate =
      estate.context.random(fmt::format("ec2.nat-deletion.{}", ++estate.model.nat_deletions));
  gateway.deleted = now + deletion_time(fate, knobs, gateway, state);
  gateway.delete_called = now;
  gateway.delete_shown = std::min(*gateway.deleted, now + draw(fate, knobs.nat_describe_lag));
  gateway.unmapped = std::max(now, *gateway.deleted + draw(fate, knobs.unmapped_around_deleted));
  const auto lag = draw(fate, knobs.release_lag);
  const bool lags = fate.chance(knobs.release_lag_chance);
  gateway.releasable =
      std::max(*gateway.unmapped, *gateway.deleted + (lags ? lag : Duration::zero()));
  const auto race = draw(fate, knobs.interface_race);
  const bool races = fate.chance(knobs.interface_race_chance);
  const bool vanishes = fate.chance(knobs.address_vanishes_chance);
  const auto passes = draw(fate, knobs.nat_passes_while_deleting);
  if (state == "available") gateway.passes_until = std::min(*gateway.deleted, now + passes);
  for (auto& entry : gateway.addresses) {
    const auto found = estate.model.addresses.find(entry.allocation);
    if (found == estate.model.addresses.end() || found->second.held_by != gateway.id) continue;
    auto& address = found->second;
    address.held_until = gateway.releasable;
    if (races && !gateway.regional) {
      address.race_from = gateway.releasable;
      address.race_until = *gateway.releasable + race;
      address.race_interface = gateway.interface;
    }
    if (vanishes) address.vanishes = gateway.releasable;
  }
}

}  // namespace

json::object delete_nat_gateway(Estate& estate, const Call& call) {
  auto& gateway = estate.nat_gateway(required(call.input, "NatGatewayId"));
  // https://github.com/hashicorp/terraform-provider-aws/pull/45842: they have to be detached first;
  // the code is not established.
  for (const auto& one : gateway.appliances) {
    if (!is_attached(one, estate.now())) continue;
    throw dependency_violation(
        fmt::format("The NAT gateway '{}' has dependencies and cannot be "
                    "deleted: {} is attached to it.",
                    gateway.id, one.arn));
  }
  const bool again = nat_state(gateway, estate.now()) == "deleting";
  if (again && !estate.knobs.nat_delete_again_is_fine) {
    throw Error("IncorrectState", fmt::format("NAT gateway {} is being deleted", gateway.id));
  }
  // Again on one that is deleting or deleted: no error, no change, while it is visible.
  if (!gateway.delete_called) schedule_end(estate, gateway);
  return {{"natGatewayId", gateway.id}};
}

}  // namespace sim::ec2
