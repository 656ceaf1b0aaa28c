// The container images that exist in the embedded AWS, and what they do when they run.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sim::ecs {

struct Image {
  std::string_view repository;  // without registry: "library/nginx"
  double megabytes;             // compressed, as pulled
  int port;                     // where it listens; 0: nowhere
  std::string_view page;        // what GET / returns
  bool ends;                    // its process ends at once, with exit code 0
};

// Where an image lies.
enum class Registry {
  docker_hub,   // registry-1.docker.io, by the internet only
  ecr_public,   // public.ecr.aws, by the internet only
  ecr_private,  // ACCOUNT.dkr.ecr.REGION.amazonaws.com: ecr.api, ecr.dkr and s3
  other,        // any other host: nothing is there
};

struct Reference {
  Registry registry = Registry::docker_hub;
  std::string host;        // "registry-1.docker.io"
  std::string repository;  // "library/nginx"
  std::string tag;         // "latest", or a digest "sha256:..."
  // "docker.io/library/nginx:latest", as error messages name it.
  std::string full;
};

// "nginx", "nginx:1.27", "public.ecr.aws/nginx/nginx:latest".
Reference parse_reference(std::string_view image);

// Nothing when the registry has no such repository. Any tag of a repository is the same image; a
// private ECR repository holds the images whose last name it has ("team/nginx" is nginx).
const Image* find_image(const Reference& reference);

}  // namespace sim::ecs
