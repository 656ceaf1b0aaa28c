#include "http/loopback_test.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace http::loopback {

namespace {

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  auto* extension = X509V3_EXT_nconf_nid(nullptr, &context, nid, value.c_str());
  ASSERT_NE(extension, nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

std::string Identity::pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate.get());
  std::string out(BIO_ctrl_pending(memory), '\0');
  BIO_read(memory, out.data(), static_cast<int>(out.size()));
  BIO_free(memory);
  return out;
}

Identity make_identity(const Wanted& wanted, const Identity* authority) {
  static long serial = 1;
  Identity out;
  out.key.reset(EVP_EC_gen(std::string("P-256").data()));
  out.certificate.reset(X509_new());
  auto* certificate = out.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wanted.from.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate), wanted.until.count());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wanted.name.c_str()), -1, -1,
                             0);
  const auto* issuer = authority != nullptr ? authority->certificate.get() : certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  X509_set_pubkey(certificate, out.key.get());
  auto* signer = authority != nullptr ? authority->certificate.get() : certificate;
  add_extension(certificate, signer, NID_basic_constraints,
                wanted.alternatives.empty() ? "critical,CA:TRUE" : "critical,CA:FALSE");
  // Key ids tell authorities of one name apart.
  add_extension(certificate, signer, NID_subject_key_identifier, "hash");
  if (authority != nullptr) {
    add_extension(certificate, signer, NID_authority_key_identifier, "keyid:always");
  }
  if (!wanted.alternatives.empty()) {
    add_extension(certificate, signer, NID_subject_alt_name, wanted.alternatives);
  }
  X509_sign(certificate, authority != nullptr ? authority->key.get() : out.key.get(), EVP_sha256());
  return out;
}

std::string temporary_file(const std::string& content) {
  static int number = 0;
  const auto path = fmt::format("{}falsework-{}-{}.pem", testing::TempDir(), ::getpid(), number++);
  std::ofstream(path) << content;
  return path;
}

std::size_t Peer::some(char* buffer, std::size_t size) {
  const auto count = session_ != nullptr ? SSL_read(session_, buffer, static_cast<int>(size))
                                         : static_cast<int>(::read(descriptor_, buffer, size));
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

std::string Peer::request() {
  std::size_t wanted = std::string::npos;
  while (rest_.size() < wanted) {
    if (wanted == std::string::npos) {
      const auto end = rest_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto length = rest_.find("Content-Length: ");
        wanted = end + 4 + (length < end ? std::stoul(rest_.substr(length + 16)) : 0);
        continue;
      }
    }
    char buffer[4096];
    const auto count = some(buffer, sizeof buffer);
    if (count == 0) return {};
    rest_.append(buffer, count);
  }
  auto out = rest_.substr(0, wanted);
  rest_.erase(0, wanted);
  return out;
}

void Peer::send(const std::string& bytes) {
  if (session_ != nullptr) {
    SSL_write(session_, bytes.data(), static_cast<int>(bytes.size()));
  } else {
    ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
}

Server::Server(Handler handler, const Identity* identity) : handler_(std::move(handler)) {
  std::signal(SIGPIPE, SIG_IGN);
  if (identity != nullptr) {
    context_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(context_, identity->certificate.get());
    SSL_CTX_use_PrivateKey(context_, identity->key.get());
  }
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(listener_, 8), 0);
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

Server::~Server() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

void Server::run() {
  while (!stopping_) {
    const int descriptor = ::accept(listener_, nullptr, nullptr);
    if (descriptor < 0) return;
    ++connections_;
    // A test that fails must not hang on a peer that says nothing.
    const timeval limit{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    serve(descriptor);
    ::close(descriptor);
  }
}

void Server::serve(int descriptor) {
  SSL* session = nullptr;
  if (context_ != nullptr) {
    session = SSL_new(context_);
    SSL_set_fd(session, descriptor);
  }
  if (session == nullptr || SSL_accept(session) == 1) {
    Peer peer(descriptor, session);
    handler_(peer);
    if (session != nullptr) SSL_shutdown(session);
  }
  SSL_free(session);
}

}  // namespace http::loopback
