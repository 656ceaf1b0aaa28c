// The committed corpus, once through its targets: small inputs written by hand, and every one that
// ever broke something.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "targets.hpp"

namespace fuzz {
namespace {

const std::filesystem::path corpus =
    std::filesystem::path(FALSEWORK_SOURCE_DIR) / "tests/fuzz/corpus";

class Corpus : public testing::TestWithParam<Target> {};

TEST_P(Corpus, of_the_target_is_read_without_harm) {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(corpus / GetParam().name)) {
    files.insert(entry.path());
  }
  EXPECT_GE(files.size(), 3U) << "a target needs something to begin with";
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    EXPECT_NO_THROW(GetParam().run(bytes.str())) << path;
  }
  EXPECT_NO_THROW(GetParam().run(""));
}

INSTANTIATE_TEST_SUITE_P(Each, Corpus, testing::ValuesIn(targets().begin(), targets().end()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CorpusFolders, all_have_a_target) {
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    const auto all = targets();
    EXPECT_NE(std::ranges::find(all, entry.path().filename().string(), &Target::name), all.end())
        << entry.path();
  }
}

}  // namespace
}  // namespace fuzz
