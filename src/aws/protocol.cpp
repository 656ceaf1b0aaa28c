#include "aws/protocol.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace aws::protocol {

namespace json = boost::json;

namespace {

// "aws.protocoltests#FooError:http://..." -> "FooError".
std::string bare_code(std::string_view code) {
  code = code.substr(0, code.find(':'));
  const auto hash = code.rfind('#');
  return std::string(hash == std::string_view::npos ? code : code.substr(hash + 1));
}

std::string request_id_header(const http::Response& response) {
  for (const auto* name : {"x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"}) {
    if (const auto value = response.headers.get(name)) return std::string(*value);
  }
  return {};
}

std::string without_code(const http::Response& response) {
  return fmt::format("HTTP {}", response.status);
}

pugi::xml_node first_of(pugi::xml_node node, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    if (const auto child = node.child(name)) return child;
  }
  return {};
}

}  // namespace

http::Request query_request(std::string_view version, std::string_view operation,
                            const http::Query& parameters) {
  http::Request request;
  request.method = "POST";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.body =
      http::format_query({{"Action", std::string(operation)}, {"Version", std::string(version)}});
  if (!parameters.empty()) request.body += '&' + http::format_query(parameters);
  return request;
}

http::Request json_request(std::string_view target, std::string_view operation,
                           const json::object& input) {
  http::Request request;
  request.method = "POST";
  request.headers.set("Content-Type", "application/x-amz-json-1.1");
  request.headers.set("X-Amz-Target", fmt::format("{}.{}", target, operation));
  request.body = json::serialize(input);
  return request;
}

void add_list(http::Query& query, std::string_view prefix, const std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    query.emplace_back(fmt::format("{}.{}", prefix, i + 1), values[i]);
  }
}

Problem xml_problem(const http::Response& response) {
  Problem out;
  if (const auto document = parse_xml(response.body)) {
    const auto root = document->document_element();
    const auto errors = root.child("Errors");
    auto error = errors ? errors.child("Error") : root.child("Error");
    if (!error && std::string_view(root.name()) == "Error") error = root;
    out.code = text(error, "Code");
    out.message = text(error, "Message");
    if (const auto id = first_of(root, {"RequestID", "RequestId"})) {
      out.request_id = id.text().get();
    }
  }
  if (out.request_id.empty()) out.request_id = request_id_header(response);
  if (out.code.empty()) out.code = without_code(response);
  return out;
}

Problem json_problem(const http::Response& response) {
  Problem out;
  out.request_id = request_id_header(response);
  if (const auto body = parse_json(response.body)) {
    out.code = bare_code(text(*body, "__type"));
    if (out.code.empty()) out.code = bare_code(text(*body, "code"));
    for (const auto* key : {"message", "Message", "errorMessage"}) {
      if (out.message.empty()) out.message = text(*body, key);
    }
  }
  if (out.code.empty()) {
    if (const auto type = response.headers.get("x-amzn-errortype")) out.code = bare_code(*type);
  }
  if (out.code.empty()) out.code = without_code(response);
  return out;
}

Problem problem(const http::Response& response) {
  const auto start = response.body.find_first_not_of(" \t\r\n");
  const bool xml = start != std::string::npos && response.body[start] == '<';
  return xml ? xml_problem(response) : json_problem(response);
}

std::optional<pugi::xml_document> parse_xml(std::string_view body) {
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) return std::nullopt;
  if (!document.document_element()) return std::nullopt;
  return document;
}

std::optional<json::object> parse_json(std::string_view body) {
  if (body.empty()) return json::object();
  boost::system::error_code error;
  auto value = json::parse(body, error);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

std::string text(pugi::xml_node node, const char* child) {
  return node.child(child).text().get();
}

std::string text(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t number(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  boost::system::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error ? 0 : number;
}

std::optional<base::Instant> timestamp(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  // JSON's reader makes infinities and even no numbers at all (0e999) of what does not fit.
  const auto seconds = value->to_number<double>();
  if (!(seconds > -1e11 && seconds < 1e11)) return std::nullopt;
  return base::Instant(base::from_seconds(seconds));
}

std::vector<json::object> objects(const json::object& object, std::string_view key) {
  std::vector<json::object> out;
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return out;
  for (const auto& item : value->get_array()) {
    if (item.is_object()) out.push_back(item.get_object());
  }
  return out;
}

}  // namespace aws::protocol
