// What is set about a bucket: policy, versioning, tags, encryption, public access. Each is kept as
// the XML it came in. Lifecycle rules are kept and never act: AWS gives no time by which they do.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingBucket.html#bucket-config-options-intro
#include <pugixml.hpp>

#include "sim/s3/input.hpp"

namespace sim::s3 {

namespace {

constexpr const char* everything_blocked =
    "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>"
    "<BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</"
    "RestrictPublicBuckets>";
constexpr const char* aes256 =
    "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
    "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>";
constexpr const char* owner_enforced =
    "<Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>";
// Stands for a configuration that was taken away although new buckets have one.
constexpr const char* removed = "-";

struct Kind {
  std::string_view sub_resource;
  std::string_view root;
  // What a bucket has from the start; nothing: `code` until it is set.
  const char* initial;
  const char* code;
  const char* message;
  // Removing brings the initial one back, instead of leaving none.
  bool resets = false;
};

constexpr std::array kinds = std::to_array<Kind>({
    {"versioning", "VersioningConfiguration", "", "", ""},
    {"tagging", "Tagging", nullptr, "NoSuchTagSet", "The TagSet does not exist"},
    {"encryption", "ServerSideEncryptionConfiguration", aes256, "", "", true},
    {"publicAccessBlock", "PublicAccessBlockConfiguration", everything_blocked,
     "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"},
    {"ownershipControls", "OwnershipControls", owner_enforced, "OwnershipControlsNotFoundError",
     "The bucket ownership controls were not found"},
    {"lifecycle", "LifecycleConfiguration", nullptr, "NoSuchLifecycleConfiguration",
     "The lifecycle configuration does not exist"},
    {"cors", "CORSConfiguration", nullptr, "NoSuchCORSConfiguration",
     "The CORS configuration does not exist"},
    {"website", "WebsiteConfiguration", nullptr, "NoSuchWebsiteConfiguration",
     "The specified bucket does not have a website configuration"},
    {"replication", "ReplicationConfiguration", nullptr, "ReplicationConfigurationNotFoundError",
     "The replication configuration was not found"},
    {"object-lock", "ObjectLockConfiguration", nullptr, "ObjectLockConfigurationNotFoundError",
     "Object Lock configuration does not exist for this bucket"},
    {"accelerate", "AccelerateConfiguration", "", "", ""},
    {"requestPayment", "RequestPaymentConfiguration", "<Payer>BucketOwner</Payer>", "", ""},
    {"logging", "BucketLoggingStatus", "", "", ""},
    {"notification", "NotificationConfiguration", "", "", ""},
});

const Kind& kind_of(const Input& input) {
  return *std::ranges::find(kinds, sub_resource(input.query), &Kind::sub_resource);
}

std::string inner(const pugi::xml_node& node) {
  struct Text final : pugi::xml_writer {
    void write(const void* data, std::size_t size) override {
      text.append(static_cast<const char*>(data), size);
    }
    std::string text;
  };
  Text out;
  for (const auto& child : node.children()) child.print(out, "", pugi::format_raw);
  return out.text;
}

http::Response get(Store& store, const Input& input) {
  const auto& bucket = store.bucket(input.at.bucket);
  const auto& kind = kind_of(input);
  const auto found = bucket.configurations.find(std::string(kind.sub_resource));
  const bool set = found != bucket.configurations.end();
  if (set ? found->second == removed : kind.initial == nullptr) {
    throw Error(kind.code, kind.message, 404);
  }
  Xml xml;
  xml.raw(set ? found->second : kind.initial);
  return xml_response(Xml::document(kind.root, xml));
}

void set_versioning(Bucket& bucket, const pugi::xml_node& root) {
  const std::string_view status = root.child_value("Status");
  if (root.child("MfaDelete")) {
    throw Error("NotImplemented", "The embedded AWS has no MfaDelete for s3:PutBucketVersioning.",
                501);
  }
  if (status != "Enabled" && status != "Suspended") {
    throw Error("IllegalVersioningConfigurationException",
                "The Versioning element must be specified");
  }
  bucket.versioning = status == "Enabled" ? Versioning::enabled : Versioning::suspended;
}

void check_tags(const pugi::xml_node& root) {
  http::Query pairs;
  for (const auto& tag : root.child("TagSet").children("Tag")) {
    pairs.emplace_back(tag.child_value("Key"), tag.child_value("Value"));
    if (pairs.back().first.starts_with("aws:")) {
      throw Error("InvalidTag", "System tags cannot be added/updated by requester");
    }
  }
  tags_in(pairs);
  if (pairs.size() > 50) throw Error("BadRequest", "Bucket tag count cannot be greater than 50");
}

// The one value that the embedded AWS can mean.
void only(const pugi::xml_node& root, const char* element, std::string_view meant,
          std::string_view operation) {
  const auto found =
      root.find_node([&](const auto& node) { return std::string_view(node.name()) == element; });
  if (!found) malformed_xml();
  if (found.child_value() == meant) return;
  throw Error("NotImplemented",
              fmt::format("The embedded AWS has no {} {} for s3:{}.", element, found.child_value(),
                          operation),
              501);
}

// Objects are encrypted with S3's keys or the AWS managed key; keys of one's own have policies that
// would have to be asked.
void check_encryption(const pugi::xml_node& root) {
  const auto rule = root.child("Rule").child("ApplyServerSideEncryptionByDefault");
  const std::string algorithm = rule.child_value("SSEAlgorithm");
  if (algorithm.empty()) malformed_xml();
  const bool key = static_cast<bool>(rule.child("KMSMasterKeyID"));
  if (!key && (algorithm == "AES256" || algorithm == kms_algorithm)) return;
  throw Error("NotImplemented",
              fmt::format("The embedded AWS has no {} for s3:PutBucketEncryption.",
                          key ? "KMSMasterKeyID" : "SSEAlgorithm " + algorithm),
              501);
}

// All four switches, those that are not named off.
std::string public_access(const pugi::xml_node& root) {
  Xml xml;
  for (const char* name :
       {"BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"}) {
    const std::string value = lower_case(root.child_value(name));
    if (!value.empty() && value != "true" && value != "false") malformed_xml();
    xml.leaf(name, value == "true" ? "true" : "false");
  }
  return xml.text();
}

http::Response put(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  const auto& kind = kind_of(input);
  const auto& body = input.request.body;
  pugi::xml_document document;
  if (!document.load_buffer(body.data(), body.size())) malformed_xml();
  const auto root = document.document_element();
  if (root.name() != kind.root) malformed_xml();
  auto text = inner(root);
  if (kind.sub_resource == "versioning") set_versioning(bucket, root);
  if (kind.sub_resource == "tagging") check_tags(root);
  if (kind.sub_resource == "encryption") check_encryption(root);
  if (kind.sub_resource == "ownershipControls") {
    only(root, "ObjectOwnership", "BucketOwnerEnforced", "PutBucketOwnershipControls");
  }
  if (kind.sub_resource == "publicAccessBlock") text = public_access(root);
  const char* rule = kind.sub_resource == "lifecycle" ? "Rule" : "CORSRule";
  if ((kind.sub_resource == "lifecycle" || kind.sub_resource == "cors") && !root.child(rule)) {
    malformed_xml();
  }
  bucket.configurations[std::string(kind.sub_resource)] = std::move(text);
  return {kind.sub_resource == "tagging" ? 204 : 200, {}, {}};
}

http::Response remove(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  const auto& kind = kind_of(input);
  const std::string name(kind.sub_resource);
  if (kind.initial != nullptr && !kind.resets) {
    bucket.configurations[name] = removed;
  } else {
    bucket.configurations.erase(name);
  }
  return {204, {}, {}};
}

http::Response get_policy(Store& store, const Input& input) {
  const auto& bucket = store.bucket(input.at.bucket);
  if (bucket.policy.empty()) {
    throw Error("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
  }
  return {200, {{"Content-Type", "application/json"}}, bucket.policy};
}

http::Response put_policy(Store& store, const Input& input) {
  auto& bucket = store.bucket(input.at.bucket);
  const auto& text = input.request.body;
  if (text.size() > 20480) {
    throw Error("PolicyTooLarge", "The policy exceeds the maximum size of 20480 bytes");
  }
  const auto arn = store.bucket_arn(input.at.bucket);
  const bool open = store.neighbours.check_policy && store.neighbours.check_policy(text, arn);
  if (open && blocks(bucket, "BlockPublicPolicy")) {
    throw Error("AccessDenied",
                fmt::format("User: {} is not authorized to perform: s3:PutBucketPolicy on "
                            "resource: \"{}\" because public policies are prevented by the "
                            "BlockPublicPolicy setting in S3 Block Public Access.",
                            input.caller.arn, arn),
                403);
  }
  bucket.policy = text;
  return {204, {}, {}};
}

http::Response delete_policy(Store& store, const Input& input) {
  store.bucket(input.at.bucket).policy.clear();
  return {204, {}, {}};
}

http::Response policy_status(Store& store, const Input& input) {
  const auto& bucket = store.bucket(input.at.bucket);
  if (bucket.policy.empty()) {
    throw Error("NoSuchBucketPolicy", "The bucket policy does not exist", 404);
  }
  const bool open = store.neighbours.check_policy &&
                    store.neighbours.check_policy(bucket.policy, store.bucket_arn(input.at.bucket));
  Xml xml;
  return xml_response(Xml::document("PolicyStatus", xml.leaf("IsPublic", open ? "TRUE" : "FALSE")));
}

http::Response get_acl(Store& store, const Input& input) {
  const auto& bucket = store.bucket(input.at.bucket);
  if (!input.at.key.empty() && bucket.current(input.at.key) == nullptr) {
    throw Error("NoSuchKey", "The specified key does not exist.", 404);
  }
  const auto id = owner_id(store.context.account);
  Xml xml;
  xml.open("Owner").leaf("ID", id).close("Owner").open("AccessControlList").open("Grant");
  xml.raw(
      "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:type=\"CanonicalUser\"><ID>" +
      id + "</ID></Grantee>");
  xml.leaf("Permission", "FULL_CONTROL").close("Grant").close("AccessControlList");
  return xml_response(Xml::document("AccessControlPolicy", xml));
}

http::Response put_acl(Store& store, const Input& input) {
  store.bucket(input.at.bucket);
  const auto canned = input.header("x-amz-acl");
  refuse_acl(canned.empty() ? "grants in the body" : canned);
  return {200, {}, {}};
}

}  // namespace

std::span<const Route> configuration_routes() {
  static constexpr auto routes = std::to_array<Route>({
      {"GetBucketPolicy", "s3:GetBucketPolicy", "GET", On::bucket, "policy", get_policy},
      {"PutBucketPolicy", "s3:PutBucketPolicy", "PUT", On::bucket, "policy", put_policy},
      {"DeleteBucketPolicy", "s3:DeleteBucketPolicy", "DELETE", On::bucket, "policy",
       delete_policy},
      {"GetBucketPolicyStatus", "s3:GetBucketPolicyStatus", "GET", On::bucket, "policyStatus",
       policy_status},
      {"GetBucketVersioning", "s3:GetBucketVersioning", "GET", On::bucket, "versioning", get},
      {"PutBucketVersioning", "s3:PutBucketVersioning", "PUT", On::bucket, "versioning", put},
      {"GetBucketTagging", "s3:GetBucketTagging", "GET", On::bucket, "tagging", get},
      {"PutBucketTagging", "s3:PutBucketTagging", "PUT", On::bucket, "tagging", put},
      {"DeleteBucketTagging", "s3:PutBucketTagging", "DELETE", On::bucket, "tagging", remove},
      {"GetBucketEncryption", "s3:GetEncryptionConfiguration", "GET", On::bucket, "encryption",
       get},
      {"PutBucketEncryption", "s3:PutEncryptionConfiguration", "PUT", On::bucket, "encryption",
       put},
      {"DeleteBucketEncryption", "s3:PutEncryptionConfiguration", "DELETE", On::bucket,
       "encryption", remove},
      {"GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock", "GET", On::bucket,
       "publicAccessBlock", get},
      {"PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock", "PUT", On::bucket,
       "publicAccessBlock", put},
      {"DeletePublicAccessBlock", "s3:PutBucketPublicAccessBlock", "DELETE", On::bucket,
       "publicAccessBlock", remove},
      {"GetBucketOwnershipControls", "s3:GetBucketOwnershipControls", "GET", On::bucket,
       "ownershipControls", get},
      {"PutBucketOwnershipControls", "s3:PutBucketOwnershipControls", "PUT", On::bucket,
       "ownershipControls", put},
      {"DeleteBucketOwnershipControls", "s3:PutBucketOwnershipControls", "DELETE", On::bucket,
       "ownershipControls", remove},
      {"GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration", "GET", On::bucket,
       "lifecycle", get},
      {"PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration", "PUT", On::bucket,
       "lifecycle", put},
      {"DeleteBucketLifecycle", "s3:PutLifecycleConfiguration", "DELETE", On::bucket, "lifecycle",
       remove},
      {"GetBucketCors", "s3:GetBucketCORS", "GET", On::bucket, "cors", get},
      {"PutBucketCors", "s3:PutBucketCORS", "PUT", On::bucket, "cors", put},
      {"DeleteBucketCors", "s3:PutBucketCORS", "DELETE", On::bucket, "cors", remove},
      {"GetBucketWebsite", "s3:GetBucketWebsite", "GET", On::bucket, "website", get},
      {"GetBucketReplication", "s3:GetReplicationConfiguration", "GET", On::bucket, "replication",
       get},
      {"GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration", "GET", On::bucket,
       "object-lock", get},
      {"GetBucketAccelerateConfiguration", "s3:GetAccelerateConfiguration", "GET", On::bucket,
       "accelerate", get},
      {"GetBucketRequestPayment", "s3:GetBucketRequestPayment", "GET", On::bucket, "requestPayment",
       get},
      {"GetBucketLogging", "s3:GetBucketLogging", "GET", On::bucket, "logging", get},
      {"GetBucketNotificationConfiguration", "s3:GetBucketNotification", "GET", On::bucket,
       "notification", get},
      {"GetBucketAcl", "s3:GetBucketAcl", "GET", On::bucket, "acl", get_acl},
      {"PutBucketAcl", "s3:PutBucketAcl", "PUT", On::bucket, "acl", put_acl},
      {"GetObjectAcl", "s3:GetObjectAcl", "GET", On::object, "acl", get_acl},
      {"PutObjectAcl", "s3:PutObjectAcl", "PUT", On::object, "acl", put_acl},
  });
  return routes;
}

bool blocks(const Bucket& bucket, std::string_view setting) {
  const auto found = bucket.configurations.find("publicAccessBlock");
  const bool set = found != bucket.configurations.end();
  const std::string_view text =
      set ? std::string_view(found->second) : std::string_view(everything_blocked);
  return text.contains(fmt::format("<{0}>true</{0}>", setting));
}

void refuse_acl(std::string_view canned) {
  if (canned.empty() || canned == "bucket-owner-full-control") return;
  throw Error("AccessControlListNotSupported", "The bucket does not allow ACLs");
}

}  // namespace sim::s3
