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
};

}  // namespace

Protocol protocol_of(std::string_view service) {
  if (service == "ec2") return Protocol::ec2;
  if (service == "iam" || service == "sts" || service == "cloudformation") return Protocol::query;
  if (service == "lambda") return Protocol::rest_json;
  if (service == "s3") return Protocol::rest_xml;
  return Protocol::json;
}

std::string_view xml_namespace(std::string_view service) {
  if (service == "ec2") return "http://ec2.amazonaws.com/doc/2016-11-15/";
  if (service == "iam") return "https://iam.amazonaws.com/doc/2010-05-08/";
  if (service == "sts") return "https://sts.amazonaws.com/doc/2011-06-15/";
  if (service == "cloudformation") return "http://cloudformation.amazonaws.com/doc/2010-05-15/";
  return "";
}

std::optional<std::string_view> service_of_target(std::string_view prefix) {
  const auto found =
      std::ranges::find(targets, prefix, &std::pair<std::string_view, std::string_view>::first);
  if (found == targets.end()) return std::nullopt;
  return found->second;
}

}  // namespace sim::wire
