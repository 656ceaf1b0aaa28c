#include "sim/cloudformation/handlers/bucket_parts.hpp"

#include <fmt/format.h>

#include "sim/core/words.hpp"

namespace sim::cloudformation {

namespace {

// Each member under the API's name: "Id=ID ExpirationInDays=Expiration.Days Status".
json::object renamed(const json::value& from, std::string_view names, std::string_view property) {
  json::object to;
  if (!from.is_object()) throw Failure(fmt::format("Model validation failed: {}", property));
  for (const auto& member : from.get_object()) {
    const auto pairs = words_of(names);
    const auto pair = std::ranges::find_if(pairs, [&](const std::string& one) {
      return one.substr(0, one.find('=')) == member.key();
    });
    if (pair == pairs.end()) {
      throw Failure(
          fmt::format("The embedded CloudFormation does not support {}.{} of AWS::S3::Bucket.",
                      property, std::string_view(member.key())));
    }
    const auto name = pair->substr(pair->find('=') + 1);  // all of it when there is no '='
    const auto dot = name.find('.');
    if (dot == std::string::npos) {
      to[name] = member.value();
    } else {
      auto& inner = to[name.substr(0, dot)];
      if (!inner.is_object()) inner = json::object();
      inner.get_object()[name.substr(dot + 1)] = member.value();
    }
  }
  return to;
}

json::array renamed_list(const json::value& from, std::string_view names,
                         std::string_view property) {
  json::array to;
  if (!from.is_array()) throw Failure(fmt::format("Model validation failed: {}", property));
  for (const auto& one : from.get_array()) to.push_back(renamed(one, names, property));
  return to;
}

// Which objects a rule is about: one condition stands alone, several stand in "And".
json::object filter_of(json::object& rule) {
  json::object conditions;
  for (const auto* name : {"Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "Tags"}) {
    if (auto* value = rule.if_contains(name)) conditions[name] = std::move(*value);
    rule.erase(name);
  }
  const auto* tags = conditions.if_contains("Tags");
  const auto count = tags != nullptr && tags->is_array() ? tags->get_array().size() : 0;
  if (conditions.empty()) conditions["Prefix"] = "";
  if (conditions.size() > 1 || count > 1) return {{"And", std::move(conditions)}};
  if (count == 1) return {{"Tag", conditions.at("Tags").get_array().front()}};
  return conditions;
}

}  // namespace

json::value lifecycle_rules(const json::value& configuration) {
  constexpr std::string_view property = "LifecycleConfiguration";
  auto rules =
      renamed_list(renamed(configuration, "Rules", property)["Rules"],
                   "Id=ID Status Prefix ObjectSizeGreaterThan ObjectSizeLessThan TagFilters=Tags "
                   "ExpirationInDays=Expiration.Days ExpirationDate=Expiration.Date "
                   "ExpiredObjectDeleteMarker=Expiration.ExpiredObjectDeleteMarker "
                   "NoncurrentVersionExpiration AbortIncompleteMultipartUpload "
                   "NoncurrentVersionExpirationInDays=NoncurrentVersionExpiration.NoncurrentDays "
                   "Transitions NoncurrentVersionTransitions",
                   property);
  for (auto& one : rules) {
    auto& rule = one.get_object();
    rule["Filter"] = filter_of(rule);
    if (auto* list = rule.if_contains("Transitions")) {
      *list = renamed_list(*list, "TransitionInDays=Days TransitionDate=Date StorageClass",
                           "LifecycleConfiguration.Rules.Transitions");
    }
    if (auto* list = rule.if_contains("NoncurrentVersionTransitions")) {
      *list = renamed_list(*list,
                           "TransitionInDays=NoncurrentDays StorageClass NewerNoncurrentVersions",
                           "LifecycleConfiguration.Rules.NoncurrentVersionTransitions");
    }
  }
  return json::value(std::move(rules));
}

json::value cors_rules(const json::value& configuration) {
  constexpr std::string_view property = "CorsConfiguration";
  return json::value(renamed_list(renamed(configuration, "CorsRules", property)["CorsRules"],
                                  "AllowedHeaders AllowedMethods AllowedOrigins "
                                  "ExposedHeaders=ExposeHeaders Id=ID MaxAge=MaxAgeSeconds",
                                  property));
}

json::value encryption_rules(const json::value& encryption) {
  constexpr std::string_view property = "BucketEncryption";
  constexpr std::string_view list = "ServerSideEncryptionConfiguration";
  return json::value(renamed_list(
      renamed(encryption, list, property)[list],
      "ServerSideEncryptionByDefault=ApplyServerSideEncryptionByDefault BucketKeyEnabled",
      property));
}

std::string canned_acl(std::string_view control) {
  std::string acl;
  for (const char c : control) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !acl.empty()) acl += '-';
    acl += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return acl;
}

}  // namespace sim::cloudformation
