#include "cli/leftovers.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "aws/cloudformation/cloudformation.hpp"
#include "aws/ec2/ec2.hpp"
#include "aws/errors.hpp"
#include "aws/lambda/lambda.hpp"
#include "aws/s3/s3.hpp"
#include "aws/xml.hpp"
#include "cli/survey.hpp"

namespace cli {

namespace {

base::Task<Check> stack_gone(aws::Client& client, Estate estate) {
  Check check{"the stack is deleted", false, "", {}};
  const auto stack = co_await aws::cloudformation::describe_stack(client, estate.stack);
  const std::string status = stack ? stack->status : "unknown to AWS";
  check.ok = !stack || status == "DELETE_COMPLETE";
  check.evidence = fmt::format("DescribeStacks, by its id: {}.", status);
  if (stack && !check.ok) check.evidence += " " + stack->reason;
  co_return check;
}

base::Task<Check> network_gone(aws::Client& client, Estate estate) {
  Check check{"nothing of its network is left", false, "", {}};
  if (estate.vpc.empty()) {
    check.ok = true;
    check.evidence = "It never had a VPC.";
    co_return check;
  }
  const auto left = co_await remains(client, estate.vpc);
  check.ok = left.empty();
  check.evidence = left.empty()
                       ? fmt::format(
                             "{} has no VPC, subnet, route table, security group, endpoint "
                             "or interface any more.",
                             estate.vpc)
                       : fmt::format("Left in {}: {}.", estate.vpc, listed(left));
  co_return check;
}

base::Task<Check> falsework_gone(aws::Client& client, Estate estate) {
  Check check{"no gateway and no address is left", true, "", {}};
  std::vector<aws::AllocationId> addresses;
  for (const auto& id : estate.temporary.addresses) addresses.push_back({id});
  for (const auto& address : co_await aws::ec2::find_addresses(client, addresses)) {
    check.ok = false;
    check.evidence += fmt::format("{} is still allocated. ", address.allocation.value);
  }
  std::vector<aws::NatGatewayId> gateways;
  for (const auto& id : estate.temporary.nat_gateways) gateways.push_back({id});
  for (const auto& gateway : co_await aws::ec2::find_nat_gateways(client, gateways)) {
    if (gateway.state != "deleted") check.ok = false;
    check.evidence += gateway.state == "deleted"
                          ? fmt::format(
                                "AWS lists {} as deleted for about an hour; it costs "
                                "nothing. ",
                                gateway.id.value)
                          : fmt::format("{} is {}. ", gateway.id.value, gateway.state);
  }
  std::vector<aws::InternetGatewayId> doors;
  for (const auto& id : estate.temporary.internet_gateways) doors.push_back({id});
  for (const auto& gateway : co_await aws::ec2::find_internet_gateways(client, doors)) {
    check.ok = false;
    check.evidence += fmt::format("{} is still there. ", gateway.id.value);
  }
  if (check.ok)
    check.evidence = "DescribeAddresses and DescribeInternetGateways find none. " + check.evidence;
  if (check.evidence.ends_with(' ')) check.evidence.pop_back();
  co_return check;
}

base::Task<std::string> instance_state(aws::Client& client, std::string id) {
  std::string state;
  if (!id.empty()) {
    co_await describe(client, "DescribeInstances", "instance-id", id, "reservationSet",
                      [&](pugi::xml_node reservation) {
                        for (const auto node : aws::xml::items(reservation.child("instancesSet"))) {
                          state = aws::xml::text(node.child("instanceState"), "name");
                        }
                      });
  }
  co_return state;
}

base::Task<Check> workload_gone(aws::Client& client, Estate estate) {
  Check check{"neither the service nor the client runs", true, "", {}};
  if (estate.service) {
    const auto service = co_await aws::ecs::find_service(client, *estate.service);
    const bool runs = service && service->status == "ACTIVE";
    check.ok = !runs;
    check.evidence = service ? fmt::format("AWS shows the service as {}. ", service->status)
                             : "AWS does not know the service any more. ";
  }
  const auto state = co_await instance_state(client, estate.client);
  check.ok = check.ok && (state.empty() || state == "terminated");
  check.evidence += state.empty() ? std::string("AWS does not know the instance any more.")
                                  : fmt::format("{} reads {}.", estate.client, state);
  co_return check;
}

base::Task<Check> function_gone(aws::Client& client, Estate estate) {
  Check check{"the function and its log are gone", true, "", {}};
  if (!estate.function.empty()) {
    const auto function = co_await aws::lambda::find_function(client, estate.function);
    check.ok = !function;
    check.evidence = function ? fmt::format("GetFunction: {} is there. ", function->name)
                              : fmt::format("GetFunction: {} is not found. ", estate.function);
  }
  if (!estate.log_group.empty()) {
    const auto answer = co_await client.json("logs", "Logs_20140328", "DescribeLogGroups",
                                             {{"logGroupNamePrefix", estate.log_group}});
    const auto* groups = answer.if_contains("logGroups");
    const bool left = groups != nullptr && groups->is_array() && !groups->as_array().empty();
    check.ok = check.ok && !left;
    check.evidence += fmt::format("DescribeLogGroups: {} {}.", estate.log_group,
                                  left ? "is there" : "is not found");
  }
  if (check.evidence.empty()) check.evidence = "They were never made.";
  co_return check;
}

base::Task<Check> bucket_gone(aws::Client& client, Estate estate) {
  Check check{"the bucket with the templates is gone", false, "", {}};
  std::string code;
  try {
    co_await aws::s3::list_objects(client, estate.bucket);
  } catch (const aws::ServiceError& error) {
    code = error.code;
  }
  check.ok = code == "NoSuchBucket";
  check.evidence =
      fmt::format("ListObjects on {}: {}.", estate.bucket, code.empty() ? "it is there" : code);
  co_return check;
}

}  // namespace

base::Task<std::vector<Check>> look_for_leftovers(aws::Client& client, Estate estate) {
  static constexpr base::Task<Check> (*all[])(aws::Client&, Estate) = {
      stack_gone, network_gone, falsework_gone, workload_gone, function_gone, bucket_gone};
  std::vector<Check> checks;
  for (const auto look : all) checks.push_back(co_await look(client, estate));
  co_return checks;
}

}  // namespace cli
