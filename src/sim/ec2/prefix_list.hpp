// What a prefix list holds, for rules that name one.
#pragma once

#include <string>
#include <vector>

#include "sim/ec2/cidr.hpp"
#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// The IPv4 blocks of a list of the account's own; empty for an unknown one or one of AWS's.
std::vector<Cidr> blocks_of_list(const Estate& estate, const std::string& id);

// Any list, the account's own or AWS's. Throws InvalidPrefixListID.NotFound.
void check_prefix_list(const Estate& estate, const std::string& id);

}  // namespace sim::ec2
