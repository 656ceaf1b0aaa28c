// The one transport that leaves the machine: HTTP/1.1 over TCP and TLS, connections kept for reuse.
// It adds Host and Content-Length and nothing else: a PUT to a presigned URL must carry no
// Content-Type. It follows no redirect and never sends Expect.
#pragma once

#include <cstddef>
#include <memory>

#include "http/transport.hpp"
#include "http/trust.hpp"

namespace boost::asio {
class io_context;
}

namespace http {

class SocketTransport : public Transport {
 public:
  // Asks that TLS be ready before the first https call: OpenSSL sets itself up now; the roots are
  // indexed and the context is built while the next plain answer is awaited (Lambda's first
  // event). Without it the first https call does all that. Does not throw: an unreadable
  // bundle fails the first https call, which then says why.
  virtual void prepare() = 0;
};

// More than these is refused as broken.
struct ResponseLimits {
  std::uint32_t header_bytes = 64 * 1024;
  std::uint64_t body_bytes = 64 * 1024 * 1024;
};

// TLS 1.2 or newer; the server's chain and name are verified, always. Real time only. `io` must
// outlive the transport, and the transport every send.
std::unique_ptr<SocketTransport> socket_transport(boost::asio::io_context& io, TlsTrust trust,
                                                  ResponseLimits limits = {});

}  // namespace http
