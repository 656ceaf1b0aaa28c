// Parts of AWS::S3::Bucket that have other names and another shape in S3's own API.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
#pragma once

#include <boost/json/value.hpp>

#include "sim/cloudformation/handlers/handlers.hpp"

namespace sim::cloudformation {

// Each gives the Rules of the API's configuration for the property's value, and throws Failure for
// a member that it does not know.
json::value lifecycle_rules(const json::value& configuration);
json::value cors_rules(const json::value& configuration);
json::value encryption_rules(const json::value& encryption);

// "PublicRead" as "public-read", which the API calls it.
std::string canned_acl(std::string_view control);

}  // namespace sim::cloudformation
