// VPCs, with what each is born with: a main route table, a default security group, a network ACL.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
#include "sim/ec2/acl.hpp"
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/dhcp.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/vpc_cidr.hpp"

namespace sim::ec2 {
namespace {

constexpr std::size_t quota = 5;  // VPCs per Region, the default quota

json::object view(const Estate& estate, const Vpc& vpc) {
  json::array blocks;
  json::array modern;
  blocks.push_back(cidr_association_view(estate, {vpc.cidr_association, vpc.cidr}, "associated"));
  for (const auto& one : vpc.more_cidrs) {
    (one.cidr.contains(':') ? modern : blocks)
        .push_back(cidr_association_view(estate, one, "associated"));
  }
  return {{"vpcId", vpc.id},
          {"ownerId", estate.context.account},
          {"state", "available"},
          {"cidrBlock", vpc.cidr},
          {"cidrBlockAssociationSet", std::move(blocks)},
          {"ipv6CidrBlockAssociationSet", std::move(modern)},
          {"dhcpOptionsId", vpc.dhcp_options},
          {"instanceTenancy", vpc.tenancy},
          {"isDefault", false},
          {"tagSet", tag_set(vpc.tags)}};
}

template <std::string CidrAssociation::* member, bool modern>
Texts of_cidrs(const Estate&, const Vpc& vpc) {
  auto all = vpc.more_cidrs;
  all.insert(all.begin(), {vpc.cidr_association, vpc.cidr});
  Texts values;
  for (const auto& one : all) {
    if (one.cidr.contains(':') == modern) values.push_back(one.*member);
  }
  return values;
}

constexpr Field<Vpc> fields[] = {
    {"vpc-id", [](const Estate&, const Vpc& vpc) { return Texts{vpc.id}; }},
    {"cidr", [](const Estate&, const Vpc& vpc) { return Texts{vpc.cidr}; }},
    {"cidr-block-association.cidr-block", of_cidrs<&CidrAssociation::cidr, false>},
    {"cidr-block-association.association-id", of_cidrs<&CidrAssociation::id, false>},
    {"ipv6-cidr-block-association.ipv6-cidr-block", of_cidrs<&CidrAssociation::cidr, true>},
    {"ipv6-cidr-block-association.association-id", of_cidrs<&CidrAssociation::id, true>},
    {"cidr-block", [](const Estate&, const Vpc& vpc) { return Texts{vpc.cidr}; }},
    {"dhcp-options-id", [](const Estate&, const Vpc& vpc) { return Texts{vpc.dhcp_options}; }},
    {"state", [](const Estate&, const Vpc&) { return Texts{"available"}; }},
    {"is-default", [](const Estate&, const Vpc&) { return Texts{"false"}; }},
    {"owner-id", [](const Estate& estate, const Vpc&) { return Texts{estate.context.account}; }},
};

std::string main_table(Estate& estate, const Vpc& vpc) {
  RouteTable table;
  estate.stamp(table, kind::route_table, {});
  table.vpc = vpc.id;
  table.routes = {{vpc.cidr, "local", "CreateRouteTable"}};
  table.associations = {{estate.new_id("rtbassoc-"), ""}};
  const auto id = table.id;
  estate.model.route_tables[id] = std::move(table);
  return id;
}

std::string default_group(Estate& estate, const Vpc& vpc) {
  SecurityGroup group;
  estate.stamp(group, kind::group, {});
  group.vpc = vpc.id;
  group.name = "default";
  group.description = "default VPC security group";
  group.rules = {
      Rule{.id = estate.new_id("sgr-"), .protocol = "-1", .group = group.id},
      Rule{.id = estate.new_id("sgr-"), .egress = true, .protocol = "-1", .cidr = "0.0.0.0/0"}};
  const auto id = group.id;
  estate.model.groups[id] = std::move(group);
  return id;
}

json::object create(Estate& estate, const Call& call) {
  const auto text_of_cidr = required(call.input, "CidrBlock");
  const auto cidr = parse_cidr(text_of_cidr);
  if (!cidr) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter cidrBlock is invalid. This is not a valid CIDR "
                    "block.",
                    text_of_cidr));
  }
  if (cidr->bits < 16 || cidr->bits > 28) {
    throw Error("InvalidVpc.Range", fmt::format("The CIDR '{}' is invalid.", text_of_cidr));
  }
  auto tags = tags_for(call, "vpc");
  if (estate.model.vpcs.size() >= quota) {
    throw Error("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
  }
  Vpc vpc;
  estate.stamp(vpc, kind::vpc, std::move(tags));
  vpc.cidr = cidr_text(*cidr);
  vpc.cidr_association = estate.new_id("vpc-cidr-assoc-");
  vpc.dhcp_options = default_dhcp_options(estate);
  const auto tenancy = text(call.input, "InstanceTenancy");
  if (!tenancy.empty() && tenancy != "default" && tenancy != "dedicated") {
    throw invalid_value(
        fmt::format("Value ({}) for parameter instanceTenancy is invalid.", tenancy));
  }
  if (has(call.input, "InstanceTenancy")) vpc.tenancy = text(call.input, "InstanceTenancy");
  vpc.main_table = main_table(estate, vpc);
  vpc.default_group = default_group(estate, vpc);
  vpc.default_acl = create_acl(estate, vpc.id, true, {});
  if (flag(call.input, "AmazonProvidedIpv6CidrBlock", false)) associate_ipv6(estate, vpc);
  const auto output = view(estate, vpc);
  estate.model.vpcs[vpc.id] = std::move(vpc);
  return {{"vpc", output}};
}

// The first thing that keeps a VPC from being deleted.
bool in_use(const Estate& estate, const Vpc& vpc) {
  const auto inside = [&](const auto& entry) { return entry.second.vpc == vpc.id; };
  const auto& model = estate.model;
  return std::ranges::any_of(model.subnets, inside) ||
         std::ranges::any_of(model.internet_gateways, inside) ||
         std::ranges::any_of(model.interfaces, inside) ||
         std::ranges::any_of(model.endpoints,
                             [&](const auto& entry) {
                               return inside(entry) &&
                                      endpoint_state(entry.second, estate.now()) != "deleted";
                             }) ||
         std::ranges::any_of(model.egress_gateways, inside) ||
         std::ranges::any_of(model.vpn_gateways, inside) ||
         std::ranges::any_of(model.peerings,
                             [&](const auto& entry) {
                               const auto& [id, peering] = entry;
                               const auto state = peering_state(peering, estate.now());
                               return state == "active" &&
                                      (peering.requester == vpc.id || peering.accepter == vpc.id);
                             }) ||
         std::ranges::any_of(
             model.acls,
             [&](const auto& entry) { return inside(entry) && entry.first != vpc.default_acl; }) ||
         std::ranges::any_of(
             model.route_tables,
             [&](const auto& entry) { return inside(entry) && entry.first != vpc.main_table; }) ||
         std::ranges::any_of(model.groups, [&](const auto& entry) {
           return inside(entry) && entry.first != vpc.default_group;
         });
}

json::object remove(Estate& estate, const Call& call) {
  const auto& vpc = estate.vpc(required(call.input, "VpcId"));
  if (in_use(estate, vpc)) {
    throw dependency_violation(
        fmt::format("The vpc '{}' has dependencies and cannot be deleted.", vpc.id));
  }
  estate.model.route_tables.erase(vpc.main_table);
  estate.model.groups.erase(vpc.default_group);
  estate.model.acls.erase(vpc.default_acl);
  estate.model.vpcs.erase(std::string(vpc.id));
  return {{"return", true}};
}

json::object describe_vpcs(Estate& estate, const Call& call) {
  return describe<Vpc>(estate, call, estate.model.vpcs,
                       {"vpcSet", "VpcId", kind::vpc, 1000, fields, view});
}

json::object modify_attribute(Estate& estate, const Call& call) {
  auto& vpc = estate.vpc(required(call.input, "VpcId"));
  const auto support = attribute(call.input, "EnableDnsSupport");
  const auto hostnames = attribute(call.input, "EnableDnsHostnames");
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html: one a call
  const auto metrics = attribute(call.input, "EnableNetworkAddressUsageMetrics");
  const auto given = support.has_value() + hostnames.has_value() + metrics.has_value();
  if (given == 0) throw missing_parameter("attribute");
  if (given > 1) {
    throw Error("InvalidParameterCombination", "Fields for multiple attribute types specified");
  }
  if (support) vpc.dns_support = *support;
  if (hostnames) vpc.dns_hostnames = *hostnames;
  if (metrics) vpc.usage_metrics = *metrics;
  return {{"return", true}};
}

json::object describe_attribute(Estate& estate, const Call& call) {
  const auto& vpc = estate.vpc(required(call.input, "VpcId"));
  const auto name = required(call.input, "Attribute");
  const auto value = [](bool on) { return json::object{{"value", on}}; };
  json::object output{{"vpcId", vpc.id}};
  if (name == "enableDnsSupport") {
    output[name] = value(vpc.dns_support);
  } else if (name == "enableDnsHostnames") {
    output[name] = value(vpc.dns_hostnames);
  } else if (name == "enableNetworkAddressUsageMetrics") {
    output[name] = value(vpc.usage_metrics);
  } else {
    throw invalid_value(fmt::format("Value ({}) for parameter attribute is invalid.", name));
  }
  return output;
}

std::vector<Access> on_vpc(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "VpcId"));
}

}  // namespace

void add_vpc_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateVpc", "CidrBlock InstanceTenancy AmazonProvidedIpv6CidrBlock TagSpecification",
        create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh("vpc");
        }},
       {"DeleteVpc", "VpcId", remove, on_vpc},
       {"DescribeVpcs", "VpcId Filter MaxResults NextToken", describe_vpcs},
       {"ModifyVpcAttribute",
        "VpcId EnableDnsSupport EnableDnsHostnames EnableNetworkAddressUsageMetrics",
        modify_attribute, on_vpc},
       {"DescribeVpcAttribute", "VpcId Attribute", describe_attribute, on_vpc}});
}

}  // namespace sim::ec2
