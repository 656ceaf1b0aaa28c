#include "sim/wire/encode.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/json/serialize.hpp>

#include "sim/wire/lambda_routes.hpp"
#include "sim/wire/protocol.hpp"
#include "sim/wire/query_shapes.hpp"

namespace sim::wire {

namespace {

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

// What replaces each character in XML text; empty for those that stand for themselves.
constexpr auto replacements = [] {
  std::array<std::string_view, 256> all{};
  // No XML document can hold the control characters.
  for (std::size_t c = 0; c < 0x20; ++c) all[c] = "\xEF\xBF\xBD";
  all['\t'] = all['\n'] = {};
  all['\r'] = "&#xD;";  // an XML parser would otherwise turn it into a line feed
  all['&'] = "&amp;";
  all['<'] = "&lt;";
  all['>'] = "&gt;";
  all['"'] = "&quot;";
  return all;
}();
constexpr auto is_replaced = [] {
  std::array<bool, 256> all{};
  for (std::size_t c = 0; c < all.size(); ++c) all[c] = !replacements[c].empty();
  return all;
}();

// Runs of ordinary characters go in one piece: answers can be a hundred kilobytes.
void append_escaped(std::string& out, std::string_view text) {
  const char* from = text.data();
  const char* const end = from + text.size();
  for (const char* at = from; at != end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (!is_replaced[c]) continue;
    out.append(from, static_cast<std::size_t>(at - from)).append(replacements[c]);
    from = at + 1;
  }
  out.append(from, static_cast<std::size_t>(end - from));
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
  response.body = std::move(body);
  return response;
}

// The document's beginning. The rest is written behind it: large answers are never copied.
std::string opened(const Call& call) {
  return fmt::format("{}<{}Response xmlns=\"{}\">", declaration, call.action,
                     xml_namespace(call.service));
}

void append_members(std::string& out, const json::object& members, std::string_view item) {
  for (const auto& [name, value] : members) append(out, name, value, item);
}

http::Response encode_ec2(const Call& call, const json::object& output) {
  auto body = opened(call) + element("requestId", call.request_id);
  append_members(body, output, "item");
  body += "</" + call.action + "Response>";
  return xml(200, std::move(body));
}

// A map is no object: SNS wraps each entry, SQS repeats an element of another name.
void append_map(std::string& out, const json::object& map, std::string_view entry,
                std::string_view key, std::string_view value) {
  for (const auto& member : map) {
    json::object pair;
    pair[key] = member.key();
    pair[value] = member.value();
    append(out, entry, pair, "member");
  }
}

void append_query_members(std::string& out, const Call& call, const json::object& output) {
  for (const auto& [name, value] : output) {
    const auto* map = value.if_object();
    if (const auto list = repeated(call, name, value)) {
      for (const auto& each : list->elements) {
        const auto* members = each.if_object();
        if (members == nullptr) {
          append(out, list->name, each, "member");
        } else {
          out.append("<").append(list->name).append(">");
          append_query_members(out, call, *members);
          out.append("</").append(list->name).append(">");
        }
      }
    } else if (map != nullptr && call.service == "sns" && name == "Attributes") {
      out += "<Attributes>";
      append_map(out, *map, "entry", "key", "value");
      out += "</Attributes>";
    } else if (map != nullptr && call.service == "sqs" && name == "Tags") {
      append_map(out, *map, "Tag", "Key", "Value");
    } else {
      append(out, name, value, "member");
    }
  }
}

http::Response encode_query(const Call& call, const json::object& output) {
  auto body = opened(call) + "<" + call.action + "Result>";
  append_query_members(body, call, output);
  body += fmt::format("</{0}Result><ResponseMetadata>{1}</ResponseMetadata></{0}Response>",
                      call.action, element("RequestId", call.request_id));
  return xml(200, std::move(body));
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
      response = xml(error.status,
                     fmt::format("{}<Response><Errors><Error>{}</Error></Errors>{}</Response>",
                                 declaration, code_and_message, element("RequestID", request_id)));
      break;
    case Protocol::query:
      response =
          xml(error.status,
              fmt::format("{}<ErrorResponse xmlns=\"{}\"><Error>{}{}</Error>{}</ErrorResponse>",
                          declaration, xml_namespace(service),
                          element("Type", error.status >= 500 ? "Receiver" : "Sender"),
                          code_and_message, element("RequestId", request_id)));
      break;
    case Protocol::json:
    case Protocol::rest_json:
      response = encode_body_error(protocol, error);
      break;
    case Protocol::rest_xml:
      response = xml(error.status, fmt::format("{}<Error>{}{}</Error>", declaration,
                                               code_and_message, element("RequestId", request_id)));
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
