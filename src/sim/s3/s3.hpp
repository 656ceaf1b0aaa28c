// S3 of the embedded AWS: buckets, objects and their versions, uploads in parts, presigned URLs. It
// speaks HTTP itself (REST XML); who may do what is asked for through access(). The same operations
// are there for other services through Caller, as JSON (see operations.cpp).
// https://docs.aws.amazon.com/AmazonS3/latest/API/
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/message.hpp"
#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/s3/model.hpp"
#include "sim/s3/presign.hpp"

namespace sim::s3 {

class S3 final : public Service {
 public:
  // `key` must be one that sim/iam knows: the URLs of presign_put are signed with it.
  S3(Context context, SigningKey key);

  std::string_view name() const override { return "s3"; }
  // For calls of other services. Input: "Bucket", "Key", "VersionId", "Body" (text), "Policy"
  // (text), and configurations as AWS's SDKs name them ("VersioningConfiguration": {"Status":
  // "Enabled"}). Output: {"Body", "ETag", "VersionId"} of an object, {"Policy"}, or the members of
  // the XML answer. CreateBucket makes the bucket in this region when none is named.
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

  // What must be allowed before handle(): s3:PutObject on arn:aws:s3:::BUCKET/KEY, ... Never
  // throws; a request that is no operation of S3 asks for nothing and is refused by handle().
  std::vector<Access> access(const http::Request& request) const;

  // Performs one request whose signature is verified and whose access is allowed. Refusals are
  // responses too (S3's error XML). `presigned`: the signature is in the query, so the URL's expiry
  // is checked.
  Task<http::Response> handle(Principal caller, http::Request request, bool presigned);

  // A refusal in S3's words, also for those who refuse in front of S3 (signature, access).
  http::Response refusal(const Error& error, const http::Request& request);

  // Whom S3 asks about other things than its own. Before that, everything is allowed.
  void set_neighbours(Neighbours neighbours) { store_.neighbours = std::move(neighbours); }
  // The policy of the bucket that an ARN is about; nothing without one, and nothing for callers
  // whom the bucket's public access block keeps out.
  std::optional<std::string> policy_for(const std::string& arn, const Principal& caller) const;

  // In-process use by other services of the embedded AWS; no access is checked.
  // Creates the bucket when it is missing.
  void put(const std::string& bucket, const std::string& key, std::string body);
  std::optional<Object> get(const std::string& bucket, const std::string& key) const;
  bool has_bucket(const std::string& bucket) const { return store_.buckets.contains(bucket); }
  // A URL for one PUT without Content-Type (see presign.hpp). A missing bucket is made as one of
  // AWS's own: it is in nobody's ListBuckets.
  std::string presign_put(const std::string& bucket, const std::string& key,
                          base::Duration lifetime);
  // Keeps an object of AWS's own, in such a bucket, and makes a URL for its GET.
  std::string lend(const std::string& bucket, const std::string& key, const std::string& body,
                   base::Duration lifetime);
  // Where clients outside this program reach this S3, if they do: presigned URLs then lead there,
  // with the bucket in the path ("http://127.0.0.1:4566/BUCKET/KEY?...").
  void set_endpoint(http::Url endpoint) { endpoint_ = std::move(endpoint); }
  // Notified after every object written or deleted.
  base::Signal& changed() { return store_.changed; }

 private:
  http::Response perform(const Principal& caller, const http::Request& request);
  // Makes a missing bucket; as one of AWS's own.
  http::Url own_object(const std::string& bucket, const std::string& key);

  SigningKey key_;
  std::optional<http::Url> endpoint_;
  Store store_;
  std::map<std::string, Operation, std::less<>> operations_;
};

}  // namespace sim::s3
