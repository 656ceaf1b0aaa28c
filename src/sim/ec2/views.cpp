#include "sim/ec2/views.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sim::ec2 {
namespace {

std::string dashed(std::string ip) {
  std::ranges::replace(ip, '.', '-');
  return ip;
}

json::object instance_interface(const Estate& estate, const NetworkInterface& interface) {
  json::object view{{"networkInterfaceId", interface.id},
                    {"subnetId", interface.subnet},
                    {"vpcId", interface.vpc},
                    {"description", interface.description},
                    {"ownerId", estate.context.account},
                    {"status", interface_status(estate, interface)},
                    {"macAddress", interface.mac},
                    {"privateIpAddress", interface.private_ip},
                    {"privateDnsName", private_dns_name(estate, interface.private_ip)},
                    {"sourceDestCheck", interface.source_dest_check},
                    {"interfaceType", interface.type}};
  view["groupSet"] = group_set(estate, interface.groups);
  auto attachment = attachment_view(estate, interface);
  attachment.erase("instanceId");
  attachment.erase("instanceOwnerId");
  view["attachment"] = std::move(attachment);
  json::object address{{"privateIpAddress", interface.private_ip},
                       {"privateDnsName", private_dns_name(estate, interface.private_ip)},
                       {"primary", true}};
  if (auto association = association_view(estate, interface); !association.empty()) {
    association.erase("allocationId");
    association.erase("associationId");
    view["association"] = association;
    address["association"] = std::move(association);
  }
  json::array addresses;
  addresses.push_back(std::move(address));
  view["privateIpAddressesSet"] = std::move(addresses);
  view["ipv6AddressesSet"] = ipv6_addresses(interface);
  return view;
}

void add_network(const Estate& estate, const Instance& instance, json::object& view) {
  const auto* interface = estate.find(estate.model.interfaces, instance.interface);
  const bool attached = interface && interface->instance == instance.id;
  view["networkInterfaceSet"] = json::array();
  view["groupSet"] = json::array();
  if (!attached) return;
  view["vpcId"] = instance.vpc;
  view["subnetId"] = instance.subnet;
  view["privateIpAddress"] = instance.private_ip;
  view["privateDnsName"] = private_dns_name(estate, instance.private_ip);
  view["sourceDestCheck"] = interface->source_dest_check;
  view["groupSet"] = group_set(estate, interface->groups);
  if (const auto ip = estate.public_ip(*interface); !ip.empty()) {
    view["ipAddress"] = ip;
    view["dnsName"] = public_dns_name(estate, instance.vpc, ip);
  }
  auto& set = view["networkInterfaceSet"].get_array();
  set.push_back(instance_interface(estate, *interface));
  for (const auto& [id, other] : estate.model.interfaces) {
    if (other.instance == instance.id && id != interface->id) {
      set.push_back(instance_interface(estate, other));
    }
  }
}

json::array block_devices(const Estate& estate, const Instance& instance) {
  json::array devices;
  for (const auto& [id, volume] : estate.model.volumes) {
    if (volume.instance != instance.id) continue;
    json::object disk{{"volumeId", id},
                      {"status", volume.leaves                    ? "detaching"
                                 : estate.now() < volume.attached ? "attaching"
                                                                  : "attached"},
                      {"attachTime", base::iso8601(volume.attached)},
                      {"deleteOnTermination", volume.delete_on_termination}};
    json::object device{{"deviceName", volume.device}};
    device["ebs"] = std::move(disk);
    devices.push_back(std::move(device));
  }
  return devices;
}

}  // namespace

json::array group_set(const Estate& estate, const std::vector<std::string>& groups) {
  json::array set;
  for (const auto& id : groups) {
    const auto found = estate.model.groups.find(id);
    set.push_back(json::object{
        {"groupId", id},
        {"groupName", found == estate.model.groups.end() ? std::string() : found->second.name}});
  }
  return set;
}

std::string private_dns_name(const Estate& estate, const std::string& ip) {
  const auto& region = estate.context.region;
  if (region == "us-east-1") return fmt::format("ip-{}.ec2.internal", dashed(ip));
  return fmt::format("ip-{}.{}.compute.internal", dashed(ip), region);
}

std::string public_dns_name(const Estate& estate, const std::string& vpc, const std::string& ip) {
  const auto found = estate.model.vpcs.find(vpc);
  const bool named = found != estate.model.vpcs.end() && found->second.dns_support &&
                     found->second.dns_hostnames && !ip.empty();
  if (!named) return {};
  const auto& region = estate.context.region;
  if (region == "us-east-1") return fmt::format("ec2-{}.compute-1.amazonaws.com", dashed(ip));
  return fmt::format("ec2-{}.{}.compute.amazonaws.com", dashed(ip), region);
}

json::object association_view(const Estate& estate, const NetworkInterface& interface) {
  const auto ip = estate.public_ip(interface);
  if (ip.empty()) return {};
  json::object view{{"publicIp", ip},
                    {"publicDnsName", public_dns_name(estate, interface.vpc, ip)},
                    {"ipOwnerId", "amazon"}};
  for (const auto& [id, address] : estate.model.addresses) {
    if (address.ip != ip) continue;
    view["ipOwnerId"] = estate.context.account;
    view["allocationId"] = id;
    view["associationId"] = address.association;
  }
  return view;
}

json::array ipv6_addresses(const NetworkInterface& interface) {
  if (interface.ipv6.empty() || interface.type != "interface") return {};
  json::array addresses;
  addresses.push_back(json::object{{"ipv6Address", interface.ipv6}, {"isPrimaryIpv6", false}});
  return addresses;
}

json::object attachment_view(const Estate& estate, const NetworkInterface& interface) {
  json::object view;
  if (interface.attachment.empty()) return view;
  view["attachmentId"] = interface.attachment;
  const bool ours = !interface.instance.empty();
  view["deviceIndex"] = ours ? interface.device : 1;
  view["networkCardIndex"] = 0;
  view["status"] = attachment_state(interface, estate.now());
  view["deleteOnTermination"] = ours && interface.delete_on_termination;
  view["attachTime"] =
      base::iso8601(interface.attached == Instant{} ? interface.created : interface.attached);
  if (ours) view["instanceId"] = interface.instance;
  view["instanceOwnerId"] =
      interface.attachment_owner.empty() ? estate.context.account : interface.attachment_owner;
  return view;
}

std::string interface_status(const Estate& estate, const NetworkInterface& interface) {
  const auto state = attachment_state(interface, estate.now());
  if (state.empty()) return "available";
  return state == "attached" ? "in-use" : state;
}

int instance_state_code(const std::string& state) {
  if (state == "running") return 16;
  if (state == "shutting-down") return 32;
  if (state == "terminated") return 48;
  if (state == "stopping") return 64;
  if (state == "stopped") return 80;
  return 0;
}

json::object state_view(const std::string& state) {
  return {{"code", instance_state_code(state)}, {"name", state}};
}

json::object instance_view(const Estate& estate, const Instance& instance) {
  const auto state = instance_state(instance, estate.now());
  json::object view{{"instanceId", instance.id},
                    {"imageId", instance.image},
                    {"instanceType", instance.type},
                    {"architecture", instance.architecture},
                    {"launchTime", base::iso8601(instance.created)},
                    {"amiLaunchIndex", instance.launch_index},
                    {"privateDnsName", ""},
                    {"dnsName", ""},
                    {"reason", ""},
                    {"clientToken", instance.client_token},
                    {"ebsOptimized", instance.ebs_optimized},
                    {"enaSupport", true},
                    {"hypervisor", "xen"},
                    {"virtualizationType", "hvm"},
                    {"rootDeviceName", "/dev/xvda"},
                    {"rootDeviceType", "ebs"},
                    {"platformDetails", "Linux/UNIX"},
                    {"usageOperation", "RunInstances"}};
  view["instanceState"] = state_view(state);
  view["monitoring"] =
      json::object{{"state", instance.detailed_monitoring ? "enabled" : "disabled"}};
  view["placement"] =
      json::object{{"availabilityZone", instance.zone}, {"groupName", ""}, {"tenancy", "default"}};
  view["metadataOptions"] = json::object{{"state", "applied"},
                                         {"httpTokens", instance.http_tokens},
                                         {"httpPutResponseHopLimit", instance.http_hop_limit},
                                         {"httpEndpoint", "enabled"},
                                         {"httpProtocolIpv6", "disabled"},
                                         {"instanceMetadataTags", "disabled"}};
  if (!instance.profile_arn.empty()) {
    view["iamInstanceProfile"] =
        json::object{{"arn", instance.profile_arn}, {"id", instance.profile_id}};
  }
  const auto ended = instance.terminate_called ? instance.terminate_called : instance.stop_called;
  if (!instance.key_name.empty()) view["keyName"] = instance.key_name;
  if (ended) {
    const auto when = base::iso8601(*ended);
    view["reason"] =
        fmt::format("User initiated ({} {} GMT)", when.substr(0, 10), when.substr(11, 8));
    view["stateReason"] =
        json::object{{"code", "Client.UserInitiatedShutdown"},
                     {"message", "Client.UserInitiatedShutdown: User initiated shutdown"}};
  }
  view["blockDeviceMapping"] =
      state == "terminated" ? json::array() : block_devices(estate, instance);
  view["tagSet"] = tag_set(instance.tags);
  add_network(estate, instance, view);
  return view;
}

void check_groups(Estate& estate, const std::vector<std::string>& groups, const Subnet& subnet) {
  constexpr std::size_t most = 5;  // groups of one interface, the default quota
  if (groups.size() > most) {
    throw Error("SecurityGroupsPerInterfaceLimitExceeded",
                "The maximum number of security groups per interface has been reached.");
  }
  for (const auto& id : groups) {
    if (estate.group(id).vpc == subnet.vpc) continue;
    throw Error("InvalidParameter",
                fmt::format("Security group {} and subnet {} belong to different networks.", id,
                            subnet.id));
  }
}

}  // namespace sim::ec2
