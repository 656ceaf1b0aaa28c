// One stack in one whole embedded AWS, made and changed by its root user. For tests only.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/cloudformation/handler.hpp"
#include "sim/world/world.hpp"

namespace sim::world {

class StackTest : public testing::Test {
 protected:
  json::object call(std::string service, std::string action, json::object input) {
    json::object output;
    runtime_->run(
        call_into(world_, std::move(service), std::move(action), std::move(input), output));
    return output;
  }

  static Task<void> call_into(World& world, std::string service, std::string action,
                              json::object input, json::object& output) {
    const Principal root{Principal::Kind::root, "arn:aws:iam::123456789012:root", {}, {}};
    output = co_await world.call(root, std::move(service), std::move(action), std::move(input));
  }

  void pass(base::Duration duration) { runtime_->run(rest(runtime_->clock(), duration)); }
  static Task<void> rest(base::Clock& clock, base::Duration duration) {
    co_await clock.sleep_for(duration);
  }

  std::string settle() {
    for (int i = 0; i < 2000; ++i) {
      const auto seen = call("cloudformation", "DescribeStacks", {{"StackName", id_}});
      const auto status = cloudformation::at(json::value(seen), "Stacks.0.StackStatus");
      if (!status.ends_with("_IN_PROGRESS")) return status;
      pass(std::chrono::seconds(10));
    }
    return "still in progress";
  }

  std::string create(const std::string& text) {
    json::object input{{"StackName", "types"}, {"TemplateBody", text}};
    input["Capabilities"] = json::array{"CAPABILITY_NAMED_IAM"};
    id_ = cloudformation::at(json::value(call("cloudformation", "CreateStack", std::move(input))),
                             "StackId");
    return settle();
  }

  std::string update(const std::string& text) {
    json::object input{{"StackName", "types"}, {"TemplateBody", text}};
    input["Capabilities"] = json::array{"CAPABILITY_NAMED_IAM"};
    call("cloudformation", "UpdateStack", std::move(input));
    return settle();
  }

  std::string remove() {
    call("cloudformation", "DeleteStack", {{"StackName", "types"}});
    return settle();
  }

  std::string output(const std::string& name) {
    const auto seen = json::value(call("cloudformation", "DescribeStacks", {{"StackName", id_}}));
    for (const auto& one : cloudformation::find(seen, "Stacks.0.Outputs")->as_array()) {
      if (cloudformation::at(one, "OutputKey") == name)
        return cloudformation::at(one, "OutputValue");
    }
    return "no output " + name;
  }

  // The reasons of everything that went wrong, newest first.
  std::string troubles() {
    const auto seen = call("cloudformation", "DescribeStackEvents", {{"StackName", id_}});
    std::string all;
    for (const auto& event : seen.at("StackEvents").as_array()) {
      if (cloudformation::at(event, "ResourceStatus").ends_with("FAILED")) {
        all += cloudformation::at(event, "LogicalResourceId") + ": " +
               cloudformation::at(event, "ResourceStatusReason") + "\n";
      }
    }
    return all;
  }

  bool was_replaced() {
    const auto seen = call("cloudformation", "DescribeStackEvents", {{"StackName", id_}});
    for (const auto& event : seen.at("StackEvents").as_array()) {
      if (cloudformation::at(event, "LogicalResourceId") == "X" &&
          cloudformation::at(event, "ResourceStatusReason")
              .starts_with("Requested update requires the creation")) {
        return true;
      }
    }
    return false;
  }

  std::unique_ptr<base::Runtime> runtime_ =
      base::virtual_runtime(*base::parse_iso8601("2026-11-22T00:00:00Z"));
  World world_{*runtime_, {.seed = 3}};
  std::string id_;
};

}  // namespace sim::world
