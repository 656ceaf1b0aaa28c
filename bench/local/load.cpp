#include "load.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace bench {
namespace {

struct Connection {
  int socket = -1;
  std::string answer;
};

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = ::htons(port);
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to the server");
  }
  return socket;
}

void ask(const Connection& connection, std::string_view request) {
  while (!request.empty()) {
    const auto sent = ::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the server closed the connection");
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool is_whole(std::string_view answer) {
  const auto end = answer.find("\r\n\r\n");
  if (end == std::string_view::npos) return false;
  const auto field = answer.find("Content-Length: ");
  std::size_t length = 0;
  if (field < end) std::from_chars(&answer[field + 16], &answer[end], length);
  return answer.size() >= end + 4 + length;
}

}  // namespace

Load hammer(std::uint16_t port, const std::string& request, int connections,
            std::chrono::milliseconds time) {
  using Clock = std::chrono::steady_clock;
  std::vector<Connection> all(static_cast<std::size_t>(connections));
  std::vector<pollfd> waits;
  for (auto& connection : all) {
    connection.socket = connect_to(port);
    waits.push_back({connection.socket, POLLIN, 0});
    ask(connection, request);
  }
  Load load;
  std::array<char, 65536> buffer;
  std::size_t answers = 0;
  const auto begin = Clock::now();
  while (load.failure.empty() && Clock::now() - begin < time) {
    if (::poll(waits.data(), waits.size(), 5000) <= 0) load.failure = "no answer in 5 s";
    for (std::size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].revents == 0) continue;
      const auto count = ::recv(all[i].socket, buffer.data(), buffer.size(), 0);
      if (count <= 0) throw std::runtime_error("the server closed the connection");
      all[i].answer.append(buffer.data(), static_cast<std::size_t>(count));
      if (!is_whole(all[i].answer)) continue;
      if (!all[i].answer.starts_with("HTTP/1.1 200 ")) load.failure = all[i].answer;
      all[i].answer.clear();
      ++answers;
      ask(all[i], request);
    }
  }
  const std::chrono::duration<double> took = Clock::now() - begin;
  for (const auto& connection : all) ::close(connection.socket);
  load.per_second = static_cast<double>(answers) / took.count();
  return load;
}

}  // namespace bench
