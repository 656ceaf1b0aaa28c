// HTTP messages as plain values: what the seam to the outside world carries.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace http {

// Header fields in order. Names compare without regard to case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Field> fields) : fields_(fields) {}

  // The first field of that name.
  std::optional<std::string_view> get(std::string_view name) const;
  // Replaces every field of that name by one.
  void set(std::string_view name, std::string_view value);
  void add(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<Field> fields_;
};

bool same_name(std::string_view a, std::string_view b);

// An absolute http or https URL. `target` is path and query exactly as they go on the wire.
struct Url {
  std::string scheme = "https";
  std::string host;
  std::uint16_t port = 443;
  std::string target = "/";

  // Throws std::invalid_argument; the text never repeats the query, which may be a secret.
  static Url parse(std::string_view text);
  // "host" or "host:port" when the port is not the scheme's own.
  std::string authority() const;
  std::string_view path() const;
  // Without the '?'; empty when there is none.
  std::string_view query() const;
};

struct Request {
  std::string method = "GET";
  Url url;
  Headers headers;
  std::string body;
  // From the call to the last byte of the answer. Nothing: wait for ever (the Runtime API's /next).
  std::optional<base::Duration> timeout = base::Duration(std::chrono::seconds(30));
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

// RFC 3986: everything but unreserved characters becomes %XX. `keep_slash` for paths.
std::string percent_encode(std::string_view text, bool keep_slash = false);
// Malformed sequences stay as they are. `plus_is_space` for forms.
std::string percent_decode(std::string_view text, bool plus_is_space = false);

using Query = std::vector<std::pair<std::string, std::string>>;
// "a=1&b=2", decoded, in order.
Query parse_query(std::string_view text, bool plus_is_space = true);
// Encoded with percent_encode, in order.
std::string format_query(const Query& query);

}  // namespace http
