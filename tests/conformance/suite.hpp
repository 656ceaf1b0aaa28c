// Where AWS's suites lie: FALSEWORK_CONFORMANCE, or shared/conformance beside the source tree. They
// are read, never copied.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace conformance {

inline std::filesystem::path suite(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tests have one thread
  if (const char* given = std::getenv("FALSEWORK_CONFORMANCE")) {
    return std::filesystem::path(given) / name;
  }
  return std::filesystem::path(FALSEWORK_SOURCE_DIR) / "../shared/conformance" / name;
}

inline std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace conformance

#define SKIP_WITHOUT(path)                                    \
  if (!std::filesystem::exists(path))                         \
  GTEST_SKIP() << "AWS's suite is not at " << (path).string() \
               << "; set FALSEWORK_CONFORMANCE to the folder that holds sigv4/ and protocols/"
