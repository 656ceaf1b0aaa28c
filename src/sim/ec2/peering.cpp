// VPC peering within the account and Region: asked for, accepted, then routes may lead through it.
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/vpc_cidr.hpp"

namespace sim::ec2 {
namespace {

std::string message_of(const Estate& estate, const std::string& state) {
  const auto& account = estate.context.account;
  if (state == "initiating-request") return "Initiating Request to " + account;
  if (state == "pending-acceptance") return "Pending Acceptance by " + account;
  if (state == "active") return "Active";
  if (state == "rejected") return "Rejected by " + account;
  if (state == "deleted") return "Deleted by " + account;
  if (state == "expired") return "Expired";
  return "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range";
}

json::object side(const Estate& estate, const std::string& vpc, bool options) {
  json::object info{
      {"ownerId", estate.context.account}, {"vpcId", vpc}, {"region", estate.context.region}};
  const auto found = estate.model.vpcs.find(vpc);
  if (found == estate.model.vpcs.end()) return info;
  info["cidrBlock"] = found->second.cidr;
  json::array blocks;
  for (const auto& block : blocks_of(found->second)) {
    blocks.push_back(json::object{{"cidrBlock", cidr_text(block)}});
  }
  info["cidrBlockSet"] = std::move(blocks);
  if (options) {
    info["peeringOptions"] = json::object{{"allowDnsResolutionFromRemoteVpc", false},
                                          {"allowEgressFromLocalClassicLinkToRemoteVpc", false},
                                          {"allowEgressFromLocalVpcToRemoteClassicLink", false}};
  }
  return info;
}

json::object view(const Estate& estate, const Peering& peering) {
  const auto state = peering_state(peering, estate.now());
  json::object result{{"vpcPeeringConnectionId", peering.id}};
  result["requesterVpcInfo"] = side(estate, peering.requester, true);
  result["accepterVpcInfo"] = side(estate, peering.accepter, state == "active");
  result["status"] = json::object{{"code", state}, {"message", message_of(estate, state)}};
  if (state == "pending-acceptance") {
    result["expirationTime"] = base::iso8601(peering.expires);
  }
  result["tagSet"] = tag_set(peering.tags);
  return result;
}

template <std::string Peering::* member>
Texts vpc_of(const Estate&, const Peering& peering) {
  return {peering.*member};
}

template <std::string Peering::* member>
Texts cidr_of(const Estate& estate, const Peering& peering) {
  const auto found = estate.model.vpcs.find(peering.*member);
  return found == estate.model.vpcs.end() ? Texts() : Texts{found->second.cidr};
}

Texts account_of(const Estate& estate, const Peering&) {
  return {estate.context.account};
}

constexpr Field<Peering> fields[] = {
    {"vpc-peering-connection-id", [](const Estate&, const Peering& p) { return Texts{p.id}; }},
    {"status-code",
     [](const Estate& e, const Peering& p) { return Texts{peering_state(p, e.now())}; }},
    {"requester-vpc-info.vpc-id", vpc_of<&Peering::requester>},
    {"requester-vpc-info.cidr-block", cidr_of<&Peering::requester>},
    {"requester-vpc-info.owner-id", account_of},
    {"accepter-vpc-info.vpc-id", vpc_of<&Peering::accepter>},
    {"accepter-vpc-info.cidr-block", cidr_of<&Peering::accepter>},
    {"accepter-vpc-info.owner-id", account_of},
};

void check_neighbourhood(const Estate& estate, const Call& call) {
  const auto owner = text(call.input, "PeerOwnerId");
  const auto region = text(call.input, "PeerRegion");
  const bool ours = (owner.empty() || owner == estate.context.account) &&
                    (region.empty() || region == estate.context.region);
  if (ours) return;
  throw Error("UnsupportedOperation",
              "The embedded EC2 peers VPCs of its own account and Region only.");
}

bool overlap(const Vpc& one, const Vpc& other) {
  const auto others = blocks_of(other);
  return std::ranges::any_of(blocks_of(one), [&](const Cidr& block) {
    return std::ranges::any_of(others, [&](const Cidr& that) { return that.overlaps(block); });
  });
}

json::object create(Estate& estate, const Call& call) {
  check_neighbourhood(estate, call);
  const auto& requester = estate.vpc(required(call.input, "VpcId"));
  const auto& accepter = estate.vpc(required(call.input, "PeerVpcId"));
  for (const auto& [id, other] : estate.model.peerings) {
    const auto state = peering_state(other, estate.now());
    const bool open = state == "active" || state == "pending-acceptance";
    const bool same = (other.requester == requester.id && other.accepter == accepter.id) ||
                      (other.requester == accepter.id && other.accepter == requester.id);
    if (open && same) {
      throw Error("VpcPeeringConnectionAlreadyExists",
                  fmt::format("A VPC peering connection between {} and {} already exists: {}",
                              requester.id, accepter.id, id));
    }
  }
  Peering peering;
  estate.stamp(peering, kind::peering, tags_for(call, kind::peering.type));
  peering.requester = requester.id;
  peering.accepter = accepter.id;
  // An overlap, or a VPC with itself, shows as a failure and not as a refusal.
  peering.failed = overlap(requester, accepter);
  peering.provisioned = estate.now() + estate.draw(estate.knobs.peering_provision);
  peering.expires = estate.now() + base::from_seconds(estate.knobs.peering_expires);
  json::object output;
  output["vpcPeeringConnection"] = view(estate, peering);
  estate.model.peerings[peering.id] = std::move(peering);
  return output;
}

// The connection, when it is in a state to leave for another.
Peering& leaving(Estate& estate, const Call& call, std::initializer_list<std::string_view> states,
                 std::string_view to) {
  auto& peering = estate.peering(required(call.input, "VpcPeeringConnectionId"));
  const auto state = peering_state(peering, estate.now());
  if (std::ranges::find(states, state) != states.end()) return peering;
  throw Error("InvalidStateTransition",
              fmt::format("Invalid state transition for {}, attempted to transition from {} to {}",
                          peering.id, state, to));
}

json::object accept(Estate& estate, const Call& call) {
  auto& peering = leaving(estate, call, {"pending-acceptance"}, "active");
  peering.accepted = estate.now();
  json::object output;
  output["vpcPeeringConnection"] = view(estate, peering);
  return output;
}

json::object reject(Estate& estate, const Call& call) {
  leaving(estate, call, {"pending-acceptance"}, "rejected").rejected = estate.now();
  return {{"return", true}};
}

json::object remove(Estate& estate, const Call& call) {
  leaving(estate, call, {"active", "pending-acceptance", "initiating-request"}, "deleted").deleted =
      estate.now();
  return {{"return", true}};
}

json::object describe_peerings(Estate& estate, const Call& call) {
  static const Description<Peering> description{
      "vpcPeeringConnectionSet", "VpcPeeringConnectionId", kind::peering, 1000, fields, view};
  return describe(estate, call, estate.model.peerings, description);
}

std::vector<Access> on_peering(const Estate& estate, const Call& call) {
  const auto id = text(call.input, "VpcPeeringConnectionId");
  Gate gate(estate, call);
  gate.on(id);
  const auto found = estate.model.peerings.find(id);
  const bool accepts = call.action == "AcceptVpcPeeringConnection";
  if (accepts && found != estate.model.peerings.end()) gate.on(found->second.accepter);
  return gate;
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  const auto requester = text(call.input, "VpcId");
  const auto accepter = text(call.input, "PeerVpcId");
  return Gate(estate, call)
      .fresh(kind::peering.type, {{"ec2:RequesterVpc", estate.arn(kind::vpc, requester)},
                                  {"ec2:AccepterVpc", estate.arn(kind::vpc, accepter)}})
      .on(requester);
}

}  // namespace

void add_peering_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateVpcPeeringConnection", "VpcId PeerVpcId PeerOwnerId PeerRegion TagSpecification",
        create, create_access},
       {"AcceptVpcPeeringConnection", "VpcPeeringConnectionId", accept, on_peering},
       {"RejectVpcPeeringConnection", "VpcPeeringConnectionId", reject, on_peering},
       {"DeleteVpcPeeringConnection", "VpcPeeringConnectionId", remove, on_peering},
       {"DescribeVpcPeeringConnections", "VpcPeeringConnectionId Filter MaxResults NextToken",
        describe_peerings}});
}

}  // namespace sim::ec2
