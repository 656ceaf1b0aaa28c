#include "http/message.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace http {
namespace {

TEST(Url, splits_what_the_wire_needs) {
  const auto url = Url::parse("https://bucket.s3.eu-west-1.amazonaws.com/a%20b?x=1&y#frag");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.host, "bucket.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(url.port, 443);
  EXPECT_EQ(url.target, "/a%20b?x=1&y");
  EXPECT_EQ(url.path(), "/a%20b");
  EXPECT_EQ(url.query(), "x=1&y");
  EXPECT_EQ(url.authority(), "bucket.s3.eu-west-1.amazonaws.com");
}

TEST(Url, keeps_ports_and_ipv6_literals) {
  EXPECT_EQ(Url::parse("http://127.0.0.1:4566").authority(), "127.0.0.1:4566");
  EXPECT_EQ(Url::parse("http://[::1]:8080/x").host, "[::1]");
  EXPECT_EQ(Url::parse("http://[::1]").port, 80);
  EXPECT_EQ(Url::parse("http://h?q").target, "/?q");
}

TEST(Url, refuses_what_it_cannot_send_to_without_repeating_it) {
  for (const auto* text : {"", "ftp://h/", "https://", "https:///p", "http://h:0/",
                           "http://h:99999/", "http://h:x/", "http://user:pw@h/", "http://a b/"}) {
    EXPECT_THROW(Url::parse(text), std::invalid_argument) << text;
  }
  try {
    Url::parse("http://h:bad/?X-Amz-Signature=secret");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
  }
}

TEST(Headers, names_compare_without_case_and_set_replaces) {
  Headers headers{{"Content-Type", "a"}, {"content-type", "b"}};
  EXPECT_EQ(headers.get("CONTENT-TYPE"), "a");
  headers.set("content-Type", "c");
  EXPECT_EQ(headers.size(), 1U);
  EXPECT_EQ(headers.get("Content-Type"), "c");
  EXPECT_FALSE(headers.get("Content"));
}

TEST(Query, encodes_and_decodes_to_the_same) {
  const Query query{{"a b", "1+2&3"}, {"é", ""}, {"slash", "a/b"}};
  EXPECT_EQ(format_query(query), "a%20b=1%2B2%263&%C3%A9=&slash=a%2Fb");
  EXPECT_EQ(parse_query(format_query(query)), query);
  EXPECT_EQ(parse_query("a=x+y&&b"), (Query{{"a", "x y"}, {"b", ""}}));
}

TEST(PercentDecode, leaves_malformed_sequences_alone) {
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%41"), "%zzA");
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_encode("a/b c", true), "a/b%20c");
}

}  // namespace
}  // namespace http
