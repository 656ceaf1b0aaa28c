// A server of one thread on 127.0.0.1 for the transport's tests, and certificates made on the spot.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace http::loopback {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

struct Identity {
  std::unique_ptr<EVP_PKEY, KeyFree> key;
  std::unique_ptr<X509, CertificateFree> certificate;
  std::string pem() const;
};

struct Wanted {
  std::string name;
  std::string alternatives;  // "DNS:localhost,IP:127.0.0.1"; empty for an authority
  std::chrono::seconds from = std::chrono::hours(-1);
  std::chrono::seconds until = std::chrono::hours(1);
};

// Signed by `authority`, or by itself.
Identity make_identity(const Wanted& wanted, const Identity* authority = nullptr);

// The path of a new file with this content.
std::string temporary_file(const std::string& content);

// One accepted connection.
class Peer {
 public:
  Peer(int descriptor, SSL* session) : descriptor_(descriptor), session_(session) {}
  // Head and body of the next request; empty when the client has closed.
  std::string request();
  void send(const std::string& bytes);

 private:
  std::size_t some(char* buffer, std::size_t size);
  int descriptor_;
  SSL* session_;
  std::string rest_;
};

class Server {
 public:
  using Handler = std::function<void(Peer&)>;
  // `handler` serves one connection after the other. With an identity: over TLS.
  explicit Server(Handler handler, const Identity* identity = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void run();
  void serve(int descriptor);

  Handler handler_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

}  // namespace http::loopback
