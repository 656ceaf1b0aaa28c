// What S3 remembers: buckets, the versions of their objects, uploads in parts, configurations.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/async.hpp"
#include "sim/core/call.hpp"
#include "sim/core/context.hpp"

namespace sim::s3 {

inline constexpr std::string_view kms_algorithm = "aws:kms";

using Tags = std::map<std::string, std::string>;

// The digest that S3 keeps beside an object.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
struct Checksum {
  std::string algorithm;  // "CRC32"
  std::string value;      // base64; "...-N" for a composite of N parts
  bool composite = false;
};

struct Object {
  std::string body;
  // MD5 of the body in hex, without quotes; "...-N" for one of N parts. Under SSE-KMS it is no
  // digest of anything.
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
  std::string etag;
  std::string content_type;
  base::Instant modified;
  std::map<std::string, std::string> metadata = {};  // x-amz-meta-*, by lower-case name
  std::map<std::string, std::string> headers = {};   // Cache-Control and its kin
  Tags tags = {};
  std::string storage_class = "STANDARD";
  Checksum checksum = {};
  std::vector<std::size_t> parts = {};  // their sizes, when it came in parts
  std::string encryption = {};          // "AES256", "aws:kms"; empty: as its bucket has it
};

struct Version {
  std::string id = "null";  // "null": written while the bucket had no versioning
  bool delete_marker = false;
  Object object;
};

struct Part {
  std::string body;
  std::string etag;
  Checksum checksum;
  base::Instant modified;
};

struct Upload {
  std::string key;
  base::Instant started;
  Object object;          // what it will become: headers, metadata, tags
  std::string algorithm;  // of its parts' checksums; empty: none asked for
  bool composite = true;
  std::map<int, Part> parts = {};
};

enum class Versioning { never, enabled, suspended };

struct Bucket {
  base::Instant created;
  bool internal = false;  // AWS's own: in nobody's ListBuckets
  Versioning versioning = Versioning::never;
  std::map<std::string, std::vector<Version>> keys = {};  // newest version first, never empty
  std::map<std::string, Upload> uploads = {};
  // By sub-resource ("tagging"): the root element's text as it is returned.
  std::map<std::string, std::string> configurations = {};
  std::string policy = {};

  // The object that a plain GET finds, or nullptr.
  const Object* current(const std::string& key) const;
};

// What S3 asks of the services around it.
struct Neighbours {
  // Whether a caller may do something. Without it everybody may.
  std::function<bool(const Principal&, const Access&)> allowed = {};
  // Refuses a bucket policy that is none (throws Error MalformedPolicy). True: it is public.
  std::function<bool(const std::string& policy, const std::string& bucket_arn)> check_policy = {};
};

struct Store {
  Context context;
  Neighbours neighbours;
  base::SeededRandom random;
  std::map<std::string, Bucket> buckets = {};
  base::Signal changed = {};  // after every object written or deleted

  // Each throws NoSuchBucket, NoSuchKey or NoSuchUpload.
  Bucket& bucket(const std::string& name);
  Upload& upload(Bucket& bucket, const std::string& key, const std::string& id);

  std::string bucket_arn(const std::string& bucket) const;
  bool allowed(const Principal& caller, const std::string& action,
               const std::string& resource) const;

  // Settles how the object is encrypted, and with it its ETag. Before it is written.
  void encrypt(const Bucket& bucket, Object& object);
  // The AWS managed key of S3, made at the first need on AWS and always there here.
  std::string managed_key() const;
  // Makes it the newest version of the key; returns that version's id.
  std::string write(Bucket& bucket, const std::string& key, Object object);
  // As a DELETE without a version: a delete marker where the bucket keeps versions. Its id, or
  // nothing when no marker was made.
  std::optional<std::string> remove(Bucket& bucket, const std::string& key);
  // The version is gone for good; true when it was a delete marker.
  bool remove_version(Bucket& bucket, const std::string& key, const std::string& id);
};

}  // namespace sim::s3
