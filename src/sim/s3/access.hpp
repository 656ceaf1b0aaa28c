// What IAM is asked about a request to S3: actions, resources and condition keys.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
#pragma once

#include <vector>

#include "sim/s3/input.hpp"

namespace sim::s3 {

std::vector<Access> accesses(const Store& store, const Route& route, const Input& input);

}  // namespace sim::s3
