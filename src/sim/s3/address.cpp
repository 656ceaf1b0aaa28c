#include "sim/s3/address.hpp"

namespace sim::s3 {

namespace {

// The bucket that a host names, empty when it names none.
std::string bucket_in(std::string_view host) {
  for (const std::string_view mark : {".s3.", ".s3-"}) {
    const auto end = host.find(mark);
    if (end != std::string_view::npos && end > 0) return std::string(host.substr(0, end));
  }
  constexpr std::string_view local = ".localhost";
  if (!host.ends_with(local)) return {};
  host.remove_suffix(local.size());
  if (host == "s3" || host.starts_with("s3.") || host.starts_with("s3-")) return {};
  return std::string(host);
}

}  // namespace

Address address_of(const http::Url& url) {
  const std::string path = http::percent_decode(url.path());
  const std::string_view tail = std::string_view(path).substr(path.starts_with('/') ? 1 : 0);
  if (auto bucket = bucket_in(url.host); !bucket.empty())
    return {std::move(bucket), std::string(tail)};
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
