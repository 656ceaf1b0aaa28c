#include "sim/wire/claim.hpp"

#include <algorithm>
#include <charconv>

#include "sim/wire/protocol.hpp"
#include "sim/wire/refusals.hpp"
#include "sim/wire/text.hpp"

namespace sim::wire {

namespace {

void read_credential(std::string_view credential, Claim& claim, std::string_view service) {
  const auto parts = split(credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request" || parts[1].size() != 8) {
    throw refusal(Refusal::incomplete, service,
                  "Credential must have exactly 5 slash-delimited elements, e.g. "
                  "keyid/date/region/service/term");
  }
  claim.access_key_id = parts[0];
  claim.date = parts[1];
  claim.region = parts[2];
  claim.service = parts[3];
}

Claim header_claim(const http::Request& request, std::string_view authorization,
                   std::string_view service) {
  if (!authorization.starts_with(algorithm)) {
    throw refusal(Refusal::incomplete, service, "Unsupported AWS 'algorithm' in the request.");
  }
  authorization.remove_prefix(algorithm.size());
  Claim claim;
  bool credential = false;
  for (const auto& part : split(authorization, ',')) {
    const auto text = squeezed(part);
    const auto equals = text.find('=');
    if (equals == std::string::npos) continue;
    const auto name = text.substr(0, equals);
    const auto value = text.substr(equals + 1);
    if (name == "Credential") {
      read_credential(value, claim, service);
      credential = true;
    } else if (name == "SignedHeaders") {
      claim.signed_headers = split(value, ';');
    } else if (name == "Signature") {
      claim.signature = value;
    }
  }
  const auto require = [&](bool present, const char* name) {
    if (present) return;
    throw refusal(Refusal::incomplete, service,
                  std::string("Authorization header requires '") + name + "' parameter.");
  };
  require(credential, "Credential");
  require(!claim.signature.empty(), "Signature");
  require(!claim.signed_headers.empty(), "SignedHeaders");
  claim.time = request.headers.get("x-amz-date").value_or("");
  if (claim.time.empty()) {
    throw refusal(Refusal::incomplete, service,
                  "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
                  "header.");
  }
  claim.token = request.headers.get("x-amz-security-token").value_or("");
  return claim;
}

Claim query_claim(const http::Query& query, std::string_view service) {
  const auto take = [&](const char* name) {
    const auto found = std::ranges::find(query, name, &http::Query::value_type::first);
    if (found != query.end()) return found->second;
    if (std::string_view(name) == "X-Amz-Security-Token") return std::string();
    throw refusal(Refusal::incomplete, service,
                  std::string("AWS query-string parameters must include '") + name + "'.");
  };
  Claim claim;
  claim.presigned = true;
  if (take("X-Amz-Algorithm") != algorithm) {
    throw refusal(Refusal::incomplete, service, "Unsupported AWS 'algorithm' in the request.");
  }
  read_credential(take("X-Amz-Credential"), claim, service);
  claim.time = take("X-Amz-Date");
  claim.signed_headers = split(take("X-Amz-SignedHeaders"), ';');
  claim.signature = take("X-Amz-Signature");
  claim.token = take("X-Amz-Security-Token");
  const auto expires = take("X-Amz-Expires");
  const auto [end, error] =
      std::from_chars(expires.data(), expires.data() + expires.size(), claim.expires);
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html: at most a week.
  if (error != std::errc{} || end != expires.data() + expires.size() || claim.expires < 0 ||
      claim.expires > 604800) {
    throw Error("AuthorizationQueryParametersError",
                "X-Amz-Expires must be a number of seconds from 0 to 604800");
  }
  return claim;
}

}  // namespace

std::string header_value(const http::Request& request, std::string_view name) {
  std::string out;
  bool found = false;
  for (const auto& [key, value] : request.headers) {
    if (!http::same_name(key, name)) continue;
    if (found) out += ",";
    out += squeezed(value);
    found = true;
  }
  if (!found && name == "host") return request.url.authority();
  return out;
}

std::optional<Claim> claim_of(const http::Request& request, std::string_view service) {
  if (const auto authorization = request.headers.get("authorization")) {
    return header_claim(request, *authorization, service);
  }
  const auto query = http::parse_query(request.url.query(), false);
  const auto names_signature = [](const auto& pair) {
    return pair.first == "X-Amz-Algorithm" || pair.first == "X-Amz-Signature" ||
           pair.first == "X-Amz-Credential";
  };
  if (std::ranges::any_of(query, names_signature)) return query_claim(query, service);
  return std::nullopt;
}

std::string service_of(const http::Request& request) {
  const auto scope_service = [](std::string_view credential) -> std::string {
    const auto parts = split(credential, '/');
    return parts.size() == 5 ? parts[3] : "";
  };
  if (const auto authorization = request.headers.get("authorization")) {
    const auto at = authorization->find("Credential=");
    if (at != std::string_view::npos) {
      const auto rest = authorization->substr(at + 11);
      auto service = scope_service(rest.substr(0, rest.find_first_of(", ")));
      if (!service.empty()) return service;
    }
  }
  for (const auto& [name, value] : http::parse_query(request.url.query(), false)) {
    if (name != "X-Amz-Credential") continue;
    auto service = scope_service(value);
    if (!service.empty()) return service;
  }
  if (const auto target = request.headers.get("x-amz-target")) {
    if (const auto service = service_of_target(target->substr(0, target->find('.')))) {
      return std::string(*service);
    }
  }
  if (request.url.path().starts_with("/2015-03-31/")) return "lambda";
  const auto host = header_value(request, "host");
  const auto label = host.substr(0, host.find('.'));
  for (const std::string_view known :
       {"ec2", "iam", "sts", "cloudformation", "ecs", "ssm", "logs"}) {
    if (label == known) return std::string(known);
  }
  const auto type = request.headers.get("content-type").value_or("");
  if (request.method == "POST" && type.starts_with("application/x-www-form-urlencoded"))
    return "sts";
  return "s3";
}

}  // namespace sim::wire
