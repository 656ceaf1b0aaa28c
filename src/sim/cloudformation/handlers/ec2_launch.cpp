// Key pairs, launch templates, volumes and their attachments.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handlers/ec2_parts.hpp"
#include "templates/functions.hpp"

namespace sim::cloudformation {

namespace {

// Key pair ----------------------------------------------------------------------------------------

std::string key_parameter(const Work& work) {
  return "/ec2/keypair/" + at(work.attributes, "KeyPairId");
}

// Its name is its id. The private key of a pair that AWS makes is kept in Parameter Store:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ec2-keypair.html
Task<void> create_key_pair(Work& work) {
  json::object input = pick(work, {"KeyName", "KeyType", "KeyFormat"});
  const bool imported = work.has("PublicKeyMaterial");
  if (imported) {
    input = pick(work, {"KeyName"});
    input["PublicKeyMaterial"] = templates::functions::base64(work.text("PublicKeyMaterial"));
  }
  add_tag_specification(work, "key-pair", input);
  const auto made =
      co_await work.call("ec2", imported ? "ImportKeyPair" : "CreateKeyPair", std::move(input));
  work.attributes["KeyPairId"] = at(made, "keyPairId");
  work.attributes["KeyFingerprint"] = at(made, "keyFingerprint");
  work.initiated(at(made, "keyName"));
  Work tagging = work;
  tagging.id = at(made, "keyPairId");
  co_await tag_as_member(tagging);
  if (imported) co_return;
  co_await work.call("ssm", "PutParameter",
                     {{"Name", key_parameter(work)},
                      {"Type", "SecureString"},
                      {"Value", at(made, "keyMaterial")}});
}

Task<void> remove_key_pair(Work& work) {
  co_await work.call("ec2", "DeleteKeyPair", {{"KeyName", work.id}});
  if (work.has("PublicKeyMaterial")) co_return;
  try {
    co_await work.call("ssm", "DeleteParameter", {{"Name", key_parameter(work)}});
  } catch (const Error& error) {
    if (!is_gone(error)) throw;
  }
}

// Launch template ---------------------------------------------------------------------------------

// The template says SecurityGroupIds and NetworkInterfaces where the API says SecurityGroupId.1 and
// NetworkInterface.1.
constexpr std::pair<std::string_view, std::string_view> api_names[] = {
    {"SecurityGroupIds", "SecurityGroupId"},
    {"SecurityGroups", "SecurityGroup"},
    {"NetworkInterfaces", "NetworkInterface"},
    {"Groups", "SecurityGroupId"},
    {"BlockDeviceMappings", "BlockDeviceMapping"},
    {"TagSpecifications", "TagSpecification"},
    {"Tags", "Tag"}};

json::value api_names_in(const json::value& value) {
  if (const auto* list = value.if_array()) {
    json::array result;
    for (const auto& one : *list) result.push_back(api_names_in(one));
    return json::value(std::move(result));
  }
  const auto* holder = value.if_object();
  if (holder == nullptr) return as_texts(value);
  json::object result;
  for (const auto& member : *holder) {
    std::string_view name = member.key();
    for (const auto& [property, parameter] : api_names) {
      if (name == property) name = parameter;
    }
    result[name] = api_names_in(member.value());
  }
  return json::value(std::move(result));
}

json::object version_input(const Work& work) {
  json::object input = pick(work, {"VersionDescription"});
  const auto* data = work.properties.if_contains("LaunchTemplateData");
  input["LaunchTemplateData"] = data == nullptr ? json::value(json::object()) : api_names_in(*data);
  return input;
}

Task<void> create_template(Work& work) {
  json::object input = version_input(work);
  input["LaunchTemplateName"] =
      work.has("LaunchTemplateName") ? work.text("LaunchTemplateName") : work.generated_name(128);
  input["ClientToken"] = work.token;
  if (const auto* tags = work.properties.if_contains("TagSpecifications")) {
    input["TagSpecification"] = api_names_in(*tags);
  }
  const auto made = co_await work.call("ec2", "CreateLaunchTemplate", std::move(input));
  work.initiated(at(made, "launchTemplate.launchTemplateId"));
  co_await tag_as_member(work);
  work.attributes["LaunchTemplateId"] = work.id;
  work.attributes["LatestVersionNumber"] = "1";
  work.attributes["DefaultVersionNumber"] = "1";
}

// A change makes a version; the default stays the first.
Task<void> update_template(Work& work) {
  if (!any_changed(work, {"LaunchTemplateData", "VersionDescription"})) co_return;
  json::object input = version_input(work);
  input["LaunchTemplateId"] = work.id;
  const auto made = co_await work.call("ec2", "CreateLaunchTemplateVersion", std::move(input));
  work.attributes["LatestVersionNumber"] = at(made, "launchTemplateVersion.versionNumber");
}

Task<void> remove_template(Work& work) {
  co_await work.call("ec2", "DeleteLaunchTemplate", {{"LaunchTemplateId", work.id}});
}

// Volume ------------------------------------------------------------------------------------------

Task<void> create_volume(Work& work) {
  json::object input =
      pick(work, {"AvailabilityZone", "Size", "VolumeType", "Iops", "Throughput", "Encrypted"});
  input["ClientToken"] = work.token;
  co_await create_tagged(work, "CreateVolume", std::move(input), "volume", "volumeId");
  co_await settle(work, "DescribeVolumes", ids_of("VolumeId", work.id), "volumeSet.0.status",
                  "available", false);
  work.attributes["VolumeId"] = work.id;
}

Task<void> update_volume(Work& work) {
  if (any_changed(work, {"Size", "VolumeType", "Iops", "Throughput"})) {
    throw Failure("The embedded CloudFormation changes nothing but the tags of a volume.");
  }
  co_await update_ec2_tags(work);
}

// The volume goes when its snapshot is complete; one snapshot, however often the removal is tried.
Task<void> take_snapshot(Work& work) {
  constexpr std::string_view taken = " snapshot";
  if (!work.attributes.contains(taken)) {
    json::object input{{"VolumeId", work.id}};
    add_tag_specification(work, "snapshot", input);
    const auto made = co_await work.call("ec2", "CreateSnapshot", std::move(input));
    work.attributes[taken] = at(made, "snapshotId");
  }
  // It may be too new to be known everywhere.
  Work looking = work;
  looking.propagating = true;
  co_await settle(looking, "DescribeSnapshots",
                  ids_of("SnapshotId", at(json::value(work.attributes), taken)),
                  "snapshotSet.0.status", "completed", false);
}

Task<void> remove_volume(Work& work) {
  if (work.keeps_snapshot) co_await take_snapshot(work);
  co_await work.call("ec2", "DeleteVolume", {{"VolumeId", work.id}});
  co_await settle(work, "DescribeVolumes", ids_of("VolumeId", work.id), "volumeSet.0.status",
                  "deleted", true);
}

Task<void> attach_volume(Work& work) {
  const std::string volume = work.required("VolumeId");
  co_await work.call("ec2", "AttachVolume", pick(work, {"VolumeId", "InstanceId", "Device"}));
  work.initiated(volume + "|" + work.text("InstanceId"));
  co_await settle(work, "DescribeVolumes", ids_of("VolumeId", volume),
                  "volumeSet.0.attachmentSet.0.status", "attached", false);
}

Task<void> detach_volume(Work& work) {
  const std::string volume = work.text("VolumeId");
  try {
    co_await work.call("ec2", "DetachVolume", pick(work, {"VolumeId", "InstanceId"}));
  } catch (const Error& error) {
    if (error.code != "IncorrectState") throw;  // detached already
  }
  co_await settle(work, "DescribeVolumes", ids_of("VolumeId", volume), "volumeSet.0.status",
                  "available", true);
}

void add_volumes(Handlers& table) {
  table["AWS::EC2::Volume"] = {.schema = {{"AvailabilityZone", "Encrypted", "Iops", "Size", "Tags",
                                           "Throughput", "VolumeType"},
                                          {"AvailabilityZone"},
                                          {"VolumeId"}},
                               .create_only = {"AvailabilityZone", "Encrypted"},
                               .create = create_volume,
                               .update = update_volume,
                               .remove = remove_volume};
  table["AWS::EC2::VolumeAttachment"] = {
      .schema = {{"Device", "InstanceId", "VolumeId"}, {"InstanceId", "VolumeId"}, {}},
      .create_only = {"Device", "InstanceId", "VolumeId"},
      .create = attach_volume,
      .update = nullptr,
      .remove = detach_volume};
}

}  // namespace

void add_ec2_launch(Handlers& table) {
  table["AWS::EC2::KeyPair"] = {
      .schema = {{"KeyFormat", "KeyName", "KeyType", "PublicKeyMaterial", "Tags"},
                 {"KeyName"},
                 {"KeyFingerprint", "KeyPairId"}},
      .create_only = {"KeyFormat", "KeyName", "KeyType", "PublicKeyMaterial", "Tags"},
      .create = create_key_pair,
      .update = nullptr,
      .remove = remove_key_pair};
  table["AWS::EC2::LaunchTemplate"] = {
      .schema = {{"LaunchTemplateData", "LaunchTemplateName", "TagSpecifications",
                  "VersionDescription"},
                 {"LaunchTemplateData"},
                 {"DefaultVersionNumber", "LatestVersionNumber", "LaunchTemplateId"}},
      .create_only = {"LaunchTemplateName", "TagSpecifications"},
      .create = create_template,
      .update = update_template,
      .remove = remove_template};
  add_volumes(table);
}

}  // namespace sim::cloudformation
