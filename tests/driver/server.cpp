#include "server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

namespace driver {
namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Takes one whole request from the front of `input`, when there is one.
std::optional<Request> take_request(std::string& input) {
  const auto end = input.find("\r\n\r\n");
  if (end == input.npos) return std::nullopt;
  Request request;
  const auto first = input.find("\r\n");
  const std::string line = input.substr(0, first);
  request.method = line.substr(0, line.find(' '));
  request.target =
      line.substr(request.method.size() + 1, line.rfind(' ') - request.method.size() - 1);
  for (auto at = first + 2; at < end + 2;) {
    const auto stop = input.find("\r\n", at);
    const auto colon = input.find(':', at);
    const auto value = input.find_first_not_of(' ', colon + 1);
    request.headers[lower(input.substr(at, colon - at))] = input.substr(value, stop - value);
    at = stop + 2;
  }
  const auto length = request.headers.find("content-length");
  const std::size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
  if (input.size() < end + 4 + size) return std::nullopt;
  request.body = input.substr(end + 4, size);
  input.erase(0, end + 4 + size);
  return request;
}

std::string render(const Response& response) {
  std::string text = fmt::format("HTTP/1.1 {} Answer\r\n", response.status);
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\r\n";
  return text + fmt::format("Content-Length: {}\r\n\r\n{}", response.body.size(), response.body);
}

}  // namespace

Server::Server(Handler handler, SSL_CTX* tls) : handler_(std::move(handler)), context_(tls) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    fail("cannot listen on loopback");
  }
  port_ = ::ntohs(address.sin_port);
}

Server::~Server() {
  for (Connection& connection : connections_) close(connection);
  ::close(listener_);
}

void Server::close(Connection& connection) {
  if (connection.tls != nullptr) ::SSL_free(connection.tls);
  ::close(connection.socket);
}

void Server::accept() {
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) return;
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  SSL* tls = nullptr;
  if (context_ != nullptr) {
    tls = ::SSL_new(context_);
    ::SSL_set_fd(tls, socket);
    if (::SSL_accept(tls) != 1) {
      ::SSL_free(tls);
      ::close(socket);
      return;
    }
  }
  connections_.push_back({socket, tls, {}});
}

bool Server::read(Connection& connection) {
  std::array<char, 16384> buffer;
  do {
    const auto size = connection.tls != nullptr
                          ? ::SSL_read(connection.tls, buffer.data(), buffer.size())
                          : ::recv(connection.socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    connection.input.append(buffer.data(), static_cast<std::size_t>(size));
  } while (connection.tls != nullptr && ::SSL_pending(connection.tls) > 0);
  return true;
}

void Server::answer(Connection& connection) {
  while (const auto request = take_request(connection.input)) {
    if (const auto response = handler_(*request)) write(connection, render(*response));
  }
}

void Server::write(Connection& connection, const std::string& bytes) {
  if (connection.tls != nullptr) {
    ::SSL_write(connection.tls, bytes.data(), static_cast<int>(bytes.size()));
  } else {
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto size =
          ::send(connection.socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) return;
      sent += static_cast<std::size_t>(size);
    }
  }
}

bool pump(std::initializer_list<Server*> servers, const std::function<bool()>& done,
          int milliseconds) {
  const auto deadline = Steady::now() + std::chrono::milliseconds(milliseconds);
  while (!done()) {
    std::vector<pollfd> waits;
    for (const Server* server : servers) {
      waits.push_back({server->listener_, POLLIN, 0});
      for (const auto& connection : server->connections_) {
        waits.push_back({connection.socket, POLLIN, 0});
      }
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
    if (left.count() <= 0) return false;
    ::poll(waits.data(), waits.size(), static_cast<int>(left.count()));
    auto wait = waits.begin();
    for (Server* server : servers) {
      const bool knocked = (wait++)->revents != 0;
      for (auto connection = server->connections_.begin();
           connection != server->connections_.end();) {
        const bool ready = (wait++)->revents != 0;
        if (ready && !server->read(*connection)) {
          Server::close(*connection);
          connection = server->connections_.erase(connection);
          continue;
        }
        if (ready) server->answer(*connection);
        ++connection;
      }
      if (knocked) server->accept();
    }
  }
  return true;
}

}  // namespace driver
