// Objects that come in parts.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
#include <charconv>
#include <pugixml.hpp>

#include "sim/s3/checksums.hpp"
#include "sim/s3/digest.hpp"
#include "sim/s3/objects.hpp"

namespace sim::s3 {

namespace {

constexpr std::size_t smallest_part = std::size_t{5} << 20;  // all but the last

http::Response create(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  if (input.at.key.size() > 1024) throw Error("KeyTooLongError", "Your key is too long");
  Upload upload{input.at.key, store.context.now(), described_object(input),
                input.header("x-amz-checksum-algorithm")};
  if (!upload.algorithm.empty()) check_algorithm(upload.algorithm);
  const auto type = input.header("x-amz-checksum-type");
  upload.composite = type != "FULL_OBJECT" && upload.algorithm != "CRC64NVME";
  const auto id = base64(store.random.hex(48));
  http::Response headers;
  if (!upload.algorithm.empty()) {
    headers.headers.set("x-amz-checksum-algorithm", upload.algorithm);
    headers.headers.set("x-amz-checksum-type", upload.composite ? "COMPOSITE" : "FULL_OBJECT");
  }
  store.encrypt(bucket, upload.object);
  add_encryption(store, upload.object, headers);
  bucket.uploads.emplace(id, std::move(upload));
  Xml xml;
  xml.leaf("Bucket", input.at.bucket).leaf("Key", input.at.key).leaf("UploadId", id);
  headers.body = Xml::document("InitiateMultipartUploadResult", xml);
  headers.headers.set("Content-Type", "application/xml");
  return headers;
}

int part_number(const Input& input) {
  const auto text = input.parameter("partNumber");
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 1 || number > 10000) {
    throw Error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
  }
  return number;
}

Upload& upload_of(Store& store, const Input& input) {
  return store.upload(store.bucket(input.at.bucket), input.at.key, input.parameter("uploadId"));
}

Checksum part_checksum(const Upload& upload, const std::string& body) {
  const auto algorithm = upload.algorithm.empty() ? "CRC64NVME" : upload.algorithm;
  return {algorithm, base64(digest_of(algorithm, body))};
}

http::Response copy_part(Store& store, const Input& input) {
  auto& upload = upload_of(store, input);
  const int number = part_number(input);
  const auto source = source_of(input);
  if (!source) {
    throw Error("InvalidArgument",
                "Copy Source must mention the source bucket and key: /sourcebucket/sourcekey");
  }
  const auto& object = source_version(store, input, *source).object;
  const auto range = range_of(input.header("x-amz-copy-source-range"), object.body.size());
  const auto slice = range.value_or(Slice{0, object.body.size()});
  Part part{object.body.substr(slice.first, slice.size), {}, {}, store.context.now()};
  part.etag = hex(md5(part.body));
  part.checksum = part_checksum(upload, part.body);
  Xml xml;
  xml.leaf("LastModified", base::iso8601(part.modified)).leaf("ETag", '"' + part.etag + '"');
  if (!upload.algorithm.empty()) {
    xml.leaf(checksum_element(part.checksum.algorithm), part.checksum.value);
  }
  upload.parts.insert_or_assign(number, std::move(part));
  return xml_response(Xml::document("CopyPartResult", xml));
}

http::Response put_part(Store& store, const Input& input) {
  if (input.request.headers.get("x-amz-copy-source")) return copy_part(store, input);
  auto& upload = upload_of(store, input);
  const int number = part_number(input);
  auto sent = check_body(input);
  if (!upload.algorithm.empty() && sent.algorithm != upload.algorithm &&
      !input.header(checksum_header(sent.algorithm)).empty()) {
    throw Error("InvalidRequest",
                fmt::format("Checksum Type mismatch occurred, expected checksum Type: {}, actual "
                            "checksum Type: {}",
                            lower_case(upload.algorithm), lower_case(sent.algorithm)));
  }
  Part part{input.request.body, {}, {}, store.context.now()};
  part.etag = hex(md5(part.body));
  part.checksum = part_checksum(upload, part.body);
  http::Response response{200, {{"ETag", '"' + part.etag + '"'}}, {}};
  response.headers.set(checksum_header(part.checksum.algorithm), part.checksum.value);
  add_encryption(store, upload.object, response);
  upload.parts.insert_or_assign(number, std::move(part));
  return response;
}

struct Wanted {
  int number = 0;
  std::string etag;
  pugi::xml_node node;
};

std::vector<Wanted> wanted_parts(const pugi::xml_node& root) {
  std::vector<Wanted> out;
  for (const auto& node : root.children("Part")) {
    Wanted one{node.child("PartNumber").text().as_int(), node.child_value("ETag"), node};
    if (one.etag.size() >= 2 && one.etag.starts_with('"')) {
      one.etag = one.etag.substr(1, one.etag.size() - 2);
    }
    if (!out.empty() && one.number <= out.back().number) {
      throw Error("InvalidPartOrder",
                  "The list of parts was not in ascending order. The parts list must be specified "
                  "in order by part number.");
    }
    out.push_back(std::move(one));
  }
  if (out.empty()) malformed_xml();
  return out;
}

const Part& stored_part(const Upload& upload, const Wanted& wanted) {
  const auto found = upload.parts.find(wanted.number);
  const auto fits = [&] {
    if (found->second.etag != wanted.etag) return false;
    if (upload.algorithm.empty()) return true;
    const std::string given = wanted.node.child_value(checksum_element(upload.algorithm).c_str());
    return given.empty() || given == found->second.checksum.value;
  };
  if (found == upload.parts.end() || !fits()) {
    throw Error("InvalidPart",
                "One or more of the specified parts could not be found. The part may not have been "
                "uploaded, or the specified entity tag may not match the part's entity tag.");
  }
  return found->second;
}

// The object that the parts make.
Object joined(const Upload& upload, const std::vector<Wanted>& wanted) {
  auto object = upload.object;
  std::string digests;
  std::vector<std::string> checksums;
  for (const auto& one : wanted) {
    const auto& part = stored_part(upload, one);
    if (part.body.size() < smallest_part && &one != &wanted.back()) {
      throw Error("EntityTooSmall",
                  "Your proposed upload is smaller than the minimum allowed size");
    }
    object.body += part.body;
    object.parts.push_back(part.body.size());
    digests += md5(part.body);
    checksums.push_back(part.checksum.value);
  }
  object.etag = fmt::format("{}-{}", hex(md5(digests)), wanted.size());
  if (upload.algorithm.empty() || !upload.composite) {
    const auto algorithm = upload.algorithm.empty() ? "CRC64NVME" : upload.algorithm;
    object.checksum = {algorithm, base64(digest_of(algorithm, object.body))};
  } else {
    object.checksum = composite(upload.algorithm, checksums);
  }
  return object;
}

http::Response complete(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  auto& upload = upload_of(store, input);
  pugi::xml_document document;
  const auto& body = input.request.body;
  if (!document.load_buffer(body.data(), body.size())) malformed_xml();
  auto object = joined(upload, wanted_parts(document.document_element()));
  const auto claimed = input.header(checksum_header(object.checksum.algorithm));
  if (!claimed.empty() && claimed != object.checksum.value) {
    throw Error("BadDigest", fmt::format("The {} you specified did not match the calculated "
                                         "checksum.",
                                         object.checksum.algorithm));
  }
  if (input.header("If-None-Match") == "*" && bucket.current(input.at.key) != nullptr) {
    precondition_failed();
  }
  store.encrypt(bucket, object);
  Xml xml;
  xml.leaf("Location", fmt::format("https://{}.s3.{}.amazonaws.com/{}", input.at.bucket,
                                   store.context.region, http::percent_encode(input.at.key)));
  xml.leaf("Bucket", input.at.bucket).leaf("Key", input.at.key);
  xml.leaf("ETag", '"' + object.etag + '"');
  xml.leaf(checksum_element(object.checksum.algorithm), object.checksum.value);
  xml.leaf("ChecksumType", object.checksum.composite ? "COMPOSITE" : "FULL_OBJECT");
  auto response = xml_response(Xml::document("CompleteMultipartUploadResult", xml));
  add_encryption(store, object, response);
  const auto id = store.write(bucket, input.at.key, std::move(object));
  bucket.uploads.erase(input.parameter("uploadId"));
  add_version(bucket, id, response);
  return response;
}

http::Response abort(Store& store, const Input& input) {
  upload_of(store, input);
  store.bucket(input.at.bucket).uploads.erase(input.parameter("uploadId"));
  return {204, {}, {}};
}

http::Response list_parts(Store& store, const Input& input) {
  const auto& upload = upload_of(store, input);
  const auto after = static_cast<int>(input.number("part-number-marker", 0, 10000));
  const auto most = input.number("max-parts", 1000, 1000);
  Xml xml;
  xml.leaf("Bucket", input.at.bucket).leaf("Key", upload.key);
  xml.leaf("UploadId", input.parameter("uploadId")).leaf("StorageClass", "STANDARD");
  xml.leaf("PartNumberMarker", std::to_string(after)).leaf("MaxParts", std::to_string(most));
  std::size_t count = 0;
  int last = 0;
  bool more = false;
  for (const auto& [number, part] : upload.parts) {
    if (number <= after) continue;
    if (count == most) {
      more = true;
      break;
    }
    ++count;
    last = number;
    xml.open("Part").leaf("PartNumber", std::to_string(number));
    xml.leaf("LastModified", base::iso8601(part.modified)).leaf("ETag", '"' + part.etag + '"');
    xml.leaf("Size", std::to_string(part.body.size()));
    if (!upload.algorithm.empty()) {
      xml.leaf(checksum_element(part.checksum.algorithm), part.checksum.value);
    }
    xml.close("Part");
  }
  xml.leaf("IsTruncated", more ? "true" : "false");
  if (more) xml.leaf("NextPartNumberMarker", std::to_string(last));
  return xml_response(Xml::document("ListPartsResult", xml));
}

http::Response list_uploads(Store& store, const Input& input) {
  const auto& bucket = store.bucket(input.at.bucket);
  if (!input.parameter("delimiter").empty()) {
    throw Error("NotImplemented", "The embedded AWS has no delimiter for s3:ListMultipartUploads.",
                501);
  }
  const auto prefix = input.parameter("prefix");
  const auto most = input.number("max-uploads", 1000, 1000);
  const std::pair after{input.parameter("key-marker"), input.parameter("upload-id-marker")};
  std::map<std::pair<std::string, std::string>, const Upload*> ordered;
  for (const auto& [id, upload] : bucket.uploads) {
    const bool later =
        after.second.empty() ? upload.key > after.first : std::pair(upload.key, id) > after;
    if (upload.key.starts_with(prefix) && later)
      ordered.emplace(std::pair(upload.key, id), &upload);
  }
  Xml xml;
  xml.leaf("Bucket", input.at.bucket).leaf("KeyMarker", after.first);
  xml.leaf("UploadIdMarker", after.second).leaf("Prefix", prefix);
  xml.leaf("MaxUploads", std::to_string(most));
  std::size_t count = 0;
  for (const auto& [name, upload] : ordered) {
    if (count == most) break;
    ++count;
    xml.open("Upload").leaf("Key", name.first).leaf("UploadId", name.second);
    xml.leaf("StorageClass", "STANDARD").leaf("Initiated", base::iso8601(upload->started));
    xml.close("Upload");
    if (count == most && count < ordered.size()) {
      xml.leaf("NextKeyMarker", name.first).leaf("NextUploadIdMarker", name.second);
    }
  }
  xml.leaf("IsTruncated", count < ordered.size() ? "true" : "false");
  return xml_response(Xml::document("ListMultipartUploadsResult", xml));
}

}  // namespace

std::span<const Route> upload_routes() {
  static constexpr auto routes = std::to_array<Route>({
      {"CreateMultipartUpload", "s3:PutObject", "POST", On::object, "uploads", create},
      // UploadPartCopy is an UploadPart with a source.
      {"UploadPart", "s3:PutObject", "PUT", On::object, "uploadId", put_part},
      {"CompleteMultipartUpload", "s3:PutObject", "POST", On::object, "uploadId", complete},
      {"AbortMultipartUpload", "s3:AbortMultipartUpload", "DELETE", On::object, "uploadId", abort},
      {"ListParts", "s3:ListMultipartUploadParts", "GET", On::object, "uploadId", list_parts},
      {"ListMultipartUploads", "s3:ListBucketMultipartUploads", "GET", On::bucket, "uploads",
       list_uploads},
  });
  return routes;
}

}  // namespace sim::s3
