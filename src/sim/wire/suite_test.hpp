// Where AWS's published suites lie: FALSEWORK_CONFORMANCE, or beside the source tree.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace sim::wire {

inline std::filesystem::path suite(const std::string& name) {
  if (const char* given = std::getenv("FALSEWORK_CONFORMANCE")) {
    return std::filesystem::path(given) / name;
  }
  return std::filesystem::path(FALSEWORK_SOURCE_DIR) / "../shared/conformance" / name;
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace sim::wire
