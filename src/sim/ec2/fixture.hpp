// For tests: one EC2 on a virtual clock, called as the front door calls it, with a VPC to work in.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/ec2/ec2.hpp"

namespace sim::ec2::test {

constexpr base::Instant start = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};

inline Task<void> capture(Task<json::object> call, json::object& output) {
  output = co_await std::move(call);
}

class Fixture : public testing::Test {
 protected:
  explicit Fixture(Knobs knobs = {})
      : runtime(base::virtual_runtime(start)), ec2(Context{*runtime, 7}, knobs) {
    vpc = text("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}, "/vpc/vpcId");
    subnet = make_subnet("10.0.1.0/24", "ap-northeast-1a");
  }

  json::object call(const std::string& action, json::object input = {}) {
    json::object output;
    const auto& operation = ec2.operations().find(action)->second;
    runtime->run(capture(operation.run(Call{{}, "ec2", action, std::move(input), "r"}), output));
    return output;
  }

  // One value of the output, by JSON pointer; as text. Empty when it is not there.
  std::string text(const std::string& action, json::object input, std::string_view pointer) {
    const json::value output = call(action, std::move(input));
    boost::system::error_code missing;
    const auto* found = output.find_pointer(pointer, missing);
    if (!found) return "";
    return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
  }

  // The code of the refusal, "" when there is none; its text in `message`.
  std::string refusal(const std::string& action, json::object input) {
    try {
      call(action, std::move(input));
      return "";
    } catch (const Error& error) {
      message = error.what();
      return error.code;
    }
  }

  void wait(base::Duration duration) { runtime->run(runtime->clock().sleep_for(duration)); }

  std::string make_subnet(const std::string& cidr, const std::string& zone) {
    return text("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", cidr}, {"AvailabilityZone", zone}},
                "/subnet/subnetId");
  }

  std::string make_group(const std::string& name) {
    return text("CreateSecurityGroup",
                {{"VpcId", vpc}, {"GroupName", name}, {"GroupDescription", "for a test"}},
                "/groupId");
  }

  static json::array filter(const std::string& name, const std::string& value) {
    json::object one{{"Name", name}};
    one["Value"] = json::array{value};
    json::array list;
    list.push_back(std::move(one));
    return list;
  }

  std::unique_ptr<base::Runtime> runtime;
  Ec2 ec2;
  std::string vpc, subnet, message;
};

}  // namespace sim::ec2::test
