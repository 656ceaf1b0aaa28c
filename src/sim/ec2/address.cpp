// Elastic IP addresses, with the refusals that mislead: AuthFailure while a NAT gateway holds one.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {
namespace {

constexpr std::ptrdiff_t quota = 5;  // Elastic IPs per Region, the default quota

std::string instance_of(const Estate& estate, const Address& address) {
  const auto found = estate.model.interfaces.find(address.interface);
  return found == estate.model.interfaces.end() ? std::string() : found->second.instance;
}

json::object view(const Estate& estate, const Address& address) {
  json::object shown{{"publicIp", address.ip},
                     {"allocationId", address.id},
                     {"domain", "vpc"},
                     {"publicIpv4Pool", "amazon"},
                     {"networkBorderGroup", estate.context.region}};
  if (!address.service_managed.empty()) shown["serviceManaged"] = address.service_managed;
  if (!address.association.empty()) shown["associationId"] = address.association;
  // Of a regional NAT gateway nothing but the association is seen.
  if (!address.interface.empty()) {
    shown["networkInterfaceId"] = address.interface;
    shown["networkInterfaceOwnerId"] = estate.context.account;
    shown["privateIpAddress"] = address.private_ip;
    const auto instance = instance_of(estate, address);
    if (!instance.empty()) shown["instanceId"] = instance;
  }
  shown["tagSet"] = tag_set(address.tags);
  return shown;
}

Texts unless_empty(const std::string& value) {
  return value.empty() ? Texts{} : Texts{value};
}

constexpr Field<Address> fields[] = {
    {"allocation-id", [](const Estate&, const Address& address) { return Texts{address.id}; }},
    {"public-ip", [](const Estate&, const Address& address) { return Texts{address.ip}; }},
    {"domain", [](const Estate&, const Address&) { return Texts{"vpc"}; }},
    {"association-id",
     [](const Estate&, const Address& address) { return unless_empty(address.association); }},
    {"network-interface-id",
     [](const Estate&, const Address& address) { return unless_empty(address.interface); }},
    {"private-ip-address",
     [](const Estate&, const Address& address) { return unless_empty(address.private_ip); }},
    {"network-interface-owner-id",
     [](const Estate& estate, const Address& address) {
       return address.interface.empty() ? Texts{} : Texts{estate.context.account};
     }},
    {"network-border-group",
     [](const Estate& estate, const Address&) { return Texts{estate.context.region}; }},
    {"instance-id",
     [](const Estate& estate, const Address& address) {
       return unless_empty(instance_of(estate, address));
     }},
};

bool is_taken(const Estate& estate, const Released& address) {
  return address.taken && *address.taken <= estate.now();
}

// A released address can come back, unless somebody else has it by now.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-eips.html
std::string wanted_ip(Estate& estate, const Call& call) {
  auto ip = text(call.input, "Address");
  if (ip.empty()) return estate.new_public_ip();
  const auto found = estate.model.released.find(ip);
  if (found == estate.model.released.end() || is_taken(estate, found->second)) {
    throw Error("InvalidAddress.NotFound", fmt::format("Address '{}' not found.", ip));
  }
  estate.model.released.erase(found);
  return ip;
}

void check_border_group(const Estate& estate, const Call& call) {
  const auto group = text(call.input, "NetworkBorderGroup");
  if (group.empty() || group == estate.context.region) return;
  throw Error("InvalidAddress.NotFound",
              fmt::format("The address does not exist in the network border group {}", group));
}

json::object allocate(Estate& estate, const Call& call) {
  const auto domain = text(call.input, "Domain");
  if (!domain.empty() && domain != "vpc") {
    throw invalid_value(fmt::format("Value ({}) for parameter domain is invalid.", domain));
  }
  auto tags = tags_for(call, "elastic-ip");
  const auto own = std::ranges::count_if(estate.model.addresses, [](const auto& entry) {
    return entry.second.service_managed.empty();
  });
  if (own >= quota) {
    throw Error("AddressLimitExceeded", "The maximum number of addresses has been reached.");
  }
  const auto pool = text(call.input, "PublicIpv4Pool");
  if (!pool.empty() && pool != "amazon") {
    throw Error("InvalidPublicIpv4PoolID.NotFound",
                fmt::format("The pool ID '{}' does not exist", pool));
  }
  const auto border = text(call.input, "NetworkBorderGroup");
  if (!border.empty() && border != estate.context.region) {
    throw invalid_value(fmt::format("Invalid network border group: {}", border));
  }
  auto ip = wanted_ip(estate, call);
  Address address;
  estate.stamp(address, kind::address, std::move(tags));
  address.ip = std::move(ip);
  json::object output{{"publicIp", address.ip},
                      {"allocationId", address.id},
                      {"publicIpv4Pool", "amazon"},
                      {"networkBorderGroup", estate.context.region},
                      {"domain", "vpc"}};
  estate.model.addresses[address.id] = std::move(address);
  return output;
}

Error in_use(const Address& address) {
  return {"InvalidIPAddress.InUse", fmt::format("The address {} is in use.", address.ip)};
}

// Each release has its own chance of another account that takes the address.
void remember_release(Estate& estate, const Address& address) {
  const auto& knobs = estate.knobs;
  auto fate = estate.context.random(fmt::format("ec2.release.{}", ++estate.model.releases));
  const bool taken = fate.chance(knobs.address_taken_chance);
  const auto after = draw(fate, knobs.address_taken);
  auto& memory = estate.model.released[address.ip];
  memory = {address.id, estate.now() + base::from_seconds(knobs.address_recoverable), {}};
  if (taken) memory.taken = estate.now() + after;
}

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html: releasing again
// what another account has by now is an AuthFailure.
void check_owner(const Estate& estate, const std::string& allocation) {
  for (const auto& [ip, address] : estate.model.released) {
    if (address.allocation == allocation && is_taken(estate, address)) throw auth_failure();
  }
}

json::object release(Estate& estate, const Call& call) {
  if (!has(call.input, "AllocationId") && has(call.input, "PublicIp")) {
    throw invalid_value(
        fmt::format("You must specify an allocation id when releasing a VPC "
                    "elastic IP address: {}",
                    text(call.input, "PublicIp")));
  }
  const auto id = required(call.input, "AllocationId");
  check_owner(estate, id);
  const auto& address = estate.address(id);
  check_border_group(estate, call);
  if (!address.held_by.empty()) throw auth_failure();
  // https://github.com/hashicorp/terraform-provider-aws/issues/49299
  if (address.race_from && *address.race_from <= estate.now()) {
    throw not_found(kind::interface, address.race_interface);
  }
  if (!address.association.empty()) throw in_use(address);
  if (!address.domain_name.empty()) {
    throw Error("InvalidAddress.Locked",
                fmt::format("The address with allocation id {} cannot be released because it is "
                            "locked to your account.",
                            address.id));
  }
  remember_release(estate, address);
  estate.model.addresses.erase(std::string(address.id));
  return {{"return", true}};
}

// The interface that a call names, directly or by its instance.
const NetworkInterface& named_interface(Estate& estate, const Call& call) {
  const auto instance = text(call.input, "InstanceId");
  if (instance.empty()) return estate.interface(required(call.input, "NetworkInterfaceId"));
  const auto& found = estate.instance(instance);
  if (instance_state(found, estate.now()) == "pending") {
    throw Error("InvalidInstanceID",
                fmt::format("The pending instance '{}' is not in a valid state for this "
                            "operation.",
                            instance));
  }
  return estate.interface(found.interface);
}

// An address moves by itself, unless the call says that it must not.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html
json::object associate(Estate& estate, const Call& call) {
  auto& address = estate.address(required(call.input, "AllocationId"));
  const auto& interface = named_interface(estate, call);
  if (!address.held_by.empty()) throw auth_failure();
  if (interface.requester_managed) throw auth_failure();
  if (!address.association.empty() && address.interface != interface.id &&
      !flag(call.input, "AllowReassociation", true)) {
    throw Error("Resource.AlreadyAssociated",
                fmt::format("resource {} is already associated with associate-id {}", address.id,
                            address.association));
  }
  if (!estate.attached_gateway(interface.vpc)) {
    throw Error("Gateway.NotAttached",
                fmt::format("Network {} is not attached to any internet gateway", interface.vpc));
  }
  const auto private_ip = text(call.input, "PrivateIpAddress");
  if (!private_ip.empty() && private_ip != interface.private_ip) {
    throw invalid_value(
        fmt::format("The address {} is not assigned to {}", private_ip, interface.id));
  }
  // What was mapped to this private address before stays allocated, unassociated.
  for (auto& [id, other] : estate.model.addresses) {
    if (other.interface != interface.id || other.private_ip != interface.private_ip) continue;
    other.association.clear();
    other.interface.clear();
    other.private_ip.clear();
  }
  address.association = estate.new_id("eipassoc-");
  address.interface = interface.id;
  address.private_ip = interface.private_ip;
  return {{"return", true}, {"associationId", address.association}};
}

Address* associated(Estate& estate, const std::string& association) {
  for (auto& [allocation, address] : estate.model.addresses) {
    if (address.association == association) return &address;
  }
  return nullptr;
}

json::object disassociate(Estate& estate, const Call& call) {
  if (!has(call.input, "AssociationId") && has(call.input, "PublicIp")) {
    throw invalid_value(
        "You must specify an association id when unmapping an address from a VPC instance");
  }
  const auto id = required(call.input, "AssociationId");
  auto* address = associated(estate, id);
  if (!address) {
    throw Error("InvalidAssociationID.NotFound",
                fmt::format("The association ID '{}' does not exist", id));
  }
  if (!address->held_by.empty()) throw auth_failure();
  address->association.clear();
  address->interface.clear();
  address->private_ip.clear();
  return {{"return", true}};
}

json::object describe_addresses(Estate& estate, const Call& call) {
  // Addresses can also be named by IP; the rest is the same as by allocation.
  Call by_allocation = call;
  auto ids = texts(call.input, "AllocationId");
  for (const auto& ip : texts(call.input, "PublicIp")) {
    const auto found = std::ranges::find_if(
        estate.model.addresses, [&](const auto& entry) { return entry.second.ip == ip; });
    if (found == estate.model.addresses.end()) {
      throw Error("InvalidAddress.NotFound", fmt::format("Address '{}' not found.", ip));
    }
    ids.push_back(found->first);
  }
  by_allocation.input["AllocationId"] = array_of(ids);
  return describe<Address>(estate, by_allocation, estate.model.addresses,
                           {"addressesSet", "AllocationId", kind::address, 1000, fields, view});
}

std::vector<Access> on_address(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "AllocationId"));
}

std::vector<Access> on_association(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  const auto id = text(call.input, "AssociationId");
  const auto ip = text(call.input, "PublicIp");
  for (const auto& [allocation, address] : estate.model.addresses) {
    if (!id.empty() ? address.association == id : address.ip == ip) {
      gate.on(allocation).on(address.interface);
    }
  }
  return gate;
}

}  // namespace

void add_address_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"AllocateAddress", "Domain Address PublicIpv4Pool NetworkBorderGroup TagSpecification",
        allocate,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh("elastic-ip");
        }},
       {"ReleaseAddress", "AllocationId PublicIp NetworkBorderGroup", release, on_address},
       {"AssociateAddress",
        "AllocationId InstanceId NetworkInterfaceId PrivateIpAddress AllowReassociation", associate,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call)
              .on(text(call.input, "AllocationId"))
              .on(text(call.input, "InstanceId"))
              .on(text(call.input, "NetworkInterfaceId"));
        }},
       {"DisassociateAddress", "AssociationId PublicIp", disassociate, on_association},
       {"DescribeAddresses", "AllocationId PublicIp Filter", describe_addresses}});
}

}  // namespace sim::ec2
