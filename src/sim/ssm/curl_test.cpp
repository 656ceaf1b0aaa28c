#include "sim/ssm/curl.hpp"

#include <gtest/gtest.h>

namespace sim::ssm {
namespace {

TEST(Curl, command_lines_that_are_understood) {
  const auto plain = parse_curl("curl http://10.0.2.5");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "10.0.2.5");
  EXPECT_EQ(plain->port, 80);
  EXPECT_EQ(plain->path, "/");
  const auto full =
      parse_curl("curl -sS --max-time 2.5 -o /dev/null 'https://example.com:8443/a?b'");
  ASSERT_TRUE(full);
  EXPECT_TRUE(full->silent && full->show_error && full->to_file);
  EXPECT_EQ(full->port, 8443);
  EXPECT_EQ(full->path, "/a?b");
  EXPECT_EQ(full->max_time, base::from_seconds(2.5));
}

TEST(Curl, everything_else_is_not) {
  for (const char* line :
       {"wget http://a", "curl", "curl -X POST http://a", "curl http://a | sh", "curl ftp://a",
        "curl http://a http://b", "curl http://$(id)", "curl --max-time x http://a",
        "curl http://a:0/", "curl 'http://a", ""}) {
    EXPECT_FALSE(parse_curl(line)) << line;
  }
}

struct Row {
  Reply::Kind kind;
  int status;
  const char* line;
  int exit_code;
  const char* error;
};

// https://curl.se/docs/manpage.html#EXIT
TEST(Curl, exit_codes_and_messages_are_curls) {
  const Row rows[] = {
      {Reply::Kind::answered, 200, "curl -s http://a", 0, ""},
      {Reply::Kind::answered, 404, "curl -s http://a", 0, ""},
      {Reply::Kind::answered, 404, "curl -sSf http://a", 22,
       "curl: (22) The requested URL returned error: 404\n"},
      {Reply::Kind::unknown_host, 0, "curl -sS http://a", 6,
       "curl: (6) Could not resolve host: a\n"},
      {Reply::Kind::refused, 0, "curl -sS http://a", 7,
       "curl: (7) Failed to connect to a port 80 after 2 ms: Couldn't connect to server\n"},
      {Reply::Kind::silent, 0, "curl -sS --max-time 5 http://a", 28,
       "curl: (28) Connection timed out after 5000 milliseconds\n"},
      {Reply::Kind::silent, 0, "curl -s http://a", 28, ""},
  };
  for (const auto& row : rows) {
    const auto result = run(*parse_curl(row.line), {row.kind, row.status, "body"});
    EXPECT_EQ(result.exit_code, row.exit_code) << row.line;
    EXPECT_EQ(result.error, row.error) << row.line;
  }
}

TEST(Curl, silence_takes_the_time_it_was_given) {
  using namespace std::chrono_literals;
  EXPECT_EQ(run(*parse_curl("curl --max-time 5 http://a"), {Reply::Kind::silent}).took, 5s);
  EXPECT_EQ(run(*parse_curl("curl http://a"), {Reply::Kind::silent}).took, 127s);
}

}  // namespace
}  // namespace sim::ssm
