#include "process/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "base/contains.hpp"

namespace process {

namespace {

// The kB of a line such as "VmHWM:     1234 kB"; 0 when there is none.
std::int64_t kilobytes(const std::string& file, std::string_view name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ':') {
      return std::strtoll(line.c_str() + name.size() + 1, nullptr, 10);
    }
  }
  return 0;
}

// A page that several processes share counts for each in part.
// https://docs.kernel.org/filesystems/proc.html#process-specific-subdirectories
std::int64_t share(pid_t process) {
  const auto share = kilobytes(fmt::format("/proc/{}/smaps_rollup", process), "Pss");
  return share > 0 ? share : kilobytes(fmt::format("/proc/{}/status", process), "VmRSS");
}

struct Relation {
  pid_t parent = 0, group = 0;
};

// Of every process that there is, from /proc/ID/stat: "ID (NAME) STATE PARENT GROUP ...". A name
// may contain anything.
std::map<pid_t, Relation> processes() {
  std::map<pid_t, Relation> all;
  std::error_code ended;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ended)) {
    const pid_t id = std::atoi(entry.path().filename().c_str());
    if (id <= 0) continue;
    std::ifstream file(entry.path() / "stat");
    std::string text;
    std::getline(file, text, '\0');
    const auto end_of_name = text.rfind(')');
    if (end_of_name == std::string::npos) continue;
    std::istringstream rest(text.substr(end_of_name + 1));
    char state = 0;
    Relation relation;
    if (rest >> state >> relation.parent >> relation.group) {
      all.emplace(id, relation);
    }
  }
  return all;
}

}  // namespace

std::vector<pid_t> family(pid_t root) {
  const auto all = processes();
  std::vector<pid_t> members;
  if (all.contains(root)) members.push_back(root);
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const auto& [id, one] : all) {
      const bool related = one.parent == members[i] || one.group == root;
      if (related && !base::contains(members, id)) members.push_back(id);
    }
  }
  return members;
}

int used_megabytes(pid_t root, bool below) {
  auto members = family(root);
  if (below && !members.empty()) members.erase(members.begin());
  if (members.empty()) return 0;
  std::int64_t sum = 0;
  for (const pid_t member : members) sum += share(member);
  if (sum == 0) return 0;
  sum = std::max(sum, kilobytes(fmt::format("/proc/{}/status", members.front()), "VmHWM"));
  return static_cast<int>((sum + 1023) / 1024);
}

}  // namespace process
