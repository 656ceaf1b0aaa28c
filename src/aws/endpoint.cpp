#include "aws/endpoint.hpp"

namespace aws {

std::string_view dns_suffix(std::string_view region) {
  return region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

http::Url regional_endpoint(std::string_view service, std::string_view region) {
  http::Url url;
  url.host = fmt::format("{}.{}.{}", service, region, dns_suffix(region));
  return url;
}

}  // namespace aws
