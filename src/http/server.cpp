#include "http/server.hpp"

#include <fcntl.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/status.hpp>

#include "http/request_reader.hpp"
#include "http/tls.hpp"
#include "http/transport.hpp"

namespace http {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using SteadyTime = asio::steady_timer::time_point;

constexpr std::size_t buffer_size = 64 * 1024;
// An answer goes to TLS in pieces of this size.
constexpr std::size_t write_size = 256 * 1024;
// How long a refused client may go on sending before its connection is reset: closing at once would
// destroy the answer on its way (RFC 9112, section 9.6).
constexpr auto farewell_time = std::chrono::seconds(1);
// When the system has no descriptor left: how long until the next try.
constexpr auto accept_pause = std::chrono::milliseconds(50);

// Lambda's processes must not inherit what belongs to this one.
void keep_to_this_process(int descriptor) {
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
}

struct Incoming {
  Incoming(tcp::socket accepted, std::string scheme, const std::string& authority,
           RequestLimits limits)
      : socket(std::move(accepted)),
        timer(socket.get_executor()),
        reader(std::move(scheme), authority, limits) {}
  tcp::socket socket;
  asio::steady_timer timer;
  SteadyTime deadline = SteadyTime::max();
  SteadyTime armed = SteadyTime::max();  // when the timer fires next
  std::optional<TlsSession> tls;
  RequestReader reader;
};

// Shared by the Server and the tasks of its connections, which may outlive it.
struct Shared {
  Shared(base::Runtime& its_runtime, const Listen& where, Server::Handler its_handler)
      : runtime(its_runtime),
        acceptor(its_runtime.io()),
        limits(where.limits),
        names(where.names),
        handler(std::move(its_handler)) {
    if (where.tls) tls.emplace(*where.tls);
  }
  base::Runtime& runtime;
  tcp::acceptor acceptor;
  ServerLimits limits;
  Names names;
  Server::Handler handler;
  std::optional<TlsServerContext> tls;
  std::string authority;
  // By the order in which they came.
  std::map<std::uint64_t, std::weak_ptr<Incoming>> open;
  std::uint64_t accepted = 0;
  // Whoever has something to read fills it and empties it before the next may.
  std::array<char, buffer_size> buffer;
};

using SharedPointer = std::shared_ptr<Shared>;
using Pointer = std::shared_ptr<Incoming>;

void close(Incoming& connection) {
  error_code ignored;
  connection.socket.close(ignored);
  connection.timer.cancel();
}

// The timer is moved only when the new deadline is earlier: most requests never touch it.
void arm(const Pointer& connection) {
  connection->armed = connection->deadline;
  connection->timer.expires_at(connection->deadline);
  connection->timer.async_wait([weak = std::weak_ptr(connection)](error_code error) {
    const auto owner = weak.lock();
    if (error || !owner) return;
    if (owner->deadline <= SteadyTime::clock::now()) return close(*owner);
    owner->armed = SteadyTime::max();
    if (owner->deadline != SteadyTime::max()) arm(owner);
  });
}

// What waits on the socket at that time fails.
void allow(const Pointer& connection, SteadyTime until) {
  connection->deadline = until;
  if (until < connection->armed) arm(connection);
}

SteadyTime in(base::Duration duration) {
  return SteadyTime::clock::now() + duration;
}

base::Task<void> send_pending(Incoming& connection) {
  const auto bytes = connection.tls->outgoing();
  if (!bytes.empty()) {
    co_await asio::async_write(connection.socket, asio::buffer(bytes), asio::use_awaitable);
  }
}

// Some bytes from the socket into the shared buffer; none at the end of the stream. Waits in any
// case, so that a client that sends without pause does not keep the others waiting.
base::Task<std::size_t> receive(Shared& shared, Incoming& connection) {
  for (;;) {
    co_await connection.socket.async_wait(tcp::socket::wait_read, asio::use_awaitable);
    error_code error;
    const auto count = connection.socket.read_some(asio::buffer(shared.buffer), error);
    if (!error) co_return count;
    if (error == asio::error::eof) co_return 0;
    if (error != asio::error::would_block) throw boost::system::system_error(error);
  }
}

// Gives the reader what TLS has deciphered; false when that is nothing.
bool decipher(Shared& shared, Incoming& connection) {
  bool some = false;
  while (const auto count = connection.tls->read(shared.buffer.data(), shared.buffer.size())) {
    connection.reader.give({shared.buffer.data(), count});
    some = true;
  }
  return some;
}

// Gives the reader more; false at the end of the stream.
base::Task<bool> read(Shared& shared, Incoming& connection) {
  // A request may have come together with the end of the handshake.
  if (connection.tls && decipher(shared, connection)) co_return true;
  const auto count = co_await receive(shared, connection);
  if (count == 0) co_return false;
  if (!connection.tls) {
    connection.reader.give({shared.buffer.data(), count});
    co_return true;
  }
  connection.tls->incoming({shared.buffer.data(), count});
  const bool some = decipher(shared, connection);
  co_await send_pending(connection);
  co_return some || !connection.tls->ended();
}

base::Task<void> write(Incoming& connection, const std::string& head, const std::string& body) {
  if (!connection.tls) {
    const std::array<asio::const_buffer, 2> both{asio::buffer(head), asio::buffer(body)};
    co_await asio::async_write(connection.socket, both, asio::use_awaitable);
    co_return;
  }
  connection.tls->write(head);
  for (std::size_t at = 0; at < body.size(); at += write_size) {
    connection.tls->write(std::string_view(body).substr(at, write_size));
    co_await send_pending(connection);
  }
  co_await send_pending(connection);
}

// False for a client that speaks plain HTTP: no TLS record begins with a letter (RFC 8446, B.1).
base::Task<bool> shake_hands(Shared& shared, Incoming& connection) {
  for (bool first = true;; first = false) {
    bool done = false;
    std::string refused;
    try {
      done = connection.tls->handshake();
    } catch (const TlsError& error) {
      refused = error.what();
    }
    co_await send_pending(connection);  // when refused, the reason
    if (!refused.empty()) throw TlsError(refused);
    if (done) co_return true;
    const auto count = co_await receive(shared, connection);
    if (count == 0) throw TlsError("the client closed the connection during the handshake");
    if (first && shared.buffer[0] >= 'A' && shared.buffer[0] <= 'Z') co_return false;
    connection.tls->incoming({shared.buffer.data(), count});
  }
}

// "Wed, 25 Nov 2026 02:50:00 GMT": IMF-fixdate.
std::string http_date(base::Instant now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(now - day));
  constexpr std::string_view days = "SunMonTueWedThuFriSat";
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
      days.substr(3 * std::chrono::weekday(day).c_encoding(), 3), static_cast<unsigned>(date.day()),
      months.substr(3 * static_cast<unsigned>(date.month()) - 3, 3), static_cast<int>(date.year()),
      time.hours().count(), time.minutes().count(), time.seconds().count());
}

bool is_clean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
  });
}

// No field may end early and become two.
bool is_clean(const Response& response) {
  return response.status >= 200 && response.status <= 999 &&
         std::ranges::all_of(response.headers, [](const Headers::Field& field) {
           return !field.first.empty() && is_clean(field.first) && is_clean(field.second);
         });
}

std::string head_of(const Response& response, bool head_only, bool last, base::Instant now) {
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
  auto head = fmt::format("HTTP/1.1 {} {}\r\n", response.status,
                          std::string_view(reason.data(), reason.size()));
  const auto add = [&](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  std::optional<std::string> length;
  for (const auto& [name, value] : response.headers) {
    if (same_name(name, "Content-Length")) {
      length = value;
    } else if (!same_name(name, "Transfer-Encoding") && !same_name(name, "Connection")) {
      add(name, value);
    }
  }
  if (!response.headers.get("Date")) add("Date", http_date(now));
  // Of an answer to HEAD the handler may know the length without having the body.
  if (!head_only || !length) length = std::to_string(response.body.size());
  if (response.status != 204 && response.status != 304) add("Content-Length", *length);
  if (last) add("Connection", "close");
  return head + "\r\n";
}

// Nothing: the connection is to be closed without an answer.
base::Task<std::optional<Response>> answer(Shared& shared, Request request) {
  if (auto refusal = turn_away(request, shared.names)) co_return refusal;
  std::string failed;
  try {
    auto response = co_await shared.handler(std::move(request));
    if (is_clean(response)) co_return response;
    failed = "The answer's header is not one.";
  } catch (const TransportError&) {
    co_return std::nullopt;
  } catch (const std::exception& error) {
    failed = error.what();
  }
  co_return failure(500, std::move(failed));
}

base::Task<void> write_answer(Shared& shared, Pointer connection, Response response, bool head_only,
                              bool last) {
  allow(connection, in(shared.limits.write_time));
  const auto head = head_of(response, head_only, last, shared.runtime.clock().now());
  if (head_only || response.status == 204 || response.status == 304) response.body.clear();
  co_await write(*connection, head, response.body);
}

// Until the reader has a whole message or refuses it; false when none comes any more.
base::Task<bool> read_message(Shared& shared, Pointer connection) {
  using State = RequestReader::State;
  auto& reader = connection->reader;
  const auto& limits = shared.limits;
  auto began = SteadyTime::max();
  allow(connection, in(limits.idle_time));
  for (;;) {
    const auto state = reader.state();
    if (state == State::whole || state == State::refused) co_return true;
    if (state != State::idle && began == SteadyTime::max()) began = SteadyTime::clock::now();
    if (state == State::head) allow(connection, began + limits.header_time);
    if (state == State::body) {
      allow(connection, began + limits.body_time);
      if (reader.take_expectation()) {
        co_await write(*connection, "HTTP/1.1 100 Continue\r\n\r\n", "");
      }
    }
    if (!co_await read(shared, *connection)) co_return false;
  }
}

// The client has its answer and is told that nothing follows; what it still sends is thrown away.
base::Task<void> take_leave(Shared& shared, Pointer connection) {
  allow(connection, in(farewell_time));
  if (connection->tls) {
    connection->tls->say_goodbye();
    co_await send_pending(*connection);
  }
  error_code ignored;
  connection->socket.shutdown(tcp::socket::shutdown_send, ignored);
  while (co_await receive(shared, *connection) > 0) {
  }
}

base::Task<void> converse(Shared& shared, Pointer connection) {
  if (connection->tls) {
    allow(connection, in(shared.limits.header_time));
    if (!co_await shake_hands(shared, *connection)) {
      connection->tls.reset();
      co_await write_answer(shared, connection,
                            failure(400, "This port speaks TLS: call it by https://."), false,
                            true);
      co_return co_await take_leave(shared, connection);
    }
  }
  auto& reader = connection->reader;
  while (co_await read_message(shared, connection)) {
    bool last = reader.last();
    bool head_only = false;
    std::optional<Response> response;
    if (reader.state() == RequestReader::State::refused) {
      response = failure(reader.problem().status, reader.problem().why);
    } else {
      auto request = reader.take();
      head_only = request.method == "HEAD";
      allow(connection, SteadyTime::max());
      response = co_await answer(shared, std::move(request));
      if (!connection->socket.is_open()) co_return;
    }
    if (!response) co_return;
    last = last || !shared.acceptor.is_open();
    co_await write_answer(shared, connection, std::move(*response), head_only, last);
    if (last) co_return co_await take_leave(shared, connection);
  }
}

// One connection from its first to its last byte. Whatever goes wrong on it ends it and no other.
base::Task<void> serve_one(SharedPointer shared, Pointer connection, std::uint64_t number) {
  try {
    co_await converse(*shared, connection);
  } catch (const std::exception&) {
    // The client has gone, or was too slow, or spoke no TLS: nobody is left to be told.
  }
  close(*connection);
  shared->open.erase(number);
}

void welcome(const SharedPointer& shared, tcp::socket socket) {
  if (shared->open.size() >= shared->limits.connections) return;  // closes it
  keep_to_this_process(socket.native_handle());
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.non_blocking(true, ignored);
  const auto connection = std::make_shared<Incoming>(
      std::move(socket), shared->tls ? "https" : "http", shared->authority,
      RequestLimits{shared->limits.header_bytes, shared->limits.body_bytes});
  if (shared->tls) connection->tls.emplace(*shared->tls);
  const auto number = shared->accepted++;
  shared->open.emplace(number, connection);
  shared->runtime.spawn(serve_one(shared, connection, number));
}

base::Task<void> accept_all(SharedPointer shared) {
  while (shared->acceptor.is_open()) {
    tcp::socket socket(shared->runtime.io());
    error_code error;
    co_await shared->acceptor.async_accept(socket,
                                           asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      welcome(shared, std::move(socket));
    } else if (shared->acceptor.is_open() && error != asio::error::connection_aborted) {
      asio::steady_timer pause(shared->runtime.io(), accept_pause);
      co_await pause.async_wait(asio::use_awaitable);
    }
  }
}

void listen(Shared& shared, std::uint16_t port) {
  const tcp::endpoint loopback(asio::ip::address_v4::loopback(), port);
  error_code error;
  shared.acceptor.open(loopback.protocol());
  keep_to_this_process(shared.acceptor.native_handle());
  // A port that was used a minute ago is free; one that somebody listens on is not.
  shared.acceptor.set_option(tcp::acceptor::reuse_address(true));
  shared.acceptor.bind(loopback, error);
  if (!error) shared.acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    const auto* advice = error == asio::error::address_in_use
                             ? "; end the program that listens there or choose another port"
                             : "";
    throw TransportError(
        TransportError::Kind::connect,
        fmt::format("cannot listen on 127.0.0.1:{}: {}{}", port, error.message(), advice));
  }
  shared.authority = fmt::format("127.0.0.1:{}", shared.acceptor.local_endpoint().port());
}

class LoopbackServer final : public Server {
 public:
  LoopbackServer(base::Runtime& runtime, const Listen& where, Handler handler)
      : shared_(std::make_shared<Shared>(runtime, where, std::move(handler))) {
    listen(*shared_, where.port);
    port_ = shared_->acceptor.local_endpoint().port();
    runtime.spawn(accept_all(shared_));
  }
  ~LoopbackServer() override { close_all(); }

  std::uint16_t port() const override { return port_; }
  std::size_t connections() const override { return shared_->open.size(); }
  void stop() override { close_all(); }

 private:
  void close_all() {
    error_code ignored;
    shared_->acceptor.close(ignored);
    for (const auto& [number, weak] : shared_->open) {
      if (const auto connection = weak.lock()) close(*connection);
    }
  }

  SharedPointer shared_;
  std::uint16_t port_ = 0;
};

}  // namespace

std::unique_ptr<Server> serve(base::Runtime& runtime, Listen where, Server::Handler handler) {
  return std::make_unique<LoopbackServer>(runtime, where, std::move(handler));
}

}  // namespace http
