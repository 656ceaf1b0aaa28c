#include "http/trust.hpp"

#include <gtest/gtest.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "http/loopback_test.hpp"

namespace http {
namespace {

std::string der_of(const X509_NAME* name) {
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  X509_NAME_get0_der(name, &bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

TEST(TlsTrust, variables_replace_the_system_bundle_in_order) {
  EXPECT_EQ(tls_trust("/a", "/b").file, "/a");
  EXPECT_EQ(tls_trust("", "/b").file, "/b");
  EXPECT_FALSE(tls_trust("", "").file.empty());
}

TEST(RootIndex, finds_a_root_by_subject_and_returns_its_exact_bytes) {
  const auto one = loopback::make_identity({.name = "Root  One", .alternatives = ""});
  const auto two = loopback::make_identity({.name = "root one", .alternatives = ""});
  const auto other = loopback::make_identity({.name = "Root Two", .alternatives = ""});
  const RootIndex index(
      loopback::temporary_file("text before\n" + one.pem() + two.pem() + other.pem()));
  EXPECT_EQ(index.size(), 3U);
  // Case and runs of spaces do not tell names apart (RFC 5280 section 7.1).
  EXPECT_EQ(index.find(der_of(X509_get_subject_name(one.certificate.get()))).size(), 2U);
  const auto found = index.find(der_of(X509_get_subject_name(other.certificate.get())));
  ASSERT_EQ(found.size(), 1U);
  unsigned char* der = nullptr;
  const int size = i2d_X509(other.certificate.get(), &der);
  EXPECT_EQ(found.front(),
            std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)));
  OPENSSL_free(der);
  EXPECT_TRUE(index.find("").empty());
}

TEST(RootIndex, indexes_every_root_of_the_system_bundle) {
  const auto trust = tls_trust("", "");
  if (trust.file != "/etc/ssl/certs/ca-certificates.crt") GTEST_SKIP() << "no Debian bundle here";
  EXPECT_GT(RootIndex(trust.file).size(), 100U);
}

TEST(RootIndex, an_empty_damaged_or_missing_bundle_is_an_error_that_names_it) {
  for (const auto* content :
       {"", "no certificates", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMII"}) {
    const auto path = loopback::temporary_file(content);
    try {
      const RootIndex index(path);
      ADD_FAILURE() << content;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos);
    }
  }
  EXPECT_THROW(RootIndex("/no/such/file"), std::runtime_error);
}

}  // namespace
}  // namespace http
