// Operations on the service and on buckets themselves.
#include <pugixml.hpp>

#include "sim/s3/digest.hpp"
#include "sim/s3/input.hpp"

namespace sim::s3 {

namespace {

http::Response list_buckets(Store& store, const Input& input) {
  const auto prefix = input.parameter("prefix");
  const auto most = input.number("max-buckets", 10000, 10000);
  const auto region = input.parameter("bucket-region", store.context.region);
  std::string after;
  if (input.has("continuation-token") &&
      !decode_base64(input.parameter("continuation-token"), after)) {
    throw Error("InvalidArgument", "The continuation token provided is incorrect");
  }
  Xml list;
  std::size_t count = 0;
  std::string last;
  bool more = false;
  for (const auto& [name, one] : store.buckets) {
    if (one.internal || !name.starts_with(prefix) || name <= after) continue;
    if (region != store.context.region) continue;
    if (count == most) {
      more = true;
      break;
    }
    ++count;
    last = name;
    list.open("Bucket").leaf("Name", name).leaf("CreationDate", base::iso8601(one.created));
    if (!input.query.empty()) list.leaf("BucketRegion", store.context.region);
    list.close("Bucket");
  }
  Xml xml;
  xml.open("Owner").leaf("ID", owner_id(store.context.account)).close("Owner");
  xml.raw("<Buckets>" + list.text() + "</Buckets>");
  if (more) xml.leaf("ContinuationToken", base64(last));
  if (!prefix.empty()) xml.leaf("Prefix", prefix);
  return xml_response(Xml::document("ListAllMyBucketsResult", xml));
}

// Where the body wants the bucket; without one it is the oldest region.
std::string location_in(const std::string& body) {
  if (body.empty()) return "us-east-1";
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) malformed_xml();
  const auto root = document.document_element();
  for (const auto& child : root.children()) {
    if (std::string_view(child.name()) == "LocationConstraint") continue;
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no {} for s3:CreateBucket.", child.name()), 501);
  }
  const auto given = root.child("LocationConstraint");
  return given ? given.child_value() : "us-east-1";
}

// New buckets have no ACLs:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
void refuse_bucket_headers(const Input& input) {
  const auto acl = input.header("x-amz-acl");
  if (!acl.empty() && acl != "private" && acl != "bucket-owner-full-control") {
    throw Error("InvalidBucketAclWithObjectOwnership",
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
  }
  const auto refuse = [](std::string_view name) {
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no {} for s3:CreateBucket.", name), 501);
  };
  const auto owner = input.header("x-amz-object-ownership");
  if (!owner.empty() && owner != "BucketOwnerEnforced") refuse("x-amz-object-ownership " + owner);
  if (lower_case(input.header("x-amz-bucket-object-lock-enabled")) == "true") {
    refuse("x-amz-bucket-object-lock-enabled");
  }
  for (const auto& [name, value] : input.request.headers) {
    if (lower_case(name).starts_with("x-amz-grant-")) refuse(lower_case(name));
  }
}

http::Response create_bucket(Store& store, const Input& input) {
  const auto& name = input.at.bucket;
  if (!valid_bucket_name(name)) {
    throw Error("InvalidBucketName", "The specified bucket is not valid.");
  }
  refuse_bucket_headers(input);
  const auto location = location_in(input.request.body);
  if (location != store.context.region) {
    throw Error("IllegalLocationConstraintException",
                fmt::format("The {} location constraint is incompatible for the region specific "
                            "endpoint this request was sent to.",
                            location == "us-east-1" ? "unspecified" : location));
  }
  if (const auto there = store.buckets.find(name); there != store.buckets.end()) {
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
  store.buckets[name] = Bucket{.created = store.context.now()};
  return {200, {{"Location", fmt::format("http://{}.s3.amazonaws.com/", name)}}, {}};
}

http::Response head_bucket(Store& store, const Input& input) {
  store.bucket(input.at.bucket);
  return {200,
          {{"x-amz-bucket-region", store.context.region},
           {"x-amz-access-point-alias", "false"},
           {"Content-Type", "application/xml"}},
          {}};
}

http::Response delete_bucket(Store& store, const Input& input) {
  const auto& bucket = store.bucket(input.at.bucket);
  if (!bucket.keys.empty()) {
    throw Error("BucketNotEmpty",
                bucket.versioning == Versioning::never
                    ? "The bucket you tried to delete is not empty"
                    : "The bucket you tried to delete is not empty. You must delete all versions "
                      "in the bucket.",
                409);
  }
  store.buckets.erase(input.at.bucket);
  return {204, {}, {}};
}

http::Response bucket_location(Store& store, const Input& input) {
  store.bucket(input.at.bucket);
  const auto& region = store.context.region;
  // Its text is the answer, and empty for the oldest region.
  return xml_response(
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint "
                  "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</LocationConstraint>",
                  region == "us-east-1" ? "" : region));
}

}  // namespace

std::span<const Route> bucket_routes() {
  static constexpr auto routes = std::to_array<Route>({
      {"ListBuckets", "s3:ListAllMyBuckets", "GET", On::service, "", list_buckets},
      {"CreateBucket", "s3:CreateBucket", "PUT", On::bucket, "", create_bucket},
      {"HeadBucket", "s3:ListBucket", "HEAD", On::bucket, "", head_bucket},
      {"DeleteBucket", "s3:DeleteBucket", "DELETE", On::bucket, "", delete_bucket},
      {"GetBucketLocation", "s3:GetBucketLocation", "GET", On::bucket, "location", bucket_location},
  });
  return routes;
}

std::string owner_id(const std::string& account) {
  return hex(sha256(account));
}

}  // namespace sim::s3
