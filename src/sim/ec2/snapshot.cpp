// EBS snapshots: what is kept of a volume. They are taken, seen and deleted; no volume and no image
// is made of them.
// https://docs.aws.amazon.com/ebs/latest/userguide/ebs-snapshots.html
#include <fmt/format.h>

#include <algorithm>

#include "base/contains.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"

namespace sim::ec2 {
namespace {

std::string progress(const Estate& estate, const Snapshot& snapshot) {
  return snapshot_state(snapshot, estate.now()) == "completed" ? "100%" : "0%";
}

json::object view(const Estate& estate, const Snapshot& snapshot) {
  return {{"snapshotId", snapshot.id},
          {"volumeId", snapshot.volume},
          {"status", snapshot_state(snapshot, estate.now())},
          {"startTime", base::iso8601(snapshot.created)},
          {"progress", progress(estate, snapshot)},
          {"ownerId", estate.context.account},
          {"volumeSize", snapshot.size},
          {"description", snapshot.description},
          {"encrypted", snapshot.encrypted},
          {"storageTier", "standard"},
          {"tagSet", tag_set(snapshot.tags)}};
}

constexpr Field<Snapshot> fields[] = {
    {"snapshot-id", [](const Estate&, const Snapshot& s) -> Texts { return {s.id}; }},
    {"volume-id", [](const Estate&, const Snapshot& s) -> Texts { return {s.volume}; }},
    {"status",
     [](const Estate& e, const Snapshot& s) -> Texts { return {snapshot_state(s, e.now())}; }},
    {"progress", [](const Estate& e, const Snapshot& s) -> Texts { return {progress(e, s)}; }},
    {"owner-id", [](const Estate& e, const Snapshot&) -> Texts { return {e.context.account}; }},
    {"start-time",
     [](const Estate&, const Snapshot& s) -> Texts { return {base::iso8601(s.created)}; }},
    {"description", [](const Estate&, const Snapshot& s) -> Texts { return {s.description}; }},
    {"encrypted",
     [](const Estate&, const Snapshot& s) -> Texts { return {s.encrypted ? "true" : "false"}; }},
    {"storage-tier", [](const Estate&, const Snapshot&) -> Texts { return {"standard"}; }},
    {"volume-size",
     [](const Estate&, const Snapshot& s) -> Texts { return {std::to_string(s.size)}; }},
};

json::object create(Estate& estate, const Call& call) {
  const auto& volume = estate.volume(required(call.input, "VolumeId"));
  const auto state = volume_state(volume, estate.now());
  if (state != "available" && state != "in-use") {
    throw Error("IncorrectState",
                fmt::format("The volume '{}' is in the '{}' state.", volume.id, state));
  }
  Snapshot snapshot;
  snapshot.volume = volume.id;
  snapshot.size = volume.size;
  snapshot.encrypted = volume.encrypted;
  snapshot.description = text(call.input, "Description");
  if (snapshot.description.size() > 255) {
    throw invalid_value("Invalid snapshot description. The maximum length is 255 characters.");
  }
  estate.stamp(snapshot, kind::snapshot, tags_for(call, kind::snapshot.type));
  snapshot.completes = estate.now() + estate.draw(estate.knobs.snapshot_create);
  auto output = view(estate, snapshot);
  output["progress"] = "";
  estate.model.snapshots[snapshot.id] = std::move(snapshot);
  return output;
}

json::object remove(Estate& estate, const Call& call) {
  const auto id = estate.snapshot(required(call.input, "SnapshotId")).id;
  estate.model.snapshots.erase(id);
  return {{"return", true}};
}

json::object describe_snapshots(Estate& estate, const Call& call) {
  static const Description<Snapshot> description{
      "snapshotSet", "SnapshotId", kind::snapshot, 1000, fields, view, true};
  // All snapshots here are the account's; whoever asks for others' gets none.
  const auto owners = texts(call.input, "Owner");
  const auto is_ours = [&](const std::string& owner) {
    return owner == "self" || owner == estate.context.account;
  };
  if (!owners.empty() && std::ranges::none_of(owners, is_ours)) {
    std::map<std::string, Snapshot> none;
    return describe(estate, call, none, description);
  }
  return describe(estate, call, estate.model.snapshots, description);
}

}  // namespace

void add_snapshot_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateSnapshot", "VolumeId Description TagSpecification", create,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).on(text(call.input, "VolumeId")).fresh(kind::snapshot.type);
        }},
       {"DeleteSnapshot", "SnapshotId", remove,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).on(text(call.input, "SnapshotId"));
        }},
       {"DescribeSnapshots", "SnapshotId Owner Filter MaxResults NextToken", describe_snapshots}});
}

}  // namespace sim::ec2
