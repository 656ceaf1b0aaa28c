// Where a service is reached in a region.
#pragma once

#include <string_view>

#include "http/message.hpp"

namespace aws {

// "amazonaws.com", "amazonaws.com.cn" in China.
std::string_view dns_suffix(std::string_view region);

// https://SERVICE.REGION.SUFFIX/
http::Url regional_endpoint(std::string_view service, std::string_view region);

}  // namespace aws
