// For tests: one EC2 on a virtual clock, called as the front door calls it, with a VPC to work in.
#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "sim/core/ask.hpp"
#include "sim/ec2/ec2.hpp"

namespace sim::ec2::test {

constexpr base::Instant start = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};

// One EC2 and its clock, with a VPC and a subnet.
struct Cloud {
  explicit Cloud(Knobs knobs = {}, std::uint64_t seed = 7)
      : runtime(base::virtual_runtime(start)), ec2(Context{*runtime, seed}, knobs) {
    vpc = make_vpc("10.0.0.0/16");
    subnet = make_subnet("10.0.1.0/24", "ap-northeast-1a");
  }

  json::object call(const std::string& action, json::object input = {}) {
    return sim::test::ask(*runtime, ec2, action, std::move(input));
  }

  // One value of the output, by JSON pointer; as text. Empty when it is not there.
  std::string text(const std::string& action, json::object input, std::string_view pointer) {
    const json::value output = call(action, std::move(input));
    boost::system::error_code missing;
    const auto* found = output.find_pointer(pointer, missing);
    if (!found) return "";
    return found->is_string() ? std::string(found->get_string()) : json::serialize(*found);
  }

  // The code of the refusal, "" when there is none; its text and HTTP status in `message`,
  // `status`.
  std::string refusal(const std::string& action, json::object input) {
    try {
      call(action, std::move(input));
      return "";
    } catch (const Error& error) {
      message = error.what();
      status = error.status;
      return error.code;
    }
  }

  void wait(base::Duration duration) { runtime->run(runtime->clock().sleep_for(duration)); }
  base::Instant now() { return runtime->clock().now(); }

  std::string make_vpc(const std::string& cidr) {
    return text("CreateVpc", {{"CidrBlock", cidr}}, "/vpc/vpcId");
  }

  std::string make_subnet(const std::string& cidr, const std::string& zone) {
    return text("CreateSubnet", {{"VpcId", vpc}, {"CidrBlock", cidr}, {"AvailabilityZone", zone}},
                "/subnet/subnetId");
  }

  std::string make_group(const std::string& name) {
    return text("CreateSecurityGroup",
                {{"VpcId", vpc}, {"GroupName", name}, {"GroupDescription", "for a test"}},
                "/groupId");
  }

  std::string make_table() {
    return text("CreateRouteTable", {{"VpcId", vpc}}, "/routeTable/routeTableId");
  }

  std::string make_interface() {
    return text("CreateNetworkInterface", {{"SubnetId", subnet}},
                "/networkInterface/networkInterfaceId");
  }

  std::string make_attached_gateway() {
    auto id = text("CreateInternetGateway", {}, "/internetGateway/internetGatewayId");
    call("AttachInternetGateway", {{"InternetGatewayId", id}, {"VpcId", vpc}});
    return id;
  }

  std::string allocate() { return text("AllocateAddress", {}, "/allocationId"); }

  std::string make_nat_gateway(const std::string& allocation) {
    return text("CreateNatGateway", {{"SubnetId", subnet}, {"AllocationId", allocation}},
                "/natGateway/natGatewayId");
  }

  // One value of what DescribeNatGateways tells of it.
  std::string nat(const std::string& id, const std::string& pointer = "/state") {
    return text("DescribeNatGateways", {{"NatGatewayId", json::array{id}}},
                "/natGatewaySet/0" + pointer);
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
  int status = 0;
};

// A call that EC2 refuses, and the fact that says so.
struct Refused {
  const char* fact;
  const char* action;
  json::object input;
  const char* code;
  std::string message = {};  // empty: not established
};

class Fixture : public testing::Test, protected Cloud {
 protected:
  explicit Fixture(Knobs knobs = {}) : Cloud(knobs) {}

  void expect_refused(const std::vector<Refused>& rows) {
    for (const auto& row : rows) {
      EXPECT_EQ(refusal(row.action, row.input), row.code) << row.fact;
      if (!row.message.empty()) {
        EXPECT_EQ(message, row.message) << row.fact;
      }
    }
  }
};

}  // namespace sim::ec2::test
