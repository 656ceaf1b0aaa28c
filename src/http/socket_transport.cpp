#include "http/socket_transport.hpp"

#include <nss.h>

#include <algorithm>
#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <mutex>

#include "http/tls.hpp"

namespace http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using SteadyTime = asio::steady_timer::time_point;
using Parser = beast::http::response_parser<beast::http::string_body>;

// Servers close idle connections after about this long; asking first is cheaper than failing.
constexpr auto reuse_limit = std::chrono::seconds(15);
constexpr std::size_t most_idle = 16;  // of one origin; more than a strike does at once
constexpr std::size_t read_size = 16 * 1024;

// A server's end of the conversation came where more was expected.
class Closed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Connection {
  explicit Connection(asio::io_context& io) : socket(io), timer(io) {}
  tcp::socket socket;
  asio::steady_timer timer;
  std::optional<TlsSession> tls;
  SteadyTime idle_since{};
  TransportError::Kind stage = TransportError::Kind::connect;
  bool expired = false;
  bool answered = false;  // a byte of the current answer has arrived
};

// Shared by the task that asks and the resolver's handler, which may come after the task has gone.
struct Lookup {
  explicit Lookup(asio::io_context& io) : timer(io) {}
  asio::steady_timer timer;
  bool done = false;
  error_code error;
  tcp::resolver::results_type results;
};

bool printable(std::string_view text) {
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

std::string head_of(const Request& request) {
  std::string head = request.method + ' ' + request.url.target + " HTTP/1.1\r\n";
  if (!printable(request.method + request.url.target) ||
      request.url.target.find(' ') != std::string::npos) {
    throw std::invalid_argument("the request line holds a space or a control character");
  }
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!printable(name) || !printable(value)) {
      throw std::invalid_argument("a header holds a control character: " + std::string(name));
    }
    head.append(name).append(": ").append(value).append("\r\n");
  };
  if (!request.headers.get("Host")) add("Host", request.url.authority());
  for (const auto& [name, value] : request.headers) {
    if (!same_name(name, "Content-Length")) add(name, value);
  }
  const bool body_expected =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (!request.body.empty() || body_expected) {
    add("Content-Length", std::to_string(request.body.size()));
  }
  return head + "\r\n";
}

base::Task<void> send_pending(Connection& connection) {
  const auto bytes = connection.tls->outgoing();
  if (!bytes.empty()) {
    co_await asio::async_write(connection.socket, asio::buffer(bytes), asio::use_awaitable);
  }
}

// The next bytes from the socket; none at the end of the stream.
base::Task<std::size_t> receive(Connection& connection, std::array<char, read_size>& buffer) {
  error_code error;
  const auto count = co_await connection.socket.async_read_some(
      asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
  if (error && error != asio::error::eof) throw boost::system::system_error(error);
  co_return count;
}

base::Task<void> shake_hands(Connection& connection) {
  std::array<char, read_size> buffer;
  for (;;) {
    bool done = false;
    std::string refused;
    try {
      done = connection.tls->handshake();
    } catch (const TlsError& error) {
      refused = error.what();
    }
    if (!refused.empty()) {
      // Tells the server why; that this may fail as well changes nothing.
      const auto alert = connection.tls->outgoing();
      error_code ignored;
      connection.socket.write_some(asio::buffer(alert), ignored);
      throw TlsError(refused);
    }
    co_await send_pending(connection);
    if (done) co_return;
    const auto count = co_await receive(connection, buffer);
    if (count == 0) throw Closed("the server closed the connection during the TLS handshake");
    connection.tls->incoming({buffer.data(), count});
  }
}

base::Task<void> write(Connection& connection, std::string text) {
  if (!connection.tls) {
    co_await asio::async_write(connection.socket, asio::buffer(text), asio::use_awaitable);
    co_return;
  }
  connection.tls->write(text);
  co_await send_pending(connection);
}

// Some bytes of the answer; none at its end.
base::Task<std::size_t> read(Connection& connection, std::array<char, read_size>& buffer) {
  if (!connection.tls) co_return co_await receive(connection, buffer);
  for (;;) {
    const auto count = connection.tls->read(buffer.data(), buffer.size());
    if (count > 0 || connection.tls->ended()) co_return count;
    co_await send_pending(connection);
    std::array<char, read_size> raw;
    const auto received = co_await receive(connection, raw);
    // Without TLS's own goodbye the end may be an attacker's: never the end of a body.
    if (received == 0) throw Closed("the server closed the connection before its answer was whole");
    connection.tls->incoming({raw.data(), received});
  }
}

void give(Parser& parser, std::string& pending, const ResponseLimits& limits) {
  while (!pending.empty() && !parser.is_done()) {
    error_code error;
    const auto used = parser.put(asio::buffer(pending), error);
    pending.erase(0, used);
    if (error == beast::http::error::need_more) return;
    if (error == beast::http::error::body_limit) {
      throw Closed(fmt::format("the answer is larger than {} bytes", limits.body_bytes));
    }
    if (error == beast::http::error::header_limit) {
      throw Closed(fmt::format("the answer's header is larger than {} bytes", limits.header_bytes));
    }
    if (error) throw Closed("the answer is not HTTP: " + error.message());
    if (used == 0) return;
  }
}

Response plain(beast::http::response<beast::http::string_body> message) {
  Response response;
  response.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    response.headers.add(std::string_view(field.name_string().data(), field.name_string().size()),
                         std::string_view(field.value().data(), field.value().size()));
  }
  response.body = std::move(message.body());
  return response;
}

struct Exchange {
  Response response;
  bool keep = false;
};

// The answer to a request that has been written.
base::Task<Exchange> answer_to(const Request& request, Connection& connection,
                               ResponseLimits limits) {
  std::array<char, read_size> buffer;
  std::string pending;
  for (;;) {
    Parser parser;
    parser.eager(true);
    parser.skip(request.method == "HEAD");
    parser.header_limit(limits.header_bytes);
    parser.body_limit(limits.body_bytes);
    give(parser, pending, limits);
    while (!parser.is_done()) {
      const auto count = co_await read(connection, buffer);
      if (count == 0) {
        error_code error;
        if (parser.got_some()) parser.put_eof(error);
        if (!parser.got_some() || error || !parser.is_done()) {
          throw Closed("the server closed the connection before its answer was whole");
        }
        break;
      }
      connection.answered = true;
      pending.append(buffer.data(), count);
      give(parser, pending, limits);
    }
    // 1xx answers announce another.
    if (parser.get().result_int() / 100 == 1) continue;
    Exchange out;
    out.keep = parser.get().keep_alive() && !parser.get().need_eof() && pending.empty();
    out.response = plain(parser.release());
    co_return out;
  }
}

class Transporter final : public SocketTransport {
 public:
  Transporter(asio::io_context& io, TlsTrust trust, ResponseLimits limits)
      : io_(io), resolver_(io), trust_(std::move(trust)), limits_(limits) {}

  void prepare() override {
    load_algorithms();
    preparing_ = true;
  }

  base::Task<Response> send(Request request) override {
    const auto origin =
        request.url.scheme + "://" + request.url.host + ':' + std::to_string(request.url.port);
    const auto limit =
        request.timeout ? SteadyTime::clock::now() + *request.timeout : SteadyTime::max();
    if (const auto kept = take_idle(origin)) {
      // The server may close just as we ask. Repeating what has not been answered at all is safe
      // for everything but POST.
      const bool repeatable = request.method != "POST";
      auto response = co_await attempt(kept, origin, request, limit, repeatable);
      if (response) co_return std::move(*response);
    }
    const auto fresh = std::make_shared<Connection>(io_);
    auto response = co_await attempt(fresh, origin, request, limit, false);
    co_return std::move(*response);
  }

 private:
  void build_tls() {
    if (context_ || !trust_problem_.empty()) return;
    try {
      roots_ = std::make_unique<RootIndex>(trust_.file);
      context_ = std::make_unique<TlsContext>(*roots_);
    } catch (const std::exception& error) {
      trust_problem_ = error.what();
    }
  }

  // Shared with the timer's handler, which may run after the task has ended.
  using Pointer = std::shared_ptr<Connection>;

  // Nothing only when `repeatable` and a kept connection broke before any byte of an answer.
  base::Task<std::optional<Response>> attempt(Pointer connection, std::string origin,
                                              const Request& request, SteadyTime limit,
                                              bool repeatable) {
    std::string broken;
    auto kind = TransportError::Kind::broken;
    try {
      if (!connection->socket.is_open()) co_await open(connection, request, limit);
      watch(connection, limit);
      connection->answered = false;
      connection->stage = TransportError::Kind::broken;
      co_await write(*connection, head_of(request) + request.body);
      // The server is at work now: a good moment for what the first https call will need.
      if (preparing_) build_tls();
      auto result = co_await answer_to(request, *connection, limits_);
      connection->timer.cancel();
      if (result.keep && !connection->expired) keep(origin, connection);
      co_return std::move(result.response);
    } catch (const TransportError&) {
      connection->timer.cancel();
      throw;
    } catch (const boost::system::system_error& error) {
      broken = error.code().message();
      kind = connection->stage;
    } catch (const TlsError& error) {
      broken = error.what();
      kind = TransportError::Kind::tls;
    } catch (const Closed& error) {
      broken = error.what();
    }
    connection->timer.cancel();
    if (connection->expired) {
      throw_error(TransportError::Kind::timeout, request.url, "no answer within the time limit");
    }
    if (repeatable && !connection->answered) co_return std::nullopt;
    throw_error(kind, request.url, broken);
  }

  [[noreturn]] static void throw_error(TransportError::Kind kind, const Url& url,
                                       std::string_view why) {
    throw TransportError(kind, fmt::format("{}:{}: {}", url.host, url.port, why));
  }

  // Closes the socket at the limit; whatever waits on it then fails.
  static void watch(const Pointer& connection, SteadyTime limit) {
    connection->expired = false;
    connection->timer.cancel();
    if (limit == SteadyTime::max()) return;
    connection->timer.expires_at(limit);
    connection->timer.async_wait([weak = std::weak_ptr(connection)](error_code error) {
      const auto owner = weak.lock();
      if (error || !owner || owner->timer.expiry() > SteadyTime::clock::now()) return;
      owner->expired = true;
      error_code ignored;
      owner->socket.close(ignored);
    });
  }

  base::Task<void> open(Pointer connection, const Request& request, SteadyTime limit) {
    const auto& url = request.url;
    const bool secure = url.scheme == "https";
    if (secure) {
      build_tls();
      if (!trust_problem_.empty()) throw_error(TransportError::Kind::tls, url, trust_problem_);
    }
    const auto endpoints = co_await resolve(url, limit);
    watch(connection, limit);
    connection->stage = TransportError::Kind::connect;
    co_await asio::async_connect(connection->socket, endpoints, asio::use_awaitable);
    connection->socket.set_option(tcp::no_delay(true));
    if (!secure) co_return;
    connection->tls.emplace(*context_, url.host);
    co_await shake_hands(*connection);
  }

  // A static program must not load the machine's name service modules, which are built for another
  // libc. Files and DNS are in the program itself. Opens nsswitch.conf, so only when a name comes.
  static void use_own_name_service() {
#ifdef __GLIBC__
    static std::once_flag once;
    std::call_once(once, [] { __nss_configure_lookup("hosts", "files dns"); });
#endif
  }

  base::Task<std::vector<tcp::endpoint>> resolve(const Url& url, SteadyTime limit) {
    auto host = url.host;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    std::vector<tcp::endpoint> endpoints;
    error_code error;
    if (const auto address = asio::ip::make_address(host, error); !error) {
      endpoints.emplace_back(address, url.port);
      co_return endpoints;
    }
    use_own_name_service();
    const auto lookup = std::make_shared<Lookup>(io_);
    lookup->timer.expires_at(limit);
    resolver_.async_resolve(host, std::to_string(url.port),
                            tcp::resolver::numeric_service | tcp::resolver::address_configured,
                            [lookup](error_code failure, tcp::resolver::results_type results) {
                              lookup->done = true;
                              lookup->error = failure;
                              lookup->results = std::move(results);
                              lookup->timer.cancel();
                            });
    if (!lookup->done) {
      co_await lookup->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    if (!lookup->done) {
      throw_error(TransportError::Kind::timeout, url, "its name was not resolved in time");
    }
    if (lookup->error) throw_error(TransportError::Kind::resolve, url, lookup->error.message());
    for (const auto& entry : lookup->results) endpoints.push_back(entry.endpoint());
    co_return endpoints;
  }

  void keep(const std::string& origin, const Pointer& connection) {
    const auto now = SteadyTime::clock::now();
    const auto old = [now](const Pointer& one) { return now - one->idle_since > reuse_limit; };
    for (auto& [host, kept] : idle_) std::erase_if(kept, old);
    std::erase_if(idle_, [](const auto& host) { return host.second.empty(); });
    connection->idle_since = now;
    auto& list = idle_[origin];
    if (list.size() >= most_idle) list.erase(list.begin());
    list.push_back(connection);
  }

  // An idle connection that the server has not closed, the one used last first.
  Pointer take_idle(const std::string& origin) {
    const auto found = idle_.find(origin);
    if (found == idle_.end()) return nullptr;
    auto& list = found->second;
    while (!list.empty()) {
      const auto connection = std::move(list.back());
      list.pop_back();
      if (SteadyTime::clock::now() - connection->idle_since > reuse_limit) continue;
      if (quiet(connection->socket)) return connection;
    }
    return nullptr;
  }

  // Nothing has arrived on it: neither an end nor bytes nobody asked for.
  static bool quiet(tcp::socket& socket) {
    error_code error;
    socket.non_blocking(true, error);
    char byte = 0;
    socket.receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    return error == asio::error::would_block;
  }

  asio::io_context& io_;
  tcp::resolver resolver_;
  TlsTrust trust_;
  ResponseLimits limits_;
  bool preparing_ = false;
  std::unique_ptr<RootIndex> roots_;  // before the context, which refers to it
  std::unique_ptr<TlsContext> context_;
  std::string trust_problem_;
  std::map<std::string, std::vector<Pointer>> idle_;
};

}  // namespace

std::unique_ptr<SocketTransport> socket_transport(asio::io_context& io, TlsTrust trust,
                                                  ResponseLimits limits) {
  return std::make_unique<Transporter>(io, std::move(trust), limits);
}

}  // namespace http
