#include "sim/cloudformation/location.hpp"

#include <fmt/format.h>

#include "http/message.hpp"
#include "sim/core/call.hpp"

namespace sim::cloudformation {

namespace {

Error unsupported() {
  return {"ValidationError", "TemplateURL must be a supported URL."};
}

Error no_domain(const std::string& host) {
  return {"ValidationError",
          fmt::format("S3 error: Domain name specified in {} is not a valid S3 domain", host)};
}

// "s3", "s3.REGION", "s3-REGION", "s3.dualstack.REGION", "s3-website..." not among them.
bool is_endpoint(std::string_view name) {
  return name == "s3" || name.starts_with("s3.") ||
         (name.starts_with("s3-") && !name.starts_with("s3-website"));
}

Location path_style(const std::string& path) {
  const auto slash = path.find('/', 1);
  if (slash == std::string::npos || slash == 1 || slash + 1 == path.size()) throw unsupported();
  return {path.substr(1, slash - 1), path.substr(slash + 1)};
}

Location without_version(const http::Url& parsed) {
  const std::string path = http::percent_decode(parsed.path());
  std::string_view host = parsed.host;
  // A local endpoint is path style; anything else is no S3.
  if (host == "localhost" || host == "127.0.0.1") return path_style(path);
  constexpr std::string_view domain = ".amazonaws.com";
  if (!host.ends_with(domain)) throw no_domain(parsed.host);
  host.remove_suffix(domain.size());
  if (is_endpoint(host)) return path_style(path);
  // A bucket's name may itself contain ".s3": the endpoint is the last that fits.
  for (auto dot = host.rfind(".s3"); dot != std::string_view::npos && dot > 0;
       dot = host.rfind(".s3", dot - 1)) {
    if (!is_endpoint(host.substr(dot + 1))) continue;
    if (path.size() < 2) throw unsupported();
    return {std::string(host.substr(0, dot)), path.substr(1)};
  }
  throw no_domain(parsed.host);
}

}  // namespace

Location location_of(const std::string& url) {
  http::Url parsed;
  try {
    parsed = http::Url::parse(url);
  } catch (const std::invalid_argument&) {
    throw unsupported();
  }
  Location location = without_version(parsed);
  constexpr std::string_view version = "versionId=";
  const auto query = parsed.target.find('?');
  if (query != std::string::npos) {
    const std::string_view text = std::string_view(parsed.target).substr(query + 1);
    if (text.starts_with(version)) {
      location.version = http::percent_decode(text.substr(version.size()));
    }
  }
  return location;
}

}  // namespace sim::cloudformation
