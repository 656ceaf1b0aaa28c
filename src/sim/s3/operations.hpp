// S3's operations as calls of other services: JSON in and out, around the same HTTP requests.
#pragma once

#include <boost/json/object.hpp>

#include "http/message.hpp"
#include "sim/s3/input.hpp"

namespace sim::s3 {

// The request that a call means. Throws Error for members that it cannot carry.
http::Request request_of(const Store& store, const Route& route, const json::object& input);
json::object output_of(const Route& route, const http::Response& response);

}  // namespace sim::s3
