// What is in a bucket: both versions of ListObjects, and ListObjectVersions.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
#include <set>

#include "sim/s3/digest.hpp"
#include "sim/s3/input.hpp"

namespace sim::s3 {

namespace {

// What all listings have in common: names in order, grouped under common prefixes when a delimiter
// is given, a page of them at a time.
struct Listing {
  explicit Listing(const Input& input)
      : prefix(input.parameter("prefix")),
        delimiter(input.parameter("delimiter")),
        most(input.number("max-keys", 1000, 1000)),
        encode(encoding(input)) {}

  static bool encoding(const Input& input) {
    const auto type = input.parameter("encoding-type");
    if (type.empty() || type == "url") return type == "url";
    throw Error("InvalidArgument", "Invalid Encoding Method specified in Request");
  }
  std::string shown(std::string_view name) const {
    return encode ? http::percent_encode(name, true) : std::string(name);
  }
  // The common prefix that the key goes under, if it does.
  std::optional<std::string> group_of(const std::string& key) const {
    const auto cut = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
    if (cut == std::string::npos) return std::nullopt;
    return key.substr(0, cut + delimiter.size());
  }
  // False when the page was full already.
  bool take(const std::string& name) {
    truncated = count == most && most > 0;
    if (count == most) return false;
    ++count;
    last = name;
    return true;
  }
  void close(Xml& xml) const {
    for (const auto& name : prefixes) {
      xml.open("CommonPrefixes").leaf("Prefix", shown(name)).close("CommonPrefixes");
    }
    if (!delimiter.empty()) xml.leaf("Delimiter", shown(delimiter));
    if (encode) xml.leaf("EncodingType", "url");
    xml.leaf("MaxKeys", std::to_string(most)).leaf("IsTruncated", truncated ? "true" : "false");
  }

  std::string prefix, delimiter;
  std::size_t most;
  bool encode;
  std::set<std::string> prefixes = {};
  std::size_t count = 0;
  std::string last = {};
  bool truncated = false;
};

void append_object(Xml& xml, const Object& one) {
  xml.leaf("LastModified", base::iso8601(one.modified)).leaf("ETag", '"' + one.etag + '"');
  if (!one.checksum.value.empty()) {
    xml.leaf("ChecksumAlgorithm", one.checksum.algorithm)
        .leaf("ChecksumType", one.checksum.composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  xml.leaf("Size", std::to_string(one.body.size())).leaf("StorageClass", one.storage_class);
}

void append_owner(Xml& xml, const Store& store) {
  xml.open("Owner").leaf("ID", owner_id(store.context.account)).close("Owner");
}

// The objects after the name `after`, into a page.
Xml contents(const Store& store, const Bucket& bucket, Listing& page, const std::string& after,
             bool with_owner) {
  Xml xml;
  for (const auto& [key, versions] : bucket.keys) {
    if (versions.front().delete_marker || !key.starts_with(page.prefix)) continue;
    const auto group = page.group_of(key);
    const auto& name = group ? *group : key;
    if (name <= after || page.prefixes.contains(name)) continue;
    if (!page.take(name)) break;
    if (group) {
      page.prefixes.insert(name);
      continue;
    }
    xml.open("Contents").leaf("Key", page.shown(key));
    append_object(xml, versions.front().object);
    if (with_owner) append_owner(xml, store);
    xml.close("Contents");
  }
  return xml;
}

http::Response list_objects_v1(Store& store, const Input& input) {
  const auto& bucket = store.bucket(input.at.bucket);
  Listing page(input);
  const auto marker = input.parameter("marker");
  Xml xml;
  xml.leaf("Name", input.at.bucket).leaf("Prefix", page.shown(page.prefix));
  xml.leaf("Marker", page.shown(marker));
  xml.raw(contents(store, bucket, page, marker, true).text());
  page.close(xml);
  // Only with a delimiter; else the last key is the next marker.
  if (page.truncated && !page.delimiter.empty()) xml.leaf("NextMarker", page.shown(page.last));
  return xml_response(Xml::document("ListBucketResult", xml));
}

// The token is the last name of the page before, in base64: opaque to clients.
http::Response list_objects(Store& store, const Input& input) {
  const auto version = input.parameter("list-type");
  if (version.empty()) return list_objects_v1(store, input);
  if (version != "2") throw Error("InvalidArgument", "Invalid List Type specified in Request");
  const auto& bucket = store.bucket(input.at.bucket);
  Listing page(input);
  std::string after = input.parameter("start-after");
  if (input.has("continuation-token") &&
      !decode_base64(input.parameter("continuation-token"), after)) {
    throw Error("InvalidArgument", "The continuation token provided is incorrect");
  }
  Xml xml;
  xml.leaf("Name", input.at.bucket).leaf("Prefix", page.shown(page.prefix));
  xml.raw(contents(store, bucket, page, after, input.parameter("fetch-owner") == "true").text());
  page.close(xml);
  xml.leaf("KeyCount", std::to_string(page.count));
  if (input.has("start-after")) {
    xml.leaf("StartAfter", page.shown(input.parameter("start-after")));
  }
  if (input.has("continuation-token")) {
    xml.leaf("ContinuationToken", input.parameter("continuation-token"));
  }
  if (page.truncated) xml.leaf("NextContinuationToken", base64(page.last));
  return xml_response(Xml::document("ListBucketResult", xml));
}

// The versions of one key, after the version `after` when that is one of them.
bool append_versions(Xml& xml, const Store& store, const std::string& key,
                     const std::vector<Version>& versions, const std::string& after, Listing& page,
                     std::string& last_version) {
  auto from = versions.begin();
  if (!after.empty()) {
    from = std::ranges::find(versions, after, &Version::id);
    if (from != versions.end()) ++from;
  }
  for (; from != versions.end(); ++from) {
    if (!page.take(key)) return false;
    last_version = from->id;
    const char* element = from->delete_marker ? "DeleteMarker" : "Version";
    xml.open(element).leaf("Key", page.shown(key)).leaf("VersionId", from->id);
    xml.leaf("IsLatest", from == versions.begin() ? "true" : "false");
    if (from->delete_marker) {
      xml.leaf("LastModified", base::iso8601(from->object.modified));
    } else {
      append_object(xml, from->object);
    }
    append_owner(xml, store);
    xml.close(element);
  }
  return true;
}

http::Response list_versions(Store& store, const Input& input) {
  const auto& bucket = store.bucket(input.at.bucket);
  Listing page(input);
  const auto key_marker = input.parameter("key-marker");
  const auto version_marker = input.parameter("version-id-marker");
  if (key_marker.empty() && !version_marker.empty()) {
    throw Error("InvalidArgument", "A version-id marker cannot be specified without a key marker.");
  }
  Xml found;
  std::string last_version;
  for (const auto& [key, versions] : bucket.keys) {
    if (!key.starts_with(page.prefix)) continue;
    const auto group = page.group_of(key);
    const auto& name = group ? *group : key;
    const bool resumed = key == key_marker && !version_marker.empty();
    if ((name <= key_marker && !resumed) || page.prefixes.contains(name)) continue;
    if (group) {
      if (!page.take(name)) break;
      page.prefixes.insert(name);
      last_version.clear();
      continue;
    }
    if (!append_versions(found, store, key, versions, resumed ? version_marker : "", page,
                         last_version)) {
      break;
    }
  }
  Xml xml;
  xml.leaf("Name", input.at.bucket).leaf("Prefix", page.shown(page.prefix));
  xml.leaf("KeyMarker", page.shown(key_marker)).leaf("VersionIdMarker", version_marker);
  xml.raw(found.text());
  page.close(xml);
  if (page.truncated) {
    xml.leaf("NextKeyMarker", page.shown(page.last)).leaf("NextVersionIdMarker", last_version);
  }
  return xml_response(Xml::document("ListVersionsResult", xml));
}

}  // namespace

std::span<const Route> listing_routes() {
  static constexpr auto routes = std::to_array<Route>({
      // The wire knows version 1 and 2 by the parameter list-type.
      {"ListObjectsV2", "s3:ListBucket", "GET", On::bucket, "", list_objects},
      {"ListObjectVersions", "s3:ListBucketVersions", "GET", On::bucket, "versions", list_versions},
  });
  return routes;
}

}  // namespace sim::s3
