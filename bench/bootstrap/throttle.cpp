#include "throttle.hpp"

#include <unistd.h>

#include <fstream>
#include <stdexcept>

namespace bench {
namespace {

// A control file exists already: writing must never make a plain one.
bool write(const std::filesystem::path& file, const std::string& text) {
  if (!std::filesystem::exists(file)) return false;
  std::ofstream stream(file);
  stream << text << std::flush;
  return stream.good();
}

// Where groups with a processor limit are made: version 2's tree or version 1's.
std::filesystem::path root() {
  if (std::filesystem::exists("/sys/fs/cgroup/cgroup.controllers")) return "/sys/fs/cgroup";
  if (std::filesystem::exists("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")) return "/sys/fs/cgroup/cpu";
  return {};
}

}  // namespace

Throttle::Throttle() {
  const auto above = root();
  std::error_code error;
  write(above / "cgroup.subtree_control", "+cpu");
  folder_ = above / ("falsework-bench-" + std::to_string(::getpid()));
  if (!above.empty() && std::filesystem::create_directory(folder_, error)) {
    if (write(folder_ / "cpu.max", "1440 20000") ||
        (write(folder_ / "cpu.cfs_period_us", "20000") &&
         write(folder_ / "cpu.cfs_quota_us", "1440"))) {
      return;
    }
    std::filesystem::remove(folder_, error);
  }
  folder_.clear();
  problem_ = "no control group with a processor limit may be made here";
}

Throttle::~Throttle() {
  // Its processes need a moment to be gone from it.
  for (int i = 0; !folder_.empty() && i < 100; ++i) {
    std::error_code error;
    if (std::filesystem::remove(folder_, error)) return;
    ::usleep(10'000);
  }
}

void Throttle::hold(pid_t process) const {
  if (!write(folder_ / "cgroup.procs", std::to_string(process))) {
    throw std::runtime_error("the control group does not take the process");
  }
}

}  // namespace bench
