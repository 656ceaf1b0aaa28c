// The protocols of the services that the embedded AWS speaks for.
// https://smithy.io/2.0/aws/protocols/index.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sim::wire {

enum class Protocol {
  ec2,        // form in, XML out
  query,      // form in, XML out, in another dress: iam, sts, cloudformation
  json,       // JSON 1.1, X-Amz-Target: ecs, ssm, logs
  rest_json,  // lambda
  rest_xml,   // s3
};

// By the signing name. Services we do not have count as JSON, the most common of all.
Protocol protocol_of(std::string_view service);

// "http://ec2.amazonaws.com/doc/2016-11-15/"; empty where the protocol has none.
std::string_view xml_namespace(std::string_view service);

// The signing name of the service behind an X-Amz-Target prefix; nothing for an unknown one.
std::optional<std::string_view> service_of_target(std::string_view prefix);

}  // namespace sim::wire
