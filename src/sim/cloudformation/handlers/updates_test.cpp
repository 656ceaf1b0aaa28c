// No property may be accepted and then forgotten: whatever can change in place leads to a call of a
// service, or is refused by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/cloudformation/fake_cloud_test.hpp"
#include "sim/cloudformation/handler.hpp"

namespace sim::cloudformation {
namespace {

struct Called {};  // thrown by the first call that changes something

class Watcher final : public Caller {
 public:
  Task<json::object> call(Principal, std::string, std::string action, json::object) override {
    for (const auto* read : {"Describe", "Get", "List", "Head"}) {
      if (action.starts_with(read)) co_return json::object();
    }
    throw Called{};
  }
};

class NoNesting final : public Nesting {
 public:
  Task<void> create_nested(Work&) override { co_return; }
  Task<void> update_nested(Work&) override { throw Called{}; }
  Task<void> remove_nested(Work&) override { co_return; }
  bool has_macro(const std::string&) const override { return false; }
};

// Properties of which nothing comes anywhere but in the template itself.
const std::map<std::string, std::string> nothing_to_do{
    {"AWS::CDK::Metadata Analytics", "statistics of AWS's own"},
    {"AWS::CDK::Metadata Modules", "statistics of AWS's own"},
    {"AWS::CloudFormation::Macro Description", "the macro is what the stack holds"},
    {"AWS::CloudFormation::Macro FunctionName", "the macro is what the stack holds"},
    {"AWS::CloudFormation::Macro LogGroupName", "the macro is what the stack holds"},
    {"AWS::CloudFormation::Macro LogRoleARN", "the macro is what the stack holds"},
    {"AWS::EC2::NatGateway MaxDrainDurationSeconds", "it says how addresses leave, once they do"},
    {"AWS::ECR::Repository EmptyOnDelete", "read by the removal"},
    {"AWS::KMS::Key PendingWindowInDays", "read by the removal"},
    {"AWS::Route53::RecordSet Comment", "of the change, not of the record"},
    {"AWS::SSM::Document UpdateMethod", "it says how the others change"},
};

// They say one thing together: the test gives them one by one.
const std::map<std::string, std::string> only_together{
    {"AWS::EC2::VPNGatewayRoutePropagation VpnGatewayId", "of every table in RouteTableIds"},
    {"AWS::EC2::NatGateway SecondaryAllocationIds", "what leaves is looked up in the gateway"},
    {"AWS::EC2::EIP InstanceId", "what leaves is looked up in the address"},
    {"AWS::IAM::Policy PolicyDocument", "of everyone in Groups, Roles and Users"},
    {"AWS::IAM::Policy PolicyName", "of everyone in Groups, Roles and Users"},
};

class Updates : public testing::Test {
 protected:
  // Whether a change of `property` from `before` to `after` (null: absent) is acted upon.
  bool acted_upon(const std::string& type, const std::string& property, const json::value& before,
                  const json::value& after) {
    Work work{.context = {.runtime = *runtime_},
              .caller = watcher_,
              .objects = objects_,
              .nesting = nesting_,
              .knobs = knobs_,
              .random = random_,
              .principal = {},
              .stack_name = "stack",
              .stack_id = "arn:aws:cloudformation:ap-northeast-1:123456789012:stack/stack/1",
              .logical_id = "X",
              .type = type};
    const auto& handler = *handler_of(type);
    for (const auto& name : handler.schema.required) work.properties[name] = "1";
    work.old_properties = work.properties;
    for (const auto& name : handler.schema.attributes) work.attributes[name] = "arn:a:b:c:d:e:*";
    work.id = "a|b|c";
    work.old_properties.erase(property);
    work.properties.erase(property);
    if (!before.is_null()) work.old_properties[property] = before;
    if (!after.is_null()) work.properties[property] = after;
    bool acted = false;
    runtime_->run(act(handler, work, acted));
    return acted;
  }

  static Task<void> act(const Handler& handler, Work& work, bool& acted) {
    try {
      co_await handler.update(work);
    } catch (const Called&) {
      acted = true;
    } catch (const Failure&) {
      acted = true;
    } catch (const std::exception&) {
      acted = false;  // of the wrong form
    }
  }

  bool forgotten(const std::string& type, const std::string& property, bool added) {
    static const json::value values[] = {
        "true",        "false", "1", json::array{"a"}, json::parse(R"([{"Key":"a","Value":"b"}])"),
        json::object{}};
    return std::ranges::none_of(values, [&](const json::value& value) {
      return added ? acted_upon(type, property, nullptr, value)
                   : acted_upon(type, property, value, nullptr);
    });
  }

  std::unique_ptr<base::Runtime> runtime_ = base::virtual_runtime(start_of_test);
  Watcher watcher_;
  FakeObjects objects_;
  NoNesting nesting_;
  Knobs knobs_;
  base::SeededRandom random_{1};
};

TEST_F(Updates, act_upon_every_property_that_can_change_in_place_or_refuse_it) {
  for (const auto& type : supported_types()) {
    const auto& handler = *handler_of(type);
    if (type == "AWS::CloudFormation::CustomResource") continue;  // its function is told all
    for (const auto& property : handler.schema.properties) {
      if (recreates(handler, {}, property) || handler.unsupported.contains(property)) continue;
      const auto name = type + " " + property;
      if (nothing_to_do.contains(name) || only_together.contains(name)) continue;
      if (handler.update == nullptr) {
        ADD_FAILURE() << name << " has no update";
        continue;
      }
      EXPECT_FALSE(forgotten(type, property, true)) << name << " is given and nothing comes of it";
      if (handler.schema.required.contains(property)) continue;
      EXPECT_FALSE(forgotten(type, property, false)) << name << " is gone and nothing comes of it";
    }
  }
}

}  // namespace
}  // namespace sim::cloudformation
