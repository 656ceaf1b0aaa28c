#include "templates/dynamic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <utility>

namespace templates {

namespace {

using Service = DynamicReference::Service;

constexpr std::string_view opening = "{{resolve:";
constexpr std::string_view closing = "}}";
// A parameter's own name is at most this long; so is a secret's ARN with room to spare.
constexpr std::size_t max_name = 2048;

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto colon = text.find(':');
    parts.push_back(text.substr(0, colon));
    if (colon == std::string_view::npos) return parts;
    text.remove_prefix(colon + 1);
  }
}

// "a", "b" -> "a:b"
std::string joined(const std::vector<std::string_view>& parts, std::size_t from, std::size_t to) {
  std::string result;
  for (std::size_t i = from; i < to; ++i) {
    if (i > from) result += ':';
    result += parts[i];
  }
  return result;
}

// An ARN has colons of its own: arn:aws:ssm:REGION:ACCOUNT:parameter/NAME is six parts,
// arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME seven.
std::size_t name_parts(const std::vector<std::string_view>& parts, std::size_t arn_parts) {
  return parts.size() >= arn_parts && parts.front() == "arn" ? arn_parts : 1;
}

bool is_parameter_name(std::string_view name) {
  return !name.empty() && name.size() <= max_name && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("_.-/:$").contains(static_cast<char>(c));
  });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::optional<DynamicReference> parameter(std::string_view rest, Service service) {
  const auto parts = split(rest);
  const std::size_t names = name_parts(parts, 6);
  DynamicReference result;
  result.service = service;
  result.name = joined(parts, 0, names);
  if (!is_parameter_name(result.name) || parts.size() > names + 1) return std::nullopt;
  if (parts.size() == names + 1) {
    // A colon without a number behind it is refused: aws-cdk #18747.
    if (!is_number(parts[names])) return std::nullopt;
    result.version = parts[names];
  }
  return result;
}

// SECRET[:SecretString[:KEY[:STAGE[:ID]]]]
std::optional<DynamicReference> secret(std::string_view rest) {
  const auto parts = split(rest);
  const std::size_t names = name_parts(parts, 7);
  DynamicReference result;
  result.service = Service::secretsmanager;
  result.name = joined(parts, 0, names);
  if (result.name.empty() || result.name.size() > max_name || parts.size() > names + 4) {
    return std::nullopt;
  }
  const auto part = [&](std::size_t index) {
    return names + index < parts.size() ? std::string(parts[names + index]) : std::string();
  };
  if (const auto kind = part(0); !kind.empty() && kind != "SecretString") return std::nullopt;
  result.json_key = part(1);
  result.version_stage = part(2);
  result.version_id = part(3);
  // Either of the two may be said, not both.
  if (!result.version_stage.empty() && !result.version_id.empty()) return std::nullopt;
  return result;
}

void collect(const json::value& value, const std::string& path, std::vector<DynamicPlace>& found) {
  if (const auto* text = value.if_string(); text != nullptr && has_dynamic_reference(*text)) {
    found.push_back({path, std::string(*text), dynamic_references(*text)});
  } else if (const auto* list = value.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      collect((*list)[i], fmt::format("{}/{}", path, i), found);
    }
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      collect(member.value(), fmt::format("{}/{}", path, std::string_view(member.key())), found);
    }
  }
}

}  // namespace

bool has_dynamic_reference(std::string_view text) {
  return text.contains(opening);
}

DynamicReading dynamic_references(std::string_view text) {
  DynamicReading result;
  std::size_t at = 0;
  while ((at = text.find(opening, at)) != std::string_view::npos) {
    const auto end = text.find(closing, at);
    if (end == std::string_view::npos) return result;  // never closed: plain text
    const auto whole = text.substr(at, end + closing.size() - at);
    const auto inner = whole.substr(opening.size(), whole.size() - opening.size() - closing.size());
    const auto colon = inner.find(':');
    const auto service = inner.substr(0, colon);
    const auto rest = colon == std::string_view::npos ? "" : inner.substr(colon + 1);
    std::optional<DynamicReference> found;
    std::string_view kind = "SSM";
    if (service == "ssm") {
      found = parameter(rest, Service::ssm);
    } else if (service == "ssm-secure") {
      found = parameter(rest, Service::ssm_secure);
    } else {
      // [I] The wording for secrets and for other services follows that for parameters.
      kind = service == "secretsmanager" ? "Secrets Manager" : "dynamic";
      if (service == "secretsmanager") found = secret(rest);
    }
    if (found) {
      found->begin = at;
      found->size = whole.size();
      result.references.push_back(std::move(*found));
    } else {
      result.problems.push_back(
          fmt::format("Incorrect format is used in the following {} reference: [{}]", kind, whole));
    }
    at = end + closing.size();
  }
  return result;
}

std::string with_dynamic_values(std::string_view text,
                                const std::vector<DynamicReference>& references,
                                const std::function<std::string(const DynamicReference&)>& value) {
  std::string result;
  std::size_t at = 0;
  for (const auto& reference : references) {
    result += text.substr(at, reference.begin - at);
    result += value(reference);
    at = reference.begin + reference.size;
  }
  result += text.substr(at);
  return result;
}

std::vector<DynamicPlace> dynamic_places(const json::value& value) {
  std::vector<DynamicPlace> found;
  collect(value, "", found);
  return found;
}

bool accepts_secure_string(std::string_view type, std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 14> accepting{{
      {"AWS::DirectoryService::MicrosoftAD", "/Password"},
      {"AWS::DirectoryService::SimpleAD", "/Password"},
      {"AWS::ElastiCache::ReplicationGroup", "/AuthToken"},
      {"AWS::IAM::User", "/LoginProfile/Password"},
      {"AWS::KinesisFirehose::DeliveryStream", "/RedshiftDestinationConfiguration/Password"},
      {"AWS::OpsWorks::App", "/AppSource/Password"},
      {"AWS::OpsWorks::Stack", "/CustomCookbooksSource/Password"},
      {"AWS::OpsWorks::Stack", "/RdsDbInstances/DbPassword"},
      {"AWS::RDS::DBCluster", "/MasterUserPassword"},
      {"AWS::RDS::DBInstance", "/MasterUserPassword"},
      {"AWS::Redshift::Cluster", "/MasterUserPassword"},
      {"AWS::EMR::Cluster", "/KerberosAttributes/KdcAdminPassword"},
      {"AWS::EMR::Cluster", "/KerberosAttributes/ADDomainJoinPassword"},
      {"AWS::EMR::Cluster", "/KerberosAttributes/CrossRealmTrustPrincipalPassword"},
  }};
  return std::ranges::any_of(
      accepting, [&](const auto& one) { return one.first == type && one.second == path; });
}

}  // namespace templates
