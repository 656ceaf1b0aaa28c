#include "sim/ec2/endpoint_services.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sim::ec2 {
namespace {

constexpr std::array<std::string_view, 30> by_interface{"autoscaling",
                                                        "cloudformation",
                                                        "codebuild",
                                                        "dynamodb",
                                                        "ec2",
                                                        "ec2messages",
                                                        "ecr.api",
                                                        "ecr.dkr",
                                                        "ecs",
                                                        "ecs-agent",
                                                        "ecs-telemetry",
                                                        "events",
                                                        "execute-api",
                                                        "guardduty-data",
                                                        "kinesis-streams",
                                                        "kms",
                                                        "lambda",
                                                        "logs",
                                                        "monitoring",
                                                        "rds",
                                                        "s3",
                                                        "secretsmanager",
                                                        "servicediscovery",
                                                        "sns",
                                                        "sqs",
                                                        "ssm",
                                                        "ssmmessages",
                                                        "states",
                                                        "sts",
                                                        "xray"};

std::string private_name(std::string_view service, const std::string& region) {
  if (service == "ecr.api") return fmt::format("api.ecr.{}.amazonaws.com", region);
  if (service == "ecr.dkr") return fmt::format("*.dkr.ecr.{}.amazonaws.com", region);
  if (service == "ecs-agent") return fmt::format("ecs-a.{}.amazonaws.com", region);
  if (service == "ecs-telemetry") return fmt::format("ecs-t.{}.amazonaws.com", region);
  if (service == "kinesis-streams") return fmt::format("kinesis.{}.amazonaws.com", region);
  if (service == "execute-api") return fmt::format("*.execute-api.{}.amazonaws.com", region);
  return fmt::format("{}.{}.amazonaws.com", service, region);
}

}  // namespace

std::vector<EndpointService> endpoint_services(const std::string& region) {
  std::vector<EndpointService> list;
  const auto name = [&](std::string_view service) {
    return fmt::format("com.amazonaws.{}.{}", region, service);
  };
  for (const std::string_view service : {"dynamodb", "s3"}) {
    list.push_back({name(service), std::string(service), {}, true});
  }
  for (const auto service : by_interface) {
    list.push_back({name(service), std::string(service), private_name(service, region)});
  }
  std::ranges::sort(list, {}, &EndpointService::name);
  return list;
}

std::string prefix_list_of(const EndpointService& service) {
  // FNV-1a: AWS's own are opaque too.
  std::uint32_t hash = 0x811c9dc5;
  for (const char c : service.name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  return fmt::format("pl-{:08x}", hash);
}

}  // namespace sim::ec2
