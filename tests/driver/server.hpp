// A small HTTP/1.1 server on a loopback port, plain or TLS, driven by whoever pumps it: no thread
// of its own, so that what a bench measures is the other process.
#pragma once

#include <openssl/types.h>

#include <functional>
#include <initializer_list>
#include <list>
#include <map>
#include <optional>
#include <string>

namespace driver {

struct Request {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

struct Response {
  int status = 200;
  std::map<std::string, std::string> headers;
  std::string body;
};

// Nothing: the request is never answered, and its connection stays open.
using Handler = std::function<std::optional<Response>(const Request&)>;

class Server {
 public:
  // `tls` may be null, and outlives the server.
  explicit Server(Handler handler, SSL_CTX* tls = nullptr);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  friend bool pump(std::initializer_list<Server*> servers, const std::function<bool()>& done,
                   int milliseconds);
  struct Connection {
    int socket;
    SSL* tls;
    std::string input;
  };
  void accept();
  bool read(Connection& connection);  // false: it is closed
  void answer(Connection& connection);
  void write(Connection& connection, const std::string& bytes);
  static void close(Connection& connection);

  Handler handler_;
  SSL_CTX* context_;
  int listener_ = -1;
  int port_ = 0;
  std::list<Connection> connections_;
};

// Serves until `done`; false when that takes longer than `milliseconds`.
bool pump(std::initializer_list<Server*> servers, const std::function<bool()>& done,
          int milliseconds);

}  // namespace driver
