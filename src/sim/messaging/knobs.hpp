// How SNS and SQS behave where they promise little. [C] documented, [I] inferred.
#pragma once

#include "base/time.hpp"
#include "sim/records/knobs.hpp"

namespace sim::messaging {

using records::Range;

struct Knobs {
  // [C] A queue's name is free again 60 seconds after its deletion.
  Range queue_leaves{std::chrono::seconds(60), std::chrono::seconds(60)};
  // [I] From Publish to the endpoint; AWS says "typically under 30 milliseconds".
  Range delivery{std::chrono::milliseconds(10), std::chrono::milliseconds(60)};
  // [I] A short poll asks some of the queue's servers only, so it overlooks messages:
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
  double short_poll_overlooks = 0.1;
};

}  // namespace sim::messaging
