// Internet gateways: detached only when no public address of the VPC is mapped any more, deleted
// only when detached.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {
namespace {

constexpr std::size_t quota = 5;  // internet gateways per Region, the default quota

json::object view(const Estate& estate, const InternetGateway& gateway) {
  json::array attachments;
  if (!gateway.vpc.empty()) {
    attachments.push_back(json::object{{"vpcId", gateway.vpc}, {"state", "available"}});
  }
  return {{"internetGatewayId", gateway.id},
          {"ownerId", estate.context.account},
          {"attachmentSet", std::move(attachments)},
          {"tagSet", tag_set(gateway.tags)}};
}

constexpr Field<InternetGateway> fields[] = {
    {"internet-gateway-id",
     [](const Estate&, const InternetGateway& gateway) { return Texts{gateway.id}; }},
    {"attachment.vpc-id",
     [](const Estate&, const InternetGateway& gateway) {
       return gateway.vpc.empty() ? Texts{} : Texts{gateway.vpc};
     }},
    {"attachment.state",
     [](const Estate&, const InternetGateway& gateway) {
       return gateway.vpc.empty() ? Texts{} : Texts{"available"};
     }},
    {"owner-id",
     [](const Estate& estate, const InternetGateway&) { return Texts{estate.context.account}; }},
};

json::object create(Estate& estate, const Call& call) {
  auto tags = tags_for(call, "internet-gateway");
  if (estate.model.internet_gateways.size() >= quota) {
    throw Error("InternetGatewayLimitExceeded",
                "The maximum number of internet gateways has been reached.");
  }
  InternetGateway gateway;
  estate.stamp(gateway, kind::internet_gateway, std::move(tags));
  const auto output = view(estate, gateway);
  estate.model.internet_gateways[gateway.id] = std::move(gateway);
  return {{"internetGateway", output}};
}

json::object attach(Estate& estate, const Call& call) {
  auto& gateway = estate.internet_gateway(required(call.input, "InternetGatewayId"));
  const auto& vpc = estate.vpc(required(call.input, "VpcId"));
  if (!gateway.vpc.empty()) {
    throw Error(
        "Resource.AlreadyAssociated",
        fmt::format("resource {} is already attached to network {}", gateway.id, gateway.vpc));
  }
  if (estate.attached_gateway(vpc.id)) {
    throw invalid_value(fmt::format("Network {} already has an internet gateway attached", vpc.id));
  }
  gateway.vpc = vpc.id;
  return {{"return", true}};
}

bool has_mapped_addresses(const Estate& estate, const std::string& vpc) {
  const auto inside = [&](const std::string& interface) {
    const auto found = estate.model.interfaces.find(interface);
    return found != estate.model.interfaces.end() && found->second.vpc == vpc;
  };
  // The addresses of a regional NAT gateway have no interface.
  const auto held_inside = [&](const Address& address) {
    const auto found = estate.model.nat_gateways.find(address.held_by);
    return !address.association.empty() && found != estate.model.nat_gateways.end() &&
           found->second.vpc == vpc;
  };
  return std::ranges::any_of(estate.model.addresses,
                             [&](const auto& entry) {
                               return inside(entry.second.interface) || held_inside(entry.second);
                             }) ||
         std::ranges::any_of(estate.model.interfaces, [&](const auto& entry) {
           return entry.second.vpc == vpc && !entry.second.auto_public_ip.empty();
         });
}

bool has_routes(const Estate& estate, const std::string& gateway) {
  return std::ranges::any_of(estate.model.route_tables, [&](const auto& entry) {
    return std::ranges::count(entry.second.routes, gateway, &Route::target) > 0;
  });
}

json::object detach(Estate& estate, const Call& call) {
  auto& gateway = estate.internet_gateway(required(call.input, "InternetGatewayId"));
  const auto& vpc = estate.vpc(required(call.input, "VpcId"));
  if (gateway.vpc != vpc.id) {
    throw Error("Gateway.NotAttached",
                fmt::format("resource {} is not attached to network {}", gateway.id, vpc.id));
  }
  if (has_mapped_addresses(estate, vpc.id)) {
    throw dependency_violation(
        fmt::format("Network {} has some mapped public address(es). Please unmap those public "
                    "address(es) before detaching the gateway.",
                    vpc.id));
  }
  if (estate.knobs.routes_hold_gateway && has_routes(estate, gateway.id)) {
    throw dependency_violation(fmt::format(
        "The internetGateway '{}' has dependencies and cannot be detached.", gateway.id));
  }
  gateway.vpc.clear();
  return {{"return", true}};
}

json::object remove(Estate& estate, const Call& call) {
  const auto& gateway = estate.internet_gateway(required(call.input, "InternetGatewayId"));
  if (!gateway.vpc.empty()) {
    throw dependency_violation(fmt::format(
        "The internetGateway '{}' has dependencies and cannot be deleted.", gateway.id));
  }
  estate.model.internet_gateways.erase(std::string(gateway.id));
  return {{"return", true}};
}

json::object describe_gateways(Estate& estate, const Call& call) {
  return describe<InternetGateway>(
      estate, call, estate.model.internet_gateways,
      {"internetGatewaySet", "InternetGatewayId", kind::internet_gateway, 1000, fields, view});
}

std::vector<Access> on_both(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "InternetGatewayId")).on(text(call.input, "VpcId"));
}

}  // namespace

void add_internet_gateway_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateInternetGateway", "TagSpecification", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh("internet-gateway");
        }},
       {"AttachInternetGateway", "InternetGatewayId VpcId", attach, on_both},
       {"DetachInternetGateway", "InternetGatewayId VpcId", detach, on_both},
       {"DeleteInternetGateway", "InternetGatewayId", remove, on_both},
       {"DescribeInternetGateways", "InternetGatewayId Filter MaxResults NextToken",
        describe_gateways}});
}

}  // namespace sim::ec2
