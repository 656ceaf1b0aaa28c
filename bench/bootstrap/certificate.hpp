// A certificate authority made for one run, and a TLS server certificate for localhost by it.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

namespace bench {

struct Authority {
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> server;  // ready for driver::Server
  std::string pem;                                      // the authority's own certificate
};

// Throws std::runtime_error with OpenSSL's reason.
Authority make_authority();

}  // namespace bench
