// What a group launches and where: launch templates, launch configurations, subnets; and the
// RunInstances that comes of it.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/launch-templates.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"
#include "sim/core/words.hpp"

namespace sim::autoscaling {

namespace {

// EC2 answers in other names than it is asked with: "networkInterfaceSet" is "NetworkInterface".
json::value request_form(const json::value& answer) {
  if (const auto* list = answer.if_array()) {
    json::array all;
    for (const auto& one : *list) all.push_back(request_form(one));
    return json::value(std::move(all));
  }
  const auto* object = answer.if_object();
  if (object == nullptr) return answer;
  json::object all;
  for (const auto& [name, value] : *object) {
    std::string member(name);
    if (member == "groupSet") member = "SecurityGroupId";
    if (member.ends_with("Set") && value.is_array()) member.resize(member.size() - 3);
    all[capitalized(std::move(member))] = request_form(value);
  }
  return json::value(std::move(all));
}

// The tags of what is launched: the template's own, then the group's over them.
json::array tag_specifications(const json::object& data, const Group& group) {
  json::array all;
  std::map<std::string, std::string> tags;
  if (const auto* given = data.if_contains("TagSpecification")) {
    for (const auto& one : given->as_array()) {
      if (text_at(one, "ResourceType") != "instance") {
        all.push_back(one);
        continue;
      }
      for (const auto& tag : one.at("Tag").as_array()) {
        tags[text_at(tag, "Key")] = text_at(tag, "Value");
      }
    }
  }
  for (const auto& [key, tag] : group.tags) {
    if (tag.propagates) tags[key] = tag.value;
  }
  tags["aws:autoscaling:groupName"] = group.name;
  json::object specification{{"ResourceType", "instance"}};
  json::array list;
  for (const auto& [key, value] : tags) {
    list.push_back(json::object{{"Key", key}, {"Value", value}});
  }
  specification["Tag"] = std::move(list);
  all.push_back(std::move(specification));
  return all;
}

Error not_fully_formed(const std::string& why) {
  return invalid("You must use a valid fully-formed launch template. " + why);
}

}  // namespace

Task<json::object> AutoScaling::template_version(json::object launch_template) {
  json::object look;
  for (const auto* name : {"LaunchTemplateId", "LaunchTemplateName"}) {
    // Both may be known by now: the id is enough.
    if (look.empty() && launch_template.contains(name)) look[name] = launch_template.at(name);
  }
  const auto* version = launch_template.if_contains("Version");
  const bool given = version != nullptr && version->is_string() && *version != "";
  look["LaunchTemplateVersion"] = json::array{given ? *version : json::value("$Default")};
  const auto found = co_await ask("ec2", "DescribeLaunchTemplateVersions", std::move(look));
  const auto& versions = found.at("launchTemplateVersionSet").as_array();
  if (versions.empty()) throw invalid("The specified launch template version does not exist.");
  co_return versions.front().as_object();
}

// AWS tries the launch as the caller, who must be allowed to run the instances and to pass their
// role.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
Task<void> AutoScaling::check_template(Principal caller, json::object launch_template,
                                       Place place) {
  json::object input{{"DryRun", "true"}, {"MinCount", "1"}, {"MaxCount", "1"}};
  json::object which;
  for (const auto* name : {"LaunchTemplateId", "Version"}) {
    if (launch_template.contains(name)) which[name] = launch_template.at(name);
  }
  input["LaunchTemplate"] = std::move(which);
  if (!place.subnet.empty()) input["SubnetId"] = place.subnet;
  bool refused = false;
  try {
    co_await caller_.call(std::move(caller), "ec2", "RunInstances", std::move(input));
  } catch (const Error& error) {
    refused = error.code == "UnauthorizedOperation";
  }
  if (!refused) co_return;
  // [C] community.aws#831.
  throw Error("AccessDenied",
              fmt::format("You are not authorized to use launch template: {}",
                          text_at(launch_template, "LaunchTemplateId")),
              403);
}

// The id and name of a template that can be launched, and the version as it was asked for.
Task<json::object> AutoScaling::chosen_template(json::object asked) {
  json::object version;
  std::string problem;
  try {
    version = co_await template_version(asked);
  } catch (const Error& error) {
    problem = error.what();
  }
  if (!problem.empty()) throw not_fully_formed(problem);
  if (text_at(version, "launchTemplateData.imageId").empty()) {
    throw not_fully_formed("The request must contain the parameter ImageId");
  }
  json::object chosen{{"LaunchTemplateId", version.at("launchTemplateId")},
                      {"LaunchTemplateName", version.at("launchTemplateName")}};
  if (const auto* number = asked.if_contains("Version")) chosen["Version"] = *number;
  co_return chosen;
}

Task<void> AutoScaling::read_source(const Call& call, Group& group, bool creating) {
  const Fields in(call.input, "ValidationError");
  const auto configuration = in.text("LaunchConfigurationName");
  const bool mixed = in.has("MixedInstancesPolicy"), alone = in.has("LaunchTemplate");
  const auto sources = (mixed ? 1 : 0) + (alone ? 1 : 0) + (configuration.empty() ? 0 : 1);
  if (sources > 1 || (sources == 0 && creating)) {
    throw invalid(
        "Valid requests must contain either launchTemplate, launchConfigurationName, "
        "mixedInstancesPolicy or instanceId parameter.");
  }
  if (sources == 0) co_return;
  group.mixed = {};
  group.types.clear();
  if (!configuration.empty()) {
    if (!configurations_.contains(configuration)) {
      throw invalid("Launch configuration name not found - null");
    }
    group.configuration = configuration;
    group.launch_template = {};
    co_return;
  }
  auto asked = alone ? in.object("LaunchTemplate")
                     : read_mixed(Fields(in.object("MixedInstancesPolicy")), group);
  group.launch_template = co_await chosen_template(std::move(asked));
  group.configuration = {};
  co_await check_template(call.caller, group.launch_template,
                          group.places.empty() ? Place{} : group.places.front());
}

Task<void> AutoScaling::read_places(const Call& call, Group& group, bool creating) {
  const Fields in(call.input, "ValidationError");
  auto zones = in.texts("AvailabilityZones");
  std::vector<std::string> subnets;
  for (auto& id : words_of(in.text("VPCZoneIdentifier"), ',')) {
    std::erase(id, ' ');
    if (!id.empty()) subnets.push_back(id);
  }
  if (subnets.empty() && zones.empty()) {
    if (creating) throw invalid("At least one Availability Zone or VPC Subnet is required.");
    co_return;
  }
  for (const auto& place : group.places) {
    if (in.text("VPCZoneIdentifier").empty()) subnets.push_back(place.subnet);
  }
  // Without subnets, AWS takes those of the default VPC, which this account has not.
  if (subnets.empty()) throw invalid("No default VPC for this user");
  std::vector<Place> places;
  std::string vpc;
  for (const auto& id : subnets) {
    json::object look;
    look["SubnetId"] = json::array{json::value(id)};
    json::object found;
    try {
      found = co_await ask("ec2", "DescribeSubnets", std::move(look));
    } catch (const Error&) {
      found = {};
    }
    const auto zone = text_at(found, "subnetSet.0.availabilityZone");
    if (zone.empty()) throw invalid(fmt::format("The subnet ID '{}' does not exist", id));
    if (!zones.empty() && !base::contains(zones, zone)) {
      throw invalid(
          "The availability zones of the specified subnets and the Auto Scaling group do not "
          "match");
    }
    const auto own = text_at(found, "subnetSet.0.vpcId");
    if (!vpc.empty() && vpc != own) {
      throw invalid("The specified subnets do not all belong to the same VPC.");
    }
    vpc = own;
    places.push_back({id, zone});
  }
  group.places = std::move(places);
  group.zones.clear();
  for (const auto& place : group.places) {
    if (!base::contains(group.zones, place.zone)) group.zones.push_back(place.zone);
  }
  std::ranges::sort(group.zones);
}

json::object AutoScaling::configured_input(const LaunchConfiguration& one,
                                           const Place& place) const {
  const Fields given(one.given);
  json::object input;
  for (const auto* name : {"ImageId", "InstanceType", "KeyName", "UserData", "EbsOptimized"}) {
    if (given.has(name)) input[name] = one.given.at(name);
  }
  if (given.has("BlockDeviceMappings")) {
    input["BlockDeviceMapping"] = given.list("BlockDeviceMappings");
  }
  if (given.has("MetadataOptions")) input["MetadataOptions"] = given.object("MetadataOptions");
  const auto profile = given.text("IamInstanceProfile");
  if (!profile.empty()) {
    input["IamInstanceProfile"] =
        json::object{{profile.starts_with("arn:") ? "Arn" : "Name", profile}};
  }
  // [C] Detailed monitoring is on unless it is switched off.
  const Fields monitoring(given.object("InstanceMonitoring"));
  input["Monitoring"] = json::object{{"Enabled", monitoring.text("Enabled", "true")}};
  json::object interface{{"SubnetId", place.subnet}};
  if (!given.list("SecurityGroups").empty()) {
    interface["SecurityGroupId"] = given.list("SecurityGroups");
  }
  if (given.has("AssociatePublicIpAddress")) {
    interface["DeviceIndex"] = "0";
    interface["AssociatePublicIpAddress"] = one.given.at("AssociatePublicIpAddress");
    input["NetworkInterface"] = json::array{std::move(interface)};
  } else {
    for (auto& member : interface) input[member.key()] = std::move(member.value());
  }
  return input;
}

// What RunInstances is asked for; says in `member` by what.
Task<json::object> AutoScaling::launch_input(const Group& group, Place place, Member& member) {
  json::object input, data;
  if (!group.configuration.empty()) {
    member.configuration = group.configuration;
    const auto found = configurations_.find(group.configuration);
    if (found == configurations_.end()) {
      throw Error("ValidationError", "The launch configuration does not exist");
    }
    input = configured_input(found->second, place);
  } else {
    const auto version = co_await template_version(group.launch_template);
    data = request_form(version.at("launchTemplateData")).as_object();
    const auto number = text_at(version, "versionNumber");
    member.launch_template = {{"LaunchTemplateId", version.at("launchTemplateId")},
                              {"LaunchTemplateName", version.at("launchTemplateName")},
                              {"Version", number}};
    input["LaunchTemplate"] =
        json::object{{"LaunchTemplateId", version.at("launchTemplateId")}, {"Version", number}};
    if (!group.types.empty()) input["InstanceType"] = group.types.front();
    if (data.contains("NetworkInterface")) {
      auto interfaces = data.at("NetworkInterface").as_array();
      if (!interfaces.empty()) interfaces.front().as_object()["SubnetId"] = place.subnet;
      input["NetworkInterface"] = std::move(interfaces);
    } else {
      input["SubnetId"] = place.subnet;
    }
  }
  input["MinCount"] = "1";
  input["MaxCount"] = "1";
  input["TagSpecification"] = tag_specifications(data, group);
  co_return input;
}

}  // namespace sim::autoscaling
