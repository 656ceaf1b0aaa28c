#include "sim/ec2/fixture.hpp"

namespace sim::ec2 {
namespace {

using namespace std::chrono_literals;

class Snapshots : public test::Fixture {
 protected:
  std::string volume() {
    const auto id =
        text("CreateVolume", {{"AvailabilityZone", "ap-northeast-1a"}, {"Size", "3"}}, "/volumeId");
    wait(1min);
    return id;
  }
  std::string state(const std::string& id) {
    return text("DescribeSnapshots", {{"SnapshotId", json::array{json::string(id)}}},
                "/snapshotSet/0/status");
  }
};

// ebs-creating-snapshot: pending until all is copied; it outlives its volume.
TEST_F(Snapshots, are_pending_then_completed_and_outlive_their_volume) {
  const auto disk = volume();
  const auto id =
      text("CreateSnapshot", {{"VolumeId", disk}, {"Description", "of it"}}, "/snapshotId");
  EXPECT_TRUE(id.starts_with("snap-0"));
  EXPECT_EQ(state(id), "pending");
  wait(2min);
  EXPECT_EQ(state(id), "completed");
  call("DeleteVolume", {{"VolumeId", disk}});
  wait(1min);
  const json::object by_volume{{"Filter", test::Cloud::filter("volume-id", disk)},
                               {"Owner", json::array{"self"}}};
  EXPECT_EQ(text("DescribeSnapshots", by_volume, "/snapshotSet/0/description"), "of it");
  EXPECT_EQ(text("DescribeSnapshots", by_volume, "/snapshotSet/0/volumeSize"), "3");
  EXPECT_EQ(text("DescribeSnapshots", by_volume, "/snapshotSet/0/progress"), "100%");
  EXPECT_EQ(call("DescribeSnapshots", {{"Owner", json::array{"amazon"}}})
                .at("snapshotSet")
                .as_array()
                .size(),
            0U);
  call("DeleteSnapshot", {{"SnapshotId", id}});
  EXPECT_EQ(refusal("DeleteSnapshot", {{"SnapshotId", id}}), "InvalidSnapshot.NotFound");
}

TEST_F(Snapshots, are_refused_of_what_is_no_volume_yet_or_any_more) {
  EXPECT_EQ(refusal("CreateSnapshot", {{"VolumeId", "vol-0123456789abcdef0"}}),
            "InvalidVolume.NotFound");
  EXPECT_EQ(refusal("DescribeSnapshots", {{"SnapshotId", json::array{"snap-x"}}}),
            "InvalidSnapshotID.Malformed");
  const auto fresh =
      text("CreateVolume", {{"AvailabilityZone", "ap-northeast-1a"}, {"Size", "1"}}, "/volumeId");
  EXPECT_EQ(refusal("CreateSnapshot", {{"VolumeId", fresh}}), "IncorrectState");
}

}  // namespace
}  // namespace sim::ec2
