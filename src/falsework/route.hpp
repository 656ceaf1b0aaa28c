// The default route of a route table.
#pragma once

#include "aws/ec2/ec2.hpp"
#include "falsework/kind.hpp"

namespace falsework {

// Ids: "rtb-...|0.0.0.0/0" and "rtb-...|::/0", as Ref of AWS::EC2::Route gives them.
const Kind& route();

// Any route, default or not, as a piece.
Piece route_piece(const aws::ec2::RouteTable& table, const aws::ec2::Route& entry);

}  // namespace falsework
