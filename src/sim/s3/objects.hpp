// What operations on objects and on uploads in parts share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/s3/input.hpp"

namespace sim::s3 {

// An object as the headers of a request describe it, without body, ETag and checksum. Refuses
// headers whose meaning the embedded AWS does not have (keys of one's own, Object Lock, ACLs), by
// name.
Object described_object(const Input& input);
void refuse_header(std::string_view name, std::string_view value);

// The version a request is about: the newest, or that of "versionId". Refuses what is not there;
// who may not list the bucket is told that it is denied.
Version& version_of(Store& store, const Input& input);

// The source of a copy, and its name.
struct Source {
  std::string bucket, key, version;
};
// "/bucket/key?versionId=x", percent-encoded. Nothing when the header is missing or is no source.
std::optional<Source> source_of(const Input& input);
// The object; refuses with NoSuchKey and, by x-amz-copy-source-if-*, with PreconditionFailed.
const Version& source_version(Store& store, const Input& input, const Source& source);
http::Response copy_object(Store& store, const Input& input);

struct Slice {
  std::size_t first = 0, size = 0;
  bool partial = false;
};
// "bytes=0-499", "bytes=500-", "bytes=-500". Nothing for what is no range: it is ignored, as S3
// does. Throws InvalidRange, 416, for one outside.
std::optional<Slice> range_of(std::string_view header, std::size_t size);

bool same_etag(std::string_view header, std::string_view etag);
[[noreturn]] void precondition_failed();
// How an object is encrypted, as every answer about it tells.
void add_encryption(const Store& store, const Object& object, http::Response& response);
void add_checksum(const Checksum& checksum, http::Response& response);
// Where the bucket keeps versions.
void add_version(const Bucket& bucket, const std::string& id, http::Response& response);

}  // namespace sim::s3
