// Token buckets, one per action (and one more for the number of instances, and one that the calls
// of PrivateLink share). https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
#pragma once

#include <map>
#include <string>

#include "sim/core/call.hpp"
#include "sim/ec2/knobs.hpp"
#include "sim/ec2/model.hpp"

namespace sim::ec2 {

struct Bucket {
  double tokens = 0;
  Instant filled = {};
};

struct Rate {
  double capacity = 0;
  double refill = 0;  // tokens a second
};

class Throttle {
 public:
  explicit Throttle(const Knobs& knobs)
      : organization_{knobs.privatelink_calls,
                      knobs.privatelink_refill - knobs.privatelink_others} {}

  // Takes the tokens of this call, or throws RequestLimitExceeded (503).
  void take(const Call& call, Instant now);

 private:
  void take(const std::string& bucket, Rate rate, double cost, Instant now);
  Rate organization_;
  std::map<std::string, Bucket> buckets_;
};

// The bucket of this call's action.
Rate request_rate(const Call& call);

}  // namespace sim::ec2
