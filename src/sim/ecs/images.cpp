#include "sim/ecs/images.hpp"

namespace sim::ecs {

namespace {

constexpr std::string_view nginx_page =
    "<!DOCTYPE html>\n<html>\n<head><title>Welcome to nginx!</title></head>\n<body>\n"
    "<h1>Welcome to nginx!</h1>\n<p>The web server in this container works.</p>\n</body>\n"
    "</html>\n";
constexpr std::string_view httpd_page = "<html><body><h1>It works!</h1></body></html>\n";

// Sizes: the compressed amd64 layers, rounded [I].
constexpr Image hub[] = {{"library/nginx", 70, 80, nginx_page, false},
                         {"library/httpd", 60, 80, httpd_page, false},
                         {"library/hello-world", 0.1, 0, "", true}};
constexpr Image public_gallery[] = {{"nginx/nginx", 70, 80, nginx_page, false},
                                    {"docker/library/nginx", 70, 80, nginx_page, false},
                                    {"docker/library/httpd", 60, 80, httpd_page, false}};

std::string_view last_name(std::string_view repository) {
  return repository.substr(repository.rfind('/') + 1);
}

}  // namespace

Reference parse_reference(std::string_view image) {
  Reference found;
  std::string_view rest = image;
  // The first part is a host when it looks like one.
  const auto slash = rest.find('/');
  const auto first = rest.substr(0, slash);
  const bool has_host = slash != std::string_view::npos &&
                        (first.contains('.') || first.contains(':') || first == "localhost");
  std::string_view host = has_host ? first : "docker.io";
  if (has_host) rest.remove_prefix(slash + 1);

  found.tag = "latest";
  std::string_view separator = ":";
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    found.tag = rest.substr(at + 1);
    separator = "@";
    rest = rest.substr(0, at);
  } else if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
    found.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }
  found.repository = rest;
  if (host == "docker.io" || host == "index.docker.io" || host == "registry-1.docker.io") {
    host = "docker.io";
    if (!rest.contains('/')) found.repository = fmt::format("library/{}", rest);
    found.registry = Registry::docker_hub;
    found.host = "registry-1.docker.io";
  } else if (host == "public.ecr.aws") {
    found.registry = Registry::ecr_public;
    found.host = host;
  } else {
    const bool ecr = host.contains(".dkr.ecr.") && host.contains(".amazonaws.com");
    found.registry = ecr ? Registry::ecr_private : Registry::other;
    found.host = host;
  }
  found.full = fmt::format("{}/{}{}{}", host, found.repository, separator, found.tag);
  return found;
}

const Image* find_image(const Reference& reference) {
  const auto named = [&](const Image& one) { return one.repository == reference.repository; };
  const Image* found = nullptr;
  switch (reference.registry) {
    case Registry::docker_hub:
      found = std::ranges::find_if(hub, named);
      return found == std::end(hub) ? nullptr : found;
    case Registry::ecr_public:
      found = std::ranges::find_if(public_gallery, named);
      return found == std::end(public_gallery) ? nullptr : found;
    case Registry::ecr_private:
      found = std::ranges::find_if(hub, [&](const Image& one) {
        return last_name(one.repository) == last_name(reference.repository);
      });
      return found == std::end(hub) ? nullptr : found;
    case Registry::other:
      return nullptr;
  }
  return nullptr;
}

}  // namespace sim::ecs
