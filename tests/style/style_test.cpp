// The rules against the whole project.
#include <gtest/gtest.h>

#include "rules.hpp"

namespace style {
namespace {

const std::vector<Source>& project() {
  static const std::vector<Source> sources = read_project(FALSEWORK_SOURCE_DIR);
  return sources;
}

void expect_none(const Complaints& complaints) {
  for (const std::string& complaint : complaints) ADD_FAILURE() << complaint;
}

void expect_none_in_any(Complaints (*rule)(const Source&)) {
  for (const Source& source : project()) expect_none(rule(source));
}

TEST(Project, is_found_and_read) {
  EXPECT_GT(project().size(), 50U);
}
TEST(Project, includes_point_down_the_layers) {
  expect_none(include_direction(project()));
}
TEST(Project, includes_name_files_that_exist) {
  expect_none(unknown_includes(project()));
}
TEST(Project, every_header_is_used) {
  expect_none(unused_headers(project()));
}
TEST(Project, every_source_is_built) {
  expect_none(files_outside_the_build(project()));
}
TEST(Project, contains_no_banned_call) {
  expect_none_in_any(banned_code);
}
TEST(Project, contains_no_banned_word) {
  expect_none_in_any(banned_words);
}
TEST(Project, lines_fit_in_100_columns) {
  expect_none_in_any(long_lines);
}
TEST(Project, files_hold_one_concept) {
  expect_none_in_any(long_file);
}
TEST(Project, headers_say_what_they_are) {
  expect_none_in_any(header_form);
}
TEST(Project, tests_are_named_by_situation_and_outcome) {
  expect_none_in_any(test_names);
}
TEST(Project, comments_are_English) {
  expect_none_in_any(foreign_comments);
}

}  // namespace
}  // namespace style
