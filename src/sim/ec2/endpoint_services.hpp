// The AWS services that VPC endpoints lead to.
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::ec2 {

struct EndpointService {
  std::string name;     // com.amazonaws.REGION.ssm
  std::string service;  // ssm
  // The name that a private hosted zone takes over; empty for gateways.
  std::string private_dns = {};
  bool gateway = false;
};

// Sorted by name; one that has both types comes twice, the gateway first.
std::vector<EndpointService> endpoint_services(const std::string& region);

// pl-...: the same for a service in a Region.
std::string prefix_list_of(const EndpointService& service);

}  // namespace sim::ec2
