// What every scenario begins with: a world, the example's script, and a look at what came of it.
#pragma once

#include <gtest/gtest.h>

#include "apps/falsework/environment.hpp"

namespace scenarios {

using Settings = sim::world::WorldSettings;

inline Settings seeded(std::uint64_t seed) {
  Settings settings;
  settings.seed = seed;
  return settings;
}

// Every NAT gateway takes just so long to go, and its address is let go at that moment.
inline Settings with_deletion_of(double seconds) {
  Settings settings;
  settings.ec2.nat_delete = {seconds, 0, seconds, seconds};
  settings.ec2.nat_delete_tail_chance = 0;
  settings.ec2.release_lag_chance = 0;
  settings.ec2.interface_race_chance = 0;
  settings.ec2.address_vanishes_chance = 0;
  settings.ec2.unmapped_around_deleted = {0, 0};
  return settings;
}

inline cli::Document play(const Settings& settings, bool original = false) {
  apps::Environment environment(settings);
  return environment.play(apps::fargate_nginx(settings.seed, original));
}

inline std::string failures_of(const cli::Document& document) {
  std::string text = document.failure;
  for (const auto* checks : {&document.checks, &document.leftovers}) {
    for (const auto& check : *checks) {
      if (!check.ok) text += "\n" + check.name + ": " + check.evidence;
    }
  }
  return text;
}

inline bool ok(const cli::Document& document, std::string_view check) {
  for (const auto* checks : {&document.checks, &document.leftovers}) {
    for (const auto& each : *checks) {
      if (each.name == check) return each.ok;
    }
  }
  ADD_FAILURE() << "there is no check \"" << check << "\"";
  return false;
}

}  // namespace scenarios
