#include "sim/cloudformation/handlers/ec2_parts.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "templates/text.hpp"

namespace sim::cloudformation {

json::object ids_of(std::string_view member, const std::string& id) {
  json::object input;
  input[member] = json::array{id};
  return input;
}

Task<json::object> create_tagged(Work& work, std::string action, json::object input,
                                 std::string tag_type, std::string path) {
  add_tag_specification(work, tag_type, input);
  json::object made = co_await work.call("ec2", std::move(action), std::move(input));
  work.initiated(at(made, path));
  co_await tag_as_member(work);
  co_return made;
}

Task<void> settle(Work& work, std::string action, json::object input, std::string path,
                  std::string wanted, bool gone_is_fine) {
  const auto limit = work.context.now() + base::from_seconds(work.knobs.stabilize_limit);
  while (true) {
    co_await work.pause(work.knobs.poll);
    std::string state;
    bool missing = false;
    try {
      const auto found = co_await work.call("ec2", action, input);
      state = at(found, path);
      missing = state.empty();
    } catch (const Error& error) {
      if (!is_gone(error)) throw;
      missing = true;
    }
    if (missing && gone_is_fine) co_return;
    if (templates::lower(state) == wanted) co_return;
    if (templates::lower(state) == "failed" || templates::lower(state) == "rejected" ||
        (wanted == "running" && (state == "terminated" || state == "shutting-down"))) {
      throw Failure(
          fmt::format("{} is in state {} and hence failed to stabilize.", work.id, state));
    }
    if (work.context.now() >= limit) throw Failure(fmt::format("{} did not stabilize.", work.id));
  }
}

Task<json::array> default_groups(Work& work, std::string vpc) {
  json::array filters;
  filters.push_back(json::object{{"Name", "vpc-id"}, {"Value", json::array{json::value(vpc)}}});
  filters.push_back(json::object{{"Name", "group-name"}, {"Value", json::array{"default"}}});
  json::object input;
  input["Filter"] = std::move(filters);
  const auto found = co_await work.look("ec2", "DescribeSecurityGroups", std::move(input),
                                        "securityGroupInfo.0.groupId");
  co_return json::array{json::value(at(found, "securityGroupInfo.0.groupId"))};
}

json::value as_texts(const json::value& value) {
  if (const auto* list = value.if_array()) {
    json::array result;
    for (const auto& one : *list) result.push_back(as_texts(one));
    return json::value(std::move(result));
  }
  if (const auto* holder = value.if_object()) {
    json::object result;
    for (const auto& member : *holder) result[member.key()] = as_texts(member.value());
    return json::value(std::move(result));
  }
  return json::value(templates::text_of(value));
}

}  // namespace sim::cloudformation
