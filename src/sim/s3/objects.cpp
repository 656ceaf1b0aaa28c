// Operations on objects: written, copied, read whole or in ranges, deleted, tagged.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
#include "sim/s3/objects.hpp"

#include <pugixml.hpp>

#include "sim/s3/checksums.hpp"
#include "sim/s3/digest.hpp"

namespace sim::s3 {

namespace {

// Kept with an object and handed out again.
constexpr std::array kept_headers = {"Cache-Control", "Content-Disposition", "Content-Encoding",
                                     "Content-Language", "Expires"};

Tags header_tags(const Input& input) {
  auto tags = tags_in(http::parse_query(input.header("x-amz-tagging")));
  if (tags.size() > 10) throw Error("BadRequest", "Object tags cannot be greater than 10");
  return tags;
}

// "aws-chunked" says how the body travelled, not what it is.
std::string kept_header(const Input& input, std::string_view name) {
  auto value = input.header(name);
  if (name != "Content-Encoding") return value;
  for (const std::string_view chunked : {"aws-chunked,", "aws-chunked"}) {
    if (value.starts_with(chunked)) value.erase(0, chunked.size());
  }
  if (value.ends_with(",aws-chunked")) value.resize(value.size() - 12);
  return value;
}

// PutObject may ask that the key be as it knows it.
void check_write_conditions(const Bucket& bucket, const Input& input) {
  const auto* there = bucket.current(input.at.key);
  const auto none = input.header("If-None-Match");
  if (!none.empty() && none != "*") {
    throw Error("NotImplemented",
                "A header you provided implies functionality that is not implemented", 501);
  }
  if (!none.empty() && there != nullptr) precondition_failed();
  const auto match = input.header("If-Match");
  if (match.empty()) return;
  if (there == nullptr) throw Error("NoSuchKey", "The specified key does not exist.", 404);
  if (!same_etag(match, there->etag)) precondition_failed();
}

http::Response put_object(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  if (input.at.key.size() > 1024) throw Error("KeyTooLongError", "Your key is too long");
  if (input.request.headers.get("x-amz-copy-source")) return copy_object(store, input);
  check_write_conditions(bucket, input);
  auto object = described_object(input);
  object.checksum = check_body(input);
  object.body = input.request.body;
  object.etag = hex(md5(object.body));
  store.encrypt(bucket, object);
  http::Response response{200, {{"ETag", '"' + object.etag + '"'}}, {}};
  add_checksum(object.checksum, response);
  add_encryption(store, object, response);
  const auto version = store.write(bucket, input.at.key, std::move(object));
  add_version(bucket, version, response);
  return response;
}

bool later(base::Instant modified, const std::string& date) {
  const auto instant = parse_http_date(date);
  return instant && std::chrono::floor<std::chrono::seconds>(modified) > *instant;
}

// True when the client has it already. Refuses what does not meet If-Match and its kin. RFC 9110,
// section 13.2.2, gives the order.
bool unchanged(const Object& object, const Input& input) {
  const auto match = input.header("If-Match");
  if (!match.empty()) {
    if (!same_etag(match, object.etag)) precondition_failed();
  } else if (const auto date = input.header("If-Unmodified-Since"); !date.empty()) {
    if (later(object.modified, date)) precondition_failed();
  }
  const auto none = input.header("If-None-Match");
  if (!none.empty()) return same_etag(none, object.etag);
  const auto date = input.header("If-Modified-Since");
  return !date.empty() && parse_http_date(date) && !later(object.modified, date);
}

void add_description(const Store& store, const Object& object, const Input& input,
                     http::Response& response) {
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
  if (object.encryption == kms_algorithm && input.caller.kind == Principal::Kind::anonymous) {
    throw Error("InvalidArgument",
                "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS "
                "Signature Version 4.");
  }

  response.headers.set("ETag", '"' + object.etag + '"');
  response.headers.set("Last-Modified", http_date(object.modified));
  response.headers.set("Content-Type", object.content_type);
  response.headers.set("Accept-Ranges", "bytes");
  add_encryption(store, object, response);
  for (const auto& [name, value] : object.headers) response.headers.set(name, value);
  for (const auto& [name, value] : object.metadata) response.headers.set(name, value);
  if (object.storage_class != "STANDARD") {
    response.headers.set("x-amz-storage-class", object.storage_class);
  }
  if (!object.tags.empty()) {
    response.headers.set("x-amz-tagging-count", std::to_string(object.tags.size()));
  }
  for (const auto& [name, value] : input.query) {
    constexpr std::string_view prefix = "response-";
    if (!name.starts_with(prefix)) continue;
    if (input.caller.kind == Principal::Kind::anonymous) {
      throw Error("InvalidRequest",
                  "Request specific response headers cannot be used for anonymous GET requests.");
    }
    response.headers.set(std::string_view(name).substr(prefix.size()), value);
  }
}

// The whole object unless a range or a part is asked for; the status says which.
Slice slice_of(const Object& object, const Input& input) {
  if (input.has("partNumber")) {
    const auto number = input.number("partNumber", 1, 10000);
    const auto parts = object.parts.empty() ? std::vector{object.body.size()} : object.parts;
    if (number == 0 || number > parts.size()) {
      throw Error("InvalidPartNumber", "The requested partnumber is not satisfiable", 416);
    }
    // [I] Of nothing there is no range to name.
    Slice out{0, parts[number - 1], !object.body.empty()};
    for (std::size_t i = 0; i + 1 < number; ++i) out.first += parts[i];
    return out;
  }
  return range_of(input.header("Range"), object.body.size())
      .value_or(Slice{0, object.body.size(), false});
}

http::Response get_object(Store& store, const Input& input) {
  const auto& version = version_of(store, input);
  const auto& object = version.object;
  if (unchanged(object, input)) {
    return {304,
            {{"ETag", '"' + object.etag + '"'}, {"Last-Modified", http_date(object.modified)}},
            {}};
  }
  http::Response response;
  add_description(store, object, input, response);
  add_version(store.bucket(input.at.bucket), version.id, response);
  const auto slice = slice_of(object, input);
  if (slice.partial) {
    response.status = 206;
    response.headers.set("Content-Range",
                         fmt::format("bytes {}-{}/{}", slice.first, slice.first + slice.size - 1,
                                     object.body.size()));
  }
  if (input.has("partNumber") && !object.parts.empty()) {
    response.headers.set("x-amz-mp-parts-count", std::to_string(object.parts.size()));
  }
  if (!slice.partial && http::same_name(input.header("x-amz-checksum-mode"), "ENABLED")) {
    add_checksum(object.checksum, response);
  }
  response.headers.set("Content-Length", std::to_string(slice.size));
  if (input.request.method == "GET") response.body = object.body.substr(slice.first, slice.size);
  return response;
}

http::Response object_attributes(Store& store, const Input& input) {
  const auto& version = version_of(store, input);
  const auto& object = version.object;
  const auto wanted = input.header("x-amz-object-attributes");
  if (wanted.empty()) {
    throw Error("InvalidArgument",
                "The x-amz-object-attributes header specifying the attributes "
                "to be retrieved is either missing or empty");
  }
  Xml xml;
  if (wanted.contains("ETag")) xml.leaf("ETag", object.etag);
  if (wanted.contains("Checksum") && !object.checksum.value.empty()) {
    xml.open("Checksum").leaf(checksum_element(object.checksum.algorithm), object.checksum.value);
    xml.leaf("ChecksumType", object.checksum.composite ? "COMPOSITE" : "FULL_OBJECT");
    xml.close("Checksum");
  }
  if (wanted.contains("ObjectParts") && !object.parts.empty()) {
    xml.open("ObjectParts").leaf("TotalPartsCount", std::to_string(object.parts.size()));
    xml.close("ObjectParts");
  }
  if (wanted.contains("StorageClass")) xml.leaf("StorageClass", object.storage_class);
  if (wanted.contains("ObjectSize")) xml.leaf("ObjectSize", std::to_string(object.body.size()));
  auto response = xml_response(Xml::document("GetObjectAttributesResponse", xml));
  response.headers.set("Last-Modified", http_date(object.modified));
  return response;
}

http::Response delete_object(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  http::Response response{204, {}, {}};
  if (input.has("versionId")) {
    const auto id = input.parameter("versionId");
    if (store.remove_version(bucket, input.at.key, id)) {
      response.headers.set("x-amz-delete-marker", "true");
    }
    response.headers.set("x-amz-version-id", id);
  } else if (const auto marker = store.remove(bucket, input.at.key)) {
    response.headers.set("x-amz-delete-marker", "true");
    response.headers.set("x-amz-version-id", *marker);
  }
  return response;  // also when there was none
}

void delete_one(Store& store, Bucket& bucket, const Input& input, const pugi::xml_node& one,
                bool quiet, Xml& xml) {
  const std::string key = one.child_value("Key");
  const std::string version = one.child_value("VersionId");
  const auto arn = store.bucket_arn(input.at.bucket) + "/" + key;
  const char* action = version.empty() ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
  if (!store.allowed(input.caller, action, arn)) {
    xml.open("Error").leaf("Key", key).leaf("Code", "AccessDenied");
    xml.leaf("Message", fmt::format("User: {} is not authorized to perform: {} on resource: \"{}\"",
                                    input.caller.arn, action, arn));
    xml.close("Error");
    return;
  }
  std::optional<std::string> marker;
  bool was_marker = false;
  if (version.empty()) {
    marker = store.remove(bucket, key);
  } else {
    was_marker = store.remove_version(bucket, key, version);
  }
  if (quiet) return;
  xml.open("Deleted").leaf("Key", key);
  if (!version.empty()) xml.leaf("VersionId", version);
  if (marker || was_marker) {
    xml.leaf("DeleteMarker", "true").leaf("DeleteMarkerVersionId", marker.value_or(version));
  }
  xml.close("Deleted");
}

http::Response delete_objects(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  const bool digested = std::ranges::any_of(input.request.headers, [](const auto& field) {
    return http::same_name(field.first, "Content-MD5") ||
           lower_case(field.first).starts_with("x-amz-checksum-");
  });
  if (!digested) {
    throw Error("InvalidRequest", "Missing required header for this request: Content-MD5");
  }
  check_body(input);
  pugi::xml_document document;
  const auto& body = input.request.body;
  if (!document.load_buffer(body.data(), body.size(), pugi::parse_default | pugi::parse_ws_pcdata))
    malformed_xml();
  const auto root = document.document_element();
  if (std::string_view(root.name()) != "Delete") malformed_xml();
  const auto objects = root.children("Object");
  const auto count = std::distance(objects.begin(), objects.end());
  if (count == 0 || count > 1000) malformed_xml();
  const bool quiet = std::string_view(root.child_value("Quiet")) == "true";
  Xml xml;
  for (const auto& one : objects) delete_one(store, bucket, input, one, quiet, xml);
  return xml_response(Xml::document("DeleteResult", xml));
}

Object& tagged(Store& store, const Input& input) {
  return version_of(store, input).object;
}

http::Response get_tags(Store& store, const Input& input) {
  Xml xml;
  xml.open("TagSet");
  for (const auto& [key, value] : tagged(store, input).tags) {
    xml.open("Tag").leaf("Key", key).leaf("Value", value).close("Tag");
  }
  return xml_response(Xml::document("Tagging", xml.close("TagSet")));
}

http::Response put_tags(Store& store, const Input& input) {
  auto& object = tagged(store, input);
  pugi::xml_document document;
  const auto& body = input.request.body;
  if (!document.load_buffer(body.data(), body.size())) malformed_xml();
  http::Query pairs;
  for (const auto& tag : document.document_element().child("TagSet").children("Tag")) {
    pairs.emplace_back(tag.child_value("Key"), tag.child_value("Value"));
  }
  auto tags = tags_in(pairs);
  if (tags.size() > 10) throw Error("BadRequest", "Object tags cannot be greater than 10");
  object.tags = std::move(tags);
  return {200, {}, {}};
}

http::Response delete_tags(Store& store, const Input& input) {
  tagged(store, input).tags.clear();
  return {204, {}, {}};
}

}  // namespace

std::span<const Route> object_routes() {
  static constexpr auto routes = std::to_array<Route>({
      // CopyObject is a PutObject with a source.
      {"PutObject", "s3:PutObject", "PUT", On::object, "", put_object},
      {"GetObject", "s3:GetObject", "GET", On::object, "", get_object},
      {"HeadObject", "s3:GetObject", "HEAD", On::object, "", get_object},
      {"DeleteObject", "s3:DeleteObject", "DELETE", On::object, "", delete_object},
      {"DeleteObjects", "s3:DeleteObject", "POST", On::bucket, "delete", delete_objects},
      {"GetObjectAttributes", "s3:GetObjectAttributes", "GET", On::object, "attributes",
       object_attributes},
      {"GetObjectTagging", "s3:GetObjectTagging", "GET", On::object, "tagging", get_tags},
      {"PutObjectTagging", "s3:PutObjectTagging", "PUT", On::object, "tagging", put_tags},
      {"DeleteObjectTagging", "s3:DeleteObjectTagging", "DELETE", On::object, "tagging",
       delete_tags},
  });
  return routes;
}

Object described_object(const Input& input) {
  for (const auto& [name, value] : input.request.headers) refuse_header(name, value);
  refuse_acl(input.header("x-amz-acl"));
  Object object{{}, {}, input.header("Content-Type"), {}};
  if (object.content_type.empty()) object.content_type = "binary/octet-stream";
  std::size_t size = 0;
  for (const auto& [name, value] : input.request.headers) {
    const auto lower = lower_case(name);
    if (!lower.starts_with("x-amz-meta-")) continue;
    object.metadata[lower] = value;
    size += lower.size() - 11 + value.size();
  }
  if (size > 2048) {
    throw Error("MetadataTooLarge",
                "Your metadata headers exceed the maximum allowed metadata size");
  }
  for (const auto* name : kept_headers) {
    if (auto value = kept_header(input, name); !value.empty()) {
      object.headers[name] = std::move(value);
    }
  }
  object.tags = header_tags(input);
  object.encryption = input.header("x-amz-server-side-encryption");
  if (auto given = input.header("x-amz-storage-class"); !given.empty()) {
    object.storage_class = std::move(given);
  }
  return object;
}

}  // namespace sim::s3
