#include "http/visitor.hpp"

#include <gtest/gtest.h>

namespace http {
namespace {

TEST(Visitor, loopback_is_told_by_its_name_and_not_by_what_only_looks_like_it) {
  for (const auto* own : {"localhost", "LocalHost", "localhost.", "bucket.s3.localhost",
                          "127.0.0.1", "127.1.2.3", "[::1]"}) {
    EXPECT_TRUE(is_loopback(own)) << own;
  }
  for (const auto* other : {"evillocalhost", "localhost.evil.example", "127.0.0.1.evil.example",
                            "127.evil.example", "10.0.0.1", "[::2]", "", ".", "ost"}) {
    EXPECT_FALSE(is_loopback(other)) << other;
  }
}

struct Row {
  const char* name;
  std::string host;
  Headers headers;
  int status;  // 0: let in
};

TEST(Visitor, programs_and_pages_of_this_machine_are_let_in_and_other_pages_are_not) {
  const std::vector<Row> rows{
      {"a program", "localhost", {}, 0},
      {"a name of somebody else's", "evil.example", {}, 421},
      {"a page that was led here", "evil.example", {{"Origin", "http://evil.example:4566"}}, 421},
      {"a page's POST", "localhost", {{"Origin", "https://evil.example"}}, 403},
      {"an own page's POST", "localhost", {{"Origin", "http://localhost:3000"}}, 0},
      {"an own page's POST, by address", "127.0.0.1", {{"Origin", "http://127.0.0.1:3000"}}, 0},
      {"a page that only sounds like it", "localhost", {{"Origin", "http://xlocalhost"}}, 403},
      {"a page without an origin", "localhost", {{"Origin", "null"}}, 403},
      {"the origin counts, not the referrer",
       "localhost",
       {{"Origin", "https://evil.example"}, {"Referer", "http://localhost/"}},
       403},
      {"a page's image", "localhost", {{"Sec-Fetch-Site", "cross-site"}}, 403},
      {"a page's image that says from where",
       "localhost",
       {{"Sec-Fetch-Site", "cross-site"}, {"Referer", "https://evil.example/"}},
       403},
      {"an own page's image",
       "localhost",
       {{"Sec-Fetch-Site", "cross-site"}, {"Referer", "http://127.0.0.1:3000/"}},
       0},
      {"a neighbour in the name", "x.localhost", {{"Sec-Fetch-Site", "same-site"}}, 403},
      {"the page itself", "localhost", {{"Sec-Fetch-Site", "same-origin"}}, 0},
      {"typed by the user", "localhost", {{"Sec-Fetch-Site", "none"}}, 0},
  };
  for (const auto& row : rows) {
    Request request;
    request.url = Url::parse("http://" + row.host);
    request.headers = row.headers;
    const auto answer = turn_away(request, is_loopback);
    EXPECT_EQ(answer ? answer->status : 0, row.status) << row.name;
  }
}

}  // namespace
}  // namespace http
