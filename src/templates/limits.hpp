// CloudFormation's quotas for one template.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
#pragma once

#include <cstddef>

namespace templates {

// As TemplateBody, and as an object in S3 named by TemplateURL.
inline constexpr std::size_t max_body_bytes = 51'200;
// [C] "Template may not exceed 1000000 bytes in size.": formkiq-core#204, aws-vpc-cidr-mgmt#10.
inline constexpr std::size_t max_object_bytes = 1'000'000;
// [I] What a value may become when its functions are resolved, intermediate texts included, and a
// template when its loops are run.
inline constexpr std::size_t max_result_bytes = 4 * max_object_bytes;

inline constexpr std::size_t max_resources = 500;
inline constexpr std::size_t max_parameters = 200;
inline constexpr std::size_t max_outputs = 200;
inline constexpr std::size_t max_mappings = 200;
inline constexpr std::size_t max_mapping_attributes = 200;
inline constexpr std::size_t max_name = 255;
inline constexpr std::size_t max_custom_type = 60;  // [I] without "Custom::"
inline constexpr std::size_t max_description_bytes = 1024;
inline constexpr std::size_t max_value_bytes = 4096;  // of one parameter

}  // namespace templates
