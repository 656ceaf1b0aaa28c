#include "http/message.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace http {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [key, value] : fields_) {
    if (same_name(key, name)) return value;
  }
  return std::nullopt;
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  fields_.emplace_back(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return same_name(field.first, name); });
}

Url Url::parse(std::string_view text) {
  const auto fail = [](const char* why) {
    throw std::invalid_argument(std::string("URL: ") + why);
  };
  Url url;
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    url.scheme = "http";
    url.port = 80;
    text.remove_prefix(7);
  } else {
    fail("it must begin with http:// or https://");
  }
  const auto slash = text.find_first_of("/?#");
  auto authority = text.substr(0, slash);
  if (slash != std::string_view::npos) {
    url.target = text.substr(slash, text.find('#', slash) - slash);
    if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
  }
  if (authority.find('@') != std::string_view::npos) fail("user names are not supported");
  // An IPv6 literal keeps its colons inside brackets.
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const auto digits = authority.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc{} || end != digits.data() + digits.size() || url.port == 0) {
      fail("the port is not a number from 1 to 65535");
    }
    authority = authority.substr(0, colon);
  }
  if (authority.empty()) fail("the host is missing");
  for (const char c : authority) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f')
      fail("the host has a control character");
  }
  url.host = authority;
  return url;
}

std::string Url::authority() const {
  const bool standard = port == (scheme == "https" ? 443 : 80);
  return standard ? host : host + ":" + std::to_string(port);
}

std::string_view Url::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Url::query() const {
  const auto mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (unreserved(c) || (keep_slash && c == '/')) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back("0123456789ABCDEF"[byte >> 4]);
      out.push_back("0123456789ABCDEF"[byte & 15]);
    }
  }
  return out;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(plus_is_space && c == '+' ? ' ' : c);
    }
  }
  return out;
}

Query parse_query(std::string_view text, bool plus_is_space) {
  Query query;
  while (!text.empty()) {
    const auto amp = text.find('&');
    const auto pair = text.substr(0, amp);
    text.remove_prefix(amp == std::string_view::npos ? text.size() : amp + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    query.emplace_back(percent_decode(pair.substr(0, equals), plus_is_space),
                       equals == std::string_view::npos
                           ? ""
                           : percent_decode(pair.substr(equals + 1), plus_is_space));
  }
  return query;
}

std::string format_query(const Query& query) {
  std::string out;
  for (const auto& [key, value] : query) {
    if (!out.empty()) out.push_back('&');
    out += percent_encode(key);
    out.push_back('=');
    out += percent_encode(value);
  }
  return out;
}

}  // namespace http
