// What a TLS server shows its clients: a certificate and the proof that its key is at hand.
#pragma once

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace http {

// Both PEM.
struct TlsIdentity {
  std::string certificate_pem;  // the server's own first, then its issuers
  std::string key_pem;
};

class TlsServerContext {
 public:
  // Throws std::runtime_error when a part is not what it should be or they do not belong together;
  // the text never holds any of the key.
  explicit TlsServerContext(const TlsIdentity& identity);
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace http
