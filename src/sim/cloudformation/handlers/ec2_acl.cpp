// Network ACLs, their entries and their associations with subnets.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/ec2_parts.hpp"

namespace sim::cloudformation {

namespace {

Task<void> create_acl(Work& work) {
  co_await create_tagged(work, "CreateNetworkAcl", pick(work, {"VpcId"}), "network-acl",
                         "networkAcl.networkAclId");
  work.attributes["Id"] = work.id;
}

Task<void> remove_acl(Work& work) {
  co_await work.call("ec2", "DeleteNetworkAcl", {{"NetworkAclId", work.id}});
}

// Entry -------------------------------------------------------------------------------------------

json::object entry_key(const Work& work) {
  json::object input = pick(work, {"NetworkAclId", "RuleNumber"});
  input["Egress"] = work.text("Egress") == "true" ? "true" : "false";
  return input;
}

json::object entry(const Work& work) {
  json::object input = entry_key(work);
  for (const auto* name : {"Protocol", "RuleAction", "CidrBlock", "Ipv6CidrBlock"}) {
    if (work.has(name)) input[name] = work.text(name);
  }
  for (const auto* name : {"PortRange", "Icmp"}) {
    if (work.has(name)) input[name] = as_texts(work.properties.at(name));
  }
  return input;
}

Task<void> create_entry(Work& work) {
  co_await work.call("ec2", "CreateNetworkAclEntry", entry(work));
  work.initiated(work.generated_name());
  work.attributes["Id"] = work.id;
}

Task<void> update_entry(Work& work) {
  co_await work.call("ec2", "ReplaceNetworkAclEntry", entry(work));
}

Task<void> remove_entry(Work& work) {
  co_await work.call("ec2", "DeleteNetworkAclEntry", entry_key(work));
}

// Association -------------------------------------------------------------------------------------

struct Associated {
  std::string association, vpc;
};

Task<Associated> association_of(Work& work) {
  const std::string subnet = work.required("SubnetId");
  json::array filters;
  filters.push_back(
      json::object{{"Name", "association.subnet-id"}, {"Value", json::array{subnet}}});
  json::object look;
  look["Filter"] = std::move(filters);
  const auto found =
      co_await work.look("ec2", "DescribeNetworkAcls", std::move(look), "networkAclSet.0.vpcId");
  Associated result{.association = {}, .vpc = at(found, "networkAclSet.0.vpcId")};
  if (const auto* list = find(found, "networkAclSet.0.associationSet")) {
    for (const auto& one : list->as_array()) {
      if (at(one, "subnetId") == subnet) result.association = at(one, "networkAclAssociationId");
    }
  }
  co_return result;
}

Task<void> associate(Work& work) {
  const auto before = co_await association_of(work);
  if (before.association.empty()) {
    throw Error("InvalidSubnetID.NotFound",
                fmt::format("The subnet ID '{}' does not exist", work.text("SubnetId")));
  }
  const auto made = co_await work.call(
      "ec2", "ReplaceNetworkAclAssociation",
      {{"AssociationId", before.association}, {"NetworkAclId", work.required("NetworkAclId")}});
  work.initiated(at(made, "newAssociationId"));
  work.attributes["AssociationId"] = work.id;
}

// The subnet falls back to the default ACL of its VPC, unless another took it over meanwhile.
Task<void> dissociate(Work& work) {
  const auto now = co_await association_of(work);
  if (now.association != work.id) co_return;
  json::array filters;
  filters.push_back(json::object{{"Name", "vpc-id"}, {"Value", json::array{now.vpc}}});
  filters.push_back(json::object{{"Name", "default"}, {"Value", json::array{"true"}}});
  json::object look;
  look["Filter"] = std::move(filters);
  const auto acls = co_await work.call("ec2", "DescribeNetworkAcls", std::move(look));
  co_await work.call("ec2", "ReplaceNetworkAclAssociation",
                     {{"AssociationId", now.association},
                      {"NetworkAclId", at(acls, "networkAclSet.0.networkAclId")}});
}

}  // namespace

void add_ec2_acls(Handlers& table) {
  table["AWS::EC2::NetworkAcl"] = {.schema = {{"Tags", "VpcId"}, {"VpcId"}, {"Id"}},
                                   .create_only = {"VpcId"},
                                   .create = create_acl,
                                   .update = update_ec2_tags,
                                   .remove = remove_acl};
  table["AWS::EC2::NetworkAclEntry"] = {
      .schema = {{"CidrBlock", "Egress", "Icmp", "Ipv6CidrBlock", "NetworkAclId", "PortRange",
                  "Protocol", "RuleAction", "RuleNumber"},
                 {"NetworkAclId", "Protocol", "RuleAction", "RuleNumber"},
                 {"Id"}},
      .create_only = {"Egress", "NetworkAclId", "RuleNumber"},
      .create = create_entry,
      .update = update_entry,
      .remove = remove_entry};
  table["AWS::EC2::SubnetNetworkAclAssociation"] = {
      .schema = {{"NetworkAclId", "SubnetId"}, {"NetworkAclId", "SubnetId"}, {"AssociationId"}},
      .create_only = {"NetworkAclId", "SubnetId"},
      .create = associate,
      .update = nullptr,
      .remove = dissociate};
}

}  // namespace sim::cloudformation
