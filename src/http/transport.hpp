// The one seam to the outside world: a request goes out, a response comes back.
#pragma once

#include <stdexcept>

#include "base/async.hpp"
#include "http/message.hpp"

namespace http {

// No response: refused, reset, timed out, name or certificate not accepted. The request may have
// had its effect all the same. The text names host and port, never the query.
class TransportError : public std::runtime_error {
 public:
  enum class Kind { resolve, connect, tls, timeout, broken };
  TransportError(Kind kind, const std::string& text) : std::runtime_error(text), kind(kind) {}
  Kind kind;
};

class Transport {
 public:
  virtual ~Transport() = default;
  // Any HTTP status is a response. Throws TransportError when there is none.
  virtual base::Task<Response> send(Request request) = 0;
};

}  // namespace http
