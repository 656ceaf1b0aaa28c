#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "templates/limits.hpp"
#include "templates/sections.hpp"

namespace templates {

namespace {

constexpr std::array members{"Condition",    "CreationPolicy",     "DeletionPolicy", "DependsOn",
                             "Description",  "Metadata",           "Properties",     "Type",
                             "UpdatePolicy", "UpdateReplacePolicy"};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
constexpr std::array with_snapshots{
    "AWS::DocDB::DBCluster",          "AWS::EC2::Volume",
    "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup",
    "AWS::Neptune::DBCluster",        "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",           "AWS::Redshift::Cluster"};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
constexpr std::array update_policies{"AutoScalingReplacingUpdate", "AutoScalingRollingUpdate",
                                     "AutoScalingScheduledAction", "CodeDeployLambdaAliasUpdate",
                                     "EnableVersionUpgrade",       "UseOnlineResharding"};

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html
constexpr std::array creation_policies{"AutoScalingCreationPolicy", "ResourceSignal", "StartFleet"};

class ResourceReader {
 public:
  ResourceReader(const SectionReader& reader, std::string id)
      : reader_(reader), path_(below("/Resources", id)) {
    resource_.logical_id = std::move(id);
  }

  Resource read(const json::object& spec) {
    for (const auto& member : spec) {
      here_ = below(path_, member.key());
      read_member(member.key(), member.value());
    }
    if (!spec.contains("Type")) {
      here_ = path_;
      format(fmt::format("[{}] Every Resources object must contain a Type member.", path_));
    }
    check_snapshots();
    return std::move(resource_);
  }

 private:
  void format(std::string text) const {
    reader_.format(here_, resource_.logical_id, std::move(text));
  }

  void read_member(std::string_view key, const json::value& value) {
    if (!base::contains(members, key)) {
      format(fmt::format("Invalid template resource property '{}'", key));
    } else if (key == "Type" || key == "Condition") {
      read_text(key, value);
    } else if (key == "DeletionPolicy" || key == "UpdateReplacePolicy") {
      read_policy(key, value);
    } else if (key == "Properties") {
      if (value.is_object()) {
        resource_.properties = value.as_object();
      } else if (!value.is_null()) {
        format(fmt::format("[{}] Properties must be an object.", here_));
      }
    } else if (key == "DependsOn") {
      read_depends_on(value);
    } else if (key == "Metadata") {
      if (value.is_object()) {
        resource_.metadata = value;
      } else if (!value.is_null()) {
        format(fmt::format("[{}] Metadata must be an object.", here_));
      }
    } else if (key == "UpdatePolicy") {
      read_attribute_policy(key, value, update_policies, resource_.update_policy);
    } else if (key == "CreationPolicy") {
      read_attribute_policy(key, value, creation_policies, resource_.creation_policy);
    }
  }

  void read_text(std::string_view key, const json::value& value) {
    if (!value.is_string()) {
      format(fmt::format("[{}] must be a string.", here_));
    } else {
      (key == "Type" ? resource_.type : resource_.condition) = value.as_string();
    }
  }

  void read_policy(std::string_view key, const json::value& value) {
    // AWS::LanguageExtensions makes a string of a function, before the template is used.
    if (value.is_object() && reader_.reading.value.language_extensions) return;
    if (!value.is_string()) {
      format(fmt::format("Every {} member must be a string.", key));
      return;
    }
    const std::string_view text = value.as_string();
    const bool known = text == "Delete" || text == "Retain" || text == "Snapshot" ||
                       (text == "RetainExceptOnCreate" && key == "DeletionPolicy");
    if (!known) {
      format(fmt::format("Unrecognized {} {} for resource {}", key, text, resource_.logical_id));
    }
    (key == "DeletionPolicy" ? resource_.deletion_policy : resource_.update_replace_policy) = text;
  }

  void check_snapshots() {
    if (base::contains(with_snapshots, resource_.type)) return;
    const auto refuse = [&](std::string_view key, std::string_view policy) {
      if (policy != "Snapshot") return;
      // [I] the wording
      reader_.problem(below(path_, key), resource_.logical_id, Problem::Kind::format,
                      fmt::format("Template error: resource type {} does not support {} Snapshot",
                                  resource_.type, key));
    };
    refuse("DeletionPolicy", resource_.deletion_policy);
    refuse("UpdateReplacePolicy", resource_.update_replace_policy);
  }

  template <std::size_t Size>
  void read_attribute_policy(std::string_view key, const json::value& value,
                             const std::array<const char*, Size>& known, json::object& policy) {
    if (!value.is_object()) {
      format(fmt::format("[{}] {} must be an object.", here_, key));
      return;
    }
    for (const auto& member : value.as_object()) {
      if (!base::contains(known, std::string_view(member.key()))) {
        format(fmt::format("Unrecognized {} {} for resource {}", key,
                           std::string_view(member.key()), resource_.logical_id));
      }
    }
    policy = value.as_object();
  }

  void read_depends_on(const json::value& value) {
    const auto add = [&](const json::value& one) {
      if (one.is_string()) {
        resource_.depends_on.emplace(one.as_string());
      } else {
        format("Every DependsOn value must be a string.");
      }
    };
    if (value.is_array()) {
      for (const auto& one : value.as_array()) add(one);
    } else {
      add(value);
    }
  }

  const SectionReader& reader_;
  std::string path_, here_;
  Resource resource_;
};

}  // namespace

void read_resource_section(const SectionReader& reader) {
  const auto* all = reader.section("Resources");
  auto& value = reader.reading.value;
  if (all == nullptr || all->empty()) {
    if (all != nullptr || !value.document.contains("Resources")) {
      reader.format("/Resources", "", "At least one Resources member must be defined.");
    }
    return;
  }
  reader.count("Resources", all->size(), max_resources);
  value.resources.reserve(std::min(all->size(), max_resources));
  for (const auto& member : *all) {
    const std::string id = member.key();
    const std::string path = below("/Resources", id);
    // A loop still to be unrolled; without the transform it is a member of the wrong shape.
    if (value.language_extensions && id.starts_with("Fn::ForEach::")) continue;
    if (!member.value().is_object()) {
      reader.format(path, id, "Any Resources member must be an object.");
      continue;
    }
    reader.name("Resource", id, path, id);
    value.resources.push_back(ResourceReader(reader, id).read(member.value().as_object()));
  }
}

}  // namespace templates
