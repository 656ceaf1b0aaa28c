#include "sim/wire/protocol.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sim::wire {

namespace {

constexpr std::array targets = {
    std::pair<std::string_view, std::string_view>{"AmazonEC2ContainerServiceV20141113", "ecs"},
    std::pair<std::string_view, std::string_view>{"AmazonSSM", "ssm"},
    std::pair<std::string_view, std::string_view>{"Logs_20140328", "logs"},
    std::pair<std::string_view, std::string_view>{"AmazonSQS", "sqs"},
    std::pair<std::string_view, std::string_view>{"GraniteServiceVersion20100801", "monitoring"},
    std::pair<std::string_view, std::string_view>{"AWSEvents", "events"},
    std::pair<std::string_view, std::string_view>{"AmazonEC2ContainerRegistry_V20150921", "ecr"},
    std::pair<std::string_view, std::string_view>{"secretsmanager", "secretsmanager"},
    std::pair<std::string_view, std::string_view>{"TrentService", "kms"},
    std::pair<std::string_view, std::string_view>{"CertificateManager", "acm"},
    std::pair<std::string_view, std::string_view>{"DynamoDB_20120810", "dynamodb"},
    std::pair<std::string_view, std::string_view>{"Route53AutoNaming_v20170314",
                                                  "servicediscovery"},
    std::pair<std::string_view, std::string_view>{"AnyScaleFrontendService",
                                                  "application-autoscaling"},
};

constexpr std::array queries = {
    std::pair<std::string_view, std::string_view>{"iam",
                                                  "https://iam.amazonaws.com/doc/2010-05-08/"},
    std::pair<std::string_view, std::string_view>{"sts",
                                                  "https://sts.amazonaws.com/doc/2011-06-15/"},
    std::pair<std::string_view, std::string_view>{
        "cloudformation", "http://cloudformation.amazonaws.com/doc/2010-05-15/"},
    std::pair<std::string_view, std::string_view>{
        "elasticloadbalancing", "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"},
    std::pair<std::string_view, std::string_view>{"sns",
                                                  "http://sns.amazonaws.com/doc/2010-03-31/"},
    std::pair<std::string_view, std::string_view>{"sqs",
                                                  "http://queue.amazonaws.com/doc/2012-11-05/"},
    std::pair<std::string_view, std::string_view>{
        "monitoring", "http://monitoring.amazonaws.com/doc/2010-08-01/"},
    std::pair<std::string_view, std::string_view>{
        "autoscaling", "http://autoscaling.amazonaws.com/doc/2011-01-01/"},
};

template <std::size_t size>
std::optional<std::string_view> find_name(
    const std::array<std::pair<std::string_view, std::string_view>, size>& names,
    std::string_view name) {
  const auto found =
      std::ranges::find(names, name, &std::pair<std::string_view, std::string_view>::first);
  if (found == names.end()) return std::nullopt;
  return found->second;
}

}  // namespace

Protocol protocol_of(std::string_view service) {
  if (service == "ec2") return Protocol::ec2;
  if (find_name(queries, service)) return Protocol::query;
  if (service == "lambda") return Protocol::rest_json;
  if (service == "s3") return Protocol::rest_xml;
  return Protocol::json;
}

std::string_view xml_namespace(std::string_view service) {
  if (service == "ec2") return "http://ec2.amazonaws.com/doc/2016-11-15/";
  return find_name(queries, service).value_or("");
}

std::optional<std::string_view> service_of_target(std::string_view prefix) {
  return find_name(targets, prefix);
}

}  // namespace sim::wire
