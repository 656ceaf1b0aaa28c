// Network interfaces. Those of NAT gateways, endpoints and services are seen here too, but theirs
// to delete.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaces.html
#include <fmt/format.h>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"
#include "sim/ec2/views.hpp"

namespace sim::ec2 {
namespace {

using Interface = NetworkInterface;

// A NAT gateway's interface carries all the gateway's addresses, its first one first.
json::array addresses_of(const Estate& estate, const Interface& interface) {
  json::array set;
  const auto put = [&](const std::string& ip, bool primary, json::object association) {
    json::object entry{{"privateIpAddress", ip}, {"primary", primary}};
    if (interface.type == "interface") entry["privateDnsName"] = private_dns_name(estate, ip);
    if (!association.empty()) entry["association"] = std::move(association);
    set.push_back(std::move(entry));
  };
  put(interface.private_ip, true, association_view(estate, interface));
  for (const auto& [id, gateway] : estate.model.nat_gateways) {
    if (gateway.interface != interface.id) continue;
    for (const auto& address : gateway.addresses) {
      if (address.private_ip == interface.private_ip) continue;
      auto secondary = interface;
      secondary.private_ip = address.private_ip;
      secondary.auto_public_ip.clear();
      put(address.private_ip, false, association_view(estate, secondary));
    }
  }
  return set;
}

json::object view(const Estate& estate, const Interface& interface) {
  json::object result{{"networkInterfaceId", interface.id},
                      {"subnetId", interface.subnet},
                      {"vpcId", interface.vpc},
                      {"availabilityZone", interface.zone},
                      {"description", interface.description},
                      {"ownerId", estate.context.account},
                      {"requesterManaged", interface.requester_managed},
                      {"status", interface_status(estate, interface)},
                      {"macAddress", interface.mac},
                      {"privateIpAddress", interface.private_ip},
                      {"interfaceType", interface.type}};
  // Gateways and endpoints forward what is not addressed to them.
  result["sourceDestCheck"] = interface.type == "interface" && interface.source_dest_check;
  if (!interface.requester_id.empty()) result["requesterId"] = interface.requester_id;
  if (interface.type == "interface") {
    result["privateDnsName"] = private_dns_name(estate, interface.private_ip);
  }
  result["groupSet"] = group_set(estate, interface.groups);
  result["tagSet"] = tag_set(interface.tags);
  if (auto attachment = attachment_view(estate, interface); !attachment.empty()) {
    result["attachment"] = std::move(attachment);
  }
  if (auto association = association_view(estate, interface); !association.empty()) {
    result["association"] = std::move(association);
  }
  result["privateIpAddressesSet"] = addresses_of(estate, interface);
  result["ipv6AddressesSet"] = ipv6_addresses(interface);
  return result;
}

// One member of the association or the attachment, as a filter's values.
template <json::object (*part)(const Estate&, const Interface&)>
Texts member(const Estate& estate, const Interface& interface, std::string_view name) {
  const auto holder = part(estate, interface);
  return has(holder, name) ? Texts{text(holder, name)} : Texts();
}

Texts all_private(const Estate& estate, const Interface& interface) {
  Texts values;
  for (const auto& entry : addresses_of(estate, interface)) {
    values.push_back(text(entry.get_object(), "privateIpAddress"));
  }
  return values;
}

Texts all_public(const Estate& estate, const Interface& interface) {
  Texts values;
  for (const auto& entry : addresses_of(estate, interface)) {
    const auto association = object(entry.get_object(), "association");
    if (has(association, "publicIp")) values.push_back(text(association, "publicIp"));
  }
  return values;
}

template <std::string Interface::* value>
Texts own(const Estate&, const Interface& interface) {
  return {interface.*value};
}

constexpr Field<Interface> fields[] = {
    {"network-interface-id", [](const Estate&, const Interface& i) -> Texts { return {i.id}; }},
    {"vpc-id", own<&Interface::vpc>},
    {"subnet-id", own<&Interface::subnet>},
    {"source-dest-check",
     [](const Estate&, const Interface& i) -> Texts {
       return {i.type == "interface" && i.source_dest_check ? "true" : "false"};
     }},
    {"group-name",
     [](const Estate& e, const Interface& i) -> Texts {
       Texts names;
       for (const auto& group : group_set(e, i.groups)) {
         names.push_back(text(group.as_object(), "groupName"));
       }
       return names;
     }},
    {"availability-zone", own<&Interface::zone>},
    {"description", own<&Interface::description>},
    {"interface-type", own<&Interface::type>},
    {"mac-address", own<&Interface::mac>},
    {"private-ip-address", own<&Interface::private_ip>},
    {"requester-id", own<&Interface::requester_id>},
    {"group-id", [](const Estate&, const Interface& i) -> Texts { return i.groups; }},
    {"requester-managed",
     [](const Estate&, const Interface& i) -> Texts {
       return {i.requester_managed ? "true" : "false"};
     }},
    {"status",
     [](const Estate& e, const Interface& i) -> Texts { return {interface_status(e, i)}; }},
    {"owner-id", [](const Estate& e, const Interface&) -> Texts { return {e.context.account}; }},
    {"addresses.private-ip-address", all_private},
    {"addresses.association.public-ip", all_public},
    {"association.public-ip",
     [](const Estate& e, const Interface& i) -> Texts {
       return member<association_view>(e, i, "publicIp");
     }},
    {"association.allocation-id",
     [](const Estate& e, const Interface& i) -> Texts {
       return member<association_view>(e, i, "allocationId");
     }},
    {"association.association-id",
     [](const Estate& e, const Interface& i) -> Texts {
       return member<association_view>(e, i, "associationId");
     }},
    {"association.ip-owner-id",
     [](const Estate& e, const Interface& i) -> Texts {
       return member<association_view>(e, i, "ipOwnerId");
     }},
    {"attachment.attachment-id", own<&Interface::attachment>},
    {"attachment.instance-id", own<&Interface::instance>},
    {"attachment.instance-owner-id",
     [](const Estate& e, const Interface& i) -> Texts {
       return member<attachment_view>(e, i, "instanceOwnerId");
     }},
    {"attachment.status",
     [](const Estate& e, const Interface& i) -> Texts {
       return member<attachment_view>(e, i, "status");
     }},
    {"attachment.device-index",
     [](const Estate& e, const Interface& i) -> Texts {
       return member<attachment_view>(e, i, "deviceIndex");
     }},
    {"attachment.delete-on-termination",
     [](const Estate& e, const Interface& i) -> Texts {
       return member<attachment_view>(e, i, "deleteOnTermination");
     }},
};

json::object describe_interfaces(Estate& estate, const Call& call) {
  static const Description<Interface> description{
      "networkInterfaceSet", "NetworkInterfaceId", kind::interface, 1000, fields, view, true};
  return describe(estate, call, estate.model.interfaces, description);
}

json::object create(Estate& estate, const Call& call) {
  json::object output;
  if (const auto before = made_before(estate, call); !before.empty()) {
    output["networkInterface"] = view(estate, estate.interface(before));
    return output;
  }
  const auto subnet = estate.subnet(required(call.input, "SubnetId"));
  const auto kind_asked = text(call.input, "InterfaceType");
  if (!kind_asked.empty() && kind_asked != "interface") {
    throw Error("UnsupportedOperation",
                fmt::format("The embedded EC2 creates no interfaces of type {}.", kind_asked));
  }
  const auto groups = texts(call.input, "SecurityGroupId");
  check_groups(estate, groups, subnet);
  auto& interface = estate.create_interface(subnet, groups, text(call.input, "PrivateIpAddress"),
                                            tags_for(call, kind::interface.type));
  interface.description = text(call.input, "Description");
  interface.requester_id = call.caller.user_id;
  remember(estate, call, interface.id);
  output["networkInterface"] = view(estate, interface);
  return output;
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  const auto subnet = text(call.input, "SubnetId");
  auto keys = keys_of(estate, subnet);
  Keys place{{"ec2:Subnet", estate.arn(kind::subnet, subnet)}};
  for (const auto* name : {"ec2:AvailabilityZone", "ec2:Vpc"}) {
    if (const auto found = keys.find(name); found != keys.end()) place[name] = found->second;
  }
  return Gate(estate, call)
      .fresh(kind::interface.type, std::move(place))
      .on(subnet)
      .on_all(texts(call.input, "SecurityGroupId"));
}

json::object remove(Estate& estate, const Call& call) {
  const auto& interface = estate.interface(required(call.input, "NetworkInterfaceId"));
  if (!interface.attachment.empty()) {
    throw invalid_value(fmt::format("Network interface '{}' is currently in use.", interface.id));
  }
  if (interface.requester_managed) {
    throw Error("OperationNotPermitted",
                fmt::format("You do not have permission to delete the network interface '{}'.",
                            interface.id));
  }
  estate.remove_interface(std::string(interface.id));
  return {{"return", true}};
}

std::vector<Access> one_access(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "NetworkInterfaceId"));
}

}  // namespace

void add_interface_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"DescribeNetworkInterfaces", "NetworkInterfaceId Filter MaxResults NextToken",
        describe_interfaces},
       {"CreateNetworkInterface",
        "SubnetId SecurityGroupId PrivateIpAddress Description InterfaceType TagSpecification "
        "ClientToken",
        create, create_access},
       {"DeleteNetworkInterface", "NetworkInterfaceId", remove, one_access}});
}

}  // namespace sim::ec2
