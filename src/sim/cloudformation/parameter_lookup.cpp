#include "sim/cloudformation/parameter_lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/cloudformation/engine.hpp"
#include "templates/text.hpp"

namespace sim::cloudformation {

namespace {

struct Lookup {
  std::string_view type, service, action;
  std::string_view member;  // "=Id": a text; "?group-name": a filter; else a list
  std::string_view item;    // where it stands in the answer
};

constexpr Lookup lookups[] = {
    {"AWS::EC2::AvailabilityZone::Name", "ec2", "DescribeAvailabilityZones", "ZoneName",
     "availabilityZoneInfo.0"},
    {"AWS::EC2::Image::Id", "ec2", "DescribeImages", "ImageId", "imagesSet.0"},
    {"AWS::EC2::Instance::Id", "ec2", "DescribeInstances", "InstanceId",
     "reservationSet.0.instancesSet.0"},
    {"AWS::EC2::KeyPair::KeyName", "ec2", "DescribeKeyPairs", "KeyName", "keySet.0"},
    {"AWS::EC2::SecurityGroup::GroupName", "ec2", "DescribeSecurityGroups", "?group-name",
     "securityGroupInfo.0"},
    {"AWS::EC2::SecurityGroup::Id", "ec2", "DescribeSecurityGroups", "GroupId",
     "securityGroupInfo.0"},
    {"AWS::EC2::Subnet::Id", "ec2", "DescribeSubnets", "SubnetId", "subnetSet.0"},
    {"AWS::EC2::VPC::Id", "ec2", "DescribeVpcs", "VpcId", "vpcSet.0"},
    {"AWS::EC2::Volume::Id", "ec2", "DescribeVolumes", "VolumeId", "volumeSet.0"},
    {"AWS::Route53::HostedZone::Id", "route53", "GetHostedZone", "=Id", "HostedZone"},
};

const Lookup* lookup_of(std::string_view type) {
  const auto found = std::ranges::find(lookups, type, &Lookup::type);
  return found == std::end(lookups) ? nullptr : found;
}

std::string plain(std::string_view type) {
  constexpr std::string_view list = "List<";
  if (type.starts_with(list)) type = type.substr(list.size(), type.size() - list.size() - 1);
  return std::string(type);
}

json::object filter(std::string_view name, const std::string& value) {
  json::object one{{"Name", name}, {"Value", json::array{json::string(value)}}};
  return json::object{{"Filter", json::array{std::move(one)}}};
}

// Null when there is none.
Task<json::value> thing_itself(Ask ask, NamedThing thing) {
  const Lookup& lookup = *lookup_of(thing.type);
  json::object input;
  if (lookup.member.starts_with('?')) {
    input = filter(lookup.member.substr(1), thing.value);
  } else if (lookup.member.starts_with('=')) {
    input[lookup.member.substr(1)] = thing.value;
  } else {
    input[lookup.member] = json::array{json::string(thing.value)};
  }
  std::optional<Error> refused;
  json::object answer;
  try {
    answer =
        co_await ask(std::string(lookup.service), std::string(lookup.action), std::move(input));
  } catch (const Error& error) {
    refused = error;
  }
  if (refused) {
    const bool forbidden =
        refused->code == "UnauthorizedOperation" || refused->code.contains("AccessDenied");
    if (forbidden || is_throttled(*refused) || refused->status >= 500) throw *refused;
    co_return json::value();  // unknown, or no id at all
  }
  const auto* item = find(answer, lookup.item);
  co_return item == nullptr ? json::value() : *item;
}

// The default of a VPC, by its id at `path` of the answer.
Task<std::string> default_of(Ask ask, std::string action, std::string vpc, std::string_view extra,
                             std::string_view value, std::string_view path) {
  json::object input = filter("vpc-id", vpc);
  input.at("Filter").as_array().push_back(
      json::object{{"Name", extra}, {"Value", json::array{json::string(value)}}});
  const auto answer = co_await ask("ec2", std::move(action), std::move(input));
  co_return at(answer, path);
}

// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
// (Supported attributes). Empty when it has none of that name.
Task<std::string> attribute_of(Ask ask, NamedThing thing, std::string name) {
  const bool vpc = thing.type == "AWS::EC2::VPC::Id";
  const bool subnet = thing.type == "AWS::EC2::Subnet::Id";
  if (!vpc && !subnet && thing.type != "AWS::EC2::SecurityGroup::Id") co_return std::string();
  const auto item = co_await thing_itself(ask, thing);
  if (item.is_null()) co_return std::string();
  constexpr std::string_view tag = "Tags.";
  if (name.starts_with(tag)) {
    const auto* tags = find(item, "tagSet");
    if (tags == nullptr || !tags->is_array()) co_return std::string();
    for (const auto& one : tags->as_array()) {
      if (at(one, "key") == std::string_view(name).substr(tag.size())) co_return at(one, "value");
    }
  }
  if (subnet && name == "AvailabilityZone") co_return at(item, "availabilityZone");
  if (subnet && name == "VpcId") co_return at(item, "vpcId");
  if (vpc && name == "DefaultNetworkAcl") {
    co_return co_await default_of(ask, "DescribeNetworkAcls", thing.value, "default", "true",
                                  "networkAclSet.0.networkAclId");
  }
  if (vpc && name == "DefaultSecurityGroup") {
    co_return co_await default_of(ask, "DescribeSecurityGroups", thing.value, "group-name",
                                  "default", "securityGroupInfo.0.groupId");
  }
  co_return std::string();
}

// {"Fn::ValueOf": [name, attribute]}, {"Fn::ValueOfAll": [type, attribute]}, however deep.
struct Question {
  bool all;
  std::string of, attribute;
};

void collect(const json::value& value, std::vector<Question>& found) {
  if (const auto* list = value.if_array()) {
    for (const auto& one : *list) collect(one, found);
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      const bool one = member.key() == "Fn::ValueOf", all = member.key() == "Fn::ValueOfAll";
      const auto* pair = member.value().if_array();
      if ((one || all) && pair != nullptr && pair->size() == 2) {
        found.push_back({all, templates::text_of((*pair)[0]), templates::text_of((*pair)[1])});
      }
      collect(member.value(), found);
    }
  }
}

}  // namespace

std::vector<NamedThing> named_things(const templates::Template& source, const Values& values) {
  std::vector<NamedThing> things;
  for (const auto& parameter : source.parameters) {
    const auto type = plain(parameter.type);
    const auto value = values.find(parameter.name);
    if (lookup_of(type) == nullptr || value == values.end()) continue;
    const auto add = [&](const json::value& one) {
      things.push_back({parameter.name, type, templates::text_of(one)});
    };
    if (const auto* list = value->second.if_array()) {
      for (const auto& one : *list) add(one);
    } else {
      add(value->second);
    }
  }
  return things;
}

Task<bool> exists(Ask ask, NamedThing thing) {
  const auto item = co_await thing_itself(std::move(ask), std::move(thing));
  co_return !item.is_null();
}

Task<Attributes> rule_attributes(Ask ask, const templates::Template& source, const Values& values) {
  std::vector<Question> questions;
  for (const auto& rule : source.rules) {
    collect(rule.condition, questions);
    for (const auto& one : rule.assertions) collect(one.assertion, questions);
  }
  Attributes result;
  if (questions.empty()) co_return result;
  const auto things = named_things(source, values);
  for (const auto& question : questions) {
    for (const auto& thing : things) {
      if ((question.all ? thing.type : thing.parameter) != question.of) continue;
      const auto key = std::tuple(thing.type, thing.value, question.attribute);
      if (result.contains(key)) continue;
      auto value = co_await attribute_of(ask, thing, question.attribute);
      if (!value.empty()) result[key] = std::move(value);
    }
  }
  co_return result;
}

Task<std::string> Engine::missing_parameter(Stack& stack) {
  // A nested stack is given what its parent made a moment ago.
  const auto patience = stack.parent_id.empty() ? 0.0 : knobs_.not_found_limit;
  Work work = work_for(stack, stack.name, "AWS::CloudFormation::Stack");
  const Ask ask = [&work](std::string service, std::string action, json::object input) {
    return work.call(std::move(service), std::move(action), std::move(input));
  };
  for (const auto& thing : named_things(*stack.source, stack.values)) {
    const auto limit = context_.now() + base::from_seconds(patience);
    std::string refused;
    bool found = false;
    while (true) {
      try {
        found = co_await exists(ask, thing);
      } catch (const Error& error) {
        refused = error.what();
      }
      if (found || !refused.empty() || context_.now() >= limit) break;
      co_await context_.clock().sleep_for(base::from_seconds(knobs_.not_found_wait));
    }
    if (!refused.empty()) co_return "Parameter validation failed: " + refused;  // [I] the wording
    if (!found) {
      // [C] ecs-deep-learning-workshop#4, amazon-ecs-cli#236.
      co_return fmt::format(
          "Parameter validation failed: parameter value {} for parameter name {} does not exist",
          thing.value, thing.parameter);
    }
  }
  co_return std::string();
}

}  // namespace sim::cloudformation
