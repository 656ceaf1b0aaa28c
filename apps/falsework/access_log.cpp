#include "apps/falsework/access_log.hpp"

#include "sim/wire/lambda_routes.hpp"
#include "sim/wire/signature.hpp"

namespace apps {

namespace {

constexpr std::size_t longest_word = 120;

// A line must not be made into two, nor a terminal be commanded, by what a client sends.
std::string clean(std::string_view text) {
  std::string out(text.substr(0, longest_word));
  for (char& c : out) {
    if (c <= ' ' || c >= '\x7f') c = '?';
  }
  if (text.size() > longest_word) out += "...";
  return out.empty() ? "-" : out;
}

std::string action_of(const http::Request& request, std::string_view service) {
  if (const auto target = request.headers.get("X-Amz-Target")) {
    return clean(target->substr(target->rfind('.') + 1));
  }
  if (service == "lambda") {
    const auto route = sim::wire::lambda_route(request.method, request.url.path());
    if (route) return clean(route->action);
  } else if (service != "s3") {
    for (const auto& [name, value] : http::parse_query(request.body.substr(0, 4096))) {
      if (name == "Action") return clean(value);
    }
  }
  return clean(request.method) + ' ' + clean(request.url.path());
}

}  // namespace

Access access_of(const http::Request& request) {
  Access access;
  access.service = sim::wire::service_of(request);
  access.action = action_of(request, access.service);
  try {
    if (const auto claim = sim::wire::claim_of(request, access.service)) {
      access.access_key_id = claim->access_key_id;
    }
  } catch (const std::exception&) {
    // A signature that cannot be read is refused, in the service's words, by who answers.
  }
  access.service = clean(access.service);
  return access;
}

std::string access_line(const Access& access, std::string_view caller, base::Instant begin,
                        base::Duration took, int status) {
  return fmt::format("{} {} {} {} {} {:.1f} ms", base::iso8601(begin), access.service,
                     access.action, caller.empty() ? "-" : caller,
                     status == 0 ? "closed" : std::to_string(status), 1000 * base::seconds(took));
}

}  // namespace apps
