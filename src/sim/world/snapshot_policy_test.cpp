// DeletionPolicy and UpdateReplacePolicy: Snapshot.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

class SnapshotPolicies : public StackTest {
 protected:
  static std::string volume(const std::string& zone, const std::string& policies) {
    return "Resources: {X: {Type: AWS::EC2::Volume, " + policies +
           "Properties: {AvailabilityZone: ap-northeast-1" + zone +
           ", Size: 1, Tags: [{Key: of, Value: x}]}}}\n";
  }
  json::array snapshots() {
    return call("ec2", "DescribeSnapshots", {}).at("snapshotSet").as_array();
  }
  std::size_t volumes() {
    return call("ec2", "DescribeVolumes", {}).at("volumeSet").as_array().size();
  }
};

TEST_F(SnapshotPolicies, keep_a_snapshot_of_what_is_replaced_and_of_what_is_deleted) {
  const std::string both = "DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot, ";
  ASSERT_EQ(create(volume("a", both)), "CREATE_COMPLETE") << troubles();
  EXPECT_EQ(snapshots().size(), 0U);
  ASSERT_EQ(update(volume("c", both)), "UPDATE_COMPLETE") << troubles();
  EXPECT_EQ(snapshots().size(), 1U);
  EXPECT_EQ(volumes(), 1U);
  ASSERT_EQ(remove(), "DELETE_COMPLETE") << troubles();
  EXPECT_EQ(volumes(), 0U);
  const auto kept = snapshots();
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(at(kept.front(), "status"), "completed");
  EXPECT_EQ(at(kept.front(), "tagSet.0.key"), "of");
}

TEST_F(SnapshotPolicies, are_only_for_what_they_are_said_of) {
  ASSERT_EQ(create(volume("a", "DeletionPolicy: Snapshot, ")), "CREATE_COMPLETE") << troubles();
  ASSERT_EQ(update(volume("c", "DeletionPolicy: Snapshot, ")), "UPDATE_COMPLETE") << troubles();
  EXPECT_EQ(snapshots().size(), 0U);  // a replacement is UpdateReplacePolicy's
  ASSERT_EQ(update(volume("c", "")), "UPDATE_COMPLETE") << troubles();
  ASSERT_EQ(remove(), "DELETE_COMPLETE") << troubles();
  EXPECT_EQ(snapshots().size(), 0U);
}

}  // namespace
}  // namespace sim::world
