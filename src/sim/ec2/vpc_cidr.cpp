// AssociateVpcCidrBlock and DisassociateVpcCidrBlock.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
#include "sim/ec2/vpc_cidr.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/input.hpp"
#include "sim/ec2/table.hpp"

namespace sim::ec2 {

json::object cidr_association_view(const Estate& estate, const CidrAssociation& one,
                                   std::string_view state) {
  json::object view{{"associationId", one.id}};
  const bool modern = one.cidr.contains(':');
  view[modern ? "ipv6CidrBlock" : "cidrBlock"] = one.cidr;
  view[modern ? "ipv6CidrBlockState" : "cidrBlockState"] = json::object{{"state", state}};
  if (modern) {
    view["networkBorderGroup"] = estate.context.region;
    view["ipv6Pool"] = "Amazon";
  }
  return view;
}

std::vector<Cidr> blocks_of(const Vpc& vpc) {
  std::vector<Cidr> blocks{*parse_cidr(vpc.cidr)};
  for (const auto& one : vpc.more_cidrs) {
    if (const auto block = parse_cidr(one.cidr)) blocks.push_back(*block);
  }
  return blocks;
}

std::vector<Route> local_routes(const Vpc& vpc) {
  std::vector<Route> routes{{vpc.cidr, "local", "CreateRouteTable"}};
  for (const auto& one : vpc.more_cidrs) routes.push_back({one.cidr, "local", "CreateRouteTable"});
  return routes;
}

namespace {

constexpr std::size_t most_blocks = 5;  // IPv4 blocks of one VPC, the default quota

CidrAssociation add_block(Estate& estate, Vpc& vpc, std::string cidr) {
  CidrAssociation made{estate.new_id("vpc-cidr-assoc-"), std::move(cidr)};
  vpc.more_cidrs.push_back(made);
  for (auto& [id, table] : estate.model.route_tables) {
    if (table.vpc == vpc.id) table.routes.push_back({made.cidr, "local", "CreateRouteTable"});
  }
  return made;
}

// A block of one private range cannot join a VPC of another one.
bool is_restricted(const Cidr& first, const Cidr& added) {
  const auto in = [](const Cidr& block, std::string_view range) {
    return parse_cidr(range)->contains(block);
  };
  for (const auto* range : {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}) {
    if (in(added, range) && !in(first, range)) return true;
  }
  return in(added, "198.19.0.0/16");
}

CidrAssociation associate_ipv4(Estate& estate, Vpc& vpc, const std::string& cidr) {
  const auto block = parse_cidr(cidr);
  if (!block || block->bits < 16 || block->bits > 28) {
    throw Error("InvalidVpc.Range", fmt::format("The CIDR '{}' is invalid.", cidr));
  }
  if (is_restricted(*parse_cidr(vpc.cidr), *block)) {
    throw Error("InvalidVpc.Range",
                fmt::format("The CIDR '{}' is restricted. Use a CIDR from the same private address "
                            "range as the current VPC CIDR, or use a publicly-routable CIDR.",
                            cidr));
  }
  const auto blocks = blocks_of(vpc);
  const bool overlaps =
      std::ranges::any_of(blocks, [&](const Cidr& other) { return other.overlaps(*block); });
  if (overlaps) {
    throw Error("InvalidVpc.Conflict",
                fmt::format("The CIDR '{}' conflicts with another CIDR of the VPC.", cidr));
  }
  if (blocks.size() >= most_blocks) {
    throw Error("VpcCidrBlockAssociationLimitExceeded",
                "The maximum number of CIDR blocks per VPC has been reached.");
  }
  return add_block(estate, vpc, cidr_text(*block));
}

json::object associate(Estate& estate, const Call& call) {
  auto& vpc = estate.vpc(required(call.input, "VpcId"));
  const bool modern = flag(call.input, "AmazonProvidedIpv6CidrBlock", false);
  const auto cidr = text(call.input, "CidrBlock");
  if (modern != cidr.empty()) {
    throw Error(cidr.empty() ? "MissingParameter" : "InvalidParameterCombination",
                "The request must contain exactly one of cidrBlock and "
                "amazonProvidedIpv6CidrBlock");
  }
  json::object output{{"vpcId", vpc.id}};
  const auto made = modern ? associate_ipv6(estate, vpc) : associate_ipv4(estate, vpc, cidr);
  output[modern ? "ipv6CidrBlockAssociation" : "cidrBlockAssociation"] =
      cidr_association_view(estate, made, "associating");
  return output;
}

Vpc* vpc_with(Estate& estate, const std::string& association) {
  for (auto& [id, vpc] : estate.model.vpcs) {
    if (vpc.cidr_association == association ||
        std::ranges::find(vpc.more_cidrs, association, &CidrAssociation::id) !=
            vpc.more_cidrs.end()) {
      return &vpc;
    }
  }
  return nullptr;
}

json::object disassociate(Estate& estate, const Call& call) {
  const auto id = required(call.input, "AssociationId");
  auto* vpc = vpc_with(estate, id);
  if (!vpc) {
    throw Error("InvalidVpcCidrBlockAssociationID.NotFound",
                fmt::format("The vpc CIDR block association ID '{}' does not exist", id));
  }
  if (vpc->cidr_association == id) {
    throw Error("OperationNotPermitted",
                fmt::format("The vpc CIDR block with association ID {} may not be disassociated. "
                            "It is the primary IPv4 CIDR block of the VPC",
                            id));
  }
  const auto found = std::ranges::find(vpc->more_cidrs, id, &CidrAssociation::id);
  const auto gone = *found;
  const auto block = parse_cidr(gone.cidr);
  const auto block6 = parse_cidr6(gone.cidr);
  const bool used = std::ranges::any_of(estate.model.subnets, [&](const auto& entry) {
    const Subnet& subnet = entry.second;
    if (subnet.vpc != vpc->id) return false;
    if (block) return block->contains(*parse_cidr(subnet.cidr));
    const auto own = parse_cidr6(subnet.block6.cidr);
    return own && block6 && block6->contains(*own);
  });
  if (used) {
    throw Error("InvalidCidrBlock.InUse",
                fmt::format("The vpc CIDR block with association ID {} may not be disassociated. "
                            "It has subnets.",
                            id));
  }
  vpc->more_cidrs.erase(found);
  for (auto& [table_id, table] : estate.model.route_tables) {
    if (table.vpc != vpc->id) continue;
    std::erase_if(table.routes, [&](const Route& route) {
      return route.target == "local" && route.destination == gone.cidr;
    });
  }
  json::object output{{"vpcId", vpc->id}};
  output[block ? "cidrBlockAssociation" : "ipv6CidrBlockAssociation"] =
      cidr_association_view(estate, gone, "disassociating");
  return output;
}

std::vector<Access> on_vpc(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "VpcId"));
}

std::vector<Access> on_association(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  for (const auto& [id, vpc] : estate.model.vpcs) {
    const auto& more = vpc.more_cidrs;
    const auto association = text(call.input, "AssociationId");
    const auto found = std::ranges::find(more, association, &CidrAssociation::id);
    if (vpc.cidr_association == association || found != more.end()) gate.on(id);
  }
  return gate;
}

}  // namespace

CidrAssociation associate_ipv6(Estate& estate, Vpc& vpc) {
  const auto digits = estate.new_id("");
  const auto block =
      fmt::format("2406:da14:{}:{}00::/56", digits.substr(1, 3), digits.substr(4, 2));
  return add_block(estate, vpc, cidr6_text(*parse_cidr6(block)));
}

void add_cidr_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"AssociateVpcCidrBlock", "VpcId CidrBlock AmazonProvidedIpv6CidrBlock", associate, on_vpc},
       {"DisassociateVpcCidrBlock", "AssociationId", disassociate, on_association}});
}

}  // namespace sim::ec2
