// Every resource type that the embedded CloudFormation supports, made, looked at, changed, replaced
// and deleted in a whole embedded AWS.
#include "sim/world/resource_types_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <regex>

#include "sim/cloudformation/handler.hpp"
#include "sim/world/stack_test.hpp"

namespace sim::world {

std::vector<TypeRow> all_rows() {
  std::vector<TypeRow> rows = network_rows();
  for (auto part : {ec2_rows(), container_rows(), service_rows(), scaling_rows()}) {
    rows.insert(rows.end(), part.begin(), part.end());
  }
  return rows;
}

namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end != 0) lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string_view key_of(std::string_view line) {
  return line.substr(0, line.find(':'));
}

}  // namespace

std::string template_of(const TypeRow& row, std::string_view instead) {
  std::string text = "Resources:\n" + std::string(row.others) +
                     "\n  X:\n    Type: " + std::string(row.type) + "\n";
  auto properties = lines_of(row.properties);
  for (const auto& line : lines_of(instead)) {
    std::erase_if(properties, [&](const auto& old) { return key_of(old) == key_of(line); });
    properties.push_back(line);
  }
  if (!properties.empty()) text += "    Properties:\n";
  for (const auto& line : properties) text += "      " + line + "\n";
  text += "Outputs:\n  Ref: {Value: !Ref X}\n";
  for (const auto& line : lines_of(row.attributes)) {
    const auto name = line.substr(0, line.find(' '));
    const bool list = line.ends_with(" LIST");
    std::string plain = name;
    std::erase(plain, '.');
    text += "  A" + plain + ": {Value: " + (list ? "!Join [',', !GetAtt X." : "!GetAtt X.") + name +
            (list ? "]}\n" : "}\n");
  }
  return text;
}

namespace {

class Types : public StackTest, public testing::WithParamInterface<TypeRow> {};

TEST_P(Types, is_made_shown_changed_replaced_and_deleted_without_trace) {
  const auto& row = GetParam();
  ASSERT_EQ(create(template_of(row)), "CREATE_COMPLETE") << troubles();
  const auto ref = output("Ref");
  EXPECT_THAT(ref, testing::MatchesRegex(std::string(row.ref)));
  for (const auto& line : lines_of(row.attributes)) {
    const auto space = line.find(' ');
    std::string name = line.substr(0, space);
    std::erase(name, '.');
    const auto form = line.substr(space + 1);
    EXPECT_THAT(output("A" + name), testing::MatchesRegex(form == "LIST" ? ".*" : form)) << name;
  }
  if (!row.changed.empty()) {
    EXPECT_EQ(update(template_of(row, row.changed)), "UPDATE_COMPLETE") << troubles();
    EXPECT_FALSE(was_replaced());
    EXPECT_EQ(output("Ref"), ref);
  }
  if (!row.replaced.empty()) {
    EXPECT_EQ(update(template_of(row, row.replaced)), "UPDATE_COMPLETE") << troubles();
    EXPECT_TRUE(was_replaced());
  }
  ASSERT_EQ(remove(), "DELETE_COMPLETE") << troubles();
  // Nothing is left that would be in the way of the very same stack; a queue's name for 60 s.
  pass(std::chrono::minutes(15));
  ASSERT_EQ(create(template_of(row)), "CREATE_COMPLETE") << troubles();
  EXPECT_EQ(remove(), "DELETE_COMPLETE") << troubles();
  pass(std::chrono::minutes(15));
  EXPECT_EQ(json::serialize(call("ec2", "DescribeNetworkInterfaces", {}).at("networkInterfaceSet")),
            "[]");
}

INSTANTIATE_TEST_SUITE_P(Table, Types, testing::ValuesIn(all_rows()), [](const auto& row) {
  std::string name(row.param.type.substr(5));
  std::erase(name, ':');
  return name;
});

// They need a function, another template or a signal: the engine's own tests, and below.
bool has_its_own_test(std::string_view type) {
  return type == "AWS::CloudFormation::CustomResource" || type == "AWS::CloudFormation::Stack" ||
         type == "AWS::CloudFormation::WaitCondition";
}

TEST(ResourceTypes, all_have_a_row_in_the_table_and_all_their_attributes_are_looked_at) {
  for (const auto& type : cloudformation::supported_types()) {
    const auto rows = all_rows();
    const auto row = std::ranges::find(rows, type, &TypeRow::type);
    if (row == rows.end()) {
      EXPECT_TRUE(has_its_own_test(type)) << type << " has no row";
      continue;
    }
    std::set<std::string> seen;
    for (const auto& line : lines_of(row->attributes)) seen.insert(line.substr(0, line.find(' ')));
    const auto& attributes = cloudformation::schema_of(type)->attributes;
    EXPECT_EQ(seen, std::set<std::string>(attributes.begin(), attributes.end())) << type;
  }
}

}  // namespace
}  // namespace sim::world
