#include "sim/core/images.hpp"

namespace sim {

namespace {

// Stable on every machine and for every seed: "ami-0" and FNV-1a over the parameter's name.
std::string id_of(std::string_view parameter) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : parameter) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("ami-0{:016x}", hash);
}

Image image(std::string_view name, std::string_view architecture) {
  std::string parameter = fmt::format("/aws/service/ami-amazon-linux-latest/{}", name);
  std::string id = id_of(parameter);
  return {std::move(id), std::move(parameter), std::string(name), std::string(architecture)};
}

}  // namespace

const std::vector<Image>& images() {
  static const std::vector<Image> all = {
      image("al2023-ami-kernel-default-arm64", "arm64"),
      image("al2023-ami-kernel-default-x86_64", "x86_64"),
      image("al2023-ami-minimal-kernel-default-arm64", "arm64"),
      image("al2023-ami-minimal-kernel-default-x86_64", "x86_64"),
      image("amzn2-ami-hvm-arm64-gp2", "arm64"),
      image("amzn2-ami-hvm-x86_64-gp2", "x86_64"),
      image("amzn2-ami-kernel-5.10-hvm-arm64-gp2", "arm64"),
      image("amzn2-ami-kernel-5.10-hvm-x86_64-gp2", "x86_64"),
  };
  return all;
}

const Image* find_image(std::string_view id) {
  for (const auto& image : images()) {
    if (image.id == id) return &image;
  }
  return nullptr;
}

}  // namespace sim
