#include "sim/wire/encode.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "sim/wire/lambda_routes.hpp"
#include "sim/wire/protocol.hpp"

namespace sim::wire {

namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string scalar(const json::value& value) {
  if (const auto* text = value.if_string()) return xml_escape(*text);
  if (const auto* flag = value.if_bool()) return *flag ? "true" : "false";
  if (const auto* number = value.if_int64()) return fmt::format("{}", *number);
  if (const auto* number = value.if_uint64()) return fmt::format("{}", *number);
  if (const auto* number = value.if_double()) return fmt::format("{}", *number);
  return {};
}

void append(std::string& out, std::string_view name, const json::value& value,
            std::string_view item) {
  if (value.is_null()) return;
  std::string inside;
  if (const auto* members = value.if_object()) {
    inside = xml_members(*members, item);
  } else if (const auto* list = value.if_array()) {
    for (const auto& each : *list) append(inside, item, each, item);
  } else {
    inside = scalar(value);
  }
  out.append("<").append(name);
  if (inside.empty()) {
    out.append("/>");
  } else {
    out.append(">").append(inside).append("</").append(name).append(">");
  }
}

std::string element(std::string_view name, std::string_view text) {
  return fmt::format("<{}>{}</{}>", name, xml_escape(text), name);
}

http::Response xml(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.set("Content-Type", "text/xml;charset=UTF-8");
  response.body = std::string(declaration) + std::move(body);
  return response;
}

http::Response encode_ec2(const Call& call, const json::object& output) {
  const auto root = call.action + "Response";
  return xml(200,
             fmt::format("<{} xmlns=\"{}\">{}{}</{}>", root, xml_namespace(call.service),
                         element("requestId", call.request_id), xml_members(output, "item"), root));
}

http::Response encode_query(const Call& call, const json::object& output) {
  const auto root = call.action + "Response";
  const auto result = call.action + "Result";
  return xml(200,
             fmt::format("<{} xmlns=\"{}\"><{}>{}</{}><ResponseMetadata>{}</ResponseMetadata></{}>",
                         root, xml_namespace(call.service), result, xml_members(output, "member"),
                         result, element("RequestId", call.request_id), root));
}

http::Response encode_json(const json::object& output) {
  http::Response response;
  response.headers.set("Content-Type", "application/x-amz-json-1.1");
  response.body = json::serialize(output);
  return response;
}

std::string text_member(const json::object& output, std::string_view name) {
  const auto* value = output.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

http::Response encode_invoke(const json::object& output) {
  http::Response response;
  response.headers.set("Content-Type", "application/json");
  if (const auto* status = output.if_contains("StatusCode"); status && status->is_int64()) {
    response.status = static_cast<int>(status->get_int64());
  }
  if (const auto text = text_member(output, "FunctionError"); !text.empty()) {
    response.headers.set("X-Amz-Function-Error", text);
  }
  if (const auto text = text_member(output, "LogResult"); !text.empty()) {
    response.headers.set("X-Amz-Log-Result", text);
  }
  if (const auto text = text_member(output, "ExecutedVersion"); !text.empty()) {
    response.headers.set("X-Amz-Executed-Version", text);
  }
  response.body = text_member(output, "Payload");
  return response;
}

http::Response encode_lambda(const Call& call, const json::object& output) {
  if (call.action == "Invoke") return encode_invoke(output);
  http::Response response;
  response.status = lambda_status(call.action);
  response.headers.set("Content-Type", "application/json");
  // DeleteFunction answers 204 unless it has something to say.
  if (call.action == "DeleteFunction" && output.empty()) response.status = 204;
  if (response.status != 204) response.body = json::serialize(output);
  return response;
}

http::Response encode_body_error(Protocol protocol, const Error& error) {
  http::Response response;
  response.status = error.status;
  json::object body;
  if (protocol == Protocol::json) {
    response.headers.set("Content-Type", "application/x-amz-json-1.1");
    body["__type"] = error.code;
    body["message"] = error.what();
  } else {
    response.headers.set("Content-Type", "application/json");
    response.headers.set("x-amzn-ErrorType", error.code);
    body["Type"] = error.status >= 500 ? "Server" : "User";
    body["Message"] = error.what();
  }
  response.body = json::serialize(body);
  return response;
}

}  // namespace

std::string xml_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\r':
        out += "&#xD;";  // an XML parser would otherwise turn it into a line feed
        break;
      default:
        if (byte < 0x20 && c != '\t' && c != '\n') {
          out += "\xEF\xBF\xBD";
        } else {
          out.push_back(c);
        }
    }
  }
  return out;
}

std::string xml_members(const json::object& object, std::string_view item) {
  std::string out;
  for (const auto& [name, value] : object) append(out, std::string_view(name), value, item);
  return out;
}

http::Response encode(const Call& call, const json::object& output) {
  http::Response response;
  const auto protocol = protocol_of(call.service);
  switch (protocol) {
    case Protocol::ec2:
      response = encode_ec2(call, output);
      break;
    case Protocol::query:
      response = encode_query(call, output);
      break;
    case Protocol::rest_json:
      response = encode_lambda(call, output);
      break;
    case Protocol::json:
    case Protocol::rest_xml:
      response = encode_json(output);
      break;
  }
  response.headers.set("x-amzn-RequestId", call.request_id);
  return response;
}

http::Response encode_error(const std::string& service, const Error& error,
                            const std::string& request_id) {
  http::Response response;
  const auto code_and_message = element("Code", error.code) + element("Message", error.what());
  const auto protocol = protocol_of(service);
  switch (protocol) {
    case Protocol::ec2:
      response =
          xml(error.status, fmt::format("<Response><Errors><Error>{}</Error></Errors>{}</Response>",
                                        code_and_message, element("RequestID", request_id)));
      break;
    case Protocol::query:
      response =
          xml(error.status,
              fmt::format("<ErrorResponse xmlns=\"{}\"><Error>{}{}</Error>{}</ErrorResponse>",
                          xml_namespace(service),
                          element("Type", error.status >= 500 ? "Receiver" : "Sender"),
                          code_and_message, element("RequestId", request_id)));
      break;
    case Protocol::json:
    case Protocol::rest_json:
      response = encode_body_error(protocol, error);
      break;
    case Protocol::rest_xml:
      response = xml(error.status, fmt::format("<Error>{}{}</Error>", code_and_message,
                                               element("RequestId", request_id)));
      response.headers.set("Content-Type", "application/xml");
      response.headers.set("x-amz-request-id", request_id);
      break;
  }
  response.headers.set("x-amzn-RequestId", request_id);
  return response;
}

}  // namespace sim::wire
