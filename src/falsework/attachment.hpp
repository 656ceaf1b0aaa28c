// The attachment of an internet gateway to a VPC.
#pragma once

#include "falsework/kind.hpp"

namespace falsework {

// Ids: "igw-...|vpc-...", and "IGW|vpc-...": what Ref of AWS::EC2::VPCGatewayAttachment gives.
const Kind& attachment();

}  // namespace falsework
