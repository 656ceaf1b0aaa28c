#include "sim/ssm/targets.hpp"

#include <algorithm>

#include "base/contains.hpp"

namespace sim::ssm {

namespace {

constexpr std::string_view by_id = "InstanceIds";
constexpr std::string_view by_tag = "tag:";
constexpr std::string_view by_tag_key = "tag-key";

bool fits(const ec2::InstanceView& instance, const Target& target) {
  if (target.key == by_id) {
    return base::contains(target.values, std::string("*")) ||
           base::contains(target.values, instance.id);
  }
  if (target.key == by_tag_key) {
    return std::ranges::any_of(target.values,
                               [&](const auto& key) { return instance.tags.contains(key); });
  }
  const auto tag = instance.tags.find(target.key.substr(by_tag.size()));
  return tag != instance.tags.end() &&
         (target.values.empty() || base::contains(target.values, tag->second));
}

}  // namespace

std::vector<Target> read_targets(const Fields& in) {
  std::vector<Target> targets;
  for (const auto& value : in.list("Targets")) {
    if (!value.is_object()) throw Error("SerializationException", "A target is a structure.");
    const Fields target(value.get_object());
    Target read{target.required("Key"), target.texts("Values")};
    if (read.key == "instanceids") read.key = by_id;
    if (read.key.starts_with("resource-groups:")) {
      throw Error("NotImplemented",
                  fmt::format("The embedded AWS has no association targets by {}.", read.key), 501);
    }
    const bool known = read.key == by_id || read.key == by_tag_key ||
                       (read.key.starts_with(by_tag) && read.key.size() > by_tag.size());
    if (!known) throw Error("InvalidTarget", "Unsupported Target Type");
    if (read.values.size() > 50 || (read.values.empty() && !read.key.starts_with(by_tag))) {
      throw Error("InvalidTarget",
                  fmt::format("The target {} has no or too many values.", read.key));
    }
    targets.push_back(std::move(read));
  }
  if (targets.size() > 5) throw Error("InvalidTarget", "There are more than 5 targets.");
  return targets;
}

json::array shown(const std::vector<Target>& targets) {
  json::array list;
  for (const auto& target : targets) {
    list.push_back(json::object{
        {"Key", target.key}, {"Values", json::array(target.values.begin(), target.values.end())}});
  }
  return list;
}

std::vector<std::string> named_instances(const std::vector<Target>& targets) {
  std::vector<std::string> ids;
  for (const auto& target : targets) {
    if (target.key == by_id) ids.insert(ids.end(), target.values.begin(), target.values.end());
  }
  return ids;
}

bool is_closed(const std::vector<Target>& targets) {
  return std::ranges::all_of(targets, [](const Target& target) {
    return target.key == by_id && !base::contains(target.values, std::string("*"));
  });
}

std::vector<std::string> matching(const ec2::Ec2& ec2, const std::vector<Target>& targets) {
  std::vector<std::string> ids;
  for (const auto& id : ec2.instance_ids()) {
    const auto instance = ec2.instance(id);
    if (!instance || instance->state == "terminated" || instance->state == "shutting-down")
      continue;
    if (std::ranges::all_of(targets, [&](const auto& one) { return fits(*instance, one); })) {
      ids.push_back(id);
    }
  }
  return ids;
}

}  // namespace sim::ssm
