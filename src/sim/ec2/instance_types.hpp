// The instance types the embedded EC2 knows: the general families of Intel, AMD and Graviton.
// https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::ec2 {

struct InstanceType {
  std::string name;          // t4g.nano
  std::string architecture;  // arm64, x86_64
  int vcpus = 0;
  int memory = 0;  // MiB
};

const std::vector<InstanceType>& instance_types();
std::optional<InstanceType> find_instance_type(std::string_view name);

}  // namespace sim::ec2
