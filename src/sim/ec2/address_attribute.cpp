// The reverse DNS name of an Elastic IP: while it has one, the address is locked.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Elastic_Addressing_Reverse_DNS.html
#include <fmt/format.h>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"

namespace sim::ec2 {
namespace {

json::object view(const Estate&, const Address& address) {
  json::object result{{"publicIp", address.ip}, {"allocationId", address.id}};
  if (!address.domain_name.empty()) result["ptrRecord"] = address.domain_name;
  return result;
}

void check_attribute(const Call& call) {
  const auto name = text(call.input, "Attribute");
  if (name.empty() || name == "domain-name") return;
  throw invalid_value(fmt::format("Value ({}) for parameter attribute is invalid.", name));
}

json::object changed(const Estate& estate, const Address& address) {
  json::object output;
  output["address"] = view(estate, address);
  return output;
}

json::object modify(Estate& estate, const Call& call) {
  auto& address = estate.address(required(call.input, "AllocationId"));
  address.domain_name = required(call.input, "DomainName");
  return changed(estate, address);
}

json::object reset(Estate& estate, const Call& call) {
  check_attribute(call);
  auto& address = estate.address(required(call.input, "AllocationId"));
  address.domain_name.clear();
  return changed(estate, address);
}

// Only addresses that have the attribute are shown.
json::object describe_attributes(Estate& estate, const Call& call) {
  check_attribute(call);
  const auto ids = texts(call.input, "AllocationId");
  for (const auto& id : ids) estate.address(id);
  std::map<std::string, json::object> entries;
  for (const auto& [id, address] : estate.model.addresses) {
    const bool asked = ids.empty() || std::ranges::find(ids, id) != ids.end();
    if (asked && !address.domain_name.empty()) entries[id] = view(estate, address);
  }
  return page(call, "addressSet", std::move(entries), 1000);
}

std::vector<Access> on_address(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "AllocationId"));
}

}  // namespace

void add_address_attribute_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"ModifyAddressAttribute", "AllocationId DomainName", modify, on_address},
       {"ResetAddressAttribute", "AllocationId Attribute", reset, on_address},
       {"DescribeAddressesAttribute", "AllocationId Attribute MaxResults NextToken",
        describe_attributes}});
}

}  // namespace sim::ec2
