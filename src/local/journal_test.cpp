#include "local/journal.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace local {
namespace {

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}};

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    std::filesystem::remove_all(folder_), std::filesystem::create_directory(folder_);
  }
  ~JournalTest() override { std::filesystem::remove_all(folder_); }

  std::string text() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& text) const { std::ofstream(file_, std::ios::binary) << text; }
  std::string refusal() const {
    try {
      Journal journal(file_);
    } catch (const StateError& error) {
      return error.what();
    }
    return "none";
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("falsework-journal-" + std::to_string(::getpid()));
  std::filesystem::path file_ = folder_ / "state";
};

TEST_F(JournalTest, gives_back_what_was_appended_byte_for_byte) {
  const std::string body("\0\n{}\xff\n", 6);
  {
    Journal journal(file_);
    EXPECT_TRUE(journal.take().empty());
    journal.append({start, "request", {{"target", "/\xc3\x28"}, {"n", 7}}, body});
    journal.append({start + std::chrono::seconds(1), "output", {}, ""});
  }
  Journal journal(file_);
  const auto found = journal.take();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at, start);
  EXPECT_EQ(found[0].kind, "request");
  EXPECT_EQ(found[0].fields.at("target").as_string(), "/\xc3\x28");
  EXPECT_EQ(found[0].body, body);
  EXPECT_EQ(found[1].at, start + std::chrono::seconds(1));
}

TEST_F(JournalTest, is_readable_by_its_owner_only) {
  Journal journal(file_);
  struct stat status{};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(JournalTest, drops_a_record_cut_short_at_any_byte_and_goes_on_behind_the_last_whole_one) {
  {
    Journal journal(file_);
    journal.append({start, "a", {}, "first"});
    journal.append({start, "b", {}, "second"});
  }
  const auto whole = text();
  const auto first = whole.find("first\n") + 6;
  for (auto length = first; length < whole.size(); ++length) {
    write(whole.substr(0, length));
    {
      Journal journal(file_);
      ASSERT_EQ(journal.take().size(), 1U) << length;
      journal.append({start, "c", {}, "third"});
    }
    Journal journal(file_);
    const auto found = journal.take();
    ASSERT_EQ(found.size(), 2U) << length;
    EXPECT_EQ(found[1].body, "third");
  }
}

TEST_F(JournalTest, refuses_a_damaged_file_and_leaves_it_as_it_is) {
  {
    Journal journal(file_);
    journal.append({start, "a", {}, "first"});
    journal.append({start, "b", {}, "second"});
    journal.append({start, "c", {}, "third"});
  }
  const auto whole = text();
  const auto second = whole.find("first\n") + 6, third = whole.find("second\n") + 7;
  const std::vector<std::pair<std::string, std::string>> damages{
      {"second", "sEcond"},         {"\"kind\":\"b\"", "\"kind\":\"d\""}, {"{\"at\":", "{\"At\":"},
      {"\"body\":6", "\"body\":5"}, {"\"body\":6", "\"body\":9999"},      {"second\n", "second "}};
  for (const auto& [was, is] : damages) {
    auto changed = whole;
    changed.replace(changed.find(was, second), was.size(), is);
    write(changed);
    EXPECT_NE(refusal().find(fmt::format("is damaged at byte {};", second)), std::string::npos)
        << is << ": " << refusal();
    EXPECT_EQ(text(), changed);
  }
  auto changed = whole;
  changed.replace(changed.find("third"), 5, "tHird");
  write(changed);
  EXPECT_NE(refusal().find(fmt::format("is damaged at byte {};", third)), std::string::npos);
  write(whole.substr(0, third));
  EXPECT_EQ(Journal(file_).take().size(), 2U);
}

TEST_F(JournalTest, takes_an_older_file_from_all_but_its_owner) {
  {
    Journal journal(file_);
    journal.append({start, "a", {}, "first"});
  }
  ASSERT_EQ(::chmod(file_.c_str(), 0664), 0);
  {
    Journal journal(file_);
    EXPECT_EQ(journal.take().size(), 1U);
  }
  struct stat status{};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(::chown(file_.c_str(), 1, 1), 0);
  EXPECT_NE(refusal().find("belongs to another user"), std::string::npos) << refusal();
}

TEST_F(JournalTest, refuses_what_it_cannot_use) {
  write("something else\n");
  EXPECT_NE(refusal().find("is not a state file"), std::string::npos) << refusal();
  std::filesystem::remove(file_);
  std::filesystem::create_directory(file_);
  EXPECT_NE(refusal().find("cannot be opened"), std::string::npos) << refusal();
  std::filesystem::remove(file_);
  const Journal journal(file_);
  EXPECT_NE(refusal().find("another falsework is using it"), std::string::npos) << refusal();
}

}  // namespace
}  // namespace local
