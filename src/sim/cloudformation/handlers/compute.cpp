// VPC endpoints and instances.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/ec2_parts.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

// VPC endpoint
// --------------------------------------------------------------------------------------

std::string policy_of(const Work& work) {
  const auto* policy = work.properties.if_contains("PolicyDocument");
  return policy == nullptr ? std::string() : templates::text_of(*policy);
}

Task<void> create_endpoint(Work& work) {
  json::object input = pick(work, {"VpcId", "ServiceName", "VpcEndpointType", "PrivateDnsEnabled"});
  // False where the API's own default is true:
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-vpcendpoint.html
  if (work.text("VpcEndpointType") == "Interface" && !work.has("PrivateDnsEnabled")) {
    input["PrivateDnsEnabled"] = "false";
  }
  const std::pair<std::string_view, std::string_view> lists[] = {
      {"SubnetIds", "SubnetId"},
      {"SecurityGroupIds", "SecurityGroupId"},
      {"RouteTableIds", "RouteTableId"}};
  for (const auto& [property, member] : lists) {
    if (work.has(property)) input[member] = work.texts(property);
  }
  if (work.has("PolicyDocument")) input["PolicyDocument"] = policy_of(work);
  input["ClientToken"] = work.token;
  add_tag_specification(work, "vpc-endpoint", input);
  const auto made = co_await work.call("ec2", "CreateVpcEndpoint", std::move(input));
  work.initiated(at(made, "vpcEndpoint.vpcEndpointId"));
  co_await tag_as_member(work);
  co_await settle(work, "DescribeVpcEndpoints", ids_of("VpcEndpointId", work.id),
                  "vpcEndpointSet.0.state", "available", false);
  const auto found =
      co_await work.look("ec2", "DescribeVpcEndpoints", ids_of("VpcEndpointId", work.id),
                         "vpcEndpointSet.0.vpcEndpointId");
  work.attributes["Id"] = work.id;
  work.attributes["CreationTimestamp"] = at(found, "vpcEndpointSet.0.creationTimestamp");
  json::array entries;
  if (const auto* set = find(found, "vpcEndpointSet.0.dnsEntrySet"); set && set->is_array()) {
    for (const auto& entry : set->as_array()) {
      entries.emplace_back(at(entry, "hostedZoneId") + ":" + at(entry, "dnsName"));
    }
  }
  work.attributes["DnsEntries"] = std::move(entries);
  const auto* interfaces = find(found, "vpcEndpointSet.0.networkInterfaceIdSet");
  work.attributes["NetworkInterfaceIds"] =
      interfaces == nullptr ? json::value(json::array()) : *interfaces;
}

Task<void> update_endpoint(Work& work) {
  json::object input{{"VpcEndpointId", work.id}};
  const std::pair<std::string_view, std::string_view> lists[] = {
      {"SubnetIds", "SubnetId"},
      {"SecurityGroupIds", "SecurityGroupId"},
      {"RouteTableIds", "RouteTableId"}};
  Work before = work;
  before.properties = work.old_properties;
  const auto only_in = [](const json::array& some, const json::array& others) {
    json::array result;
    for (const auto& one : some) {
      if (std::ranges::find(others, one) == others.end()) result.push_back(one);
    }
    return result;
  };
  for (const auto& [property, member] : lists) {
    json::array added = only_in(work.texts(property), before.texts(property));
    json::array removed = only_in(before.texts(property), work.texts(property));
    if (!added.empty()) input["Add" + std::string(member)] = std::move(added);
    if (!removed.empty()) input["Remove" + std::string(member)] = std::move(removed);
  }
  if (work.changed("PolicyDocument")) {
    if (work.has("PolicyDocument")) {
      input["PolicyDocument"] = policy_of(work);
    } else {
      input["ResetPolicy"] = "true";
    }
  }
  if (work.changed("PrivateDnsEnabled")) {
    input["PrivateDnsEnabled"] = work.text("PrivateDnsEnabled") == "true" ? "true" : "false";
  }
  if (input.size() > 1) co_await work.call("ec2", "ModifyVpcEndpoint", std::move(input));
  co_await update_ec2_tags(work);
}

Task<void> remove_endpoint(Work& work) {
  const auto answer =
      co_await work.call("ec2", "DeleteVpcEndpoints", ids_of("VpcEndpointId", work.id));
  // Refusals of single endpoints come back inside a success.
  if (const std::string code = at(answer, "unsuccessful.0.error.code"); !code.empty()) {
    const Error refused(code, at(answer, "unsuccessful.0.error.message"));
    throw refused;
  }
  co_await settle(work, "DescribeVpcEndpoints", ids_of("VpcEndpointId", work.id),
                  "vpcEndpointSet.0.state", "deleted", true);
}

// Instance
// --------------------------------------------------------------------------------------------

json::array interfaces(const Work& work) {
  json::array result;
  const auto* list = work.properties.if_contains("NetworkInterfaces");
  if (list == nullptr || !list->is_array()) return result;
  for (const auto& one : list->as_array()) {
    json::object entry;
    for (const auto* name : {"AssociatePublicIpAddress", "DeleteOnTermination", "Description",
                             "DeviceIndex", "NetworkInterfaceId", "PrivateIpAddress", "SubnetId"}) {
      if (find(one, name) != nullptr) entry[name] = at(one, name);
    }
    if (const auto* groups = find(one, "GroupSet"); groups != nullptr && groups->is_array()) {
      entry["SecurityGroupId"] = *groups;
    }
    result.push_back(std::move(entry));
  }
  return result;
}

Task<void> instance_attributes(Work& work) {
  const auto found = co_await work.look("ec2", "DescribeInstances", ids_of("InstanceId", work.id),
                                        "reservationSet.0.instancesSet.0.instanceId");
  const auto* instance = find(found, "reservationSet.0.instancesSet.0");
  if (instance == nullptr) co_return;
  work.attributes["InstanceId"] = work.id;
  work.attributes["AvailabilityZone"] = at(*instance, "placement.availabilityZone");
  work.attributes["PrivateDnsName"] = at(*instance, "privateDnsName");
  work.attributes["PrivateIp"] = at(*instance, "privateIpAddress");
  work.attributes["PublicDnsName"] = at(*instance, "dnsName");
  work.attributes["PublicIp"] = at(*instance, "ipAddress");
  work.attributes["State.Code"] = at(*instance, "instanceState.code");
  work.attributes["State.Name"] = at(*instance, "instanceState.name");
  work.attributes["VpcId"] = at(*instance, "vpcId");
}

Task<void> create_instance(Work& work) {
  json::object input =
      pick(work, {"ImageId", "InstanceType", "KeyName", "SubnetId", "UserData", "PrivateIpAddress",
                  "DisableApiTermination", "EbsOptimized", "InstanceInitiatedShutdownBehavior"});
  if (work.has("BlockDeviceMappings")) {
    input["BlockDeviceMapping"] = as_texts(work.properties.at("BlockDeviceMappings"));
  }
  if (work.has("LaunchTemplate")) {
    input["LaunchTemplate"] = as_texts(work.properties.at("LaunchTemplate"));
  }
  if (work.has("SecurityGroupIds")) input["SecurityGroupId"] = work.texts("SecurityGroupIds");
  if (work.has("IamInstanceProfile")) {
    input["IamInstanceProfile"] = json::object{{"Name", work.text("IamInstanceProfile")}};
  }
  if (json::array list = interfaces(work); !list.empty()) {
    input["NetworkInterface"] = std::move(list);
  }
  if (work.has("MetadataOptions")) input["MetadataOptions"] = work.properties.at("MetadataOptions");
  json::object placement = pick(work, {"AvailabilityZone", "Tenancy"});
  if (!placement.empty()) input["Placement"] = std::move(placement);
  if (work.has("Monitoring")) {
    input["Monitoring"] = json::object{{"Enabled", work.text("Monitoring")}};
  }
  if (const auto credits = at(work.properties, "CreditSpecification.CPUCredits");
      !credits.empty()) {
    input["CreditSpecification"] = json::object{{"CpuCredits", credits}};
  }
  input["MinCount"] = "1";
  input["MaxCount"] = "1";
  input["ClientToken"] = work.token;
  add_tag_specification(work, "instance", input);
  const auto made = co_await work.call("ec2", "RunInstances", std::move(input));
  work.initiated(at(made, "instancesSet.0.instanceId"));
  co_await tag_as_member(work);
  co_await settle(work, "DescribeInstances", ids_of("InstanceId", work.id),
                  "reservationSet.0.instancesSet.0.instanceState.name", "running", false);
  if (work.text("SourceDestCheck") == "false") {
    json::object check{{"InstanceId", work.id}};
    check["SourceDestCheck"] = json::object{{"Value", "false"}};
    co_await work.call("ec2", "ModifyInstanceAttribute", std::move(check));
  }
  co_await instance_attributes(work);
}

Task<void> modify_instance(Work& work, std::string attribute, json::value value) {
  json::object input{{"InstanceId", work.id}};
  input[attribute] = std::move(value);
  co_await work.call("ec2", "ModifyInstanceAttribute", std::move(input));
}

json::object holding(std::string value) {
  json::object holder;
  holder["Value"] = std::move(value);
  return holder;
}

Task<void> wait_for_instance(Work& work, std::string state) {
  co_await settle(work, "DescribeInstances", ids_of("InstanceId", work.id),
                  "reservationSet.0.instancesSet.0.instanceState.name", std::move(state), false);
}

// These change only while the instance is stopped: an update stops and starts it.
Task<void> change_stopped(Work& work) {
  co_await work.call("ec2", "StopInstances", ids_of("InstanceId", work.id));
  co_await wait_for_instance(work, "stopped");
  for (const std::string property : {"InstanceType", "UserData", "EbsOptimized"}) {
    if (!work.changed(property)) continue;
    std::string value = work.text(property);
    if (property == "EbsOptimized" && value.empty()) value = "false";
    co_await modify_instance(work, property, holding(std::move(value)));
  }
  co_await work.call("ec2", "StartInstances", ids_of("InstanceId", work.id));
  co_await wait_for_instance(work, "running");
}

Task<void> change_credits(Work& work) {
  // Bursts without limit are what all families but t2 have when nothing is said.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
  std::string credits = at(work.properties, "CreditSpecification.CPUCredits");
  const bool t2 = at(work.properties, "InstanceType").starts_with("t2.");
  if (credits.empty()) credits = t2 ? "standard" : "unlimited";
  json::array list;
  list.push_back(json::object{{"InstanceId", work.id}, {"CpuCredits", credits}});
  json::object input;
  input["InstanceCreditSpecification"] = std::move(list);
  const auto answer =
      co_await work.call("ec2", "ModifyInstanceCreditSpecification", std::move(input));
  const std::string refusal = "unsuccessfulInstanceCreditSpecificationSet.0.error.";
  if (const std::string code = at(answer, refusal + "code"); !code.empty()) {
    const Error refused(code, at(answer, refusal + "message"));
    throw refused;
  }
}

Task<void> update_instance(Work& work) {
  if (work.changed("IamInstanceProfile")) {
    throw Failure(
        "The embedded CloudFormation does not change the instance profile of an instance.");
  }
  if (work.changed("SecurityGroupIds")) {
    json::array groups = work.texts("SecurityGroupIds");
    if (groups.empty()) groups = co_await default_groups(work, at(work.attributes, "VpcId"));
    co_await modify_instance(work, "GroupId", std::move(groups));
  }
  if (work.changed("Monitoring")) {
    co_await work.call(
        "ec2", work.text("Monitoring") == "true" ? "MonitorInstances" : "UnmonitorInstances",
        ids_of("InstanceId", work.id));
  }
  if (work.changed("CreditSpecification")) co_await change_credits(work);
  const std::pair<std::string_view, std::string_view> fallbacks[] = {
      {"DisableApiTermination", "false"},
      {"SourceDestCheck", "true"},
      {"InstanceInitiatedShutdownBehavior", "stop"}};
  for (const auto& [property, fallback] : fallbacks) {
    if (!work.changed(property)) continue;
    std::string value = work.has(property) ? work.text(property) : std::string(fallback);
    co_await modify_instance(work, std::string(property), holding(std::move(value)));
  }
  if (any_changed(work, {"InstanceType", "UserData", "EbsOptimized"})) {
    co_await change_stopped(work);
    co_await instance_attributes(work);
  }
  co_await update_ec2_tags(work);
}

Task<void> remove_instance(Work& work) {
  co_await work.call("ec2", "TerminateInstances", ids_of("InstanceId", work.id));
  co_await settle(work, "DescribeInstances", ids_of("InstanceId", work.id),
                  "reservationSet.0.instancesSet.0.instanceState.name", "terminated", true);
}

}  // namespace

void add_compute(Handlers& table) {
  table["AWS::EC2::VPCEndpoint"] = {
      .schema = {{"PolicyDocument", "PrivateDnsEnabled", "RouteTableIds", "SecurityGroupIds",
                  "ServiceName", "SubnetIds", "Tags", "VpcEndpointType", "VpcId"},
                 {"ServiceName", "VpcId"},
                 {"CreationTimestamp", "DnsEntries", "Id", "NetworkInterfaceIds"}},
      .create_only = {"ServiceName", "VpcEndpointType", "VpcId"},
      .create = create_endpoint,
      .update = update_endpoint,
      .remove = remove_endpoint};
  table["AWS::EC2::Instance"] = {
      .schema = {{"AvailabilityZone",
                  "BlockDeviceMappings",
                  "CreditSpecification",
                  "DisableApiTermination",
                  "EbsOptimized",
                  "IamInstanceProfile",
                  "ImageId",
                  "InstanceInitiatedShutdownBehavior",
                  "InstanceType",
                  "KeyName",
                  "LaunchTemplate",
                  "MetadataOptions",
                  "Monitoring",
                  "NetworkInterfaces",
                  "PrivateIpAddress",
                  "SecurityGroupIds",
                  "SourceDestCheck",
                  "SubnetId",
                  "Tags",
                  "Tenancy",
                  "UserData"},
                 {},
                 {"AvailabilityZone", "InstanceId", "PrivateDnsName", "PrivateIp", "PublicDnsName",
                  "PublicIp", "State.Code", "State.Name", "VpcId"}},
      .create_only = {"AvailabilityZone", "BlockDeviceMappings", "ImageId", "KeyName",
                      "LaunchTemplate", "MetadataOptions", "NetworkInterfaces", "PrivateIpAddress",
                      "SubnetId", "Tenancy"},
      .create = create_instance,
      .update = update_instance,
      .remove = remove_instance};
}

}  // namespace sim::cloudformation
