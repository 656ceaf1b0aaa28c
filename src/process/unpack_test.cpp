#include "process/unpack.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "base/runtime.hpp"
#include "process/archive_test.hpp"
#include "process/keeper.hpp"
#include "sim/lambda/archive.hpp"

namespace process {
namespace {

class Unpack : public ::testing::Test {
 protected:
  Unpack() : keeper("/tmp"), folder(keeper.make_folder()) {}

  void take_out(const std::string& zip) { runtime->run(unpack(*runtime, zip, folder)); }

  std::string refusal(const std::string& zip) {
    try {
      take_out(zip);
    } catch (const sim::lambda::ArchiveError& error) {
      return error.what();
    }
    return "none";
  }

  int mode(const std::string& name) const {
    struct stat status{};
    return stat((folder / name).c_str(), &status) == 0 ? static_cast<int>(status.st_mode & 0777)
                                                       : -1;
  }

  std::unique_ptr<base::Runtime> runtime = base::virtual_runtime({});
  Keeper keeper;
  std::filesystem::path folder;
};

constexpr const char* bad_zip =
    "Could not unzip uploaded file. Please check your file, then try to upload again.";

TEST_F(Unpack, files_come_out_as_they_went_in) {
  const std::string text(300'000, 'a');
  take_out(make_zip({{"index.py", "print()"},
                     {"lib/", "", 0040755},
                     {"lib/deep/data.txt", text, 0100644, 3, true},
                     {"./dotted.txt", "d"},
                     {"empty", ""}}));
  EXPECT_EQ(read_all(folder / "index.py"), "print()");
  EXPECT_EQ(read_all(folder / "lib/deep/data.txt"), text);
  EXPECT_EQ(read_all(folder / "dotted.txt"), "d");
  EXPECT_EQ(std::filesystem::file_size(folder / "empty"), 0U);
}

// Lambda's user is neither the owner nor of the group of its package.
TEST_F(Unpack, modes_are_what_everybody_may_do) {
  take_out(make_zip({{"all", "x", 0100755},
                     {"owner", "x", 0100700},
                     {"read", "x", 0100644},
                     {"windows", "x", 0, 0}}));
  EXPECT_EQ(mode("all"), 0555);
  EXPECT_EQ(mode("owner"), 0000);
  EXPECT_EQ(mode("read"), 0444);
  EXPECT_EQ(mode("windows"), 0444);
}

TEST_F(Unpack, what_is_no_good_zip_is_refused_in_lambdas_words) {
  const auto good = make_zip({{"a", "content"}});
  const std::vector<std::pair<const char*, std::string>> rows{
      {"empty", ""},
      {"text", "not a zip file, but longer than an end record would be"},
      {"cut at the end", good.substr(0, good.size() - 1)},
      {"cut at the front", good.substr(10)},
      {"absolute", make_zip({{"/etc/passwd", "x"}})},
      {"climbing", make_zip({{"../x", "x"}})},
      {"climbing later", make_zip({{"a/../../x", "x"}})},
      {"climbing at the end", make_zip({{"a/..", "x"}})},
      {"without a name", make_zip({{"", "x"}})},
      {"a zero in the name", make_zip({{std::string("a\0b", 3), "x"}})},
      {"symbolic link", make_zip({{"link", "/etc/passwd", 0120777}})},
      {"device", make_zip({{"null", "", 0020666}})},
      {"twice", make_zip({{"a", "x"}, {"a", "y"}})},
      {"twice, the second in another form", make_zip({{"a", "x"}, {"./a", "y"}})},
      {"file and folder", make_zip({{"a", "x"}, {"a/b", "y"}})},
      {"folder with content", make_zip({{"a/", "x"}})},
      {"encrypted", make_zip({{.name = "a", .content = "x", .flags = 1}})},
      {"unknown compression", make_zip({{.name = "a", .content = "x", .method = 12}})},
      {"wrong checksum", make_zip({{.name = "a", .content = "x", .crc_error = 1}})},
      {"wrong checksum, deflated",
       make_zip({{.name = "a", .content = "xx", .deflate = true, .crc_error = 1}})},
      {"longer than it says",
       make_zip(
           {{.name = "a", .content = std::string(9, 'x'), .deflate = true, .claimed_size = 5}})},
      {"shorter than it says",
       make_zip({{.name = "a", .content = "xx", .deflate = true, .claimed_size = 3}})},
      {"stored, another size", make_zip({{.name = "a", .content = "xx", .claimed_size = 1}})},
      {"not deflated at all", make_zip({{.name = "a", .content = "xx", .method = 8}})},
      {"zip64", make_zip({{.name = "a", .content = "x", .claimed_size = 0xffffffff}})},
  };
  for (const auto& [what, zip] : rows) {
    SCOPED_TRACE(what);
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    EXPECT_EQ(refusal(zip), bad_zip);
  }
}

TEST_F(Unpack, more_than_250_mb_is_refused_before_anything_is_written) {
  EXPECT_EQ(refusal(make_zip(
                {{.name = "a", .content = "x", .deflate = true, .claimed_size = 200'000'000},
                 {.name = "b", .content = "x", .deflate = true, .claimed_size = 100'000'000}})),
            "Unzipped size must be smaller than 262144000 bytes");
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

// Ten megabytes of zeros are ten kilobytes of zip: nothing past the claim is ever written.
TEST_F(Unpack, a_bomb_does_not_go_off) {
  EXPECT_EQ(refusal(make_zip({{.name = "a",
                               .content = std::string(10'000'000, '\0'),
                               .deflate = true,
                               .claimed_size = 1000}})),
            bad_zip);
  EXPECT_LE(std::filesystem::file_size(folder / "a"), 1000U);
}

base::Task<void> count_turns(base::Clock& clock, bool& done, int& turns) {
  while (!done) {
    ++turns;
    co_await clock.sleep_for(base::Duration::zero());
  }
}

base::Task<void> unpack_beside(base::Runtime& runtime, std::string zip,
                               std::filesystem::path folder, int& turns) {
  bool done = false;
  runtime.spawn(count_turns(runtime.clock(), done, turns));
  co_await unpack(runtime, zip, std::move(folder));
  done = true;
  co_await runtime.clock().sleep_for(std::chrono::seconds(1));
}

// A package of 250 MB takes a second or two.
TEST_F(Unpack, others_have_their_turn_while_a_large_package_is_unpacked) {
  for (const bool deflate : {false, true}) {
    int turns = 0;
    const std::string name = deflate ? "deflated" : "stored";
    const std::string large(40'000'000, 'a');
    runtime->run(unpack_beside(
        *runtime, make_zip({{.name = name, .content = large, .deflate = deflate}}), folder, turns));
    EXPECT_GE(turns, 8) << name;
    EXPECT_EQ(std::filesystem::file_size(folder / name), large.size());
  }
}

// Every byte of a good archive changed, cut or doubled at will: refused or unpacked, and never
// more.
TEST_F(Unpack, damaged_archives_do_no_harm) {
  const auto good = make_zip({{"index.py", "print()", 0100755},
                              {"lib/", "", 0040755},
                              {"lib/data", std::string(1000, 'a'), 0100644, 3, true}});
  base::SeededRandom random(1);
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    auto zip = good;
    for (auto changes = random.integer(1, 4); changes > 0; --changes) {
      const auto at =
          static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(zip.size()) - 1));
      if (random.chance(0.8)) {
        zip[at] = static_cast<char>(random.integer(0, 255));
      } else if (random.chance(0.5)) {
        zip.erase(at, 1);
      } else {
        zip.insert(at, 1, zip[at]);
      }
    }
    std::filesystem::remove_all(folder);
    std::filesystem::create_directory(folder);
    if (refusal(zip) != "none") ++refused;
  }
  EXPECT_GT(refused, 300);
  EXPECT_LT(refused, 1000);
}

TEST(Keeper, its_folder_is_private_and_goes_with_it) {
  std::filesystem::path folder;
  {
    Keeper keeper("/tmp");
    folder = keeper.make_folder();
    struct stat status{};
    ASSERT_EQ(stat(keeper.folder().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    EXPECT_TRUE(std::filesystem::exists(folder));
    remove_abandoned("/tmp");  // it is not
    EXPECT_TRUE(std::filesystem::exists(folder));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.parent_path()));
}

TEST(Keeper, what_a_killed_program_left_is_removed_by_the_next) {
  const std::filesystem::path left = "/tmp/falsework-functions-left-by-a-test";
  std::filesystem::create_directories(left / "1/task");
  remove_abandoned("/tmp");
  EXPECT_FALSE(std::filesystem::exists(left));
}

}  // namespace
}  // namespace process
