// Network interfaces, their attachments, the associations of Elastic IPs, and EC2 Instance Connect
// Endpoints.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/ec2_parts.hpp"
#include "sim/core/words.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

Task<void> change(Work& work, std::string attribute, json::value value) {
  json::object input{{"NetworkInterfaceId", work.id}};
  input[attribute] = std::move(value);
  co_await work.call("ec2", "ModifyNetworkInterfaceAttribute", std::move(input));
}

json::object holding(std::string value) {
  json::object holder;
  holder["Value"] = std::move(value);
  return holder;
}

Task<void> create_interface(Work& work) {
  json::object input = pick(work, {"SubnetId", "Description", "PrivateIpAddress", "InterfaceType"});
  if (work.has("GroupSet")) input["SecurityGroupId"] = work.texts("GroupSet");
  input["ClientToken"] = work.token;
  const auto made =
      co_await create_tagged(work, "CreateNetworkInterface", std::move(input), "network-interface",
                             "networkInterface.networkInterfaceId");
  if (work.text("SourceDestCheck") == "false") {
    co_await change(work, "SourceDestCheck", holding("false"));
  }
  work.attributes["Id"] = work.id;
  work.attributes["PrimaryPrivateIpAddress"] = at(made, "networkInterface.privateIpAddress");
  work.attributes["SecondaryPrivateIpAddresses"] = json::array();
  work.attributes["VpcId"] = at(made, "networkInterface.vpcId");
}

Task<void> update_interface(Work& work) {
  if (work.changed("Description")) {
    co_await change(work, "Description", holding(work.text("Description")));
  }
  if (work.changed("SourceDestCheck")) {
    const bool off = work.text("SourceDestCheck") == "false";
    co_await change(work, "SourceDestCheck", holding(off ? "false" : "true"));
  }
  if (work.changed("GroupSet")) {
    json::array groups = work.texts("GroupSet");
    if (groups.empty()) groups = co_await default_groups(work, at(work.attributes, "VpcId"));
    co_await change(work, "SecurityGroupId", std::move(groups));
  }
  co_await update_ec2_tags(work);
}

Task<void> remove_interface(Work& work) {
  co_await work.call("ec2", "DeleteNetworkInterface", {{"NetworkInterfaceId", work.id}});
}

// Attachment --------------------------------------------------------------------------------------

Task<void> keep_or_not(Work& work) {
  json::object attachment{{"AttachmentId", work.id}};
  // CloudFormation's own default is true.
  attachment["DeleteOnTermination"] =
      work.text("DeleteOnTermination") == "false" ? "false" : "true";
  json::object input{{"NetworkInterfaceId", work.text("NetworkInterfaceId")}};
  input["Attachment"] = std::move(attachment);
  co_await work.call("ec2", "ModifyNetworkInterfaceAttribute", std::move(input));
}

Task<void> attach(Work& work) {
  const auto made =
      co_await work.call("ec2", "AttachNetworkInterface",
                         pick(work, {"NetworkInterfaceId", "InstanceId", "DeviceIndex"}));
  work.initiated(at(made, "attachmentId"));
  work.attributes["AttachmentId"] = work.id;
  co_await keep_or_not(work);
  co_await settle(work, "DescribeNetworkInterfaces",
                  ids_of("NetworkInterfaceId", work.text("NetworkInterfaceId")),
                  "networkInterfaceSet.0.attachment.status", "attached", false);
}

Task<void> detach(Work& work) {
  co_await work.call("ec2", "DetachNetworkInterface", {{"AttachmentId", work.id}});
  co_await settle(work, "DescribeNetworkInterfaces",
                  ids_of("NetworkInterfaceId", work.text("NetworkInterfaceId")),
                  "networkInterfaceSet.0.status", "available", true);
}

// Elastic IP association --------------------------------------------------------------------------

Task<void> associate(Work& work) {
  json::object input =
      pick(work, {"AllocationId", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress"});
  if (work.has("EIP")) {
    const auto found =
        co_await work.look("ec2", "DescribeAddresses", ids_of("PublicIp", work.text("EIP")),
                           "addressesSet.0.allocationId");
    input["AllocationId"] = at(found, "addressesSet.0.allocationId");
  }
  const auto made = co_await work.call("ec2", "AssociateAddress", std::move(input));
  work.initiated(at(made, "associationId"));
  work.attributes["Id"] = work.id;
}

Task<void> disassociate(Work& work) {
  co_await work.call("ec2", "DisassociateAddress", {{"AssociationId", work.id}});
}

// EC2 Instance Connect Endpoint -------------------------------------------------------------------

json::object look_at_endpoint(const Work& work) {
  return ids_of("InstanceConnectEndpointId", work.id);
}

constexpr const char* endpoint_state = "instanceConnectEndpointSet.0.state";

Task<void> create_endpoint(Work& work) {
  json::object input = pick(work, {"SubnetId", "PreserveClientIp", "ClientToken"});
  if (!work.has("ClientToken")) input["ClientToken"] = work.token;
  if (work.has("SecurityGroupIds")) input["SecurityGroupId"] = work.texts("SecurityGroupIds");
  co_await create_tagged(work, "CreateInstanceConnectEndpoint", std::move(input),
                         "instance-connect-endpoint",
                         "instanceConnectEndpoint.instanceConnectEndpointId");
  co_await settle(work, "DescribeInstanceConnectEndpoints", look_at_endpoint(work), endpoint_state,
                  "create-complete", false);
  const auto seen =
      co_await work.look("ec2", "DescribeInstanceConnectEndpoints", look_at_endpoint(work),
                         "instanceConnectEndpointSet.0.instanceConnectEndpointId");
  work.attributes["Id"] = work.id;
  for (const std::string name :
       {"AvailabilityZone", "AvailabilityZoneId", "CreatedAt", "InstanceConnectEndpointArn",
        "OwnerId", "State", "StateMessage", "VpcId"}) {
    work.attributes[name] = at(seen, "instanceConnectEndpointSet.0." + uncapitalized(name));
  }
  const auto* interfaces = find(seen, "instanceConnectEndpointSet.0.networkInterfaceIdSet");
  work.attributes["NetworkInterfaceIds"] =
      interfaces == nullptr ? json::value(json::array()) : *interfaces;
}

Task<void> remove_endpoint(Work& work) {
  co_await work.call("ec2", "DeleteInstanceConnectEndpoint",
                     {{"InstanceConnectEndpointId", work.id}});
  co_await settle(work, "DescribeInstanceConnectEndpoints", look_at_endpoint(work), endpoint_state,
                  "delete-complete", true);
}

}  // namespace

void add_ec2_interfaces(Handlers& table) {
  table["AWS::EC2::NetworkInterface"] = {
      .schema = {{"Description", "GroupSet", "InterfaceType", "PrivateIpAddress", "SourceDestCheck",
                  "SubnetId", "Tags"},
                 {"SubnetId"},
                 {"Id", "PrimaryPrivateIpAddress", "SecondaryPrivateIpAddresses", "VpcId"}},
      .create_only = {"InterfaceType", "PrivateIpAddress", "SubnetId"},
      .create = create_interface,
      .update = update_interface,
      .remove = remove_interface};
  table["AWS::EC2::NetworkInterfaceAttachment"] = {
      .schema = {{"DeleteOnTermination", "DeviceIndex", "InstanceId", "NetworkInterfaceId"},
                 {"DeviceIndex", "InstanceId", "NetworkInterfaceId"},
                 {"AttachmentId"}},
      .create_only = {"DeviceIndex", "InstanceId", "NetworkInterfaceId"},
      .create = attach,
      .update = keep_or_not,
      .remove = detach};
  table["AWS::EC2::EIPAssociation"] = {
      .schema = {{"AllocationId", "EIP", "InstanceId", "NetworkInterfaceId", "PrivateIpAddress"},
                 {},
                 {"Id"}},
      .create_only = {"AllocationId", "EIP", "InstanceId", "NetworkInterfaceId",
                      "PrivateIpAddress"},
      .create = associate,
      .update = nullptr,
      .remove = disassociate};
  table["AWS::EC2::InstanceConnectEndpoint"] = {
      .schema = {{"ClientToken", "PreserveClientIp", "SecurityGroupIds", "SubnetId", "Tags"},
                 {"SubnetId"},
                 {"AvailabilityZone", "AvailabilityZoneId", "CreatedAt", "Id",
                  "InstanceConnectEndpointArn", "NetworkInterfaceIds", "OwnerId", "State",
                  "StateMessage", "VpcId"}},
      .create_only = {"ClientToken", "PreserveClientIp", "SecurityGroupIds", "SubnetId"},
      .create = create_endpoint,
      .update = update_ec2_tags,
      .remove = remove_endpoint};
}

}  // namespace sim::cloudformation
