// Listeners and rules: what they forward to, and what they refuse.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "base/contains.hpp"
#include "sim/records/load_balancing.hpp"

namespace sim::records {

namespace {

std::vector<std::string> groups_in(const json::object& action) {
  std::vector<std::string> groups;
  if (action.contains("TargetGroupArn")) groups.push_back(text_of(action, "TargetGroupArn"));
  const auto* forward = action.if_contains("ForwardConfig");
  if (forward == nullptr) return groups;
  for (const auto& one : Fields(forward->as_object()).list("TargetGroups")) {
    groups.push_back(text_of(one.as_object(), "TargetGroupArn"));
  }
  return groups;
}

void check_group(Book& book, const Record& balancer, const std::string& arn) {
  const auto* group = book.find("target group", arn);
  if (group == nullptr || group->arn != arn) {
    throw Error("TargetGroupNotFound", fmt::format("Target groups '{}' not found", arn));
  }
  const auto type = text_of(group->members, "TargetType");
  if (type != "lambda" && group->members.at("VpcId") != balancer.members.at("VpcId")) {
    throw Error(
        "InvalidConfigurationRequest",
        fmt::format("The following target groups are not in the load balancer's VPC: {}", arn));
  }
  const auto protocol = text_of(group->members, "Protocol");
  const bool http = protocol == "HTTP" || protocol == "HTTPS" || type == "lambda";
  if (http != is_application(balancer)) {
    throw Error("IncompatibleProtocols",
                fmt::format("The protocol {} of target group '{}' does not fit the load balancer",
                            protocol, arn));
  }
  for (const auto& user : balancers_of(book, arn)) {
    if (user == json::value(balancer.arn)) continue;
    throw Error("TargetGroupAssociationLimit",
                fmt::format("The following target groups cannot be associated with more than one "
                            "load balancer: {}",
                            arn));
  }
}

void check_actions(Book& book, const Record& balancer, const json::value& actions) {
  bool ends = false;
  for (const auto& one : actions.as_array()) {
    const auto& action = one.as_object();
    const auto type = text_of(action, "Type");
    if (type.starts_with("authenticate-")) {
      throw Error("NotImplemented", "The embedded AWS has no actions of type " + type + ".", 501);
    }
    const bool fits = (type == "forward" && !groups_in(action).empty()) ||
                      (type == "redirect" && action.contains("RedirectConfig")) ||
                      (type == "fixed-response" && action.contains("FixedResponseConfig"));
    if (!fits) throw validation(fmt::format("An action of type '{}' is not complete", type));
    for (const auto& group : groups_in(action)) check_group(book, balancer, group);
    ends = true;
  }
  if (!ends) throw validation("A listener or rule must have an action.");
}

void check_certificates(Book& book, const Record& listener) {
  const auto protocol = text_of(listener.members, "Protocol");
  const auto* given = listener.members.if_contains("Certificates");
  const bool secure = protocol == "HTTPS" || protocol == "TLS";
  if (!secure && given != nullptr) {
    throw Error("InvalidConfigurationRequest",
                "Certificates are for listeners with the protocol HTTPS or TLS only");
  }
  if (!secure) return;
  if (given == nullptr || given->as_array().empty()) {
    throw validation("A certificate must be specified for " + protocol + " listeners");
  }
  check_served_certificate(book, text_of(given->at(0).as_object(), "CertificateArn"));
}

}  // namespace

void check_served_certificate(Book& book, const std::string& arn) {
  const auto* certificate = book.other("acm").find("certificate", arn);
  if (certificate == nullptr) {
    throw Error("CertificateNotFound", fmt::format("Certificate '{}' not found", arn));
  }
  if (text_of(certificate->members, "Status") != "ISSUED") {
    throw Error("UnsupportedCertificate",
                fmt::format("The certificate '{}' must have a fully-qualified domain name, a "
                            "supported signature, and a supported key size.",
                            arn));
  }
}

bool is_application(const Record& balancer) {
  return text_of(balancer.members, "Type") == "application";
}

std::string short_arn(const Record& balancer) {
  return balancer.arn.substr(balancer.arn.find(":loadbalancer/") + 14);
}

void check_listener(Book& book, const Call&, const Record* before, Record& listener) {
  const auto& balancer = book.get("balancer", text_of(listener.members, "LoadBalancerArn"));
  if (before == nullptr) {
    auto path = book.arn("listener/" + short_arn(balancer));
    listener.arn = fmt::format("{}/{}", path, listener.id);
    listener.members["ListenerArn"] = listener.arn;
  }
  const auto protocol = text_of(listener.members, "Protocol");
  const bool http = protocol == "HTTP" || protocol == "HTTPS";
  if (protocol.empty() || !listener.members.contains("Port")) {
    throw validation("A listener protocol and port must be specified");
  }
  if (http != is_application(balancer)) {
    throw validation(fmt::format("Protocol '{}' must be one of '{}'", protocol,
                                 http ? "UDP, TCP, TCP_UDP, TLS" : "HTTP, HTTPS"));
  }
  for (const auto& [id, other] : book.all("listener")) {
    if (id == listener.id) continue;
    if (other.members.at("Port") == listener.members.at("Port") &&
        other.members.at("LoadBalancerArn") == listener.members.at("LoadBalancerArn")) {
      throw Error("DuplicateListener",
                  fmt::format("A listener already exists on this port for this load balancer '{}'",
                              balancer.arn));
    }
  }
  check_certificates(book, listener);
  check_actions(book, balancer, listener.members.at("DefaultActions"));
}

void check_rule(Book& book, const Call&, const Record* before, Record& rule) {
  const auto& listener = book.get("listener", text_of(rule.members, "ListenerArn"));
  const auto& balancer = book.get("balancer", text_of(listener.members, "LoadBalancerArn"));
  if (before == nullptr) {
    auto path = listener.arn;
    path.replace(path.find(":listener/"), 10, ":listener-rule/");
    rule.arn = fmt::format("{}/{}", path, rule.id);
    rule.members["RuleArn"] = rule.arn;
    rule.members["IsDefault"] = false;
  }
  const auto priority = rule.members.at("Priority").as_int64();
  if (priority < 1 || priority > 50000) {
    throw validation("Priority must be between 1 and 50000");
  }
  for (const auto& [id, other] : book.all("rule")) {
    if (id != rule.id && other.members.at("ListenerArn") == rule.members.at("ListenerArn") &&
        other.members.at("Priority") == rule.members.at("Priority")) {
      throw Error("PriorityInUse", fmt::format("Priority '{}' is currently in use", priority));
    }
  }
  if (rule.members.at("Conditions").as_array().empty()) {
    throw validation("A condition must be specified");
  }
  check_actions(book, balancer, rule.members.at("Actions"));
}

json::object set_priorities(Book& book, const Call& call) {
  const auto& given = Fields(call.input, "ValidationError").list("RulePriorities");
  for (const auto& one : given) {
    const Fields in(one.as_object(), "ValidationError");
    auto& rule = book.get("rule", in.required("RuleArn"));
    Record after = rule;
    after.members["Priority"] = in.integer("Priority", 0);
    check_rule(book, call, &rule, after);
    rule = std::move(after);
  }
  return {};
}

json::array balancers_of(Book& book, const std::string& group) {
  std::set<std::string> found;
  const auto look = [&](const json::value& actions, const std::string& balancer) {
    for (const auto& one : actions.as_array()) {
      if (base::contains(groups_in(one.as_object()), group)) found.insert(balancer);
    }
  };
  for (const auto& [id, listener] : book.all("listener")) {
    look(listener.members.at("DefaultActions"), text_of(listener.members, "LoadBalancerArn"));
  }
  for (const auto& [id, rule] : book.all("rule")) {
    const auto* listener = book.find("listener", text_of(rule.members, "ListenerArn"));
    if (listener != nullptr) {
      look(rule.members.at("Actions"), text_of(listener->members, "LoadBalancerArn"));
    }
  }
  json::array arns;
  for (const auto& arn : found) arns.emplace_back(arn);
  return arns;
}

}  // namespace sim::records
