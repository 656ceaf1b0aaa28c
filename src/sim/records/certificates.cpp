// The certificates of a listener beside its own, chosen by the name that a client asks for.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddListenerCertificates.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "sim/records/load_balancing.hpp"

namespace sim::records {

namespace {

std::vector<std::string> named(const Call& call) {
  std::vector<std::string> arns;
  for (const auto& one : Fields(call.input, "ValidationError").list("Certificates")) {
    arns.push_back(text_of(one.as_object(), "CertificateArn"));
  }
  return arns;
}

json::array& extra_of(Record& listener) {
  auto& extra = listener.hidden["Certificates"];
  if (!extra.is_array()) extra = json::array();
  return extra.get_array();
}

json::object shown(const std::string& arn, bool own) {
  return {{"CertificateArn", arn}, {"IsDefault", own}};
}

json::object add_certificates(Book& book, const Call& call) {
  auto& listener = book.get("listener", text_of(call.input, "ListenerArn"));
  const auto protocol = text_of(listener.members, "Protocol");
  if (protocol != "HTTPS" && protocol != "TLS") {
    throw Error("InvalidConfigurationRequest",
                "Certificates are for listeners with the protocol HTTPS or TLS only");
  }
  json::array added;
  for (const auto& arn : named(call)) check_served_certificate(book, arn);
  for (const auto& arn : named(call)) {
    auto& extra = extra_of(listener);
    if (std::ranges::find(extra, json::value(arn)) == extra.end()) extra.emplace_back(arn);
    added.push_back(shown(arn, false));
  }
  return {{"Certificates", std::move(added)}};
}

json::object remove_certificates(Book& book, const Call& call) {
  auto& extra = extra_of(book.get("listener", text_of(call.input, "ListenerArn")));
  for (const auto& arn : named(call)) {
    const auto found = std::ranges::find(extra, json::value(arn));
    if (found != extra.end()) extra.erase(found);
  }
  return {};
}

json::object describe_certificates(Book& book, const Call& call) {
  auto& listener = book.get("listener", text_of(call.input, "ListenerArn"));
  json::array found;
  if (const auto* own = listener.members.if_contains("Certificates")) {
    for (const auto& one : own->as_array()) {
      found.push_back(shown(text_of(one.as_object(), "CertificateArn"), true));
    }
  }
  for (const auto& arn : extra_of(listener)) {
    found.push_back(shown(std::string(arn.as_string()), false));
  }
  return {{"Certificates", std::move(found)}};
}

}  // namespace

void add_certificate_operations(Book& book) {
  add(book, "AddListenerCertificates", "listener", "ListenerArn", add_certificates);
  add(book, "RemoveListenerCertificates", "listener", "ListenerArn", remove_certificates);
  add(book, "DescribeListenerCertificates", "listener", "ListenerArn", describe_certificates);
}

}  // namespace sim::records
