// An Elastic IP has two identifiers, and both must be its own.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

using cloudformation::at;

const std::string text = R"(
Resources:
  Ip: {Type: AWS::EC2::EIP, DeletionPolicy: Retain, Properties: {Domain: vpc}}
)";

class ImportAddress : public StackTest {
 protected:
  ImportAddress() { address_ = call("ec2", "AllocateAddress", {{"Domain", "vpc"}}); }

  json::object request(const std::string& allocation) {
    json::object identifier{{"PublicIp", at(address_, "publicIp")}};
    if (!allocation.empty()) identifier["AllocationId"] = allocation;
    json::object import{{"ResourceType", "AWS::EC2::EIP"}, {"LogicalResourceId", "Ip"}};
    import["ResourceIdentifier"] = std::move(identifier);
    json::object input{{"StackName", "types"},
                       {"ChangeSetName", "c" + allocation},
                       {"ChangeSetType", "IMPORT"},
                       {"TemplateBody", text}};
    input["ResourcesToImport"] = json::array{std::move(import)};
    return input;
  }
  json::object described(const std::string& allocation) {
    call("cloudformation", "CreateChangeSet", request(allocation));
    pass(std::chrono::minutes(1));
    return call("cloudformation", "DescribeChangeSet",
                {{"StackName", "types"}, {"ChangeSetName", "c" + allocation}});
  }

  json::object address_;
};

TEST_F(ImportAddress, by_one_identifier_is_refused) {
  try {
    call("cloudformation", "CreateChangeSet", request(""));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "Invalid resource identifier for resource type AWS::EC2::EIP. Expected [PublicIp, "
                 "AllocationId]");
  }
}

TEST_F(ImportAddress, by_both_makes_it_the_stacks) {
  const auto allocation = at(address_, "allocationId");
  EXPECT_EQ(at(described("eipalloc-0123456789abcdef0"), "Status"), "FAILED");
  EXPECT_EQ(at(described(allocation), "Status"), "CREATE_COMPLETE");
  id_ = "types";
  call("cloudformation", "ExecuteChangeSet",
       {{"StackName", "types"}, {"ChangeSetName", "c" + allocation}});
  EXPECT_EQ(settle(), "IMPORT_COMPLETE") << troubles();
  EXPECT_EQ(update(text + "Outputs: {Id: {Value: !GetAtt Ip.AllocationId}}\n"), "UPDATE_COMPLETE")
      << troubles();
  EXPECT_EQ(output("Id"), allocation);
}

}  // namespace
}  // namespace sim::world
