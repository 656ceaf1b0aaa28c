#include "http/server.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "http/loopback_test.hpp"
#include "http/socket_transport.hpp"

namespace http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

// What most tests ask for: the request in words.
base::Task<Response> echo(Request request) {
  Response response;
  response.headers.set("X-Kind", "echo");
  response.body = request.method + ' ' + request.url.target + ' ' + request.body;
  co_return response;
}

// A server on a thread of its own.
class Hosted {
 public:
  explicit Hosted(Server::Handler handler = echo, Listen where = {})
      : runtime_(base::real_runtime()), server_(serve(*runtime_, std::move(where), handler)) {
    thread_ = std::thread([this] { runtime_->run(until_done()); });
  }
  ~Hosted() {
    call([this] {
      done_ = true;
      ended_.notify();
    });
    thread_.join();
    server_.reset();
  }
  Hosted(const Hosted&) = delete;
  Hosted& operator=(const Hosted&) = delete;

  std::uint16_t port() const { return server_->port(); }
  // On the server's thread.
  void call(std::move_only_function<void()> what) {
    boost::asio::post(runtime_->io(), [what = std::move(what)]() mutable { what(); });
  }
  void stop() {
    call([this] { server_->stop(); });
  }
  std::size_t connections() {
    std::promise<std::size_t> count;
    call([&] { count.set_value(server_->connections()); });
    return count.get_future().get();
  }
  bool falls_to(std::size_t connections_left) {
    for (int i = 0; i < 300; ++i) {
      if (connections() == connections_left) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

 private:
  base::Task<void> until_done() {
    while (!done_) co_await ended_.wait();
  }

  std::unique_ptr<base::Runtime> runtime_;
  base::Signal ended_;
  bool done_ = false;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

// One end of a raw connection.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  Client(Client&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), connected_(other.connected_) {}
  ~Client() {
    if (socket_ >= 0) ::close(socket_);
  }

  bool connected() const { return connected_; }
  void send(std::string_view bytes) const {
    ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void half_close() const { ::shutdown(socket_, SHUT_WR); }
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(socket_, -1));
  }
  // All until the server closes; "timed out" when it does not.
  std::string rest() const {
    std::string all;
    char buffer[4096];
    for (;;) {
      const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
      if (count < 0 && errno == EAGAIN) return "timed out";
      if (count <= 0) return all;
      all.append(buffer, static_cast<std::size_t>(count));
    }
  }
  // Until `end` has come or nothing more does.
  std::string until(std::string_view end) const {
    std::string all;
    char byte = 0;
    while (!all.ends_with(end) && ::recv(socket_, &byte, 1, 0) == 1) all += byte;
    return all;
  }

 private:
  int socket_;
  bool connected_ = false;
};

const std::string get_a = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string get_last = "GET /z HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

std::string answer_to(std::uint16_t port, const std::string& bytes) {
  const Client client(port);
  client.send(bytes);
  return client.rest();
}

ServerLimits impatient() {
  return {.header_time = 200ms, .body_time = 400ms, .write_time = 400ms, .idle_time = 300ms};
}

TEST(Server, an_answer_has_its_length_and_its_date) {
  const Hosted hosted;
  const auto answer = answer_to(hosted.port(), get_last);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\nX-Kind: echo\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr(" GMT\r\nContent-Length: 7\r\nConnection: close\r\n\r\nGET /z "));
}

TEST(Server, one_connection_serves_many_requests_in_order) {
  const Hosted hosted;
  const Client client(hosted.port());
  for (int i = 0; i < 3; ++i) {
    client.send(get_a);
    EXPECT_THAT(client.until("GET /a "), StartsWith("HTTP/1.1 200 OK"));
  }
  client.send(get_a + "POST /b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nxy" +
              get_last);
  EXPECT_THAT(client.until("GET /a "), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(client.until("POST /b xy"), StartsWith("HTTP/1.1 200 OK"));
  EXPECT_THAT(client.rest(), HasSubstr("GET /z "));
}

TEST(Server, a_client_that_has_said_all_still_gets_its_answer) {
  const Hosted hosted;
  const Client client(hosted.port());
  client.send(get_a);
  client.half_close();
  EXPECT_THAT(client.rest(), HasSubstr("GET /a "));
}

TEST(Server, what_is_not_HTTP_is_told_so_and_closed) {
  Listen where;
  where.limits.body_bytes = 100;
  const Hosted hosted(echo, where);
  struct Row {
    std::string bytes;
    const char* answer;
  };
  for (const auto& [bytes, answer] : std::vector<Row>{
           {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
           {"GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"},
           {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 101\r\n\r\n",
            "HTTP/1.1 413 Payload Too"},
           {"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + std::string(70000, 'a'),
            "HTTP/1.1 431 Request H"},
           {"GET /" + std::string(70000, 'a'), "HTTP/1.1 414 URI Too Long\r\n"},
           {"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", "HTTP/1.1 505 HTTP Version"},
       }) {
    EXPECT_THAT(answer_to(hosted.port(), bytes + get_a), StartsWith(answer));
  }
  EXPECT_THAT(answer_to(hosted.port(), get_last), StartsWith("HTTP/1.1 200"));
}

TEST(Server, a_body_too_large_is_refused_although_the_client_goes_on_sending) {
  Listen where;
  where.limits.body_bytes = 1000;
  const Hosted hosted(echo, where);
  const Client client(hosted.port());
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n");
  client.send(std::string(1000000, 'a'));
  EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 413"));
}

TEST(Server, a_client_that_asks_first_is_told_to_continue) {
  const Hosted hosted;
  const Client client(hosted.port());
  client.send(
      "PUT /b HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("xy");
  EXPECT_THAT(client.until("PUT /b xy"), StartsWith("HTTP/1.1 200 OK"));
}

TEST(Server, what_is_meant_for_another_name_or_comes_from_a_foreign_page_has_no_effect) {
  int handled = 0;
  const Hosted hosted([&handled](Request request) {
    ++handled;
    return echo(std::move(request));
  });
  const Client client(hosted.port());
  client.send("GET /a HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
  EXPECT_THAT(client.until("127.0.0.1.\n"), HasSubstr("HTTP/1.1 421 "));
  client.send(
      "POST /a HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
      "Content-Length: 2\r\n\r\nhi");
  EXPECT_THAT(client.until("machine.\n"), HasSubstr("HTTP/1.1 403 "));
  client.send("GET http://rebound.example/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.until("127.0.0.1.\n"), HasSubstr("HTTP/1.1 421 "));
  client.send(get_last);
  EXPECT_THAT(client.rest(), HasSubstr("GET /z"));
  EXPECT_EQ(handled, 1);
}

TEST(Server, an_answer_to_HEAD_has_no_body) {
  const Hosted hosted;
  const auto answer =
      answer_to(hosted.port(), "HEAD /a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

base::Task<Response> troublesome(Request request) {
  if (request.url.target == "/throw") throw std::runtime_error("it broke");
  if (request.url.target == "/lost") throw TransportError(TransportError::Kind::broken, "lost");
  Response response;
  if (request.url.target == "/split") response.headers.set("A", "b\r\nSet-Cookie: evil");
  if (request.url.target == "/none") response.status = 204;
  co_return response;
}

TEST(Server, a_handler_that_fails_ends_neither_server_nor_connection) {
  const Hosted hosted(troublesome);
  const Client client(hosted.port());
  client.send("GET /throw HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.until("it broke\n"), StartsWith("HTTP/1.1 500 Internal Server Error"));
  client.send("GET /split HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answer = client.until("is not one.\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, testing::Not(HasSubstr("evil")));
  client.send("GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.until("\r\n\r\n"), testing::Not(HasSubstr("Content-Length")));
  client.send("GET /lost HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.rest(), "");
  EXPECT_TRUE(const_cast<Hosted&>(hosted).falls_to(0));
}

TEST(Server, slow_clients_are_closed_at_their_limits) {
  Listen where;
  where.limits = impatient();
  Hosted hosted(echo, where);
  struct Row {
    const char* name;
    std::string begin;
    std::string drop;
    std::chrono::milliseconds limit;
  };
  for (const auto& [name, begin, drop, limit] : std::vector<Row>{
           {"silence", "", "", 300ms},
           {"empty lines", "", "\r\n", 300ms},
           {"a header", "GET /a HTTP/1.1\r\n", "A: b\r\n", 200ms},
           {"a body", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n", "a",
            400ms},
           {"chunks", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
            "1\r\na\r\n", 400ms},
       }) {
    const auto start = Steady::now();
    const Client client(hosted.port());
    client.send(begin);
    std::jthread drops([&client, text = drop](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        client.send(text);
        std::this_thread::sleep_for(20ms);
      }
    });
    EXPECT_EQ(client.rest(), "") << name;
    const auto took = Steady::now() - start;
    EXPECT_GE(took, limit) << name;
    EXPECT_LT(took, limit + 3s) << name;
  }
  EXPECT_TRUE(hosted.falls_to(0));
}

base::Task<Response> large(Request) {
  Response response;
  response.body.assign(32 * 1024 * 1024, 'a');
  co_return response;
}

TEST(Server, a_client_that_does_not_take_its_answer_is_closed) {
  Listen where;
  where.limits = impatient();
  Hosted hosted(large, where);
  const Client client(hosted.port());
  client.send(get_a);
  while (hosted.connections() == 0) std::this_thread::sleep_for(5ms);
  EXPECT_TRUE(hosted.falls_to(0));
}

TEST(Server, clients_that_vanish_leave_nothing_behind) {
  Hosted hosted;
  for (const auto& bytes : {std::string(), std::string("GET"), get_a, get_a + get_a + "POST"}) {
    Client polite(hosted.port());
    polite.send(bytes);
    polite.half_close();
    Client rude(hosted.port());
    rude.send(bytes);
    rude.reset();
  }
  EXPECT_TRUE(hosted.falls_to(0));
  EXPECT_THAT(answer_to(hosted.port(), get_last), StartsWith("HTTP/1.1 200"));
}

TEST(Server, one_connection_too_many_is_closed_and_harms_nobody) {
  Listen where;
  where.limits.connections = 2;
  Hosted hosted(echo, where);
  Client first(hosted.port());
  const Client second(hosted.port());
  for (const Client* client : std::initializer_list<const Client*>{&first, &second}) {
    client->send(get_a);
    EXPECT_THAT(client->until("GET /a "), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_EQ(Client(hosted.port()).rest(), "");
  second.send(get_a);
  EXPECT_THAT(second.until("GET /a "), StartsWith("HTTP/1.1 200"));
  first.reset();
  EXPECT_TRUE(hosted.falls_to(1));
  EXPECT_THAT(answer_to(hosted.port(), get_last), StartsWith("HTTP/1.1 200"));
}

void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

TEST(Server, a_thousand_connections_at_once_are_all_served) {
  raise_descriptor_limit();
  Hosted hosted;
  std::vector<Client> clients;
  for (int i = 0; i < 1000; ++i) clients.emplace_back(hosted.port());
  for (const auto& client : clients) client.send(get_a);
  std::size_t served = 0;
  for (const auto& client : clients) {
    if (client.until("GET /a ").starts_with("HTTP/1.1 200")) ++served;
  }
  EXPECT_EQ(served, 1000U);
  EXPECT_EQ(hosted.connections(), 1000U);
  clients.clear();
  EXPECT_TRUE(hosted.falls_to(0));
}

TEST(Server, stop_closes_the_port_and_every_connection) {
  Hosted hosted;
  const Client idle(hosted.port());
  const Client busy(hosted.port());
  busy.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc");
  while (hosted.connections() < 2) std::this_thread::sleep_for(5ms);
  hosted.stop();
  EXPECT_EQ(idle.rest(), "");
  EXPECT_EQ(busy.rest(), "");
  EXPECT_FALSE(Client(hosted.port()).connected());
  EXPECT_TRUE(hosted.falls_to(0));
}

base::Task<Response> echo_later(base::Signal& proceed, Request request) {
  co_await proceed.wait();
  co_return co_await echo(std::move(request));
}

TEST(Server, stop_drops_the_answer_of_a_handler_at_work) {
  base::Signal proceed;
  Hosted hosted([&](Request request) { return echo_later(proceed, std::move(request)); });
  const Client client(hosted.port());
  client.send(get_a);
  while (hosted.connections() == 0) std::this_thread::sleep_for(5ms);
  hosted.stop();
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(hosted.connections(), 1U);
  hosted.call([&] { proceed.notify(); });
  EXPECT_TRUE(hosted.falls_to(0));
}

TEST(Server, a_port_that_is_taken_is_said_with_what_to_do) {
  const Hosted hosted;
  const auto runtime = base::real_runtime();
  Listen where;
  where.port = hosted.port();
  try {
    serve(*runtime, where, echo);
    FAIL() << "two servers on one port";
  } catch (const TransportError& error) {
    EXPECT_THAT(error.what(), HasSubstr(std::to_string(hosted.port())));
    EXPECT_THAT(error.what(), HasSubstr("choose another port"));
  }
}

TlsIdentity pems(const loopback::Identity& identity) {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(memory, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  std::string key(BIO_ctrl_pending(memory), '\0');
  BIO_read(memory, key.data(), static_cast<int>(key.size()));
  BIO_free(memory);
  return {identity.pem(), key};
}

base::Task<void> ask(Transport& transport, Request request, int times, std::string& body) {
  for (int i = 0; i < times; ++i) body = (co_await transport.send(request)).body;
}

TEST(Server, TLS_clients_that_verify_are_served) {
  const auto identity = loopback::make_identity({"localhost", "DNS:localhost,IP:127.0.0.1"});
  Listen where;
  where.tls = pems(identity);
  const Hosted hosted(echo, where);
  const auto runtime = base::real_runtime();
  const auto transport =
      socket_transport(runtime->io(), {loopback::temporary_file(identity.pem())});
  Request request;
  request.method = "POST";
  request.url = Url::parse(fmt::format("https://127.0.0.1:{}/a", hosted.port()));
  request.body.assign(3'000'000, 'b');
  std::string body;
  runtime->run(ask(*transport, request, 3, body));
  EXPECT_EQ(body, "POST /a " + request.body);
}

TEST(Server, clients_that_speak_no_TLS_are_closed) {
  Listen where;
  where.limits = impatient();
  where.tls = pems(loopback::make_identity({"localhost", "DNS:localhost"}));
  Hosted hosted(echo, where);
  const auto told = answer_to(hosted.port(), get_a);
  EXPECT_THAT(told, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(told, HasSubstr("https://"));
  const auto refused =
      answer_to(hosted.port(), std::string("\x16\x03\x01", 3) + std::string(9, 'x'));
  EXPECT_THAT(refused, testing::Not(HasSubstr("HTTP")));
  EXPECT_EQ(Client(hosted.port()).rest(), "");  // says nothing at all
  EXPECT_TRUE(hosted.falls_to(0));
}

TEST(Server, an_identity_that_is_none_is_refused_without_showing_it) {
  const auto runtime = base::real_runtime();
  const auto good = pems(loopback::make_identity({"localhost", "DNS:localhost"}));
  const auto other = pems(loopback::make_identity({"localhost", "DNS:localhost"}));
  for (const auto& identity :
       {TlsIdentity{"secret", good.key_pem}, TlsIdentity{good.certificate_pem, "secret"},
        TlsIdentity{good.certificate_pem, other.key_pem}}) {
    Listen where;
    where.tls = identity;
    try {
      serve(*runtime, where, echo);
      ADD_FAILURE() << "an identity of " << identity.certificate_pem.substr(0, 20);
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("secret")));
    }
  }
}

}  // namespace
}  // namespace http
