// Which bucket and key a request is about: path-style or virtual-hosted.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
#pragma once

#include <string>

#include "http/message.hpp"

namespace sim::s3 {

struct Address {
  std::string bucket;  // empty: the service itself (ListBuckets)
  std::string key;     // decoded; empty: the bucket itself
};

// "BUCKET.s3.REGION.amazonaws.com", "BUCKET.s3.anything" and "BUCKET.localhost" are virtual-hosted,
// every other host is path-style.
Address address_of(const http::Url& url);

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
bool valid_bucket_name(std::string_view name);

}  // namespace sim::s3
