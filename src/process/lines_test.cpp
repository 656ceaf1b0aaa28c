#include "process/lines.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace process {
namespace {

using Texts = std::vector<std::string>;

Texts lines_of(const Texts& pieces, std::size_t longest = longest_line) {
  Texts found;
  Lines lines([&](std::string_view line) { found.emplace_back(line); }, longest);
  for (const auto& piece : pieces) lines.add(piece);
  lines.finish();
  return found;
}

TEST(Lines, come_whole_however_they_were_written) {
  EXPECT_EQ(lines_of({"one\ntwo\n"}), (Texts{"one", "two"}));
  EXPECT_EQ(lines_of({"o", "ne\nt", "wo"}), (Texts{"one", "two"}));
  EXPECT_EQ(lines_of({"\n\nx\n\n"}), (Texts{"x"}));
  EXPECT_EQ(lines_of({}), Texts{});
  EXPECT_EQ(lines_of({"no end"}), (Texts{"no end"}));
}

TEST(Lines, too_long_ones_come_in_pieces_between_characters) {
  EXPECT_EQ(lines_of({"abcdefghij\n"}, 4), (Texts{"abcd", "efgh", "ij"}));
  EXPECT_EQ(lines_of({"aéé\n"}, 4), (Texts{"aé", "é"}));
  EXPECT_EQ(lines_of({std::string(10, 'x')}, 4), (Texts{"xxxx", "xxxx", "xx"}));
}

TEST(Lines, what_is_not_utf8_is_made_safe) {
  EXPECT_EQ(lines_of({"a\xff"
                      "b\n"}),
            (Texts{"a\uFFFD"
                   "b"}));
  EXPECT_EQ(lines_of({"\xc3", "\xa9\n"}), (Texts{"é"}));
}

TEST(Lines, a_line_without_an_end_does_not_pile_up) {
  std::size_t given = 0;
  Lines lines([&](std::string_view line) { given += line.size(); }, 1000);
  for (int i = 0; i < 100; ++i) lines.add(std::string(1000, '\x80'));
  EXPECT_GT(given, 90'000U);
}

}  // namespace
}  // namespace process
