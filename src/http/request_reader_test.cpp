#include "http/request_reader.hpp"

#include <gtest/gtest.h>

namespace http {
namespace {

using State = RequestReader::State;

struct Refused {
  const char* name;
  std::string bytes;
  int status;
};

const std::string host = "Host: localhost\r\n";

std::vector<Refused> refusals() {
  const std::string post = "POST / HTTP/1.1\r\n" + host;
  return {
      {"no words", "hello\r\n\r\n", 400},
      {"TLS where HTTP is spoken", {"\x16\x03\x01\x02", 4}, 400},
      {"a NUL in the target", std::string("GET /a\0b HTTP/1.1\r\n", 19) + host + "\r\n", 400},
      {"a space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a tab in the target", "GET /a\tb HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a fragment in the target", "GET /a#b HTTP/1.1\r\n" + host + "\r\n", 400},
      {"bytes beyond ASCII in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" + host + "\r\n", 400},
      {"two spaces", "GET  / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"no target", "GET HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a target that is no path", "GET localhost HTTP/1.1\r\n" + host + "\r\n", 400},
      {"another scheme", "GET ftp://localhost/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a URL without a host", "GET http:///a HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a URL with a user", "GET http://a@b/ HTTP/1.1\r\n" + host + "\r\n", 400},
      {"an asterisk that is not for OPTIONS", "GET * HTTP/1.1\r\n" + host + "\r\n", 400},
      {"a tunnel", "CONNECT localhost:443 HTTP/1.1\r\n" + host + "\r\n", 501},
      {"a method that is no token", "G\"T / HTTP/1.1\r\n" + host + "\r\n", 400},
      {"HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/3.7", "GET / HTTP/3.7\r\n" + host + "\r\n", 505},
      {"no version", "GET /\r\n" + host + "\r\n", 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", "GET / HTTP/1.1\r\n" + host + host + "\r\n", 400},
      {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"a Host with a user", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"a Host whose port is none", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400},
      {"a bare LF", "GET / HTTP/1.1\n" + host + "\r\n", 400},
      {"a bare CR", "GET / HTTP/1.1\r\nA: b\rc\r\n" + host + "\r\n", 400},
      {"a folded field", "GET / HTTP/1.1\r\nA: b\r\n c\r\n" + host + "\r\n", 400},
      {"a fold in the first field", "GET / HTTP/1.1\r\n A: b\r\n" + host + "\r\n", 400},
      {"a space before the colon", "GET / HTTP/1.1\r\nA : b\r\n" + host + "\r\n", 400},
      {"a field without a name", "GET / HTTP/1.1\r\n: b\r\n" + host + "\r\n", 400},
      {"a field without a colon", "GET / HTTP/1.1\r\nA\r\n" + host + "\r\n", 400},
      {"a NUL in a value", std::string("GET / HTTP/1.1\r\nA: \0\r\n", 23) + host + "\r\n", 400},
      {"both lengths", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"both, turned round",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\na", 400},
      {"the same length twice", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
      {"a list of lengths", post + "Content-Length: 1, 1\r\n\r\na", 400},
      {"a length with a sign", post + "Content-Length: +1\r\n\r\na", 400},
      {"a negative length", post + "Content-Length: -1\r\n\r\na", 400},
      {"a hexadecimal length", post + "Content-Length: 0x1\r\n\r\na", 400},
      {"an empty length", post + "Content-Length:\r\n\r\na", 400},
      {"a length beyond all integers", post + "Content-Length: 99999999999999999999\r\n\r\n", 400},
      {"a length beyond the limit", post + "Content-Length: 1001\r\n\r\n", 413},
      {"another coding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501},
      {"a coding that hides", post + "Transfer-Encoding: xchunked\r\n\r\n", 501},
      {"chunked twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
       400},
      {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"a chunk size that is none", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"a negative chunk size", post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n", 400},
      {"a chunk size with a prefix", post + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n", 400},
      {"a chunk size beyond all integers",
       post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\na\r\n", 400},
      {"a chunk longer than it says", post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400},
      {"a chunk size that ends with LF", post + "Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n",
       400},
      {"chunks beyond the limit",
       post + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'a') + "\r\n", 413},
      {"a chunk extension without end",
       post + "Transfer-Encoding: chunked\r\n\r\n1;a=" + std::string(2000, 'a'), 431},
      {"a line without end", "GET /" + std::string(1200, 'a'), 414},
      {"a field without end", "GET / HTTP/1.1\r\nA: " + std::string(1200, 'a'), 431},
      {"an expectation that is not ours", post + "Expect: a-miracle\r\n\r\n", 417},
  };
}

RequestLimits small() {
  return {.header_bytes = 1000, .body_bytes = 1000};
}

TEST(RequestReader, what_two_readers_could_understand_differently_is_refused) {
  for (const auto& refused : refusals()) {
    RequestReader reader("http", "127.0.0.1:1", small());
    reader.give(refused.bytes);
    EXPECT_EQ(reader.state(), State::refused) << refused.name;
    EXPECT_EQ(reader.problem().status, refused.status) << refused.name;
    EXPECT_TRUE(reader.last()) << refused.name;
    EXPECT_FALSE(reader.take_expectation()) << refused.name;
  }
}

TEST(RequestReader, bytes_that_come_one_by_one_are_judged_alike) {
  for (const auto& refused : refusals()) {
    RequestReader reader("http", "127.0.0.1:1", small());
    for (const char c : refused.bytes) reader.give({&c, 1});
    EXPECT_EQ(reader.state(), State::refused) << refused.name;
    EXPECT_EQ(reader.problem().status, refused.status) << refused.name;
  }
}

TEST(RequestReader, too_many_fields_are_refused) {
  RequestReader reader("http", "127.0.0.1:1");
  std::string bytes = "GET / HTTP/1.1\r\n" + host;
  for (int i = 0; i < 500; ++i) bytes += "A: b\r\n";
  reader.give(bytes + "\r\n");
  EXPECT_EQ(reader.problem().status, 431);
}

TEST(RequestReader, a_request_keeps_its_target_and_fields_as_sent) {
  RequestReader reader("http", "127.0.0.1:1");
  reader.give(
      "PUT /a%2Fb?c=%20d&e HTTP/1.1\r\nhost: bucket.localhost:4566\r\nX-Two:  a \r\nx-two: b\r\n"
      "Content-Length: 3\r\n\r\nabcGET");
  ASSERT_EQ(reader.state(), State::whole);
  EXPECT_FALSE(reader.last());
  const auto request = reader.take();
  EXPECT_EQ(request.method, "PUT");
  EXPECT_EQ(request.url.scheme, "http");
  EXPECT_EQ(request.url.host, "bucket.localhost");
  EXPECT_EQ(request.url.port, 4566);
  EXPECT_EQ(request.url.target, "/a%2Fb?c=%20d&e");
  EXPECT_EQ(request.headers.get("Host"), "bucket.localhost:4566");
  EXPECT_EQ(request.headers.get("X-Two"), "a");
  EXPECT_EQ(request.headers.size(), 4U);
  EXPECT_EQ(request.body, "abc");
  EXPECT_FALSE(request.timeout);
  EXPECT_EQ(reader.state(), State::head);
}

TEST(RequestReader, chunks_are_joined_and_trailers_do_not_become_fields) {
  RequestReader reader("https", "127.0.0.1:1");
  const std::string bytes =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "4;name=value\r\nabcd\r\n2\r\nef\r\n0\r\nHost: evil\r\nX-Trailer: yes\r\n\r\n";
  for (const char c : bytes) reader.give({&c, 1});
  ASSERT_EQ(reader.state(), State::whole);
  const auto request = reader.take();
  EXPECT_EQ(request.body, "abcdef");
  EXPECT_EQ(request.url.host, "a");
  EXPECT_EQ(request.url.port, 443);
  EXPECT_FALSE(request.headers.get("X-Trailer"));
  EXPECT_EQ(reader.state(), State::idle);
}

TEST(RequestReader, requests_that_come_together_are_taken_in_order) {
  RequestReader reader("http", "127.0.0.1:1");
  reader.give("GET /1 HTTP/1.1\r\n" + host + "\r\n\r\nPOST /2 HTTP/1.1\r\n" + host +
              "Content-Length: 1\r\n\r\nxGET /3 HTTP/1.1\r\n" + host +
              "Connection: close\r\n\r\nGET /4 HTTP/1.1\r\n" + host + "\r\n");
  EXPECT_EQ(reader.take().url.target, "/1");
  EXPECT_EQ(reader.take().body, "x");
  EXPECT_TRUE(reader.last());
  EXPECT_EQ(reader.take().url.target, "/3");
  EXPECT_EQ(reader.state(), State::idle);  // nothing after "close" is looked at
}

TEST(RequestReader, a_client_that_waits_before_its_body_is_noticed_once) {
  RequestReader reader("http", "127.0.0.1:1");
  reader.give("PUT / HTTP/1.1\r\n" + host + "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(reader.state(), State::body);
  EXPECT_TRUE(reader.take_expectation());
  EXPECT_FALSE(reader.take_expectation());
  reader.give("ab");
  EXPECT_EQ(reader.take().body, "ab");
}

struct Target {
  const char* line;
  const char* host;
  std::uint16_t port;
  const char* target;
};

TEST(RequestReader, every_form_of_target_becomes_one_url) {
  for (const auto& [line, wanted_host, port, target] : std::vector<Target>{
           {"GET / HTTP/1.1\r\nHost: [::1]:8080\r\n", "[::1]", 8080, "/"},
           {"GET http://other:81/a?b HTTP/1.1\r\nHost: localhost\r\n", "other", 81, "/a?b"},
           {"GET http://other HTTP/1.1\r\nHost: localhost\r\n", "other", 80, "/"},
           {"GET http://other?a=b HTTP/1.1\r\nHost: localhost\r\n", "other", 80, "/?a=b"},
           {"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n", "localhost", 80, "*"},
           {"GET //evil/a HTTP/1.1\r\nHost: localhost\r\n", "localhost", 80, "//evil/a"},
           {"GET / HTTP/1.0\r\n", "127.0.0.1", 1, "/"},
       }) {
    RequestReader reader("http", "127.0.0.1:1");
    reader.give(std::string(line) + "\r\n");
    ASSERT_EQ(reader.state(), State::whole) << line << reader.problem().why;
    const auto request = reader.take();
    EXPECT_EQ(request.url.host, wanted_host) << line;
    EXPECT_EQ(request.url.port, port) << line;
    EXPECT_EQ(request.url.target, target) << line;
  }
}

TEST(RequestReader, a_url_as_target_replaces_the_host) {
  RequestReader reader("http", "127.0.0.1:1");
  reader.give("GET http://other:81/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(reader.take().headers.get("Host"), "other:81");
}

}  // namespace
}  // namespace http
