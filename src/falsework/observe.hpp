// A look at the world: what of the listed pieces is there, what they imply, and what else matters
// to them. Reads only; every invocation starts here, so a retry is one more observation.
#pragma once

#include <string>
#include <vector>

#include "aws/client.hpp"
#include "falsework/piece.hpp"
#include "falsework/spec.hpp"

namespace falsework {

// A public address that is mapped in a VPC whose internet gateway is to be detached.
struct Mapping {
  std::string vpc;
  std::string interface;
  std::string public_ip;
  std::string allocation;   // empty when it is not an Elastic IP
  std::string description;  // the interface's own
};

struct Observation {
  // The listed pieces in the order of the list, absent ones too, then the implied ones: default
  // routes to a listed gateway, all addresses of a listed NAT gateway, the attachments of a listed
  // internet gateway. Nothing twice; kept ones are still among them.
  std::vector<Piece> pieces;
  // Routes of those VPCs that lead to a listed gateway and are no default routes.
  std::vector<Piece> other_routes;
  std::vector<Mapping> mappings;
};

// Two rounds of describes, each in parallel, and none that the list does not need: the function's
// role may be limited to what it lists. A look that AWS does not answer is repeated until `limit`,
// since nothing can begin without it; then, and for any other refusal, throws aws::ServiceError.
base::Task<Observation> observe(aws::Client& client, Spec spec, base::Instant limit);

}  // namespace falsework
