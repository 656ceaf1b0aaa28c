// What is chosen about an embedded AWS before it begins to exist.
#pragma once

#include <cstdint>
#include <string>

#include "sim/autoscaling/knobs.hpp"
#include "sim/cloudformation/knobs.hpp"
#include "sim/ec2/knobs.hpp"
#include "sim/ecs/knobs.hpp"
#include "sim/lambda/lambda.hpp"
#include "sim/messaging/knobs.hpp"
#include "sim/records/knobs.hpp"
#include "sim/ssm/knobs.hpp"
#include "sim/world/front.hpp"

namespace sim::world {

struct WorldSettings {
  std::uint64_t seed = 1;
  std::string region = "ap-northeast-1";
  std::string account = "123456789012";
  Latency latency = {};
  Faults faults = {};
  // [C] "Per account per Region, each API action has its own token bucket"; [I] the calls that
  // CloudFormation makes in a user's or role's name take from it, too.
  bool inner_calls_take_tokens = true;
  iam::Knobs iam = {};
  ec2::Knobs ec2 = {};
  ecs::Knobs ecs = {};
  ssm::Knobs ssm = {};
  records::Knobs records = {};
  messaging::Knobs messaging = {};
  autoscaling::Knobs autoscaling = {};
  lambda::Knobs lambda = {};
  cloudformation::Knobs cloudformation = {};
};

}  // namespace sim::world
