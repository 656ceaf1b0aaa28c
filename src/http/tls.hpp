// TLS without sockets: what to send and what has arrived go through memory, so that the transport
// alone does I/O. OpenSSL stays in the .cpp.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "http/trust.hpp"

struct ssl_ctx_st;
struct ssl_st;
struct bio_st;

namespace http {

class TlsServerContext;

// The peer's certificate or its messages are not accepted; the text says why.
class TlsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// OpenSSL's own work that every context needs and that is done once a process: its set-up and the
// digests it has. Optional.
void load_algorithms();

class TlsContext {
 public:
  // The roots must outlive it. Throws std::runtime_error when OpenSSL refuses the settings.
  explicit TlsContext(const RootIndex& roots);
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

// One end of a connection.
class TlsSession {
 public:
  // The client's end, to `host` (a name or an address; an IPv6 one in brackets).
  TlsSession(const TlsContext& context, std::string host);
  // The server's.
  explicit TlsSession(const TlsServerContext& context);

  // False: more must arrive first. Take outgoing() in any case.
  bool handshake();
  void write(std::string_view plain);
  // 0: more must arrive first. After the peer's goodbye, ended() is true.
  std::size_t read(char* buffer, std::size_t size);
  bool ended() const { return ended_; }
  // Tells the peer that nothing follows; the words are in outgoing().
  void say_goodbye();

  // What must be sent to the peer now; may be empty.
  std::string outgoing();
  void incoming(std::string_view bytes);

 private:
  struct Free {
    void operator()(ssl_st* session) const;
  };
  [[noreturn]] void fail(const char* doing);

  std::unique_ptr<ssl_st, Free> session_;
  bio_st* in_;   // owned by the session
  bio_st* out_;  // owned by the session
  bool ended_ = false;
};

}  // namespace http
