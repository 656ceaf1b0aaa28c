// DHCP options sets.
// https://docs.aws.amazon.com/vpc/latest/userguide/VPC_DHCP_Options.html
#include "sim/ec2/dhcp.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {

std::string default_dhcp_options(Estate& estate) {
  const std::string id = "dopt-0a1b2c3d4e5f60718";
  if (estate.model.dhcp_options.contains(id)) return id;
  const auto& region = estate.context.region;
  DhcpOptions options;
  options.id = id;
  options.created = estate.now();
  options.values["domain-name"] = {
      region == "us-east-1" ? "ec2.internal" : fmt::format("{}.compute.internal", region)};
  options.values["domain-name-servers"] = {"AmazonProvidedDNS"};
  estate.model.dhcp_options[id] = std::move(options);
  return id;
}

namespace {

constexpr std::string_view keys[] = {"domain-name",       "domain-name-servers",
                                     "ntp-servers",       "netbios-name-servers",
                                     "netbios-node-type", "ipv6-address-preferred-lease-time"};

json::object view(const Estate& estate, const DhcpOptions& options) {
  json::array configuration;
  for (const auto& [key, values] : options.values) {
    json::array list;
    for (const auto& value : values) list.push_back(json::object{{"value", value}});
    json::object entry{{"key", key}};
    entry["valueSet"] = std::move(list);
    configuration.push_back(std::move(entry));
  }
  json::object result{{"dhcpOptionsId", options.id}, {"ownerId", estate.context.account}};
  result["dhcpConfigurationSet"] = std::move(configuration);
  result["tagSet"] = tag_set(options.tags);
  return result;
}

constexpr Field<DhcpOptions> fields[] = {
    {"dhcp-options-id", [](const Estate&, const DhcpOptions& o) -> Texts { return {o.id}; }},
    {"owner-id", [](const Estate& e, const DhcpOptions&) -> Texts { return {e.context.account}; }},
    {"key",
     [](const Estate&, const DhcpOptions& o) {
       Texts names;
       for (const auto& [key, values] : o.values) names.push_back(key);
       return names;
     }},
    {"value",
     [](const Estate&, const DhcpOptions& o) {
       Texts all;
       for (const auto& [key, values] : o.values) {
         all.insert(all.end(), values.begin(), values.end());
       }
       return all;
     }},
};

json::object create(Estate& estate, const Call& call) {
  DhcpOptions options;
  for (const auto& one : objects(call.input, "DhcpConfiguration")) {
    const auto key = required(one, "Key");
    if (std::ranges::find(keys, key) == std::end(keys)) {
      throw invalid_value(
          fmt::format("Value ({}) for parameter DhcpConfiguration is invalid. "
                      "Unknown DHCP option.",
                      key));
    }
    options.values[key] = texts(one, "Value");
    if (options.values[key].empty()) throw missing_parameter("value");
  }
  if (options.values.empty()) throw missing_parameter("dhcpConfiguration");
  estate.stamp(options, kind::dhcp_options, tags_for(call, kind::dhcp_options.type));
  json::object output;
  output["dhcpOptions"] = view(estate, options);
  estate.model.dhcp_options[options.id] = std::move(options);
  return output;
}

json::object remove(Estate& estate, const Call& call) {
  const std::string id =
      estate
          .get(estate.model.dhcp_options, kind::dhcp_options, required(call.input, "DhcpOptionsId"))
          .id;
  const bool used = std::ranges::any_of(
      estate.model.vpcs, [&](const auto& entry) { return entry.second.dhcp_options == id; });
  if (used) {
    throw dependency_violation(
        fmt::format("The dhcpOptions '{}' has dependencies and cannot be deleted.", id));
  }
  estate.model.dhcp_options.erase(id);
  return {{"return", true}};
}

// "default" takes every set away from the VPC.
json::object associate(Estate& estate, const Call& call) {
  const auto id = required(call.input, "DhcpOptionsId");
  if (id != "default") estate.get(estate.model.dhcp_options, kind::dhcp_options, id);
  estate.vpc(required(call.input, "VpcId")).dhcp_options = id;
  return {{"return", true}};
}

json::object describe_options(Estate& estate, const Call& call) {
  static const Description<DhcpOptions> description{
      "dhcpOptionsSet", "DhcpOptionsId", kind::dhcp_options, 1000, fields, view};
  return describe(estate, call, estate.model.dhcp_options, description);
}

std::vector<Access> on_options(const Estate& estate, const Call& call) {
  const auto id = text(call.input, "DhcpOptionsId");
  return Gate(estate, call).on(id == "default" ? "" : id).on(text(call.input, "VpcId"));
}

}  // namespace

void add_dhcp_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateDhcpOptions", "DhcpConfiguration TagSpecification", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh(kind::dhcp_options.type);
        }},
       {"DeleteDhcpOptions", "DhcpOptionsId", remove, on_options},
       {"AssociateDhcpOptions", "DhcpOptionsId VpcId", associate, on_options},
       {"DescribeDhcpOptions", "DhcpOptionsId Filter MaxResults NextToken", describe_options}});
}

}  // namespace sim::ec2
