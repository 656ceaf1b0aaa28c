// Every resource type with every one of its properties of a type that it is not: the stack may
// fail, the world goes on.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <functional>

#include "sim/cloudformation/handler.hpp"
#include "sim/world/resource_types_test.hpp"
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

// A string, a list, an object, and a number that no integer holds.
constexpr std::string_view values[] = {"x", "[x]", "{x: y}", "'99999999999999999999'"};

class WrongTypes : public StackTest, public testing::WithParamInterface<TypeRow> {
 protected:
  // Refused at once, or settled one way or the other.
  void try_all(const std::function<void()>& before) {
    for (const auto& property : cloudformation::schema_of(GetParam().type)->properties) {
      for (const auto value : values) {
        before();
        const auto line = fmt::format("{}: {}", property, value);
        EXPECT_TRUE(ends(template_of(GetParam(), line))) << line;
      }
    }
    EXPECT_NE(remove(), "still in progress");
  }

  bool ends(const std::string& text) {
    try {
      return update(text) != "still in progress";
    } catch (const Error&) {
      return true;
    }
  }
};

TEST_P(WrongTypes, end_an_update_and_not_the_world) {
  ASSERT_EQ(create(template_of(GetParam())), "CREATE_COMPLETE") << troubles();
  try_all([] {});
}

TEST_P(WrongTypes, end_a_creation_and_not_the_world) {
  const auto without =
      fmt::format("Resources:\n{}\n  Unused: {{Type: AWS::SNS::Topic}}\n", GetParam().others);
  ASSERT_EQ(create(without), "CREATE_COMPLETE") << troubles();
  try_all([&] { EXPECT_TRUE(ends(without)); });
}

INSTANTIATE_TEST_SUITE_P(Table, WrongTypes, testing::ValuesIn(all_rows()), [](const auto& row) {
  std::string name(row.param.type.substr(5));
  std::erase(name, ':');
  return name;
});

}  // namespace
}  // namespace sim::world
