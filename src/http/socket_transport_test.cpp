#include "http/socket_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>

#include "base/runtime.hpp"
#include "http/loopback_test.hpp"
#include "http/server.hpp"

namespace http {
namespace {

using loopback::Identity;
using loopback::make_identity;
using loopback::Peer;
using loopback::Server;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const char* const hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kind: test\r\n\r\nhello";

// What came of one request: a response or an error.
struct Result {
  std::optional<Response> response;
  std::optional<TransportError::Kind> kind;
  std::string error;
};

base::Task<void> ask(Transport& transport, std::vector<Request> requests,
                     std::vector<Result>& results) {
  for (auto& request : requests) {
    Result result;
    try {
      result.response = co_await transport.send(std::move(request));
    } catch (const TransportError& error) {
      result.kind = error.kind;
      result.error = error.what();
    }
    results.push_back(std::move(result));
  }
}

std::vector<Result> ask_all(std::vector<Request> requests, TlsTrust trust = {},
                            ResponseLimits limits = {}) {
  std::vector<Result> results;
  const auto runtime = base::real_runtime();
  const auto transport = socket_transport(runtime->io(), std::move(trust), limits);
  runtime->run(ask(*transport, std::move(requests), results));
  return results;
}

Result ask_one(Request request, TlsTrust trust = {}, ResponseLimits limits = {}) {
  return ask_all({std::move(request)}, std::move(trust), limits).front();
}

Request get(const Server& server, const std::string& host = "127.0.0.1",
            const std::string& scheme = "http") {
  Request request;
  request.url = Url::parse(fmt::format("{}://{}:{}/path?key=secret", scheme, host, server.port()));
  request.timeout = 5s;
  return request;
}

// Answers every request of every connection the same way.
Server::Handler always(std::string answer) {
  return [answer = std::move(answer)](Peer& peer) {
    while (!peer.request().empty()) peer.send(answer);
  };
}

TEST(SocketTransport, a_put_carries_its_length_and_nothing_that_was_not_asked_for) {
  std::string seen;
  const Server server([&](Peer& peer) {
    seen = peer.request();
    peer.send(hello);
  });
  auto request = get(server);
  request.method = "PUT";
  request.body = "{}";
  const auto result = ask_one(request);
  ASSERT_TRUE(result.response) << result.error;
  EXPECT_EQ(result.response->status, 200);
  EXPECT_EQ(result.response->body, "hello");
  EXPECT_EQ(result.response->headers.get("x-kind"), "test");
  EXPECT_EQ(seen, fmt::format("PUT /path?key=secret HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
                              "Content-Length: 2\r\n\r\n{{}}",
                              server.port()));
}

TEST(SocketTransport, the_same_connection_serves_the_next_request) {
  const Server server(always(hello));
  const auto results = ask_all({get(server), get(server), get(server)});
  for (const auto& result : results) EXPECT_TRUE(result.response) << result.error;
  EXPECT_EQ(server.connections(), 1);
}

base::Task<Response> answer_late(base::Clock& clock) {
  co_await clock.sleep_for(200ms);
  co_return Response{};
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

TEST(SocketTransport, of_many_connections_at_once_only_some_are_kept) {
  constexpr int crowd = 60;
  const auto runtime = base::real_runtime();
  auto& clock = runtime->clock();
  const auto server = serve(*runtime, Listen{}, [&clock](Request) { return answer_late(clock); });
  const auto transport = socket_transport(runtime->io(), {});
  std::vector<base::Task<void>> asking;
  std::vector<Result> results;
  Request request;
  request.url = Url::parse(fmt::format("http://127.0.0.1:{}/", server->port()));
  const auto before = open_descriptors();
  for (int i = 0; i < crowd; ++i) asking.push_back(ask(*transport, {request}, results));
  runtime->run(base::all(std::move(asking)));
  runtime->run(clock.sleep_for(100ms));  // until the server has seen the ends
  ASSERT_EQ(results.size(), static_cast<std::size_t>(crowd));
  for (const auto& result : results) EXPECT_TRUE(result.response) << result.error;
  // Both ends of each are in this process.
  EXPECT_LE(open_descriptors(), before + crowd);
}

TEST(SocketTransport, a_kept_connection_that_the_server_closed_is_replaced_unnoticed) {
  const Server server([](Peer& peer) {
    if (!peer.request().empty()) peer.send(hello);
  });
  auto post = get(server);
  post.method = "POST";
  std::vector<Result> results;
  const auto runtime = base::real_runtime();
  const auto transport = socket_transport(runtime->io(), {});
  runtime->run(ask(*transport, {get(server)}, results));
  std::this_thread::sleep_for(50ms);  // until its end has arrived here
  runtime->run(ask(*transport, {post}, results));
  for (const auto& result : results) EXPECT_TRUE(result.response) << result.error;
  EXPECT_EQ(server.connections(), 2);
}

TEST(SocketTransport, a_redirect_is_the_answer) {
  const Server server(
      always("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\n"
             "Content-Length: 0\r\n\r\n"));
  EXPECT_EQ(ask_one(get(server)).response->status, 307);
}

TEST(SocketTransport, chunked_announced_and_unbounded_bodies_arrive_whole) {
  const Server chunked(
      always("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
             "3\r\nfal\r\n6\r\nsework\r\n0\r\n\r\n"));
  EXPECT_EQ(ask_one(get(chunked)).response->body, "falsework");
  const Server unbounded([](Peer& peer) {
    peer.request();
    peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end");
  });
  EXPECT_EQ(ask_one(get(unbounded)).response->body, "until the end");
  const Server head(always("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"));
  auto request = get(head);
  request.method = "HEAD";
  EXPECT_EQ(ask_one(request).response->body, "");
}

TEST(SocketTransport, an_answer_cut_short_is_broken_and_names_the_server_only) {
  for (const auto* answer :
       {"", "HTTP/1.1 200 OK\r\nContent-Len", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel",
        "nonsense\r\n\r\n"}) {
    const Server server([&](Peer& peer) {
      peer.request();
      peer.send(answer);
    });
    const auto result = ask_one(get(server));
    EXPECT_EQ(result.kind, TransportError::Kind::broken) << answer;
    EXPECT_THAT(result.error, HasSubstr(fmt::format("127.0.0.1:{}", server.port())));
    EXPECT_THAT(result.error, Not(HasSubstr("secret")));
  }
}

TEST(SocketTransport, oversized_headers_and_bodies_are_refused) {
  const Server body(always("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n"));
  const auto big = ask_one(get(body), {}, {.header_bytes = 1024, .body_bytes = 1000});
  EXPECT_EQ(big.kind, TransportError::Kind::broken);
  EXPECT_THAT(big.error, HasSubstr("larger than 1000 bytes"));
  const Server header(always("HTTP/1.1 200 OK\r\nX: " + std::string(4000, 'x') + "\r\n\r\n"));
  const auto wide = ask_one(get(header), {}, {.header_bytes = 1024, .body_bytes = 1000});
  EXPECT_THAT(wide.error, HasSubstr("header is larger than 1024 bytes"));
}

TEST(SocketTransport, a_silent_server_ends_in_a_timeout) {
  const Server server([](Peer& peer) {
    peer.request();
    peer.request();
  });
  auto request = get(server);
  request.timeout = 80ms;
  const auto started = std::chrono::steady_clock::now();
  const auto result = ask_one(request);
  EXPECT_EQ(result.kind, TransportError::Kind::timeout) << result.error;
  EXPECT_LT(std::chrono::steady_clock::now() - started, 2s);
}

TEST(SocketTransport, without_a_limit_a_late_answer_is_waited_for) {
  const Server server([](Peer& peer) {
    peer.request();
    std::this_thread::sleep_for(120ms);
    peer.send(hello);
  });
  auto request = get(server);
  request.timeout.reset();
  EXPECT_TRUE(ask_one(request).response);
}

TEST(SocketTransport, nobody_listening_is_a_connect_error_and_no_name_a_resolve_error) {
  int port = 0;
  {
    port = Server([](Peer&) {}).port();
  }
  Request request;
  request.url = Url::parse(fmt::format("http://127.0.0.1:{}/", port));
  EXPECT_EQ(ask_one(request).kind, TransportError::Kind::connect);
  request.url = Url::parse("http://no-such-host.invalid/");
  EXPECT_EQ(ask_one(request).kind, TransportError::Kind::resolve);
}

TEST(SocketTransport, a_line_break_in_a_header_is_never_sent) {
  Request request;
  request.url = Url::parse("http://127.0.0.1:9/");
  request.headers.set("X", "a\r\nEvil: b");
  const Server server(always(hello));
  request.url.port = static_cast<std::uint16_t>(server.port());
  EXPECT_THROW(ask_one(request), std::invalid_argument);
}

// One authority, trusted, and what a server may present.
class Tls : public testing::Test {
 protected:
  Identity authority = make_identity({.name = "Test authority", .alternatives = ""});
  Identity stranger = make_identity({.name = "Another authority", .alternatives = ""});
  TlsTrust trust{loopback::temporary_file("# a comment\n" + stranger_root() + authority.pem())};

  Identity issue(const std::string& alternatives, std::chrono::seconds until = 1h) {
    return make_identity({.name = "server", .alternatives = alternatives, .until = until},
                         &authority);
  }
  static std::string stranger_root() {
    return make_identity({.name = "Unrelated root", .alternatives = ""}).pem();
  }
};

TEST_F(Tls, the_right_host_passes_and_its_connection_is_kept) {
  const auto identity = issue("DNS:localhost,IP:127.0.0.1");
  const Server server(always(hello), &identity);
  for (const auto* host : {"localhost", "127.0.0.1"}) {
    const auto results = ask_all({get(server, host, "https"), get(server, host, "https")}, trust);
    for (const auto& result : results) {
      ASSERT_TRUE(result.response) << result.error;
      EXPECT_EQ(result.response->body, "hello");
    }
  }
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Tls, a_large_body_arrives_whole) {
  const auto identity = issue("DNS:localhost");
  const std::string body(300'000, 'x');
  const Server server(
      always(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body)),
      &identity);
  auto request = get(server, "localhost", "https");
  request.method = "POST";
  request.body = body;
  const auto result = ask_one(request, trust);
  ASSERT_TRUE(result.response) << result.error;
  EXPECT_EQ(result.response->body, body);
}

TEST_F(Tls, wrong_host_unknown_authority_and_expiry_are_refused) {
  struct Case {
    Identity identity;
    const char* why;
  };
  Case cases[] = {
      {issue("DNS:elsewhere.example"), "hostname mismatch"},
      {make_identity({.name = "server", .alternatives = "DNS:localhost"}, &stranger),
       "unable to get local issuer certificate"},
      {make_identity({.name = "server", .alternatives = "DNS:localhost"}), "self-signed"},
      {issue("DNS:localhost", -30s), "certificate has expired"},
  };
  for (const auto& [identity, why] : cases) {
    const Server server(always(hello), &identity);
    const auto result = ask_one(get(server, "localhost", "https"), trust);
    EXPECT_EQ(result.kind, TransportError::Kind::tls) << why;
    EXPECT_THAT(result.error, HasSubstr(why));
    EXPECT_THAT(result.error, Not(HasSubstr("secret")));
  }
}

TEST_F(Tls, an_authority_of_the_same_name_and_another_key_does_not_help) {
  const auto impostor = make_identity({.name = "Test authority", .alternatives = ""});
  const auto identity =
      make_identity({.name = "server", .alternatives = "DNS:localhost"}, &impostor);
  const Server server(always(hello), &identity);
  EXPECT_EQ(ask_one(get(server, "localhost", "https"), trust).kind, TransportError::Kind::tls);
  const TlsTrust both{loopback::temporary_file(authority.pem() + impostor.pem())};
  EXPECT_TRUE(ask_one(get(server, "localhost", "https"), both).response);
}

TEST_F(Tls, a_missing_bundle_fails_the_call_and_names_the_file) {
  const auto identity = issue("DNS:localhost");
  const Server server(always(hello), &identity);
  const auto result = ask_one(get(server, "localhost", "https"), {"/no/such/bundle.pem"});
  EXPECT_EQ(result.kind, TransportError::Kind::tls);
  EXPECT_THAT(result.error, HasSubstr("/no/such/bundle.pem"));
}

TEST_F(Tls, an_end_without_goodbye_does_not_end_a_body) {
  const auto identity = issue("DNS:localhost");
  const Server server(
      [](Peer& peer) {
        peer.request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal");
      },
      &identity);
  EXPECT_EQ(ask_one(get(server, "localhost", "https"), trust).kind, TransportError::Kind::broken);
}

}  // namespace
}  // namespace http
