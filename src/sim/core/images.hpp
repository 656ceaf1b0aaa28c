// Amazon's own machine images, as its public SSM parameters name them: EC2 knows the images, SSM
// the names. One table, so that they cannot disagree.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters-ami.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim {

struct Image {
  std::string id;            // ami-...: derived from the parameter's name
  std::string parameter;     // /aws/service/ami-amazon-linux-latest/...
  std::string name;          // al2023-ami-...
  std::string architecture;  // x86_64, arm64
};

const std::vector<Image>& images();

// Nothing when no image has that id.
const Image* find_image(std::string_view id);

}  // namespace sim
