// The S3 operations of the operators' side. Virtual-hosted addresses on AWS, path-style with an
// endpoint of one's own (its host rarely has a name for each bucket).
// https://docs.aws.amazon.com/AmazonS3/latest/API/
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"

namespace aws::s3 {

struct ObjectSummary {
  std::string key;
  std::int64_t size = 0;
};

// The object's address as a template's TemplateURL wants it: always virtual-hosted, on AWS.
std::string object_url(const Settings& settings, std::string_view bucket, std::string_view key);

// In the client's region. Succeeds when the caller already owns it.
base::Task<void> create_bucket(Client& client, std::string bucket);
// NoSuchBucket counts as done. It must be empty: BucketNotEmpty otherwise.
base::Task<void> delete_bucket(Client& client, std::string bucket);
base::Task<void> put_object(Client& client, std::string bucket, std::string key, std::string body,
                            std::string content_type = "application/octet-stream");
// Nothing when the key or the bucket does not exist.
base::Task<std::optional<std::string>> get_object(Client& client, std::string bucket,
                                                  std::string key);
base::Task<void> delete_object(Client& client, std::string bucket, std::string key);
base::Task<std::vector<ObjectSummary>> list_objects(Client& client, std::string bucket,
                                                    std::string prefix = {});

}  // namespace aws::s3
