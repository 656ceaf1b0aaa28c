#include "http/tls_server.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <stdexcept>

#include "http/tls.hpp"

namespace http {

namespace {

struct Release {
  void operator()(BIO* memory) const { BIO_free(memory); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

void require_usable(bool success, const char* what) {
  if (success) return;
  ERR_clear_error();
  throw std::runtime_error(std::string("the TLS identity cannot be used: ") + what);
}

std::unique_ptr<BIO, Release> reader(const std::string& text) {
  return std::unique_ptr<BIO, Release>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// A key with a passphrase is not asked for on a terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

void TlsServerContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

TlsServerContext::TlsServerContext(const TlsIdentity& identity) {
  load_algorithms();
  context_.reset(SSL_CTX_new(TLS_server_method()));
  auto* context = context_.get();
  require_usable(context != nullptr && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1,
                 "OpenSSL refuses TLS 1.2");
  const auto chain = reader(identity.certificate_pem);
  const auto next = [&] {
    return std::unique_ptr<X509, Release>(
        PEM_read_bio_X509(chain.get(), nullptr, no_passphrase, nullptr));
  };
  const auto own = next();
  require_usable(own != nullptr && SSL_CTX_use_certificate(context, own.get()) == 1,
                 "there is no certificate in it");
  while (const auto issuer = next()) {
    require_usable(SSL_CTX_add1_chain_cert(context, issuer.get()) == 1, "an issuer's certificate");
  }
  ERR_clear_error();
  const std::unique_ptr<EVP_PKEY, Release> key(
      PEM_read_bio_PrivateKey(reader(identity.key_pem).get(), nullptr, no_passphrase, nullptr));
  require_usable(key != nullptr, "there is no key in it");
  require_usable(
      SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1,
      "the key is not this certificate's");
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

}  // namespace http
