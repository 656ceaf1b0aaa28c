#include "sim/wire/decode.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>

#include "sim/wire/lambda_routes.hpp"
#include "sim/wire/protocol.hpp"
#include "sim/wire/query_shapes.hpp"
#include "sim/wire/refusals.hpp"

namespace sim::wire {

namespace {

constexpr std::size_t largest_form = 4u << 20;
constexpr std::size_t largest_json = 8u << 20;
// A function's zip in base64:
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
constexpr std::size_t largest_lambda = 70'167'211;
constexpr std::size_t most_parameters = 4'000;
constexpr int deepest_form = 16;
constexpr int deepest_json = 64;

// A parameter tree before it is known which nodes are lists.
struct Node {
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::size_t>> children;  // in order of appearance
};

class Tree {
 public:
  Tree() : nodes_(1) {}

  // False when the path is deeper than `deepest_form`.
  bool add(std::string_view path, const std::string& value) {
    std::size_t at = 0;
    for (int depth = 0;; ++depth) {
      if (depth == deepest_form) return false;
      const auto dot = path.find('.');
      at = child(at, path.substr(0, dot));
      if (dot == std::string_view::npos) break;
      path.remove_prefix(dot + 1);
    }
    nodes_[at].value = value;
    return true;
  }

  json::object object(std::size_t at = 0) const {
    json::object out;
    for (const auto& [name, index] : nodes_[at].children) out[name] = json_of(index);
    return out;
  }

 private:
  std::size_t child(std::size_t parent, std::string_view name) {
    auto& children = nodes_[parent].children;
    // Lists come in order, so the newest child is the likeliest.
    for (const auto& [known, index] : std::views::reverse(children)) {
      if (known == name) return index;
    }
    const auto index = nodes_.size();
    children.emplace_back(name, index);
    nodes_.emplace_back();
    return index;
  }

  static std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
  }

  json::value json_of(std::size_t at) const {
    const auto& node = nodes_[at];
    if (node.children.empty()) return json::value(node.value.value_or(""));
    if (node.children.size() == 1 && node.children.front().first == "member") {
      return json_of(node.children.front().second);
    }
    std::vector<std::pair<int, std::size_t>> items;
    for (const auto& [name, index] : node.children) {
      const auto position = number(name);
      if (!position) return object(at);
      items.emplace_back(*position, index);
    }
    std::ranges::sort(items);
    json::array list;
    for (const auto& [position, index] : items) list.push_back(json_of(index));
    return list;
  }

  std::vector<Node> nodes_;
};

// XML cannot carry the rest, and AWS refuses it.
bool is_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return false;
    std::size_t more = 0;
    if (byte >= 0x80) {
      if (byte < 0xC2 || byte > 0xF4) return false;
      more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
      if (i + more >= text.size()) return false;
      for (std::size_t k = 1; k <= more; ++k) {
        if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
      }
    }
    i += more + 1;
  }
  return true;
}

void check_size(const http::Request& request, std::size_t limit, const std::string& service) {
  if (request.body.size() > limit) throw refusal(Refusal::too_large, service);
}

Call decode_form(const std::string& service, const http::Request& request) {
  check_size(request, largest_form, service);
  auto form = http::parse_query(request.method == "GET" ? request.url.query()
                                                        : std::string_view(request.body));
  // A signature in the query is not a parameter of the call.
  std::erase_if(form, [](const auto& pair) { return pair.first.starts_with("X-Amz-"); });
  Call call;
  call.service = service;
  call.input = nested(form, service);
  const auto* action = call.input.if_contains("Action");
  if (action == nullptr || !action->is_string() || action->get_string().empty()) {
    throw Error("MissingAction", "The request is missing an action or a required parameter.", 400);
  }
  call.action = action->get_string();
  call.input.erase("Action");
  call.input.erase("Version");
  // SQS also finds the queue in the path that a request is sent to.
  if (service == "sqs" && !call.input.contains("QueueUrl") && request.url.path() != "/") {
    call.input["QueueUrl"] = request.url.path();
  }
  call.input = modelled(call);
  return call;
}

json::object parse_object(const std::string& service, const std::string& body) {
  if (body.empty()) return {};
  json::parse_options options;
  options.max_depth = deepest_json;
  json::error_code failure;
  auto parsed = json::parse(body, failure, {}, options);
  if (failure || !parsed.is_object()) throw refusal(Refusal::malformed, service);
  return std::move(parsed.get_object());
}

Call decode_json(const std::string& service, const http::Request& request) {
  check_size(request, largest_json, service);
  const auto target = request.headers.get("x-amz-target").value_or("");
  const auto dot = target.rfind('.');
  if (dot == std::string_view::npos || dot + 1 == target.size()) {
    throw Error("UnknownOperationException", "The request names no operation in X-Amz-Target.");
  }
  Call call;
  call.service = service;
  call.action = target.substr(dot + 1);
  call.input = parse_object(service, request.body);
  return call;
}

Call decode_lambda(const http::Request& request) {
  const std::string service = "lambda";
  check_size(request, largest_lambda, service);
  const auto route = lambda_route(request.method, request.url.path());
  if (!route) {
    throw Error("NotImplemented",
                "The embedded AWS has no operation lambda: " + request.method + " " +
                    std::string(request.url.path()) + ".",
                501);
  }
  Call call;
  call.service = service;
  call.action = route->action;
  if (call.action == "Invoke") {
    call.input["Payload"] = request.body;
    for (const auto* name : {"Invocation-Type", "Log-Type", "Client-Context", "Tenant-Id"}) {
      const auto value = request.headers.get(std::string("X-Amz-") + name);
      if (!value) continue;
      std::string member = name;
      std::erase(member, '-');
      call.input[member] = *value;
    }
    if (const auto trace = request.headers.get("X-Amzn-Trace-Id")) call.input["Trace"] = *trace;
  } else {
    call.input = parse_object(service, request.body);
  }
  for (auto& [name, value] : http::parse_query(request.url.query(), false)) {
    if (name.starts_with("X-Amz-")) continue;
    if (name == "tagKeys") {
      auto& keys = call.input["TagKeys"];
      if (!keys.is_array()) keys = json::array();
      keys.get_array().emplace_back(value);
    } else {
      call.input[name] = value;
    }
  }
  for (const auto& [name, value] : route->parameters) call.input[name] = value;
  return call;
}

}  // namespace

json::object nested(const http::Query& form, const std::string& service) {
  if (form.size() > most_parameters) {
    throw refusal(Refusal::malformed, service, "The request has too many parameters.");
  }
  Tree tree;
  for (const auto& [name, value] : form) {
    if (!is_text(name) || !is_text(value)) {
      throw refusal(Refusal::malformed, service,
                    "The request contains characters that are not valid text.");
    }
    if (!tree.add(name, value)) {
      throw refusal(Refusal::malformed, service, "A parameter is nested too deeply.");
    }
  }
  return tree.object();
}

bool prefers_json(const std::string& service, const http::Request& request) {
  return protocol_of(service) == Protocol::query &&
         request.headers.get("x-amz-target").value_or("").contains('.');
}

void check_version(const Call& call, const http::Request& request) {
  if (prefers_json(call.service, request)) return;
  auto known = xml_namespace(call.service);
  if (known.size() < 11) return;
  known = known.substr(known.size() - 11, 10);
  const std::string_view form =
      request.method == "GET" ? request.url.query() : std::string_view(request.body);
  constexpr std::string_view name = "Version=";
  auto at = form.find(name);
  while (at != std::string_view::npos && at > 0 && form[at - 1] != '&') {
    at = form.find(name, at + 1);
  }
  if (at == std::string_view::npos) return;
  const auto rest = form.substr(at + name.size());
  const auto given = rest.substr(0, rest.find('&'));
  if (given == known) return;
  if (call.service != "ec2") {
    throw Error("InvalidAction",
                "Could not find operation " + call.action + " for version " + std::string(given));
  }
  if (given.size() != 10 || given > known || given < "2006-10-01") {
    throw Error("NoSuchVersion", "The requested version (" + std::string(given) +
                                     ") of service AmazonEC2 does not exist");
  }
}

Call decode(const std::string& service, const http::Request& request) {
  if (prefers_json(service, request)) return decode_json(service, request);
  // Their REST protocols are not spoken here; CloudFormation reaches these services from inside.
  for (const std::string_view inside : {"route53", "elasticfilesystem", "scheduler"}) {
    if (service != inside) continue;
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no operation {}: {} {}.", service, request.method,
                            request.url.path()),
                501);
  }
  switch (protocol_of(service)) {
    case Protocol::ec2:
    case Protocol::query:
      return decode_form(service, request);
    case Protocol::rest_json:
      return decode_lambda(request);
    case Protocol::json:
      return decode_json(service, request);
    case Protocol::rest_xml:
      break;
  }
  throw std::logic_error("S3 requests are not calls");
}

}  // namespace sim::wire
