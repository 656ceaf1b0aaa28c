#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Utf8, valid_text_stays_as_it_is) {
  const std::string text = "été, 消える, \U0001F30D\n\"quoted\"";
  EXPECT_EQ(valid_utf8(text), text);
}

TEST(Utf8, each_invalid_byte_becomes_one_replacement_character) {
  struct Row {
    std::string_view given;
    std::string_view expected;
  };
  const Row rows[] = {
      {"a\xFFz", "a\uFFFDz"},                            // never a lead byte
      {"\xC0\xAF", "\uFFFD\uFFFD"},                      // overlong '/'
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},            // a surrogate
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},  // above U+10FFFF
      {"caf\xC3", "caf\uFFFD"},                          // cut in the middle
  };
  for (const auto& row : rows) EXPECT_EQ(valid_utf8(row.given), row.expected);
}

TEST(Utf8, a_cut_never_splits_a_character) {
  EXPECT_EQ(cut_utf8("añb", 2), "a");
  EXPECT_EQ(cut_utf8("añb", 3), "añ");
  EXPECT_EQ(cut_utf8("\U0001F30D", 3), "");
  EXPECT_EQ(cut_utf8("abc", 10), "abc");
}

}  // namespace
}  // namespace base
