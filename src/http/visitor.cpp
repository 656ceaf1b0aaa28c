#include "http/visitor.hpp"

#include <fmt/format.h>

namespace http {

namespace {

// Whether it is a page of this machine: one that somebody develops here.
bool is_own_page(std::string_view origin) {
  try {
    return is_loopback(Url::parse(origin).host);
  } catch (const std::invalid_argument&) {
    return false;  // "null": a page that hides where it is from
  }
}

// Every POST of a browser tells the page's origin. Of a GET it may tell nothing but whether the
// page is of another site; "none" is what the user has typed.
bool is_for_foreign_page(const Headers& headers) {
  if (const auto origin = headers.get("Origin")) return !is_own_page(*origin);
  const auto site = headers.get("Sec-Fetch-Site");
  if (!site || same_name(*site, "none") || same_name(*site, "same-origin")) return false;
  const auto page = headers.get("Referer");
  return !page || !is_own_page(*page);
}

}  // namespace

Response failure(int status, std::string why) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", "text/plain");
  response.body = std::move(why) + "\n";
  return response;
}

bool is_loopback(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  constexpr std::string_view name = "localhost";
  if (host.size() >= name.size() && same_name(host.substr(host.size() - name.size()), name)) {
    return host.size() == name.size() || host[host.size() - name.size() - 1] == '.';
  }
  if (host == "[::1]") return true;
  return host.starts_with("127.") &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::optional<Response> turn_away(const Request& request, const Names& names) {
  if (!names(request.url.host)) {
    return failure(421, fmt::format("This server does not answer to the name {}: call it by "
                                    "localhost or 127.0.0.1.",
                                    request.url.host));
  }
  if (is_for_foreign_page(request.headers)) {
    return failure(403, "This server does nothing for web pages that are not of this machine.");
  }
  return std::nullopt;
}

}  // namespace http
