#include "aws/protocol.hpp"

#include <gtest/gtest.h>

namespace aws::protocol {
namespace {

TEST(Problem, is_read_from_every_protocol_and_from_what_is_none) {
  struct Case {
    http::Response response;
    std::string code;
    std::string message;
    std::string request_id;
  };
  const Case cases[] = {
      {{400,
        {},
        "<Response><Errors><Error><Code>AuthFailure</Code><Message>No.</Message></Error>"
        "</Errors><RequestID>id-1</RequestID></Response>"},
       "AuthFailure",
       "No.",
       "id-1"},
      {{400,
        {},
        "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type>"
        "<Code>ValidationError</Code><Message>Stack with id a does not exist</Message>"
        "</Error><RequestId>id-2</RequestId></ErrorResponse>"},
       "ValidationError",
       "Stack with id a does not exist",
       "id-2"},
      {{404,
        {{"x-amz-request-id", "id-3"}},
        "<Error><Code>NoSuchKey</Code><Message>Gone</Message></Error>"},
       "NoSuchKey",
       "Gone",
       "id-3"},
      {{400,
        {{"x-amzn-RequestId", "id-4"}},
        R"({"__type":"com.amazonaws#ClusterNotFoundException","message":"Cluster not found."})"},
       "ClusterNotFoundException",
       "Cluster not found.",
       "id-4"},
      {{404,
        {{"X-Amzn-Errortype", "ResourceNotFoundException:http://internal/"}},
        R"({"Message":"Function not found"})"},
       "ResourceNotFoundException",
       "Function not found",
       ""},
      {{502, {}, "<html><head><title>502 Bad Gateway</title></head><body>x<br></body></html>"},
       "HTTP 502",
       "",
       ""},
      {{503, {}, ""}, "HTTP 503", "", ""},
      {{500, {}, "<Response><Errors><Err"}, "HTTP 500", "", ""},
      {{500, {}, "[1]"}, "HTTP 500", "", ""},
      {{403, {}, "not json at all"}, "HTTP 403", "", ""},
      {{400, {}, R"({"__type":7,"message":null})"}, "HTTP 400", "", ""},
  };
  for (const auto& c : cases) {
    const auto found = problem(c.response);
    EXPECT_EQ(found.code, c.code) << c.response.body;
    EXPECT_EQ(found.message, c.message) << c.response.body;
    EXPECT_EQ(found.request_id, c.request_id) << c.response.body;
  }
}

TEST(QueryRequest, carries_action_version_and_encoded_parameters) {
  http::Query parameters{{"Filter.1.Name", "vpc-id"}};
  add_list(parameters, "Filter.1.Value", {"a b", "c&d"});
  add_list(parameters, "Empty", {});
  const auto request = query_request("2016-11-15", "DescribeRouteTables", parameters);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.body,
            "Action=DescribeRouteTables&Version=2016-11-15&Filter.1.Name=vpc-id&"
            "Filter.1.Value.1=a%20b&Filter.1.Value.2=c%26d");
}

TEST(ParseJson, an_empty_body_is_an_empty_object_and_an_array_is_none) {
  EXPECT_EQ(parse_json("")->size(), 0U);
  EXPECT_FALSE(parse_json("[]"));
  EXPECT_FALSE(parse_json("{"));
}

TEST(Timestamp, is_seconds_with_a_fraction) {
  EXPECT_EQ(base::iso8601(*timestamp({{"at", 1398796238.25}}, "at")), "2014-04-29T18:30:38.250Z");
  EXPECT_EQ(base::iso8601(*timestamp({{"at", 1398796238}}, "at")), "2014-04-29T18:30:38.000Z");
  EXPECT_FALSE(timestamp({{"at", 1e300}}, "at"));
  EXPECT_FALSE(timestamp({{"at", std::numeric_limits<double>::quiet_NaN()}}, "at"));
  EXPECT_FALSE(timestamp({{"at", "x"}}, "at"));
}

}  // namespace
}  // namespace aws::protocol
