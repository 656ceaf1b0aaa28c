// Tags of log groups, by the present operations (by ARN) and the older ones (by name).
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html
#include "sim/logs/input.hpp"
#include "sim/logs/logs.hpp"

namespace sim::logs {

namespace {

// The group of "logGroupName", or of "resourceArn" (which may end with ":*").
std::string group_named(const Fields& in) {
  if (in.has("logGroupName")) return in.required("logGroupName");
  const auto arn = in.required("resourceArn");
  constexpr std::string_view mark = ":log-group:";
  const auto at = arn.find(mark);
  if (at == std::string::npos) {
    throw Error(invalid, "The resource ARN is not that of a log group.");
  }
  const auto name = arn.substr(at + mark.size());
  return name.substr(0, name.find(':'));
}

}  // namespace

std::map<std::string, std::string> Logs::tags_in(const Call& call) {
  std::map<std::string, std::string> tags;
  const auto in = fields(call);
  for (const auto& [key, value] : in.object("tags")) {
    if (!value.is_string()) throw Error("SerializationException", "A tag's value is a string.");
    tags[key] = value.get_string();
  }
  if (tags.size() > 50) throw Error("TooManyTagsException", "A resource has at most 50 tags.");
  return tags;
}

void Logs::add_tags() {
  for (const char* action : {"TagResource", "TagLogGroup"}) add(action, &Logs::tag);
  for (const char* action : {"UntagResource", "UntagLogGroup"}) add(action, &Logs::untag);
  for (const char* action : {"ListTagsForResource", "ListTagsLogGroup"}) {
    add(action, &Logs::list_tags);
  }
}

json::object Logs::tag(const Call& call) {
  auto& tags = group(group_named(fields(call))).tags;
  for (const auto& [key, value] : tags_in(call)) tags[key] = value;
  if (tags.size() > 50) throw Error("TooManyTagsException", "A resource has at most 50 tags.");
  return {};
}

json::object Logs::untag(const Call& call) {
  const auto in = fields(call);
  auto& tags = group(group_named(in)).tags;
  for (const char* list : {"tagKeys", "tags"}) {
    for (const auto& key : in.texts(list)) tags.erase(key);
  }
  return {};
}

json::object Logs::list_tags(const Call& call) {
  json::object tags;
  for (const auto& [key, value] : group(group_named(fields(call))).tags) tags[key] = value;
  return {{"tags", std::move(tags)}};
}

}  // namespace sim::logs
