#include "base/random.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(SeededRandom, repeats_itself_and_differs_by_purpose) {
  SeededRandom a(7, "ec2");
  SeededRandom b(7, "ec2");
  SeededRandom c(7, "ecs");
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
}

TEST(Random, integer_covers_its_range_and_nothing_else) {
  SeededRandom random(1);
  std::array<int, 6> counts{};
  for (int i = 0; i < 600; ++i) {
    const auto drawn = random.integer(1, 6);
    ASSERT_GE(drawn, 1);
    ASSERT_LE(drawn, 6);
    ++counts.at(static_cast<std::size_t>(drawn - 1));
  }
  for (const int count : counts) EXPECT_GT(count, 50);
}

TEST(Random, normal_stays_inside_its_bounds_and_near_its_mean) {
  SeededRandom random(1);
  double sum = 0;
  for (int i = 0; i < 2000; ++i) {
    const double drawn = random.normal(108, 10, 84, 125);
    ASSERT_GE(drawn, 84);
    ASSERT_LE(drawn, 125);
    sum += drawn;
  }
  EXPECT_NEAR(sum / 2000, 107, 2);
}

TEST(Random, hex_and_uuid_have_their_shapes) {
  SeededRandom random(1);
  EXPECT_EQ(random.hex(17).size(), 17U);
  const auto uuid = random.uuid();
  ASSERT_EQ(uuid.size(), 36U);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_EQ(uuid[8], '-');
}

}  // namespace
}  // namespace base
