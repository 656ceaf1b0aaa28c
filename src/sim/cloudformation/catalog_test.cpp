// The table of resource types against templates that people wrote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/cloudformation/cloudformation.hpp"

namespace sim::cloudformation {
namespace {

std::string text_of_file(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> problems_in(const std::filesystem::path& folder) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    const auto name = entry.path().filename().string();
    for (const auto& problem : problems_of(text_of_file(entry.path()), name)) {
      found.push_back(templates::describe(problem));
    }
  }
  return found;
}

TEST(Catalog, finds_nothing_wrong_with_the_example) {
  EXPECT_THAT(
      problems_in(std::filesystem::path(FALSEWORK_SOURCE_DIR) / "examples" / "fargate-nginx"),
      testing::IsEmpty());
}

TEST(Catalog, knows_everything_the_reference_uses) {
  const auto folder = std::filesystem::path(FALSEWORK_SOURCE_DIR) / "../shared/reference/fa-071";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the reference is not on this machine";
  // Unedited, its root has a list where the bucket's name belongs; nothing else is wrong.
  EXPECT_THAT(
      problems_in(folder),
      testing::ElementsAre("fa-071.yaml:6: Template format error: Every Default member must "
                           "be a string."));
}

TEST(Catalog, names_the_place_of_a_property_that_does_not_exist) {
  const auto problems = problems_of(
      "Resources:\n  Nat:\n    Type: AWS::EC2::NatGateway\n    Properties:\n      Subnet: x\n",
      "network.yaml");
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(templates::describe(problems.front()),
            "network.yaml:5: Nat: AWS::EC2::NatGateway has no property Subnet");
}

TEST(Catalog, says_what_there_is_instead_of_a_type_and_which_property_only_aws_honours) {
  const auto problems = problems_of(
      "Resources:\n  A:\n    Type: AWS::ECS::PrimaryTaskSet\n  B:\n    Type: AWS::RDS::DBInstance\n"
      "  C:\n    Type: AWS::SNS::Topic\n    Properties:\n      DataProtectionPolicy: {}\n",
      "t.yaml");
  std::string all;
  for (const auto& problem : problems) all += templates::describe(problem) + "\n";
  EXPECT_THAT(all,
              testing::HasSubstr("AWS::ECS::PrimaryTaskSet is not supported; of this service "
                                 "the embedded AWS has Cluster, "
                                 "ClusterCapacityProviderAssociations, Service, TaskDefinition"));
  EXPECT_THAT(all, testing::HasSubstr("AWS::RDS::DBInstance is not supported; the embedded AWS has "
                                      "no type of this service"));
  EXPECT_THAT(all, testing::HasSubstr("t.yaml:9: C: the embedded AWS does not honour the property "
                                      "DataProtectionPolicy of AWS::SNS::Topic"));
}

TEST(Catalog, names_what_is_not_implemented_here_as_ours_and_not_as_unknown_to_aws) {
  const auto problems = problems_of(
      "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Code: {ZipFile: x}, "
      "Role: r, KmsKeyArn: k, SnapStart: {ApplyOn: None}}\n  T:\n    Type: "
      "AWS::ECS::TaskDefinition\n    Properties: {ContainerDefinitions: [{Name: a, Image: b, "
      "Secrets: [{Name: s, ValueFrom: v}]}]}\n  V:\n    Type: AWS::EC2::Volume\n    Properties: "
      "{AvailabilityZone: a, Size: 1, MultiAttachEnabled: false}\n",
      "t.yaml");
  std::string all;
  for (const auto& problem : problems) all += templates::describe(problem) + "\n";
  EXPECT_EQ(all,
            "t.yaml:4: F: the embedded AWS does not honour the property KmsKeyArn of "
            "AWS::Lambda::Function\n"
            "t.yaml:4: F: the embedded AWS does not honour the property SnapStart of "
            "AWS::Lambda::Function\n"
            "t.yaml:7: T: the embedded AWS does not honour the property "
            "ContainerDefinitions.Secrets of AWS::ECS::TaskDefinition\n");
}

}  // namespace
}  // namespace sim::cloudformation
