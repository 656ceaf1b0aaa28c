#include "sim/wire/encode.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "sim/wire/lambda_routes.hpp"
#include "sim/wire/protocol.hpp"
#include "sim/wire/query_shapes.hpp"

namespace sim::wire {

namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

// What replaces a character in XML text; empty when it stands for itself.
std::string_view replacement(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\r':
      return "&#xD;";  // an XML parser would otherwise turn it into a line feed
    case '\t':
    case '\n':
      return {};
    default:
      // No XML document can hold the other control characters.
      return static_cast<unsigned char>(c) < 0x20 ? "\xEF\xBF\xBD" : std::string_view();
  }
}

// Runs of ordinary characters go in one piece: answers can be a hundred kilobytes.
void append_escaped(std::string& out, std::string_view text) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto instead = replacement(text[at]);
    if (instead.empty()) continue;
    out.append(text, from, at - from).append(instead);
    from = at + 1;
  }
  out.append(text, from);
}

void append_scalar(std::string& out, const json::value& value) {
  if (const auto* text = value.if_string()) {
    append_escaped(out, *text);
  } else if (const auto* flag = value.if_bool()) {
    out.append(*flag ? "true" : "false");
  } else if (const auto* number = value.if_int64()) {
    out.append(fmt::format("{}", *number));
  } else if (const auto* natural = value.if_uint64()) {
    out.append(fmt::format("{}", *natural));
  } else if (const auto* real = value.if_double()) {
    out.append(fmt::format("{}", *real));
  }
}

void append(std::string& out, std::string_view name, const json::value& value,
            std::string_view item) {
  if (value.is_null()) return;
  out.append("<").append(name).append(">");
  const auto content = out.size();
  if (const auto* members = value.if_object()) {
    for (const auto& [key, member] : *members) append(out, key, member, item);
  } else if (const auto* list = value.if_array()) {
    for (const auto& each : *list) append(out, item, each, item);
  } else {
    append_scalar(out, value);
  }
  if (out.size() == content) {
    out.back() = '/';
    out.push_back('>');
  } else {
    out.append("</").append(name).append(">");
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

// A map is no object: SNS wraps each entry, SQS repeats an element of another name.
std::string map_members(const json::object& map, std::string_view entry, std::string_view key,
                        std::string_view value) {
  std::string out;
  for (const auto& member : map) {
    json::object pair;
    pair[key] = member.key();
    pair[value] = member.value();
    append(out, entry, pair, "member");
  }
  return out;
}

std::string query_members(const Call& call, const json::object& output) {
  std::string out;
  for (const auto& [name, value] : output) {
    const auto* map = value.if_object();
    if (const auto list = repeated(call, name, value)) {
      for (const auto& element : list->elements) {
        const auto* members = element.if_object();
        if (members == nullptr) {
          append(out, list->name, element, "member");
        } else {
          out += fmt::format("<{0}>{1}</{0}>", list->name, query_members(call, *members));
        }
      }
    } else if (map != nullptr && call.service == "sns" && name == "Attributes") {
      out += "<Attributes>" + map_members(*map, "entry", "key", "value") + "</Attributes>";
    } else if (map != nullptr && call.service == "sqs" && name == "Tags") {
      out += map_members(*map, "Tag", "Key", "Value");
    } else {
      append(out, name, value, "member");
    }
  }
  return out;
}

http::Response encode_query(const Call& call, const json::object& output) {
  const auto root = call.action + "Response";
  const auto result = call.action + "Result";
  return xml(200,
             fmt::format("<{} xmlns=\"{}\"><{}>{}</{}><ResponseMetadata>{}</ResponseMetadata></{}>",
                         root, xml_namespace(call.service), result, query_members(call, output),
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

// What SQS's model calls its errors; in the query protocol they have longer names.
std::string error_shape(const std::string& code) {
  constexpr std::string_view prefix = "AWS.SimpleQueueService.";
  if (code == "QueueAlreadyExists") return "com.amazonaws.sqs#QueueNameExists";
  if (!code.starts_with(prefix)) return code;
  const auto name = code.substr(prefix.size());
  return "com.amazonaws.sqs#" + (name == "NonExistentQueue" ? "QueueDoesNotExist" : name);
}

http::Response encode_body_error(Protocol protocol, const Error& error) {
  http::Response response;
  response.status = error.status;
  json::object body;
  if (protocol == Protocol::json) {
    response.headers.set("Content-Type", "application/x-amz-json-1.1");
    body["__type"] = error_shape(error.code);
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
  append_escaped(out, text);
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

http::Response encode_as_json(const Call& call, const json::object& output) {
  auto response = encode_json(output);
  response.headers.set("Content-Type", "application/x-amz-json-1.0");
  response.headers.set("x-amzn-RequestId", call.request_id);
  return response;
}

http::Response encode_error_as_json(const Error& error, const std::string& request_id) {
  auto response = encode_body_error(Protocol::json, error);
  response.headers.set("Content-Type", "application/x-amz-json-1.0");
  response.headers.set("x-amzn-query-error",
                       error.code + (error.status >= 500 ? ";Receiver" : ";Sender"));
  response.headers.set("x-amzn-RequestId", request_id);
  return response;
}

}  // namespace sim::wire
