#include "http/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "http/tls_server.hpp"

namespace http {

namespace {

// OpenSSL's full set-up registers every cipher and digest it has and reads openssl.cnf: half of the
// time that a TLS context costs. A chain needs these four digests.
void initialise() {
  static const bool done = [] {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                            OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS,
                        nullptr);
    OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_SSL_STRINGS, nullptr);
    for (const auto* digest : {EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
      EVP_add_digest(digest);
    }
    return true;
  }();
  static_cast<void>(done);
}

constexpr const char* tls13_suites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
constexpr const char* tls12_suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr std::string_view groups = "X25519:P-256:P-384";

void require(bool success, const char* what) {
  if (!success) throw std::runtime_error(std::string("OpenSSL refused ") + what);
}

std::string last_reason() {
  const auto code = ERR_get_error();
  ERR_clear_error();
  // The reasons' texts are not loaded: they cost start-up time that every cold start would pay.
  return code == 0 ? "the connection ended"
                   : "OpenSSL reason " + std::to_string(ERR_GET_REASON(code));
}

// "[::1]" -> "::1".
std::string bare(std::string host) {
  if (host.starts_with('[') && host.ends_with(']')) return host.substr(1, host.size() - 2);
  return host;
}

}  // namespace

void load_algorithms() {
  initialise();
  EVP_MD_free(EVP_MD_fetch(nullptr, "SHA2-256", nullptr));
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}
void TlsSession::Free::operator()(ssl_st* session) const {
  SSL_free(session);
}

TlsContext::TlsContext(const RootIndex& roots)
    : context_((initialise(), SSL_CTX_new(TLS_client_method()))) {
  auto* context = context_.get();
  require(context != nullptr, "a TLS context");
  require(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1, "TLS 1.2 as the least");
  require(SSL_CTX_set_ciphersuites(context, tls13_suites) == 1, "the TLS 1.3 suites");
  require(SSL_CTX_set_cipher_list(context, tls12_suites) == 1, "the TLS 1.2 suites");
  require(SSL_CTX_set1_groups_list(context, std::string(groups).data()) == 1,
          "the key exchange groups");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  roots.install(SSL_CTX_get_cert_store(context));
}

TlsSession::TlsSession(const TlsServerContext& context)
    : session_(SSL_new(context.get())), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  require(session_ != nullptr && in_ != nullptr && out_ != nullptr, "a TLS session");
  SSL_set_bio(session_.get(), in_, out_);
  SSL_set_accept_state(session_.get());
}

void TlsSession::say_goodbye() {
  ERR_clear_error();
  SSL_shutdown(session_.get());
  ERR_clear_error();
}

TlsSession::TlsSession(const TlsContext& context, std::string host)
    : session_(SSL_new(context.get())), in_(BIO_new(BIO_s_mem())), out_(BIO_new(BIO_s_mem())) {
  require(session_ != nullptr && in_ != nullptr && out_ != nullptr, "a TLS session");
  SSL_set_bio(session_.get(), in_, out_);
  SSL_set_connect_state(session_.get());
  host = bare(std::move(host));
  auto* expected = SSL_get0_param(session_.get());
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return;
  // An address has no SNI: https://www.rfc-editor.org/rfc/rfc6066#section-3
  require(X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1, "the host's name");
  require(SSL_set_tlsext_host_name(session_.get(), host.c_str()) == 1, "the host's name");
}

void TlsSession::fail(const char* doing) {
  const auto verdict = SSL_get_verify_result(session_.get());
  if (verdict != X509_V_OK) {
    ERR_clear_error();
    throw TlsError(std::string("its certificate is not accepted: ") +
                   X509_verify_cert_error_string(verdict));
  }
  throw TlsError(std::string(doing) + " failed: " + last_reason());
}

bool TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(session_.get());
  if (result == 1) return true;
  if (SSL_get_error(session_.get(), result) == SSL_ERROR_WANT_READ) return false;
  fail("the TLS handshake");
}

void TlsSession::write(std::string_view plain) {
  if (plain.empty()) return;
  ERR_clear_error();
  std::size_t written = 0;
  // A memory BIO takes everything at once.
  if (SSL_write_ex(session_.get(), plain.data(), plain.size(), &written) != 1) fail("writing");
}

std::size_t TlsSession::read(char* buffer, std::size_t size) {
  ERR_clear_error();
  std::size_t count = 0;
  if (SSL_read_ex(session_.get(), buffer, size, &count) == 1) return count;
  switch (SSL_get_error(session_.get(), 0)) {
    case SSL_ERROR_WANT_READ:
      return 0;
    case SSL_ERROR_ZERO_RETURN:
      ended_ = true;
      return 0;
    default:
      fail("reading");
  }
}

std::string TlsSession::outgoing() {
  std::string bytes(static_cast<std::size_t>(BIO_ctrl_pending(out_)), '\0');
  if (!bytes.empty()) BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

void TlsSession::incoming(std::string_view bytes) {
  if (!bytes.empty()) BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace http
