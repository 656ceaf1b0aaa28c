// How calls are written and answers read in the protocols we speak: EC2 and query (form in, XML
// out), JSON 1.1, and REST XML's errors. Pure.
// https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
#pragma once

#include <boost/json/object.hpp>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace aws::protocol {

// The URL is the caller's.
http::Request query_request(std::string_view version, std::string_view operation,
                            const http::Query& parameters);
http::Request json_request(std::string_view target, std::string_view operation,
                           const boost::json::object& input);

// "Prefix.1", "Prefix.2", ... An empty list adds nothing.
void add_list(http::Query& query, std::string_view prefix, const std::vector<std::string>& values);

struct Problem {
  std::string code;  // never empty: "HTTP 502" when the body names none
  std::string message;
  std::string request_id;
};

// EC2's Response/Errors/Error, query's ErrorResponse/Error and S3's Error. Never throws: bodies may
// be empty, HTML from a proxy, or cut short.
Problem xml_problem(const http::Response& response);
// The code from __type, code or X-Amzn-Errortype, without its namespace and URI.
Problem json_problem(const http::Response& response);
// Whichever of the two the response is.
Problem problem(const http::Response& response);

// The document, or nothing when the body is not XML with a root element.
std::optional<pugi::xml_document> parse_xml(std::string_view body);
// An empty body is an empty object; nothing when it is not a JSON object.
std::optional<boost::json::object> parse_json(std::string_view body);

// The text of a child element; empty when there is none.
std::string text(pugi::xml_node node, const char* child);
// {"key": "..."} -> the text; empty when absent, null or no string.
std::string text(const boost::json::object& object, std::string_view key);
std::int64_t number(const boost::json::object& object, std::string_view key);
// Seconds since 1970, with a fraction, as JSON 1.1 writes timestamps.
std::optional<base::Instant> timestamp(const boost::json::object& object, std::string_view key);
// The objects of an array; empty when absent.
std::vector<boost::json::object> objects(const boost::json::object& object, std::string_view key);

}  // namespace aws::protocol
