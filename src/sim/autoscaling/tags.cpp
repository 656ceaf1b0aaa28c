// The tags of groups, which their new instances may inherit.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html
#include <fmt/format.h>

#include <boost/json.hpp>
#include <set>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

constexpr std::size_t most_tags = 50;

void check_tag(const Call& call, const std::string& key, const std::string& value) {
  if (key.starts_with("aws:") && call.caller.kind != Principal::Kind::service) {
    throw invalid("Tag keys starting with 'aws:' are reserved for internal use");
  }
  if (key.size() > 128 || value.size() > 256) {
    throw invalid("A tag key has at most 128 characters, and a tag value at most 256 characters.");
  }
}

}  // namespace

json::object AutoScaling::put_tags(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto group_of = [&](const Fields& tag) -> Group& {
    const auto group_name = tag.required("ResourceId");
    const auto type = tag.text("ResourceType", "auto-scaling-group");
    if (type != "auto-scaling-group") throw invalid("Invalid resource type " + type);
    auto* group = find(group_name);
    // [C] cloud-custodian#380.
    if (group == nullptr) {
      throw invalid(
          fmt::format("AutoScalingGroup not found - AutoScaling Group {} not found", group_name));
    }
    return *group;
  };
  std::map<std::string, std::set<std::string>> keys;
  for (const auto& value : in.list("Tags")) {
    const Fields tag(structure(value), "ValidationError");
    const auto key = tag.required("Key");
    check_tag(call, key, tag.text("Value"));
    auto& group = group_of(tag);
    auto& all = keys[group.name];
    for (const auto& [own, known] : group.tags) all.insert(own);
    all.insert(key);
    const auto mine =
        std::ranges::count_if(all, [](const std::string& one) { return !one.starts_with("aws:"); });
    if (mine > static_cast<std::ptrdiff_t>(most_tags)) {
      throw Error("LimitExceeded", "The maximum number of tags of a group is 50.");
    }
  }
  for (const auto& value : in.list("Tags")) {
    const Fields tag(structure(value));
    group_of(tag).tags[tag.text("Key")] = {tag.text("Value"), tag.flag("PropagateAtLaunch")};
  }
  return {};
}

json::object AutoScaling::delete_tags(const Call& call) {
  const Fields in(call.input, "ValidationError");
  for (const auto& value : in.list("Tags")) {
    const Fields tag(structure(value), "ValidationError");
    check_tag(call, tag.required("Key"), tag.text("Value"));
    const auto group_name = tag.required("ResourceId");
    auto* group = find(group_name);
    if (group == nullptr) {
      throw invalid(
          fmt::format("AutoScalingGroup not found - AutoScaling Group {} not found", group_name));
    }
    group->tags.erase(tag.text("Key"));
  }
  return {};
}

json::object AutoScaling::describe_tags(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto filters =
      filters_of(in, {"auto-scaling-group", "key", "value", "propagate-at-launch"});
  std::map<std::pair<std::string, std::string>, json::object> found;
  for (const auto& [arn, group] : groups_) {
    if (group->gone) continue;
    for (const auto& [key, tag] : group->tags) {
      const bool fits = std::ranges::all_of(filters, [&](const auto& filter) {
        const auto& [name, values] = filter;
        const std::string own = name == "auto-scaling-group" ? group->name
                                : name == "key"              ? key
                                : name == "value"            ? tag.value
                                : tag.propagates             ? "true"
                                                             : "false";
        return base::contains(values, own);
      });
      if (!fits) continue;
      found[{group->name, key}] = {{"ResourceId", group->name},
                                   {"ResourceType", "auto-scaling-group"},
                                   {"Key", key},
                                   {"Value", tag.value},
                                   {"PropagateAtLaunch", tag.propagates}};
    }
  }
  json::array all;
  for (auto& [key, tag] : found) all.push_back(std::move(tag));
  return page_of(in, "Tags", std::move(all), 50, 100);
}

}  // namespace sim::autoscaling
