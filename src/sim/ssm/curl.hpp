// The one program that the embedded AWS runs on instances: curl, as far as its command line and
// what it prints. Whether the URL answers is for the caller to say.
// https://curl.se/docs/manpage.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace sim::ssm {

struct Curl {
  std::string url;
  std::string scheme, host, path;
  int port = 0;
  bool silent = false, show_error = false, fail = false, to_file = false;
  std::optional<base::Duration> max_time = {};
};

// Nothing when the line is no curl command that is understood: curl, any of -s -S -f (also as one
// word) --silent --show-error --fail -m/--max-time N -o/--output FILE, one http or https URL.
std::optional<Curl> parse_curl(std::string_view line);

// What the network and the other side do.
struct Reply {
  enum class Kind { answered, refused, silent, unknown_host, no_tls } kind = Kind::silent;
  int status = 200;
  std::string body = {};
};

struct Result {
  int exit_code = 0;
  std::string output, error;
  base::Duration took{};
};

Result run(const Curl& curl, const Reply& reply);

}  // namespace sim::ssm
