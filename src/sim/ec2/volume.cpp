// EBS volumes: those that instances bring, and those of their own. Snapshots are in snapshot.cpp;
// none becomes a volume again.
// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-lifecycle.html
#include "sim/ec2/volume.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"
#include "sim/ec2/zones.hpp"

namespace sim::ec2 {
namespace {

constexpr std::string_view root_device = "/dev/xvda";
constexpr int root_size = 8;  // GiB of Amazon's own images

struct VolumeType {
  std::string_view name;
  int least, most;  // GiB
  int iops;         // what a volume has that asks for none; 0: not told
};

// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
constexpr VolumeType volume_types[] = {{"gp2", 1, 16384, 100},  {"gp3", 1, 65536, 3000},
                                       {"io1", 4, 16384, 100},  {"io2", 4, 65536, 100},
                                       {"st1", 125, 16384, 0},  {"sc1", 125, 16384, 0},
                                       {"standard", 1, 1024, 0}};

void shape(const json::object& wish, std::string_view otherwise, int size, Volume& volume) {
  volume.type = has(wish, "VolumeType") ? text(wish, "VolumeType") : std::string(otherwise);
  const auto type = std::ranges::find(volume_types, volume.type, &VolumeType::name);
  if (type == std::end(volume_types)) {
    throw Error("UnknownVolumeType", fmt::format("Unknown volume type: {}", volume.type));
  }
  const auto* member = has(wish, "VolumeSize") ? "VolumeSize" : "Size";
  volume.size = number(wish, member).value_or(size);
  if (volume.size < type->least || volume.size > type->most) {
    throw invalid_value(
        fmt::format("Volume of {}GiB is out of range; a volume of type {} has from {} to {} GiB.",
                    volume.size, volume.type, type->least, type->most));
  }
  volume.iops =
      number(wish, "Iops")
          .value_or(volume.type == "gp2" ? std::clamp(volume.size * 3, 100, 16000) : type->iops);
  if (volume.type == "gp3") volume.throughput = number(wish, "Throughput").value_or(125);
  volume.encrypted = flag(wish, "Encrypted", false);
}

// The entry of BlockDeviceMapping for the root, or an empty one.
json::object root_mapping(const Call& call) {
  for (const auto& mapping : objects(call.input, "BlockDeviceMapping")) {
    if (text(mapping, "DeviceName") == root_device) return object(mapping, "Ebs");
  }
  return {};
}

std::string add_one(Estate& estate, const Call& call, const Instance& instance,
                    std::string_view device, const json::object& wish) {
  Volume volume;
  estate.stamp(volume, kind::volume,
               tags_for(call, kind::volume.type, {"instance", "network-interface"}));
  shape(wish, "gp3", root_size, volume);
  volume.zone = instance.zone;
  volume.instance = instance.id;
  volume.device = device;
  volume.delete_on_termination = flag(wish, "DeleteOnTermination", true);
  volume.available = estate.now();
  volume.attached = estate.now();
  const auto id = volume.id;
  estate.model.volumes[id] = std::move(volume);
  return id;
}

}  // namespace

void check_launch_volumes(const Call& call) {
  for (const auto& mapping : objects(call.input, "BlockDeviceMapping")) {
    required(mapping, "DeviceName");
    const auto ebs = object(mapping, "Ebs");
    for (const auto* name : {"VirtualName", "NoDevice"}) {
      if (!has(mapping, name)) continue;
      throw Error("UnsupportedOperation",
                  fmt::format("The embedded EC2 does not support BlockDeviceMapping.{}.", name));
    }
    for (const auto* name : {"SnapshotId", "KmsKeyId", "OutpostArn"}) {
      if (!has(ebs, name)) continue;
      throw Error(
          "UnsupportedOperation",
          fmt::format("The embedded EC2 does not support BlockDeviceMapping.Ebs.{}.", name));
    }
    Volume tried;
    shape(ebs, "gp3", root_size, tried);
  }
}

std::string add_launch_volumes(Estate& estate, const Call& call, const Instance& instance) {
  auto root = add_one(estate, call, instance, root_device, root_mapping(call));
  for (const auto& mapping : objects(call.input, "BlockDeviceMapping")) {
    const auto device = text(mapping, "DeviceName");
    if (device == root_device) continue;
    add_one(estate, call, instance, device, object(mapping, "Ebs"));
  }
  return root;
}

namespace {

std::string attachment_status(const Estate& estate, const Volume& volume) {
  if (volume.leaves) return "detaching";
  return estate.now() < volume.attached ? "attaching" : "attached";
}

json::object attachment(const Estate& estate, const Volume& volume) {
  return {{"volumeId", volume.id},
          {"instanceId", volume.instance},
          {"device", volume.device},
          {"status", attachment_status(estate, volume)},
          {"attachTime", base::iso8601(volume.attached)},
          {"deleteOnTermination", volume.delete_on_termination}};
}

json::object plain_view(const Estate& estate, const Volume& volume) {
  json::object view{{"volumeId", volume.id},
                    {"size", volume.size},
                    {"snapshotId", volume.snapshot},
                    {"availabilityZone", volume.zone},
                    {"status", volume_state(volume, estate.now())},
                    {"createTime", base::iso8601(volume.created)},
                    {"volumeType", volume.type},
                    {"encrypted", volume.encrypted},
                    {"multiAttachEnabled", false}};
  if (volume.iops > 0) view["iops"] = volume.iops;
  if (volume.throughput > 0) view["throughput"] = volume.throughput;
  view["tagSet"] = tag_set(volume.tags);
  return view;
}

json::object view(const Estate& estate, const Volume& volume) {
  auto result = plain_view(estate, volume);
  json::array attachments;
  if (!volume.instance.empty()) attachments.push_back(attachment(estate, volume));
  result["attachmentSet"] = std::move(attachments);
  return result;
}

Texts unless_empty(const std::string& value) {
  return value.empty() ? Texts{} : Texts{value};
}

constexpr Field<Volume> fields[] = {
    {"volume-id", [](const Estate&, const Volume& v) -> Texts { return {v.id}; }},
    {"status",
     [](const Estate& e, const Volume& v) -> Texts { return {volume_state(v, e.now())}; }},
    {"size", [](const Estate&, const Volume& v) -> Texts { return {std::to_string(v.size)}; }},
    {"volume-type", [](const Estate&, const Volume& v) -> Texts { return {v.type}; }},
    {"availability-zone", [](const Estate&, const Volume& v) -> Texts { return {v.zone}; }},
    {"encrypted",
     [](const Estate&, const Volume& v) -> Texts { return {v.encrypted ? "true" : "false"}; }},
    {"snapshot-id", [](const Estate&, const Volume& v) { return unless_empty(v.snapshot); }},
    {"attachment.instance-id",
     [](const Estate&, const Volume& v) { return unless_empty(v.instance); }},
    {"attachment.device", [](const Estate&, const Volume& v) { return unless_empty(v.device); }},
    {"attachment.status",
     [](const Estate& e, const Volume& v) {
       return v.instance.empty() ? Texts{} : Texts{attachment_status(e, v)};
     }},
    {"attachment.delete-on-termination",
     [](const Estate&, const Volume& v) {
       return v.instance.empty() ? Texts{} : Texts{v.delete_on_termination ? "true" : "false"};
     }},
};

json::object create(Estate& estate, const Call& call) {
  if (const auto before = made_before(estate, call); !before.empty()) {
    return plain_view(estate, estate.volume(before));
  }
  Volume volume;
  volume.zone = required(call.input, "AvailabilityZone");
  const auto all = zones(estate.context.region);
  if (std::ranges::find(all, volume.zone, &Zone::name) == all.end()) {
    throw Error("InvalidZone.NotFound", fmt::format("The zone '{}' does not exist.", volume.zone));
  }
  required(call.input, "Size");
  shape(call.input, "gp2", 0, volume);
  estate.stamp(volume, kind::volume, tags_for(call, kind::volume.type));
  volume.available = estate.now() + estate.draw(estate.knobs.volume_create);
  const auto output = plain_view(estate, volume);
  remember(estate, call, volume.id);
  estate.model.volumes[volume.id] = std::move(volume);
  return output;
}

json::object remove(Estate& estate, const Call& call) {
  auto& volume = estate.volume(required(call.input, "VolumeId"));
  if (!volume.instance.empty()) {
    throw Error("VolumeInUse",
                fmt::format("Volume {} is currently attached to {}", volume.id, volume.instance));
  }
  if (!volume.deleted) volume.deleted = estate.now() + estate.draw(estate.knobs.volume_delete);
  return {{"return", true}};
}

json::object attach(Estate& estate, const Call& call) {
  auto& volume = estate.volume(required(call.input, "VolumeId"));
  const auto& instance = estate.instance(required(call.input, "InstanceId"));
  const auto device = required(call.input, "Device");
  if (!volume.instance.empty()) {
    throw Error("VolumeInUse", fmt::format("{} is already attached to an instance", volume.id));
  }
  if (volume_state(volume, estate.now()) != "available") {
    throw Error("IncorrectState", fmt::format("{} is not 'available'.", volume.id));
  }
  if (volume.zone != instance.zone) {
    throw Error("InvalidVolume.ZoneMismatch",
                fmt::format("The volume '{}' is not in the same availability zone as instance '{}'",
                            volume.id, instance.id));
  }
  const auto state = instance_state(instance, estate.now());
  if (state != "running" && state != "stopped") {
    throw Error("IncorrectState", fmt::format("Instance '{}' is not 'running'.", instance.id));
  }
  for (const auto& [id, other] : estate.model.volumes) {
    if (other.instance != instance.id || other.device != device) continue;
    throw invalid_value(
        fmt::format("Invalid value '{}' for unixDevice. Attachment point {} is already in use",
                    device, device));
  }
  volume.instance = instance.id;
  volume.device = device;
  volume.delete_on_termination = false;
  volume.attached = estate.now() + estate.draw(estate.knobs.volume_attach);
  return attachment(estate, volume);
}

json::object detach(Estate& estate, const Call& call) {
  auto& volume = estate.volume(required(call.input, "VolumeId"));
  const auto asked = text(call.input, "InstanceId");
  if (volume.instance.empty() || (!asked.empty() && asked != volume.instance)) {
    throw Error("IncorrectState",
                fmt::format("Volume '{}' is in the 'available' state.", volume.id));
  }
  const auto& instance = estate.instance(volume.instance);
  const bool root = instance.volume == volume.id;
  if (root && instance_state(instance, estate.now()) != "stopped") {
    throw Error("OperationNotPermitted",
                fmt::format("Unable to detach root volume '{}' from instance '{}'", volume.id,
                            instance.id));
  }
  if (!volume.leaves) volume.leaves = estate.now() + estate.draw(estate.knobs.volume_detach);
  return attachment(estate, volume);
}

json::object describe_volumes(Estate& estate, const Call& call) {
  static const Description<Volume> description{"volumeSet", "VolumeId", kind::volume, 1000,
                                               fields,      view,       true};
  return describe(estate, call, estate.model.volumes, description);
}

std::vector<Access> on_volume(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "VolumeId")).on(text(call.input, "InstanceId"));
}

}  // namespace

void add_volume_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateVolume",
        "AvailabilityZone Size VolumeType Iops Throughput Encrypted TagSpecification ClientToken",
        create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).fresh(kind::volume.type);
        }},
       {"DeleteVolume", "VolumeId", remove, on_volume},
       {"AttachVolume", "VolumeId InstanceId Device", attach, on_volume},
       {"DetachVolume", "VolumeId InstanceId Device Force", detach, on_volume},
       {"DescribeVolumes", "VolumeId Filter MaxResults NextToken", describe_volumes}});
}

}  // namespace sim::ec2
