#include "sim/s3/s3.hpp"

#include <pugixml.hpp>

#include "sim/s3/digest.hpp"
#include "sim/s3/xml.hpp"

namespace sim::s3 {

namespace {

bool has_parameter(const http::Query& query, std::string_view name) {
  return std::ranges::any_of(query, [&](const auto& one) { return one.first == name; });
}

std::string parameter(const http::Query& query, std::string_view name, std::string fallback = {}) {
  for (const auto& [key, value] : query) {
    if (key == name) return value;
  }
  return fallback;
}

// Sub-resources ("?acl", "?versioning", ...) select other operations of S3. Parameters of known
// operations and of signatures are not among them.
std::string sub_resource(const http::Query& query) {
  static constexpr std::string_view plain[] = {
      "list-type",          "prefix",        "delimiter",   "max-keys",     "start-after",
      "continuation-token", "encoding-type", "fetch-owner", "x-id",         "AWSAccessKeyId",
      "Signature",          "Expires",       "max-buckets", "bucket-region"};
  for (const auto& [key, value] : query) {
    if (key.starts_with("X-Amz-") || key.starts_with("x-amz-")) continue;
    if (std::ranges::find(plain, key) == std::end(plain)) return key;
  }
  return {};
}

std::string header(const http::Request& request, std::string_view name) {
  return std::string(request.headers.get(name).value_or(""));
}

// "Sun, 22 Nov 2026 15:39:54 GMT"
std::string http_date(base::Instant instant) {
  using namespace std::chrono;
  static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<std::chrono::days>(instant);
  const year_month_day date(day);
  const hh_mm_ss time(floor<std::chrono::seconds>(instant - day));
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", days[weekday(day).c_encoding()],
                     unsigned(date.day()), months[unsigned(date.month()) - 1], int(date.year()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

void check_digests(const http::Request& request) {
  if (const auto claimed = request.headers.get("Content-MD5")) {
    std::string bytes;
    if (!decode_base64(*claimed, bytes) || bytes.size() != 16) {
      throw Error("InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    if (bytes != md5(request.body)) {
      throw Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
    }
  }
  if (const auto claimed = request.headers.get("x-amz-checksum-crc32")) {
    if (*claimed != crc32_base64(request.body)) {
      throw Error("BadDigest", "The CRC32 you specified did not match the calculated checksum.");
    }
  }
  if (const auto claimed = request.headers.get("x-amz-content-sha256")) {
    // Anything shorter is a word: UNSIGNED-PAYLOAD.
    if (claimed->size() == 64 && *claimed != hex(sha256(request.body))) {
      throw Error("XAmzContentSHA256Mismatch",
                  "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
  }
}

http::Response xml_response(std::string body) {
  return {200, {{"Content-Type", "application/xml"}}, std::move(body)};
}

}  // namespace

struct S3::Operation {
  std::string_view name;  // as in the API; the IAM action is `action`
  std::string_view action;
  std::string_view method;
  enum class On { service, bucket, object } on;
  std::string_view sub_resource;
  http::Response (S3::*run)(const http::Request&, const Address&);

  static const Operation table[];
};

const S3::Operation S3::Operation::table[] = {
    {"ListBuckets", "s3:ListAllMyBuckets", "GET", On::service, "", &S3::list_buckets},
    {"CreateBucket", "s3:CreateBucket", "PUT", On::bucket, "", &S3::create_bucket},
    {"HeadBucket", "s3:ListBucket", "HEAD", On::bucket, "", &S3::head_bucket},
    {"DeleteBucket", "s3:DeleteBucket", "DELETE", On::bucket, "", &S3::delete_bucket},
    {"GetBucketLocation", "s3:GetBucketLocation", "GET", On::bucket, "location",
     &S3::bucket_location},
    {"ListObjectsV2", "s3:ListBucket", "GET", On::bucket, "", &S3::list_objects},
    {"DeleteObjects", "s3:DeleteObject", "POST", On::bucket, "delete", &S3::delete_objects},
    {"PutObject", "s3:PutObject", "PUT", On::object, "", &S3::put_object},
    {"GetObject", "s3:GetObject", "GET", On::object, "", &S3::get_object},
    {"HeadObject", "s3:GetObject", "HEAD", On::object, "", &S3::get_object},
    {"DeleteObject", "s3:DeleteObject", "DELETE", On::object, "", &S3::delete_object},
};

S3::S3(Context context, SigningKey key)
    : context_(std::move(context)), key_(std::move(key)), random_(context_.random("s3.request")) {}

const S3::Operation* S3::operation(const http::Request& request) const {
  const auto at = address_of(request.url);
  const auto on = at.bucket.empty() ? Operation::On::service
                  : at.key.empty()  ? Operation::On::bucket
                                    : Operation::On::object;
  const auto sub = sub_resource(http::parse_query(request.url.query(), false));
  for (const auto& one : Operation::table) {
    if (one.method == request.method && one.on == on && one.sub_resource == sub) return &one;
  }
  return nullptr;
}

std::vector<Access> S3::access(const http::Request& request) const {
  const auto* found = operation(request);
  if (!found) return {};
  const auto at = address_of(request.url);
  const std::string bucket_arn = fmt::format("arn:{}:s3:::{}", context_.partition, at.bucket);
  const std::string action(found->action);
  if (found->name == "DeleteObjects") {
    // One decision for each object named; a body that is no XML is refused later.
    std::vector<Access> accesses;
    pugi::xml_document document;
    document.load_buffer(request.body.data(), request.body.size());
    for (const auto& one : document.document_element().children("Object")) {
      accesses.push_back({action, bucket_arn + "/" + one.child_value("Key")});
    }
    return accesses;
  }
  switch (found->on) {
    case Operation::On::service:
      return {{action, "*"}};
    case Operation::On::bucket:
      return {{action, bucket_arn}};
    case Operation::On::object:
      return {{action, bucket_arn + "/" + at.key}};
  }
  return {};
}

Task<http::Response> S3::handle(Principal, http::Request request, bool presigned) {
  http::Response response;
  try {
    if (presigned) check_expiry(request.url, context_.now());
    const auto* found = operation(request);
    if (!found) {
      const auto sub = sub_resource(http::parse_query(request.url.query(), false));
      throw Error("NotImplemented",
                  fmt::format("The embedded AWS has no operation s3:{} {}{}.", request.method,
                              request.url.path(), sub.empty() ? "" : "?" + sub),
                  501);
    }
    if (header(request, "Content-Encoding").contains("aws-chunked")) {
      throw Error("NotImplemented", "The embedded AWS has no aws-chunked uploads.", 501);
    }
    response = (this->*found->run)(request, address_of(request.url));
    response.headers.set("x-amz-request-id", random_.hex(16));
  } catch (const Error& error) {
    response = refusal(error, request);
  }
  co_return response;
}

http::Response S3::refusal(const Error& error, const http::Request& request) {
  const auto at = address_of(request.url);
  const std::string id = random_.hex(16);
  http::Response response{
      error.status, {{"Content-Type", "application/xml"}, {"x-amz-request-id", id}}, {}};
  if (request.method == "HEAD") return response;  // no body: clients see only the status
  Xml xml;
  xml.leaf("Code", error.code).leaf("Message", error.what());
  if (!at.bucket.empty()) xml.leaf("BucketName", at.bucket);
  if (!at.key.empty()) xml.leaf("Key", at.key);
  xml.leaf("RequestId", id).leaf("HostId", base64(sha256(id)));
  response.body =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>{}</Error>", xml.text());
  return response;
}

S3::Bucket& S3::bucket(const std::string& name) {
  const auto found = buckets_.find(name);
  if (found == buckets_.end()) {
    throw Error("NoSuchBucket", "The specified bucket does not exist", 404);
  }
  return found->second;
}

Object& S3::object(const Address& at) {
  auto& objects = bucket(at.bucket).objects;
  const auto found = objects.find(at.key);
  if (found == objects.end()) {
    throw Error("NoSuchKey", "The specified key does not exist.", 404);
  }
  return found->second;
}

void S3::store(Bucket& into, const std::string& key, Object object) {
  object.etag = hex(md5(object.body));
  object.modified = context_.now();
  into.objects[key] = std::move(object);
  changed_.notify();
}

void S3::put(const std::string& bucket, const std::string& key, std::string body) {
  auto& into = buckets_.try_emplace(bucket, Bucket{.created = context_.now()}).first->second;
  store(into, key, Object{std::move(body), {}, "binary/octet-stream", {}});
}

std::optional<Object> S3::get(const std::string& bucket, const std::string& key) const {
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end()) return std::nullopt;
  const auto one = found->second.objects.find(key);
  if (one == found->second.objects.end()) return std::nullopt;
  return one->second;
}

std::string S3::presign_put(const std::string& bucket, const std::string& key,
                            base::Duration lifetime) {
  buckets_.try_emplace(bucket, Bucket{.created = context_.now(), .internal = true});
  const auto path = "/" + http::percent_encode(key, true);
  auto object = endpoint_.value_or(http::Url{});
  if (endpoint_) {
    object.target = "/" + bucket + path;
  } else {
    object.host = fmt::format("{}.s3.{}.amazonaws.com", bucket, context_.region);
    object.target = path;
  }
  return s3::presign_put(key_, context_.region, object, context_.now(), lifetime);
}

http::Response S3::list_buckets(const http::Request&, const Address&) {
  Xml xml;
  xml.open("Owner").leaf("ID", hex(sha256(context_.account))).close("Owner").open("Buckets");
  for (const auto& [name, one] : buckets_) {
    if (one.internal) continue;
    xml.open("Bucket").leaf("Name", name).leaf("CreationDate", base::iso8601(one.created));
    xml.close("Bucket");
  }
  xml.close("Buckets");
  return xml_response(Xml::document("ListAllMyBucketsResult", xml));
}

http::Response S3::create_bucket(const http::Request& request, const Address& at) {
  if (!valid_bucket_name(at.bucket)) {
    throw Error("InvalidBucketName", "The specified bucket is not valid.");
  }
  std::string location = "us-east-1";
  if (!request.body.empty()) {
    pugi::xml_document document;
    if (!document.load_buffer(request.body.data(), request.body.size())) {
      throw Error("MalformedXML",
                  "The XML you provided was not well-formed or did not validate against our "
                  "published schema");
    }
    const auto given = document.document_element().child("LocationConstraint");
    if (given) location = given.child_value();
  }
  if (location != context_.region) {
    throw Error("IllegalLocationConstraintException",
                fmt::format("The {} location constraint is incompatible for the region specific "
                            "endpoint this request was sent to.",
                            location == "us-east-1" ? "unspecified" : location));
  }
  if (const auto there = buckets_.find(at.bucket); there != buckets_.end()) {
    if (there->second.internal) {
      throw Error("BucketAlreadyExists",
                  "The requested bucket name is not available. The bucket namespace is shared by "
                  "all users of the system. Please select a different name and try again.",
                  409);
    }
    throw Error("BucketAlreadyOwnedByYou",
                "Your previous request to create the named bucket succeeded and you already own "
                "it.",
                409);
  }
  buckets_[at.bucket] = Bucket{.created = context_.now()};
  return {200, {{"Location", "/" + at.bucket}}, {}};
}

http::Response S3::head_bucket(const http::Request&, const Address& at) {
  bucket(at.bucket);
  return {200, {{"x-amz-bucket-region", context_.region}}, {}};
}

http::Response S3::delete_bucket(const http::Request&, const Address& at) {
  if (!bucket(at.bucket).objects.empty()) {
    throw Error("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
  }
  buckets_.erase(at.bucket);
  return {204, {}, {}};
}

http::Response S3::bucket_location(const http::Request&, const Address& at) {
  bucket(at.bucket);
  // Its text is the answer, and empty for the oldest region.
  return xml_response(
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint "
                  "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</LocationConstraint>",
                  context_.region == "us-east-1" ? "" : context_.region));
}

// Keys after the token, grouped under common prefixes when a delimiter is given. The token is the
// last name of the page before, in base64: opaque to clients.
http::Response S3::list_objects(const http::Request& request, const Address& at) {
  const auto query = http::parse_query(request.url.query(), false);
  if (parameter(query, "list-type") != "2") {
    throw Error("NotImplemented", "The embedded AWS has no operation s3:ListObjects (version 1).",
                501);
  }
  const auto& objects = bucket(at.bucket).objects;
  const auto prefix = parameter(query, "prefix");
  const auto delimiter = parameter(query, "delimiter");
  const auto wanted = parameter(query, "max-keys", "1000");
  if (wanted.empty() || wanted.size() > 9 ||
      wanted.find_first_not_of("0123456789") != std::string::npos) {
    throw Error("InvalidArgument", "Provided max-keys not an integer or within integer range");
  }
  const std::size_t most = std::min<std::size_t>(std::stoul(wanted), 1000);
  const bool encode = parameter(query, "encoding-type") == "url";
  const auto shown = [&](std::string_view name) {
    return encode ? http::percent_encode(name, true) : std::string(name);
  };
  std::string after = parameter(query, "start-after");
  if (has_parameter(query, "continuation-token") &&
      !decode_base64(parameter(query, "continuation-token"), after)) {
    throw Error("InvalidArgument", "The continuation token provided is incorrect");
  }

  Xml contents;
  std::set<std::string> prefixes;
  std::size_t count = 0;
  std::string last;
  bool truncated = false;
  for (const auto& [key, one] : objects) {
    if (!key.starts_with(prefix)) continue;
    const auto cut = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
    const std::string name = cut == std::string::npos ? key : key.substr(0, cut + delimiter.size());
    if (name <= after || prefixes.contains(name)) continue;
    if (count == most) {
      truncated = true;
      break;
    }
    ++count;
    last = name;
    if (cut != std::string::npos) {
      prefixes.insert(name);
      continue;
    }
    contents.open("Contents").leaf("Key", shown(key));
    contents.leaf("LastModified", base::iso8601(one.modified)).leaf("ETag", '"' + one.etag + '"');
    contents.leaf("Size", std::to_string(one.body.size())).leaf("StorageClass", "STANDARD");
    contents.close("Contents");
  }
  for (const auto& name : prefixes) {
    contents.open("CommonPrefixes").leaf("Prefix", shown(name)).close("CommonPrefixes");
  }
  Xml xml = contents;
  xml.leaf("Name", at.bucket).leaf("Prefix", shown(prefix)).leaf("MaxKeys", std::to_string(most));
  if (!delimiter.empty()) xml.leaf("Delimiter", shown(delimiter));
  if (encode) xml.leaf("EncodingType", "url");
  xml.leaf("KeyCount", std::to_string(count)).leaf("IsTruncated", truncated ? "true" : "false");
  if (truncated) xml.leaf("NextContinuationToken", base64(last));
  return xml_response(Xml::document("ListBucketResult", xml));
}

http::Response S3::put_object(const http::Request& request, const Address& at) {
  auto& into = bucket(at.bucket);
  if (request.headers.get("x-amz-copy-source")) {
    throw Error("NotImplemented", "The embedded AWS has no operation s3:CopyObject.", 501);
  }
  if (at.key.size() > 1024) throw Error("KeyTooLongError", "Your key is too long");
  check_digests(request);
  Object object{request.body, {}, header(request, "Content-Type"), {}};
  if (object.content_type.empty()) object.content_type = "binary/octet-stream";
  for (const auto& [name, value] : request.headers) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (lower.starts_with("x-amz-meta-")) object.metadata[lower] = value;
  }
  store(into, at.key, std::move(object));
  return {200,
          {{"ETag", '"' + into.objects[at.key].etag + '"'},
           {"x-amz-checksum-crc32", crc32_base64(request.body)}},
          {}};
}

http::Response S3::get_object(const http::Request& request, const Address& at) {
  if (request.headers.get("Range")) {
    throw Error("NotImplemented", "The embedded AWS has no ranges for s3:GetObject.", 501);
  }
  const auto& found = object(at);
  http::Response response{200,
                          {{"Content-Type", found.content_type},
                           {"ETag", '"' + found.etag + '"'},
                           {"Last-Modified", http_date(found.modified)},
                           {"Content-Length", std::to_string(found.body.size())}},
                          {}};
  if (http::same_name(header(request, "x-amz-checksum-mode"), "ENABLED")) {
    response.headers.set("x-amz-checksum-crc32", crc32_base64(found.body));
  }
  for (const auto& [name, value] : found.metadata) response.headers.set(name, value);
  if (request.method == "GET") response.body = found.body;
  return response;
}

http::Response S3::delete_object(const http::Request&, const Address& at) {
  if (bucket(at.bucket).objects.erase(at.key) > 0) changed_.notify();
  return {204, {}, {}};  // also when there was none
}

http::Response S3::delete_objects(const http::Request& request, const Address& at) {
  auto& from = bucket(at.bucket);
  check_digests(request);
  pugi::xml_document document;
  if (!document.load_buffer(request.body.data(), request.body.size()) ||
      std::string_view(document.document_element().name()) != "Delete") {
    throw Error("MalformedXML",
                "The XML you provided was not well-formed or did not validate against our "
                "published schema");
  }
  const auto root = document.document_element();
  const bool quiet = std::string_view(root.child_value("Quiet")) == "true";
  Xml xml;
  for (const auto& one : root.children("Object")) {
    const std::string key = one.child_value("Key");
    if (from.objects.erase(key) > 0) changed_.notify();
    if (!quiet) xml.open("Deleted").leaf("Key", key).close("Deleted");
  }
  return xml_response(Xml::document("DeleteResult", xml));
}

}  // namespace sim::s3
