// Egress-only internet gateways: born attached, for IPv6 only.
// https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"

namespace sim::ec2 {
namespace {

json::object view(const Estate&, const EgressGateway& gateway) {
  json::array attachments;
  attachments.push_back(json::object{{"vpcId", gateway.vpc}, {"state", "attached"}});
  json::object result{{"egressOnlyInternetGatewayId", gateway.id}};
  result["attachmentSet"] = std::move(attachments);
  result["tagSet"] = tag_set(gateway.tags);
  return result;
}

// AWS knows filters by tag only.
constexpr std::span<const Field<EgressGateway>> no_fields{};

json::object create(Estate& estate, const Call& call) {
  auto id = made_before(estate, call);
  if (id.empty()) {
    EgressGateway gateway;
    gateway.vpc = estate.vpc(required(call.input, "VpcId")).id;
    estate.stamp(gateway, kind::egress_gateway, tags_for(call, kind::egress_gateway.type));
    id = gateway.id;
    estate.model.egress_gateways[id] = std::move(gateway);
    remember(estate, call, id);
  }
  json::object output{{"clientToken", text(call.input, "ClientToken")}};
  output["egressOnlyInternetGateway"] = view(estate, estate.model.egress_gateways.at(id));
  return output;
}

json::object remove(Estate& estate, const Call& call) {
  const std::string id = estate
                             .get(estate.model.egress_gateways, kind::egress_gateway,
                                  required(call.input, "EgressOnlyInternetGatewayId"))
                             .id;
  estate.model.egress_gateways.erase(id);
  return {{"returnCode", true}};
}

json::object describe_gateways(Estate& estate, const Call& call) {
  static const Description<EgressGateway> description{"egressOnlyInternetGatewaySet",
                                                      "EgressOnlyInternetGatewayId",
                                                      kind::egress_gateway,
                                                      255,
                                                      no_fields,
                                                      view};
  return describe(estate, call, estate.model.egress_gateways, description);
}

}  // namespace

void add_egress_gateway_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateEgressOnlyInternetGateway", "VpcId TagSpecification ClientToken", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh(kind::egress_gateway.type).on(text(call.input, "VpcId"));
        }},
       {"DeleteEgressOnlyInternetGateway", "EgressOnlyInternetGatewayId", remove,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).on(text(call.input, "EgressOnlyInternetGatewayId"));
        }},
       {"DescribeEgressOnlyInternetGateways",
        "EgressOnlyInternetGatewayId Filter MaxResults NextToken", describe_gateways}});
}

}  // namespace sim::ec2
