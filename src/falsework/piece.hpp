// One AWS resource of the falsework, as it was when it was looked at: a plain value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/money.hpp"

namespace falsework {

class Kind;

struct Piece {
  const Kind* kind = nullptr;
  // As CloudFormation's Ref writes it; an attachment is "igw-...|vpc-...".
  std::string id;
  // The listed piece that brought this one in; empty when it is listed itself.
  std::string implied_by;
  // AWS's word for how it is ("available", "associated", "blackhole"); "absent" when it is not
  // there.
  std::string state;
  // The VPC it belongs to; empty for an address that is associated with nothing.
  std::string vpc;
  // A route: the gateway it leads to. An attachment: its internet gateway.
  std::string target;
  // A NAT gateway: its allocations, primary first.
  std::vector<std::string> holds;
  // A NAT gateway: its network interfaces.
  std::vector<std::string> interfaces;
  // An address: the network interface or instance that it is mapped to; empty when it is free.
  std::string mapped_to;
  // An address or a NAT gateway: its public addresses.
  std::vector<std::string> public_ips;
  // An address: the AWS service that owns it ("alb", "rnat", ...); such a one is never released.
  std::string owner;
};

inline constexpr std::string_view absent = "absent";

// Whether the piece is no more: not found, or in one of its kind's gone states.
bool is_gone(const Piece& piece);

// Whether `id`, as somebody wrote it, names this piece: an attachment may be "IGW|vpc-...".
bool names(std::string_view id, const Piece& piece);

// "nat-1 (NAT gateway)"; a reader of a message needs both.
std::string described(const Piece& piece);

// By the hour. `at_least`: the Region's own price is not in the table.
struct Price {
  base::Money money;
  bool at_least = false;
};

// The two halves of "rtb-...|0.0.0.0/0" or "igw-...|vpc-...". Precondition: there is a '|'.
struct Halves {
  std::string first;
  std::string second;
};
Halves halves(std::string_view id);

// "nat-" and then 8 or 17 lower-case hexadecimal digits: the two lengths that AWS has ever used.
bool is_aws_id(std::string_view id, std::string_view prefix);

}  // namespace falsework
