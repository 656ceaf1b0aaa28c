#include "throttle.hpp"

#include <unistd.h>

#include <fstream>

namespace bench {
namespace {

bool write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file);
  stream << text << std::flush;
  return stream.good();
}

}  // namespace

Throttle::Throttle() {
  const std::string name = "falsework-bench-" + std::to_string(::getpid());
  for (const std::string& root : {"/sys/fs/cgroup/", "/sys/fs/cgroup/cpu/"}) {
    std::error_code error;
    folder_ = root + name;
    if (!std::filesystem::create_directory(folder_, error)) continue;
    write("/sys/fs/cgroup/cgroup.subtree_control", "+cpu");
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
  write(folder_ / "cgroup.procs", std::to_string(process));
}

}  // namespace bench
