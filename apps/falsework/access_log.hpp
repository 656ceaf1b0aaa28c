// One line a request: when, which service and action, who, what came of it and how long it took.
// Never a query, a body or a secret.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "http/message.hpp"

namespace apps {

struct Access {
  std::string service;
  std::string action;         // S3: method and path
  std::string access_key_id;  // as claimed; empty without a signature
};

// Of a request that has not been verified: its words are cut short and cleaned.
Access access_of(const http::Request& request);

// `status` 0: the connection was closed without an answer. Without a newline.
std::string access_line(const Access& access, std::string_view caller, base::Instant begin,
                        base::Duration took, int status);

}  // namespace apps
