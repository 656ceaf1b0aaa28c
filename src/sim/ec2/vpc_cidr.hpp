// The address blocks of VPCs: the first one and those associated later.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// An entry of cidrBlockAssociationSet, or of ipv6CidrBlockAssociationSet for a block with colons.
json::object cidr_association_view(const Estate& estate, const CidrAssociation& one,
                                   std::string_view state);

// The IPv4 blocks.
std::vector<Cidr> blocks_of(const Vpc& vpc);
// What every route table of the VPC begins with: one local route a block.
std::vector<Route> local_routes(const Vpc& vpc);
// Gives the VPC a /56 of Amazon's own, and its route tables the local route.
CidrAssociation associate_ipv6(Estate& estate, Vpc& vpc);

}  // namespace sim::ec2
