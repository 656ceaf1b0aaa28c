#include "sim/ec2/instance_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sim::ec2 {
namespace {

struct Size {
  std::string_view name;
  int vcpus;
  int memory;
};

constexpr std::array burstable{
    Size{"nano", 2, 512},      Size{"micro", 2, 1024}, Size{"small", 2, 2048},
    Size{"medium", 2, 4096},   Size{"large", 2, 8192}, Size{"xlarge", 4, 16384},
    Size{"2xlarge", 8, 32768},
};
// Of the m families: c has half the memory, r twice.
constexpr std::array steady{
    Size{"medium", 1, 4096},   Size{"large", 2, 8192},     Size{"xlarge", 4, 16384},
    Size{"2xlarge", 8, 32768}, Size{"4xlarge", 16, 65536},
};

std::vector<InstanceType> list() {
  std::vector<InstanceType> types;
  const auto put = [&](std::string_view family, bool arm, const Size& size, double factor) {
    types.push_back({fmt::format("{}.{}", family, size.name), arm ? "arm64" : "x86_64", size.vcpus,
                     static_cast<int>(size.memory * factor)});
  };
  for (const auto& size : burstable) {
    put("t3", false, size, 1);
    put("t3a", false, size, 1);
    put("t4g", true, size, 1);
  }
  for (const auto& size : steady) {
    for (const std::string_view generation : {"5", "6i", "7i", "6g", "7g"}) {
      const bool arm = generation.ends_with('g');
      if (size.name == "medium" && !arm) continue;
      put(fmt::format("m{}", generation), arm, size, 1);
      put(fmt::format("c{}", generation), arm, size, 0.5);
      put(fmt::format("r{}", generation), arm, size, 2);
    }
  }
  // The older burstable family counts its processors otherwise.
  put("t2", false, {"nano", 1, 512}, 1);
  put("t2", false, {"micro", 1, 1024}, 1);
  put("t2", false, {"small", 1, 2048}, 1);
  put("t2", false, {"medium", 2, 4096}, 1);
  put("t2", false, {"large", 2, 8192}, 1);
  std::ranges::sort(types, {}, &InstanceType::name);
  return types;
}

}  // namespace

const std::vector<InstanceType>& instance_types() {
  static const auto all = list();
  return all;
}

std::optional<InstanceType> find_instance_type(std::string_view name) {
  for (const auto& type : instance_types()) {
    if (type.name == name) return type;
  }
  return std::nullopt;
}

}  // namespace sim::ec2
