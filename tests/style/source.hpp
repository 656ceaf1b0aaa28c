// One text file of the project, split into what the style rules look at. Knows C++ comments,
// strings and raw strings; does not parse further.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace style {

struct Source {
  std::string path;  // from the project's root, with '/'
  // The same lines three times: as they are; only code, with comments and the contents of literals
  // as spaces; only comments, with the rest as spaces. For what is not C++, `code` and `comments`
  // are empty.
  std::vector<std::string> lines;
  std::vector<std::string> code;
  std::vector<std::string> comments;

  bool is_cpp() const;
  bool is_header() const { return path.ends_with(".hpp"); }
  bool is_test() const { return path.ends_with("_test.cpp"); }
  // "src/sim/ec2/nat.cpp" -> "sim"; empty outside src.
  std::string layer() const;
};

Source parse(std::string path, std::string_view text);

// Every text file that belongs to the project, sorted by path; without build folders.
std::vector<Source> read_project(const std::filesystem::path& root);

}  // namespace style
