#include "certificate.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace bench {
namespace {

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

void check(bool good, const char* what) {
  if (good) return;
  throw std::runtime_error(
      fmt::format("{}: {}", what, ::ERR_reason_error_string(::ERR_get_error())));
}

struct Subject {
  const char* name;
  bool authority;
};

void extend(X509* certificate, X509* issuer, int id, const char* value) {
  X509V3_CTX context;
  context.db = nullptr;
  ::X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(::X509V3_EXT_conf_nid(nullptr, &context, id, value),
                                        ::X509_EXTENSION_free);
  check(extension != nullptr && ::X509_add_ext(certificate, extension.get(), -1) == 1,
        "cannot extend a certificate");
}

Owned<X509> certify(Subject subject, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  Owned<X509> certificate(::X509_new(), ::X509_free);
  ::X509_set_version(certificate.get(), X509_VERSION_3);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate.get()), subject.authority ? 1 : 2);
  ::X509_gmtime_adj(::X509_getm_notBefore(certificate.get()), -3600);
  ::X509_gmtime_adj(::X509_getm_notAfter(certificate.get()), 86400);
  ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(subject.name), -1, -1, 0);
  X509* parent = issuer == nullptr ? certificate.get() : issuer;
  ::X509_set_issuer_name(certificate.get(), ::X509_get_subject_name(parent));
  ::X509_set_pubkey(certificate.get(), key);
  if (subject.authority) {
    extend(certificate.get(), parent, NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate.get(), parent, NID_key_usage, "critical,keyCertSign");
  } else {
    extend(certificate.get(), parent, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  }
  check(::X509_sign(certificate.get(), issuer_key, ::EVP_sha256()) > 0, "cannot sign");
  return certificate;
}

std::string pem_of(X509* certificate) {
  const Owned<BIO> memory(::BIO_new(::BIO_s_mem()), ::BIO_free_all);
  ::PEM_write_bio_X509(memory.get(), certificate);
  char* text = nullptr;
  const auto size = ::BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

Authority make_authority() {
  // RSA with 2048 bits, as AWS's endpoints have.
  const Owned<EVP_PKEY> root_key(EVP_RSA_gen(2048), ::EVP_PKEY_free);
  const Owned<EVP_PKEY> key(EVP_RSA_gen(2048), ::EVP_PKEY_free);
  check(root_key != nullptr && key != nullptr, "cannot make keys");
  const auto root = certify({"Falsework Bench", true}, root_key.get(), nullptr, root_key.get());
  const auto leaf = certify({"localhost", false}, key.get(), root.get(), root_key.get());
  Authority authority{{::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free}, pem_of(root.get())};
  check(::SSL_CTX_use_certificate(authority.server.get(), leaf.get()) == 1 &&
            ::SSL_CTX_use_PrivateKey(authority.server.get(), key.get()) == 1,
        "cannot use the certificate");
  return authority;
}

}  // namespace bench
