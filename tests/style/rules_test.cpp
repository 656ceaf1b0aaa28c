// Every rule finds what it is there for, and leaves the rest alone.
#include "rules.hpp"

#include <gtest/gtest.h>

namespace style {
namespace {

std::size_t banned(std::string path, std::string_view text) {
  return banned_code(parse(std::move(path), text)).size();
}

struct Case {
  std::string_view path;
  std::string_view text;
  std::size_t complaints;
};

class Bans : public testing::TestWithParam<Case> {};

TEST_P(Bans, are_seen_where_they_apply) {
  const Case& c = GetParam();
  EXPECT_EQ(banned(std::string(c.path), c.text), c.complaints) << c.text;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Bans,
    testing::Values(Case{"src/aws/a.cpp", "auto x = std::getenv(name);", 1},
                    Case{"apps/bootstrap/main.cpp", "auto x = std::getenv(name);", 0},
                    Case{"src/aws/a.cpp", "// getenv(name) is not for us", 0},
                    Case{"src/aws/a.cpp", "auto x = \"getenv(name)\";", 0},
                    Case{"src/aws/a.cpp", "auto x = R\"(getenv(name)\nrand())\";", 0},
                    Case{"src/sim/a.cpp", "std::unordered_map<int, int> m;", 1},
                    Case{"src/sim/a.cpp", "co_await clock.sleep_for(1s);", 0},
                    Case{"src/sim/a.cpp", "::sleep(1);", 1},
                    Case{"src/sim/a.cpp", "std::this_thread::yield();", 1},
                    Case{"src/sim/a.cpp", "auto now = std::chrono::system_clock::now();", 1},
                    Case{"src/base/a.cpp", "auto now = std::chrono::system_clock::now();", 0},
                    Case{"src/sim/a.cpp", "std::uniform_int_distribution<int> d;", 1},
                    Case{"src/cli/a.cpp", "fmt::print(\"x\");", 0},
                    Case{"src/cfn/a.cpp", "fmt::print(\"x\");", 1},
                    Case{"src/cfn/a.cpp", "snprintf(buffer, 1, format);", 0},
                    Case{"src/cfn/a.cpp", "co_spawn(context, task(), asio::detached);", 2},
                    Case{"src/cfn/a.cpp", "using namespace std;", 1},
                    Case{"src/cfn/a.cpp", "using namespace std::chrono_literals;", 0},
                    Case{"src/cfn/a.cpp", "const int n = 1'000; auto c = '\"'; rand();", 1}));

TEST(IncludeDirection, a_step_up_or_across_is_refused) {
  const auto complaints = include_direction({
      parse("src/sim/ec2/a.cpp", "#include \"aws/client.hpp\"\n#include \"base/clock.hpp\"\n"),
      parse("src/base/b.cpp", "#include \"http/message.hpp\"\n"),
      parse("src/cfn/c.cpp", "#include \"falsework/plan.hpp\"\n#include \"lambda/loop.hpp\"\n"),
      parse("src/moon/d.cpp", ""),
  });
  EXPECT_EQ(complaints,
            (Complaints{"src/sim/ec2/a.cpp:1: sim must not know aws/client.hpp",
                        "src/base/b.cpp:1: base must not know http/message.hpp",
                        "src/moon/d.cpp: the folder has no line in the table of layers"}));
}

TEST(UnusedHeaders, one_that_only_its_own_source_and_test_include_is_dead) {
  const auto complaints = unused_headers({
      parse("src/aws/dead.hpp", ""),
      parse("src/aws/dead.cpp", "#include \"aws/dead.hpp\"\n"),
      parse("src/aws/dead_test.cpp", "#include \"aws/dead.hpp\"\n"),
      parse("src/aws/live.hpp", ""),
      parse("src/cfn/user.cpp", "#include \"aws/live.hpp\"\n"),
  });
  EXPECT_EQ(complaints, Complaints{"src/aws/dead.hpp: nobody includes it"});
}

TEST(UnknownIncludes, a_file_that_is_not_there_is_named) {
  const auto complaints = unknown_includes({
      parse("tests/style/rules.hpp", ""),
      parse("tests/style/rules.cpp", "#include \"rules.hpp\"\n#include \"gone.hpp\"\n"),
  });
  EXPECT_EQ(complaints, Complaints{"tests/style/rules.cpp:2: no such file of ours: gone.hpp"});
}

TEST(FilesOutsideTheBuild, a_source_without_a_target_is_named) {
  const auto complaints = files_outside_the_build({
      parse("src/CMakeLists.txt",
            "falsework_library(sim/ec2 sim_core)\nfalsework_library(sim/world\n  sim_ec2)\n"),
      parse("src/sim/ec2/a.cpp", ""),
      parse("src/sim/ec2/below/b.cpp", ""),
      parse("src/sim/world/b.cpp", ""),
      parse("src/sim/moon/c.cpp", ""),
      parse("tests/one/CMakeLists.txt", "add_executable(d d.cpp)\n"),
      parse("tests/one/d.cpp", ""),
      parse("tests/one/e.cpp", ""),
  });
  EXPECT_EQ(complaints, (Complaints{"src/sim/moon/c.cpp: no CMakeLists.txt builds it",
                                    "tests/one/e.cpp: no CMakeLists.txt builds it"}));
}

TEST(TestNames, camel_case_and_single_words_are_refused) {
  const auto complaints = test_names(parse("src/aws/a_test.cpp",
                                           "TEST(Retry, stopsAtTheDeadline) {}\n"
                                           "TEST(Retry, works) {}\n"
                                           "TEST(Retry,\n     stops_at_the_deadline) {}\n"
                                           "TEST_F(Retry, AuthFailure_is_no_reason) {}\n"));
  EXPECT_EQ(complaints.size(), 2U);
}

TEST(BannedWords, what_was_left_for_later_and_paths_of_one_machine_are_named) {
  const std::string later = std::string("TO") + "DO: more";
  const std::string place = std::string("/wor") + "k/x";
  EXPECT_EQ(banned_words(parse("docs/a.md", later + "\nsee " + place + "\nfine\n")).size(), 2U);
  EXPECT_EQ(banned_words(parse("a.cpp", "falsework" + std::string(6, 'X'))).size(), 0U);
}

TEST(HeaderForm, comment_and_guard_are_both_asked_for) {
  EXPECT_EQ(header_form(parse("src/aws/a.hpp", "#pragma once\n")).size(), 1U);
  EXPECT_EQ(header_form(parse("src/aws/a.hpp", "// What it is.\n")).size(), 1U);
  EXPECT_EQ(header_form(parse("src/aws/a.hpp", "// What it is.\n#pragma once\n")).size(), 0U);
}

TEST(Lengths, lines_count_characters_and_files_lines) {
  EXPECT_EQ(long_lines(parse("src/aws/a.cpp", std::string(101, 'x'))).size(), 1U);
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\xC3\xA4";
  EXPECT_EQ(long_lines(parse("src/aws/a.cpp", umlauts)).size(), 0U);
  EXPECT_EQ(long_lines(parse("src/aws/a.cpp", "f(\"" + std::string(101, 'x') + "\");")).size(), 0U);
  EXPECT_EQ(long_lines(parse("src/aws/a.cpp", "// " + std::string(98, 'x'))).size(), 1U);
  const std::string link = "// https://" + std::string(98, 'x');
  EXPECT_EQ(long_lines(parse("src/aws/a.cpp", link)).size(), 0U);
  EXPECT_EQ(long_lines(parse("src/aws/a.cpp", link + " and more")).size(), 1U);
  EXPECT_EQ(long_file(parse("src/aws/a.cpp", std::string(601, '\n'))).size(), 1U);
}

TEST(Comments, only_Latin_text_passes) {
  EXPECT_EQ(foreign_comments(parse("src/aws/a.cpp", "int x;  // \xE7\x99\xBD\n")).size(), 1U);
  EXPECT_EQ(foreign_comments(parse("src/aws/a.cpp", "int x;  // \xC2\xA7 5 \xE2\x80\xA6\n")).size(),
            0U);
  EXPECT_EQ(foreign_comments(parse("src/aws/a.cpp", "auto x = \"\xE7\x99\xBD\";\n")).size(), 0U);
}

}  // namespace
}  // namespace style
