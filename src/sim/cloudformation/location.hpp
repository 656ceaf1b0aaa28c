// Where a TemplateURL points: a bucket and a key, in each form of URL that S3 has. Pure.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
#pragma once

#include <string>

namespace sim::cloudformation {

struct Location {
  std::string bucket, key;
  std::string version = {};  // empty: the newest
};

// Throws Error (ValidationError) with AWS's text for what is no object of S3.
Location location_of(const std::string& url);

}  // namespace sim::cloudformation
