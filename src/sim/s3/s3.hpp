// S3 of the embedded AWS: buckets, objects, presigned URLs. It speaks HTTP itself (REST XML), so it
// is no table of operations; who may do what is asked for through access().
// https://docs.aws.amazon.com/AmazonS3/latest/API/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"
#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/s3/address.hpp"
#include "sim/s3/presign.hpp"

namespace sim::s3 {

struct Object {
  std::string body;
  std::string etag;  // MD5 of the body in hex, without quotes
  std::string content_type;
  base::Instant modified;
  std::map<std::string, std::string> metadata = {};  // x-amz-meta-*, by lower-case name
};

class S3 {
 public:
  // `key` must be one that sim/iam knows: the URLs of presign_put are signed with it.
  S3(Context context, SigningKey key);

  // What must be allowed before handle(): s3:PutObject on arn:aws:s3:::BUCKET/KEY, ... Never
  // throws; a request that is no operation of S3 asks for nothing and is refused by handle().
  std::vector<Access> access(const http::Request& request) const;

  // Performs one request whose signature is verified and whose access is allowed. Refusals are
  // responses too (S3's error XML). `presigned`: the signature is in the query, so the URL's expiry
  // is checked.
  Task<http::Response> handle(Principal caller, http::Request request, bool presigned);

  // A refusal in S3's words, also for those who refuse in front of S3 (signature, access).
  http::Response refusal(const Error& error, const http::Request& request);

  // In-process use by other services of the embedded AWS; no access is checked.
  // Creates the bucket when it is missing.
  void put(const std::string& bucket, const std::string& key, std::string body);
  std::optional<Object> get(const std::string& bucket, const std::string& key) const;
  bool has_bucket(const std::string& bucket) const { return buckets_.contains(bucket); }
  // A URL for one PUT without Content-Type (see presign.hpp). A missing bucket is made as one of
  // AWS's own: it is in nobody's ListBuckets.
  std::string presign_put(const std::string& bucket, const std::string& key,
                          base::Duration lifetime);
  // Where clients outside this program reach this S3, if they do: presigned URLs then lead there,
  // with the bucket in the path ("http://127.0.0.1:4566/BUCKET/KEY?...").
  void set_endpoint(http::Url endpoint) { endpoint_ = std::move(endpoint); }
  // Notified after every object written or deleted.
  base::Signal& changed() { return changed_; }

 private:
  struct Bucket {
    base::Instant created;
    bool internal = false;
    std::map<std::string, Object> objects = {};
  };
  struct Operation;

  const Operation* operation(const http::Request& request) const;
  Bucket& bucket(const std::string& name);
  Object& object(const Address& at);
  void store(Bucket& into, const std::string& key, Object object);

  http::Response list_buckets(const http::Request& request, const Address& at);
  http::Response create_bucket(const http::Request& request, const Address& at);
  http::Response head_bucket(const http::Request& request, const Address& at);
  http::Response delete_bucket(const http::Request& request, const Address& at);
  http::Response bucket_location(const http::Request& request, const Address& at);
  http::Response list_objects(const http::Request& request, const Address& at);
  http::Response put_object(const http::Request& request, const Address& at);
  http::Response get_object(const http::Request& request, const Address& at);
  http::Response delete_object(const http::Request& request, const Address& at);
  http::Response delete_objects(const http::Request& request, const Address& at);

  Context context_;
  SigningKey key_;
  std::optional<http::Url> endpoint_;
  base::SeededRandom random_;
  std::map<std::string, Bucket> buckets_;
  base::Signal changed_;
};

}  // namespace sim::s3
