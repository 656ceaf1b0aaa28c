#include "sim/s3/address.hpp"

namespace sim::s3 {

Address address_of(const http::Url& url) {
  const std::string path = http::percent_decode(url.path());
  const std::string_view tail = std::string_view(path).substr(path.starts_with('/') ? 1 : 0);
  for (const std::string_view mark : {".s3.", ".s3-"}) {
    const auto end = url.host.find(mark);
    if (end != std::string::npos && end > 0) return {url.host.substr(0, end), std::string(tail)};
  }
  const auto slash = tail.find('/');
  if (slash == std::string_view::npos) return {std::string(tail), {}};
  return {std::string(tail.substr(0, slash)), std::string(tail.substr(slash + 1))};
}

bool valid_bucket_name(std::string_view name) {
  const auto letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return name.size() >= 3 && name.size() <= 63 && letter_or_digit(name.front()) &&
         letter_or_digit(name.back()) && !name.contains("..") &&
         std::ranges::all_of(name,
                             [&](char c) { return letter_or_digit(c) || c == '-' || c == '.'; });
}

}  // namespace sim::s3
