// Which roots a TLS connection trusts: a PEM bundle, indexed by subject and decoded one by one when
// a chain asks for a root. Decoding all of a system's 145 roots costs 20 ms, the index 0.1 ms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

struct x509_store_st;

namespace http {

// A file of concatenated PEM certificates.
struct TlsTrust {
  std::string file;
};

// The values of AWS_CA_BUNDLE and SSL_CERT_FILE, empty when not set. The first that is set replaces
// the system's bundle; otherwise the first known bundle that exists.
TlsTrust tls_trust(std::string_view aws_ca_bundle, std::string_view ssl_cert_file);

// Must outlive every X509_STORE it is installed in, and never moves.
class RootIndex {
 public:
  // Throws std::runtime_error naming the file when it cannot be read or holds no certificate.
  explicit RootIndex(const std::string& file);
  RootIndex(const RootIndex&) = delete;
  RootIndex& operator=(const RootIndex&) = delete;

  std::size_t size() const { return roots_.size(); }
  // Makes `store` ask this index for every issuer that it does not have.
  void install(x509_store_st* store) const;

  // The DER of every root whose subject may be this one (a DER Name).
  std::vector<std::string> find(std::string_view subject) const;

 private:
  struct Root {
    std::uint64_t subject;  // the hash of its canonical form
    std::uint32_t begin;    // of the base64 text in text_
    std::uint32_t size;
  };
  std::string text_;
  std::vector<Root> roots_;
};

}  // namespace http
