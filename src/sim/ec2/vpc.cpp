// VPCs, with what each is born with: a main route table, a default security group, a network ACL.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html
#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {
namespace {

constexpr std::size_t quota = 5;  // VPCs per Region, the default quota

json::object view(const Estate& estate, const Vpc& vpc) {
  return {{"vpcId", vpc.id},
          {"ownerId", estate.context.account},
          {"state", "available"},
          {"cidrBlock", vpc.cidr},
          {"cidrBlockAssociationSet",
           json::array{json::object{{"associationId", vpc.cidr_association},
                                    {"cidrBlock", vpc.cidr},
                                    {"cidrBlockState", json::object{{"state", "associated"}}}}}},
          {"dhcpOptionsId", vpc.dhcp_options},
          {"instanceTenancy", vpc.tenancy},
          {"isDefault", false},
          {"tagSet", tag_set(vpc.tags)}};
}

constexpr Field<Vpc> fields[] = {
    {"vpc-id", [](const Estate&, const Vpc& vpc) { return Texts{vpc.id}; }},
    {"cidr", [](const Estate&, const Vpc& vpc) { return Texts{vpc.cidr}; }},
    {"cidr-block-association.cidr-block",
     [](const Estate&, const Vpc& vpc) { return Texts{vpc.cidr}; }},
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

std::string network_acl(Estate& estate, const Vpc& vpc) {
  NetworkAcl acl;
  estate.stamp(acl, kind::acl, {});
  acl.vpc = vpc.id;
  const auto id = acl.id;
  estate.model.acls[id] = std::move(acl);
  return id;
}

json::object create(Estate& estate, const Call& call) {
  const auto text_of_cidr = required(call.input, "CidrBlock");
  const auto cidr = parse_cidr(text_of_cidr);
  if (!cidr || cidr->bits < 16 || cidr->bits > 28) {
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
  vpc.dhcp_options = "dopt-0a1b2c3d4e5f60718";  // the Region's default set, the same for all
  if (has(call.input, "InstanceTenancy")) vpc.tenancy = text(call.input, "InstanceTenancy");
  vpc.main_table = main_table(estate, vpc);
  vpc.default_group = default_group(estate, vpc);
  vpc.default_acl = network_acl(estate, vpc);
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
         std::ranges::any_of(model.endpoints, inside) ||
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
  if (support && hostnames) {
    throw Error("InvalidParameterCombination", "Fields for multiple attribute types specified");
  }
  if (support) vpc.dns_support = *support;
  if (hostnames) vpc.dns_hostnames = *hostnames;
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
    output[name] = value(false);
  } else {
    throw invalid_value(fmt::format("Value ({}) for parameter attribute is invalid.", name));
  }
  return output;
}

json::object acl_view(const Estate& estate, const NetworkAcl& acl) {
  json::array entries;
  for (const bool egress : {true, false}) {
    for (const int number : {100, 32767}) {
      entries.push_back(json::object{{"ruleNumber", number},
                                     {"protocol", "-1"},
                                     {"ruleAction", number == 100 ? "allow" : "deny"},
                                     {"egress", egress},
                                     {"cidrBlock", "0.0.0.0/0"}});
    }
  }
  json::array associations;
  for (const auto& [id, subnet] : estate.model.subnets) {
    if (subnet.acl != acl.id) continue;
    associations.push_back(json::object{{"networkAclAssociationId", subnet.acl_association},
                                        {"networkAclId", acl.id},
                                        {"subnetId", id}});
  }
  return {{"networkAclId", acl.id},
          {"vpcId", acl.vpc},
          {"ownerId", estate.context.account},
          {"default", true},
          {"entrySet", std::move(entries)},
          {"associationSet", std::move(associations)},
          {"tagSet", tag_set(acl.tags)}};
}

constexpr Field<NetworkAcl> acl_fields[] = {
    {"network-acl-id", [](const Estate&, const NetworkAcl& acl) { return Texts{acl.id}; }},
    {"vpc-id", [](const Estate&, const NetworkAcl& acl) { return Texts{acl.vpc}; }},
    {"default", [](const Estate&, const NetworkAcl&) { return Texts{"true"}; }},
};

json::object describe_acls(Estate& estate, const Call& call) {
  return describe<NetworkAcl>(
      estate, call, estate.model.acls,
      {"networkAclSet", "NetworkAclId", kind::acl, 1000, acl_fields, acl_view});
}

std::vector<Access> on_vpc(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "VpcId"));
}

}  // namespace

void add_vpc_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateVpc", "CidrBlock InstanceTenancy TagSpecification", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh("vpc");
        }},
       {"DeleteVpc", "VpcId", remove, on_vpc},
       {"DescribeVpcs", "VpcId Filter MaxResults NextToken", describe_vpcs},
       {"ModifyVpcAttribute", "VpcId EnableDnsSupport EnableDnsHostnames", modify_attribute,
        on_vpc},
       {"DescribeVpcAttribute", "VpcId Attribute", describe_attribute, on_vpc},
       {"DescribeNetworkAcls", "NetworkAclId Filter MaxResults NextToken", describe_acls}});
}

}  // namespace sim::ec2
