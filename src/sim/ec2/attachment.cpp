// Attaching, detaching and changing network interfaces.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html
#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/views.hpp"

namespace sim::ec2 {
namespace {

using Interface = NetworkInterface;

// [I] by size; the types' own pages give more for the large ones.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AvailableIpPerENI.html
std::ptrdiff_t most_interfaces(const Instance& instance) {
  return instance.type.ends_with("nano") || instance.type.ends_with("micro") ? 2 : 3;
}

void check_place(const Estate& estate, const Instance& instance, const Interface& interface,
                 int device) {
  if (instance.zone != interface.zone) {
    throw Error("InvalidParameterCombination",
                "You may not attach a network interface to an instance if they are not in the same "
                "availability zone");
  }
  std::ptrdiff_t held = 0;
  for (const auto& [id, other] : estate.model.interfaces) {
    if (other.instance != instance.id) continue;
    ++held;
    if (other.device != device) continue;
    throw invalid_value(
        fmt::format("Instance '{}' already has an interface attached at device index '{}'.",
                    instance.id, device));
  }
  if (held >= most_interfaces(instance)) {
    throw Error(
        "AttachmentLimitExceeded",
        fmt::format("Interface count {} exceeds the limit for {}", held + 1, instance.type));
  }
}

json::object attach(Estate& estate, const Call& call) {
  auto& interface = estate.interface(required(call.input, "NetworkInterfaceId"));
  const auto& instance = estate.instance(required(call.input, "InstanceId"));
  required(call.input, "DeviceIndex");
  const auto device = *number(call.input, "DeviceIndex");
  if (interface.requester_managed) {
    throw Error("OperationNotPermitted",
                fmt::format("You do not have permission to attach the network interface '{}'.",
                            interface.id));
  }
  if (!interface.attachment.empty()) {
    throw Error("InvalidNetworkInterface.InUse",
                fmt::format("Interface: [{}] in use.", interface.id));
  }
  const auto state = instance_state(instance, estate.now());
  if (state != "running" && state != "stopped") {
    throw Error("IncorrectState",
                fmt::format("Instance '{}' is not 'running' or 'stopped'.", instance.id));
  }
  check_place(estate, instance, interface, device);
  interface.instance = instance.id;
  interface.attachment = estate.new_id("eni-attach-");
  interface.device = device;
  interface.delete_on_termination = false;
  interface.attached = estate.now() + estate.draw(estate.knobs.interface_attach);
  return {{"attachmentId", interface.attachment}, {"networkCardIndex", 0}};
}

std::string attached_by(const Estate& estate, const std::string& attachment) {
  for (const auto& [id, interface] : estate.model.interfaces) {
    if (!attachment.empty() && interface.attachment == attachment) return id;
  }
  return {};
}

Interface& holder_of(Estate& estate, const std::string& attachment) {
  const auto id = attached_by(estate, attachment);
  if (!id.empty()) return estate.interface(id);
  throw Error("InvalidAttachmentID.NotFound",
              fmt::format("The attachment '{}' does not exist", attachment));
}

// A service's attachment is the service's, and an instance never loses its first interface.
json::object detach(Estate& estate, const Call& call) {
  const auto id = required(call.input, "AttachmentId");
  auto& interface = holder_of(estate, id);
  if (interface.instance.empty()) {
    throw Error("OperationNotPermitted",
                fmt::format("You are not allowed to manage '{}' attachments.",
                            id.substr(0, id.rfind('-'))));
  }
  if (interface.device == 0) {
    throw Error("OperationNotPermitted",
                "The network interface at device index 0 cannot be detached.");
  }
  const bool force = flag(call.input, "Force", false);
  if (!interface.leaves || force) {
    const auto lasts = estate.draw(estate.knobs.interface_detach);
    interface.leaves = estate.now() + (force ? Duration::zero() : lasts);
  }
  return {{"return", true}};
}

void modify_attachment(const Call& call, Interface& interface) {
  const auto change = object(call.input, "Attachment");
  if (required(change, "AttachmentId") != interface.attachment) {
    throw Error("InvalidAttachmentID.NotFound",
                fmt::format("The attachment '{}' does not exist", text(change, "AttachmentId")));
  }
  if (interface.instance.empty()) {
    throw Error("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.");
  }
  interface.delete_on_termination =
      flag(change, "DeleteOnTermination", interface.delete_on_termination);
}

json::object modify(Estate& estate, const Call& call) {
  auto& interface = estate.interface(required(call.input, "NetworkInterfaceId"));
  const auto groups = texts(call.input, "SecurityGroupId");
  const auto given = has(call.input, "Description") + has(call.input, "SourceDestCheck") +
                     has(call.input, "Attachment") + !groups.empty();
  if (given == 0) throw missing_parameter("attribute");
  if (given > 1) {
    throw Error("InvalidParameterCombination", "Fields for multiple attribute types specified");
  }
  if (interface.requester_managed) {
    throw Error("OperationNotPermitted",
                fmt::format("You do not have permission to modify the network interface '{}'.",
                            interface.id));
  }
  if (!groups.empty()) {
    check_groups(estate, groups, estate.subnet(interface.subnet));
    interface.groups = groups;
  }
  if (has(call.input, "Description")) {
    interface.description = text(object(call.input, "Description"), "Value");
  }
  if (const auto check = attribute(call.input, "SourceDestCheck")) {
    interface.source_dest_check = *check;
  }
  if (has(call.input, "Attachment")) modify_attachment(call, interface);
  return {{"return", true}};
}

json::object describe_attribute(Estate& estate, const Call& call) {
  const auto& interface = estate.interface(required(call.input, "NetworkInterfaceId"));
  const auto name = required(call.input, "Attribute");
  json::object output{{"networkInterfaceId", interface.id}};
  if (name == "description") {
    output[name] = json::object{{"value", interface.description}};
  } else if (name == "sourceDestCheck") {
    output[name] = json::object{{"value", interface.source_dest_check}};
  } else if (name == "groupSet") {
    output[name] = group_set(estate, interface.groups);
  } else if (name == "attachment") {
    output[name] = attachment_view(estate, interface);
  } else {
    throw invalid_value(fmt::format("Value ({}) for parameter attribute is invalid.", name));
  }
  return output;
}

std::vector<Access> on_interface(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .on(text(call.input, "NetworkInterfaceId"))
      .on(text(call.input, "InstanceId"))
      .on_all(texts(call.input, "SecurityGroupId"));
}

std::vector<Access> on_attachment(const Estate& estate, const Call& call) {
  const auto id = attached_by(estate, text(call.input, "AttachmentId"));
  const auto found = estate.model.interfaces.find(id);
  return Gate(estate, call)
      .on(id)
      .on(found == estate.model.interfaces.end() ? std::string() : found->second.instance);
}

}  // namespace

void add_attachment_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"AttachNetworkInterface", "NetworkInterfaceId InstanceId DeviceIndex", attach,
        on_interface},
       {"DetachNetworkInterface", "AttachmentId Force", detach, on_attachment},
       {"ModifyNetworkInterfaceAttribute",
        "NetworkInterfaceId Description SecurityGroupId SourceDestCheck Attachment", modify,
        on_interface},
       {"DescribeNetworkInterfaceAttribute", "NetworkInterfaceId Attribute", describe_attribute,
        on_interface}});
}

}  // namespace sim::ec2
