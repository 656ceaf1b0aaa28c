// What others need of network ACLs: VPCs are born with one, and packets pass them.
#pragma once

#include <cstdint>
#include <string>

#include "sim/ec2/estate.hpp"

namespace sim::ec2 {

// The new ACL's id. A default one begins with an entry that lets everything pass in each direction.
std::string create_acl(Estate& estate, const std::string& vpc, bool by_default, Tags tags);

// Whether TCP to or from `ip` passes at this port: the entry with the lowest number decides, and
// none at all denies. Stateless: answers need a question of their own.
bool acl_allows(const NetworkAcl& acl, bool egress, std::uint32_t ip, int port);

}  // namespace sim::ec2
