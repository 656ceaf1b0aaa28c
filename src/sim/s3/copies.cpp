// CopyObject, and the pieces of reading that copies share with GetObject.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
#include <charconv>

#include "sim/s3/digest.hpp"
#include "sim/s3/objects.hpp"

namespace sim::s3 {

namespace {

[[noreturn]] void not_implemented(std::string_view name) {
  throw Error("NotImplemented", fmt::format("The embedded AWS has no {} for objects.", name), 501);
}

Version& version(const Store& store, Bucket& bucket, const Principal& caller,
                 const Source& wanted) {
  const auto found = bucket.keys.find(wanted.key);
  if (!wanted.version.empty()) {
    if (found != bucket.keys.end()) {
      const auto one = std::ranges::find(found->second, wanted.version, &Version::id);
      if (one != found->second.end()) {
        if (!one->delete_marker) return *one;
        throw Error("MethodNotAllowed",
                    "The specified method is not allowed against this resource.", 405);
      }
    }
    throw Error("NoSuchVersion", "The specified version does not exist.", 404);
  }
  if (found != bucket.keys.end() && !found->second.front().delete_marker) {
    return found->second.front();
  }
  // Who may not list a bucket does not learn what is missing from it.
  const auto arn = store.bucket_arn(wanted.bucket);
  if (!store.allowed(caller, "s3:ListBucket", arn)) {
    if (caller.kind == Principal::Kind::anonymous)
      throw Error("AccessDenied", "Access Denied", 403);
    throw Error("AccessDenied",
                fmt::format("User: {} is not authorized to perform: s3:ListBucket on resource: "
                            "\"{}\" because no identity-based policy allows the s3:ListBucket "
                            "action",
                            caller.arn, arn),
                403);
  }
  throw Error("NoSuchKey", "The specified key does not exist.", 404);
}

std::optional<std::size_t> number(std::string_view text) {
  std::size_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

void refuse_header(std::string_view name, std::string_view value) {
  const auto lower = lower_case(name);
  if (lower == "x-amz-server-side-encryption" && (value == "AES256" || value == kms_algorithm)) {
    return;
  }
  if (lower == "x-amz-storage-class") {
    constexpr std::array known = std::to_array<std::string_view>(
        {"STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING"});
    if (std::ranges::find(known, value) != known.end()) return;
    if (value == "GLACIER" || value == "DEEP_ARCHIVE" || value == "GLACIER_IR" ||
        value == "REDUCED_REDUNDANCY" || value == "EXPRESS_ONEZONE" || value == "OUTPOSTS") {
      not_implemented("storage class " + std::string(value));
    }
    throw Error("InvalidStorageClass", "The storage class you specified is not valid");
  }
  for (const std::string_view prefix :
       {"x-amz-server-side-encryption", "x-amz-object-lock-", "x-amz-grant-",
        "x-amz-website-redirect-location", "x-amz-write-offset-bytes"}) {
    if (lower.starts_with(prefix)) not_implemented(lower);
  }
}

Version& version_of(Store& store, const Input& input) {
  return version(store, store.bucket(input.at.bucket), input.caller,
                 {input.at.bucket, input.at.key, input.parameter("versionId")});
}

std::optional<Source> source_of(const Input& input) {
  const auto header = input.header("x-amz-copy-source");
  auto path = std::string_view(header);
  Source source;
  if (const auto mark = path.find("?versionId="); mark != std::string_view::npos) {
    source.version = http::percent_decode(path.substr(mark + 11));
    path = path.substr(0, mark);
  }
  const auto decoded = http::percent_decode(path);
  const auto from = std::string_view(decoded).substr(decoded.starts_with('/') ? 1 : 0);
  const auto slash = from.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == from.size()) {
    return std::nullopt;
  }
  source.bucket = from.substr(0, slash);
  source.key = from.substr(slash + 1);
  return source;
}

const Version& source_version(Store& store, const Input& input, const Source& source) {
  const auto& found = version(store, store.bucket(source.bucket), input.caller, source);
  const auto& object = found.object;
  const auto header = [&](const char* name) {
    return input.header(std::string("x-amz-copy-source-if-") + name);
  };
  const auto changed_since = [&](const std::string& date) {
    const auto instant = parse_http_date(date);
    return instant && std::chrono::floor<std::chrono::seconds>(object.modified) > *instant;
  };
  if (const auto text = header("match"); !text.empty()) {
    if (!same_etag(text, object.etag)) precondition_failed();
  } else if (const auto date = header("unmodified-since"); !date.empty()) {
    if (changed_since(date)) precondition_failed();
  }
  if (const auto text = header("none-match"); !text.empty()) {
    if (same_etag(text, object.etag)) precondition_failed();
  } else if (const auto date = header("modified-since"); !date.empty()) {
    if (!changed_since(date)) precondition_failed();
  }
  return found;
}

http::Response copy_object(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  const auto source = source_of(input);
  if (!source) {
    throw Error("InvalidArgument",
                "Copy Source must mention the source bucket and key: "
                "/sourcebucket/sourcekey");
  }
  const auto& from = source_version(store, input, *source);
  const bool replace = input.header("x-amz-metadata-directive") == "REPLACE";
  const bool itself =
      source->bucket == input.at.bucket && source->key == input.at.key && source->version.empty();
  auto given = described_object(input);
  if (itself && !replace && input.header("x-amz-storage-class").empty() &&
      input.header("x-amz-server-side-encryption").empty()) {
    throw Error("InvalidRequest",
                "This copy request is illegal because it is trying to copy an object to itself "
                "without changing the object's metadata, storage class, website redirect location "
                "or encryption attributes.");
  }
  auto object = from.object;
  if (replace) {
    object.content_type = given.content_type;
    object.metadata = given.metadata;
    object.headers = given.headers;
  }
  if (input.header("x-amz-tagging-directive") == "REPLACE") object.tags = given.tags;
  object.storage_class = given.storage_class;
  object.encryption = given.encryption;
  object.etag = hex(md5(object.body));
  object.parts.clear();
  if (object.checksum.composite || object.checksum.value.empty()) {
    object.checksum = {"CRC64NVME", base64(big_endian(crc64nvme(object.body), 8))};
  }
  store.encrypt(bucket, object);
  const auto written = object;
  const auto source_id = from.id;
  const auto etag = object.etag;
  const auto& source_bucket = store.bucket(source->bucket);
  const bool source_versioned = source_bucket.versioning != Versioning::never;
  const auto id = store.write(bucket, input.at.key, std::move(object));
  Xml xml;
  xml.leaf("LastModified", base::iso8601(store.context.now())).leaf("ETag", '"' + etag + '"');
  auto response = xml_response(Xml::document("CopyObjectResult", xml));
  add_version(bucket, id, response);
  if (source_versioned) response.headers.set("x-amz-copy-source-version-id", source_id);
  add_encryption(store, written, response);
  return response;
}

std::optional<Slice> range_of(std::string_view header, std::size_t size) {
  constexpr std::string_view unit = "bytes=";
  // Several ranges at once are not S3's: it answers with the whole object.
  if (!header.starts_with(unit) || header.contains(',')) return std::nullopt;
  header.remove_prefix(unit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = number(header.substr(0, dash));
  const auto last = number(header.substr(dash + 1));
  const auto outside = [] {
    throw Error("InvalidRange", "The requested range is not satisfiable", 416);
  };
  if (!first) {
    if (dash != 0 || !last) return std::nullopt;
    if (*last == 0 || size == 0) outside();
    const auto length = std::min(*last, size);
    return Slice{size - length, length, true};
  }
  if (dash + 1 != header.size() && (!last || *last < *first)) return std::nullopt;
  if (*first >= size) outside();
  const auto end = last ? std::min(*last, size - 1) : size - 1;
  return Slice{*first, end - *first + 1, true};
}

bool same_etag(std::string_view header, std::string_view etag) {
  if (header == "*") return true;
  while (!header.empty()) {
    const auto comma = header.find(',');
    auto one = header.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.size() >= 2 && one.starts_with('"')) one = one.substr(1, one.size() - 2);
    if (one == etag) return true;
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
  }
  return false;
}

void precondition_failed() {
  throw Error("PreconditionFailed", "At least one of the pre-conditions you specified did not hold",
              412);
}

void add_checksum(const Checksum& checksum, http::Response& response) {
  if (checksum.value.empty()) return;
  response.headers.set("x-amz-checksum-" + lower_case(checksum.algorithm), checksum.value);
  response.headers.set("x-amz-checksum-type", checksum.composite ? "COMPOSITE" : "FULL_OBJECT");
}

void add_encryption(const Store& store, const Object& object, http::Response& response) {
  const bool kms = object.encryption == kms_algorithm;
  response.headers.set("x-amz-server-side-encryption", kms ? kms_algorithm : "AES256");
  if (kms) response.headers.set("x-amz-server-side-encryption-aws-kms-key-id", store.managed_key());
}

void add_version(const Bucket& bucket, const std::string& id, http::Response& response) {
  if (bucket.versioning != Versioning::never) response.headers.set("x-amz-version-id", id);
}

}  // namespace sim::s3
