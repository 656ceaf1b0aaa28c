// Every duration of the embedded CloudFormation. [C] confirmed, [I] inferred: not established by
// any source, chosen near what public event lists show. Seconds.
#pragma once

#include <cstddef>

namespace sim::cloudformation {

struct Knobs {
  // [I] From CREATE_IN_PROGRESS to the handler's first call, and from its last to CREATE_COMPLETE.
  double before_low = 0.8, before_high = 1.4;
  double after_low = 1.5, after_high = 3.0;
  // [I] The handlers look at what settles this often.
  double poll = 5;
  // [C] DependencyViolation on delete is retried for about a quarter of an hour (eksctl#616).
  double dependency_limit = 900;
  // [I] AuthFailure while an address leaves its NAT gateway is retried by EIP's delete handler.
  double address_limit = 120;
  // [I] A new role is held back until IAM has it everywhere; an instance profile longer.
  double role_settles = 12;
  double profile_settles = 120;
  // [C] Services that never become steady fail after about three hours (coverage-roadmap#150).
  double service_limit = 10800;
  // [I] Everything else that settles.
  double stabilize_limit = 2100;
  // [I] A NotFound of what was made a moment ago is no answer yet: handlers ask again for so long.
  // Every call of a chain has this long for itself, so it need only be longer than one write can be
  // late, which is 5 s (ec2::Knobs::lag); it is six times that.
  double not_found_limit = 30;
  double not_found_wait = 2;
  // [C] The default ServiceTimeout of a custom resource.
  double service_timeout = 3600;
  // [I] How long drift detection takes for each resource: 75 s for a small stack were seen
  // (URL-Shortener-App#507).
  double drift_resource_low = 0.5, drift_resource_high = 3;
  // [I] From CreateChangeSet to a change set that can be executed.
  double change_set_low = 2, change_set_high = 5;
  // [C] A deleted stack can be seen by its id for 90 days.
  double deleted_visible = 90.0 * 24 * 3600;
  // Ours, so that memory does not grow with the stacks that come and go: only the last ones
  // deleted keep their events, resources and template; of some before them only the name, id, tags,
  // status and instants can be seen; the rest is forgotten early.
  std::size_t deleted_in_full = 100, deleted_kept = 1000;
  // [I] An answer must carry the StackId, RequestId and LogicalResourceId of its request.
  bool answers_name_their_request = true;
  // [C] The answer's presigned URL: X-Amz-Expires=7199 in a real event (aws-lambda-zombie-
  // workshop#41).
  double response_url_lifetime = 7199;
};

}  // namespace sim::cloudformation
