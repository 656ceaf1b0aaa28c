// An HTTP/1.1 server on 127.0.0.1, plain or TLS, and never on any other address. One thread: the
// runtime's, which must be a real one. Whoever serves owns the Server.
//
// What is not HTTP is answered with 400, 413, 414, 417, 431, 501 or 505 and the connection closed
// (RFC 9112), TLS refused with an alert; what comes for another name or from a web page of somebody
// else's with 421 or 403 (http/visitor.hpp). Nothing that a client does ends the server.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/async.hpp"
#include "base/runtime.hpp"
#include "http/message.hpp"
#include "http/tls_server.hpp"
#include "http/visitor.hpp"

namespace http {

struct ServerLimits {
  std::uint32_t header_bytes = 64 * 1024;       // request line and all fields: 431
  std::uint64_t body_bytes = 64 * 1024 * 1024;  // 413, before the body is read where it is declared
  // One more is closed at once and harms none of those that are served.
  std::size_t connections = 1024;
  base::Duration header_time = std::chrono::seconds(10);  // from a message's first byte (and TLS)
  base::Duration body_time = std::chrono::seconds(60);    // of the whole message
  base::Duration write_time = std::chrono::seconds(60);   // until the client has taken an answer
  base::Duration idle_time = std::chrono::seconds(60);    // between two messages
};

struct Listen {
  std::uint16_t port = 0;  // 0: the system picks one
  std::optional<TlsIdentity> tls = {};
  ServerLimits limits = {};
  Names names = is_loopback;
};

class Server {
 public:
  // Gets the method and the headers as sent, the body whole and decoded, no timeout, and a url of
  // scheme, Host (or the target's own authority) and target. "*" is the target of OPTIONS *. What
  // it throws becomes a 500 and goes no further; a TransportError closes the connection without
  // an answer, as a lost reply looks to a client. Its answer may omit Content-Length and Date. It
  // lives until the last call to it has ended.
  using Handler = std::function<base::Task<Response>(Request)>;

  // As stop(). Before the runtime goes.
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  // Closes the listener and every connection at once. Handlers at work run on, their answers are
  // dropped: what they refer to must live until they end, or until the runtime is destroyed.
  virtual void stop() = 0;
  // How many are open now, those included whose handler is at work though stop() closed them.
  virtual std::size_t connections() const = 0;
};

// Listens when it returns. Throws TransportError when the port is taken (and says what to do),
// std::runtime_error when the identity is not one.
std::unique_ptr<Server> serve(base::Runtime& runtime, Listen where, Server::Handler handler);

}  // namespace http
