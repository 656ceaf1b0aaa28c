// What is set about clusters and the account, and tags. Capacity is Fargate's alone, so there are
// never container instances.
#include "sim/ecs/ecs.hpp"
#include "sim/ecs/input.hpp"

namespace sim::ecs {

namespace {

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
struct Setting {
  const char* name;
  const char* value;
};
constexpr Setting defaults[] = {{"awsvpcTrunking", "disabled"},
                                {"containerInsights", "disabled"},
                                {"containerInstanceLongArnFormat", "enabled"},
                                {"fargateFIPSMode", "disabled"},
                                {"fargateTaskRetirementWaitPeriod", "7"},
                                {"guardDutyActivate", "off"},
                                {"serviceLongArnFormat", "enabled"},
                                {"tagResourceAuthorization", "on"},
                                {"taskLongArnFormat", "enabled"}};

void check_setting(const std::string& name, const std::string& value) {
  const auto known =
      std::ranges::any_of(defaults, [&](const Setting& one) { return name == one.name; });
  if (!known) throw Error(invalid, "Invalid account setting name: " + name);
  // The others change nothing that the embedded AWS has.
  if (name == "containerInsights" &&
      (value == "enabled" || value == "disabled" || value == "enhanced")) {
    return;
  }
  for (const auto& one : defaults) {
    if (name == one.name && value == one.value) return;
  }
  throw Error("NotImplemented",
              fmt::format("The embedded AWS has no {} for the account setting {}.", value, name),
              501);
}

json::object setting_view(const Context& context, const std::string& name,
                          const std::string& value) {
  return {{"name", name},
          {"value", value},
          {"principalArn", fmt::format("arn:{}:iam::{}:root", context.partition, context.account)},
          {"type", "user"}};
}

void tag_into(json::array& tags, const json::array& given) {
  for (const auto& value : given) {
    if (!value.is_object()) throw Error("SerializationException", "A tag is a structure.");
    const Fields tag(value.get_object(), invalid);
    const auto key = tag.required("key");
    const auto found = std::ranges::find_if(
        tags, [&](const json::value& one) { return one.as_object().at("key").as_string() == key; });
    if (found != tags.end()) {
      *found = value;
    } else {
      tags.push_back(value);
    }
  }
  if (tags.size() > 50) {
    throw Error(invalid, "The maximum number of tags on a resource is 50.");
  }
}

}  // namespace

void Ecs::add_settings() {
  add("UpdateCluster", &Ecs::update_cluster, &Ecs::asks_cluster);
  add("UpdateClusterSettings", &Ecs::update_cluster, &Ecs::asks_cluster);
  add("PutClusterCapacityProviders", &Ecs::put_capacity_providers, &Ecs::asks_cluster);
  add("DescribeCapacityProviders", &Ecs::describe_capacity_providers, &Ecs::asks_nothing_named);
  add("ListAccountSettings", &Ecs::list_account_settings, &Ecs::asks_nothing_named);
  add("PutAccountSetting", &Ecs::put_account_setting, &Ecs::asks_nothing_named);
  add("PutAccountSettingDefault", &Ecs::put_account_setting, &Ecs::asks_nothing_named);
  add("DeleteAccountSetting", &Ecs::delete_account_setting, &Ecs::asks_nothing_named);
  add("ListContainerInstances", &Ecs::list_container_instances, &Ecs::asks_cluster);
  add("DescribeContainerInstances", &Ecs::describe_container_instances, &Ecs::asks_cluster);
  add("TagResource", &Ecs::tag_resource, &Ecs::asks_resource);
  add("UntagResource", &Ecs::untag_resource, &Ecs::asks_resource);
  add("ListTagsForResource", &Ecs::list_tags, &Ecs::asks_resource);
}

std::vector<Access> Ecs::asks_resource(const Fields& in) const {
  return {{"", in.text("resourceArn")}};
}

// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ClusterSetting.html
void Ecs::read_cluster_settings(const Fields& in, Cluster& one) const {
  for (const auto& value : in.list("settings")) {
    static const json::object none;  // must outlive `setting`
    const Fields setting(value.is_object() ? value.get_object() : none, invalid);
    if (setting.required("name") != "containerInsights") {
      throw Error(invalid, "Invalid cluster setting name.");
    }
    const auto insights = setting.required("value");
    if (insights != "enabled" && insights != "disabled" && insights != "enhanced") {
      throw Error(invalid, "Invalid cluster setting value.");
    }
    one.insights = insights;
  }
}

json::object Ecs::update_cluster(const Call& call) {
  const Fields in(call.input, invalid);
  in.unsupported(call.action, {"configuration", "serviceConnectDefaults"});
  auto& one = cluster(in);
  read_cluster_settings(in, one);
  return {{"cluster", shown(one)}};
}

json::object Ecs::list_account_settings(const Call& call) {
  const Fields in(call.input, invalid);
  const auto wanted = in.text("name");
  const bool effective = in.flag("effectiveSettings");
  json::array list;
  for (const auto& one : defaults) {
    if (!wanted.empty() && wanted != one.name) continue;
    const auto own = settings_.find(one.name);
    if (own == settings_.end() && !effective) continue;
    const auto value = own == settings_.end() ? one.value : own->second;
    list.push_back(setting_view(context_, one.name, value));
  }
  return {{"settings", std::move(list)}};
}

json::object Ecs::put_account_setting(const Call& call) {
  const Fields in(call.input, invalid);
  in.unsupported(call.action, {"principalArn"});
  const auto name = in.required("name");
  const auto value = in.required("value");
  check_setting(name, value);
  settings_[name] = value;
  return {{"setting", setting_view(context_, name, value)}};
}

json::object Ecs::delete_account_setting(const Call& call) {
  const Fields in(call.input, invalid);
  in.unsupported(call.action, {"principalArn"});
  const auto name = in.required("name");
  const auto found = settings_.find(name);
  const auto value = found == settings_.end() ? std::string() : found->second;
  if (found != settings_.end()) settings_.erase(found);
  return {{"setting", setting_view(context_, name, value)}};
}

json::object Ecs::list_container_instances(const Call& call) {
  cluster(Fields(call.input, invalid));
  return {{"containerInstanceArns", json::array()}};
}

json::object Ecs::describe_container_instances(const Call& call) {
  const Fields in(call.input, invalid);
  const auto& one = cluster(in);
  json::array failures;
  for (const auto& id : in.texts("containerInstances")) {
    const auto name = one.name + "/" + id_of(id);
    failures.push_back(
        json::object{{"arn", arn("container-instance", name)}, {"reason", "MISSING"}});
  }
  return {{"containerInstances", json::array()}, {"failures", std::move(failures)}};
}

json::array& Ecs::tags_of(const Fields& in) {
  const auto resource = in.required("resourceArn");
  const auto service = services_.find(resource);
  if (service != services_.end() && service->second.status != "INACTIVE") {
    return service->second.tags;
  }
  for (auto& [_, one] : clusters_) {
    if (one.arn == resource && one.active) return one.tags;
  }
  for (auto& [_, one] : definitions_) {
    if (one.arn == resource) return one.tags;
  }
  if (const auto task = tasks_.find(resource); task != tasks_.end()) return task->second.tags;
  throw Error(invalid, "The specified resource is not found: " + resource +
                           ". Specify a valid resource ARN and try again.");
}

json::object Ecs::tag_resource(const Call& call) {
  const Fields in(call.input, invalid);
  tag_into(tags_of(in), in.list("tags"));
  return {};
}

json::object Ecs::untag_resource(const Call& call) {
  const Fields in(call.input, invalid);
  const auto keys = in.texts("tagKeys");
  json::array kept;
  auto& tags = tags_of(in);
  for (const auto& tag : tags) {
    const std::string key(tag.as_object().at("key").as_string());
    if (std::ranges::find(keys, key) == keys.end()) kept.push_back(tag);
  }
  tags = std::move(kept);
  return {};
}

json::object Ecs::list_tags(const Call& call) {
  return {{"tags", tags_of(Fields(call.input, invalid))}};
}

}  // namespace sim::ecs
