// VPC endpoints that AWS services create in their users' networks, GuardDuty's for one: seen by the
// users and holding their subnets, but not theirs to delete.
// https://docs.aws.amazon.com/vpc/latest/userguide/requester-managed-eni.html
#include "sim/ec2/ec2.hpp"
#include "sim/ec2/endpoint.hpp"

namespace sim::ec2 {

std::string Ec2::create_managed_endpoint(const ManagedEndpoint& request) {
  estate_.settle();
  Endpoint endpoint;
  endpoint.vpc = request.vpc;
  endpoint.type = "Interface";
  endpoint.service = request.service;
  endpoint.requester = request.requester;
  endpoint.subnets = request.subnets;
  endpoint.groups = {estate_.vpc(request.vpc).default_group};
  estate_.stamp(endpoint, kind::endpoint, {});
  endpoint.available = estate_.now() + estate_.draw(estate_.knobs.endpoint_create);
  for (const auto& subnet : endpoint.subnets) place_interface(estate_, endpoint, subnet);
  const auto id = endpoint.id;
  estate_.model.endpoints[id] = std::move(endpoint);
  return id;
}

void Ec2::delete_managed_endpoint(const std::string& id) {
  estate_.settle();
  auto& endpoint = estate_.get(estate_.model.endpoints, kind::endpoint, id);
  if (!endpoint.deleted) end_endpoint(estate_, endpoint);
}

}  // namespace sim::ec2
