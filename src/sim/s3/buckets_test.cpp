// Buckets: what is set about them, how they are addressed, and the calls of other services.
#include "sim/core/ask.hpp"
#include "sim/s3/address.hpp"
#include "sim/s3/digest.hpp"
#include "sim/s3/test_client.hpp"

namespace sim::s3 {
namespace {

using Buckets = Client;

struct AddressRow {
  const char* url;
  const char* bucket;
  const char* key;
};

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
constexpr AddressRow addresses[] = {
    {"https://b.s3.ap-northeast-1.amazonaws.com/a/k", "b", "a/k"},
    {"https://b.c.s3.amazonaws.com/k", "b.c", "k"},
    {"https://s3.ap-northeast-1.amazonaws.com/b/a/k", "b", "a/k"},
    {"https://s3.amazonaws.com/", "", ""},
    {"http://127.0.0.1:4566/b/k%20l", "b", "k l"},
    {"http://localhost:4566/b", "b", ""},
    {"http://b.localhost:4566/k", "b", "k"},
    {"http://b.s3.localhost:4566/k", "b", "k"},
    {"http://s3.localhost:4566/b/k", "b", "k"},
    {"http://b.s3.ap-northeast-1.localhost/k", "b", "k"},
};

TEST(Address, buckets_are_named_by_path_or_host) {
  for (const auto& row : addresses) {
    const auto at = address_of(http::Url::parse(row.url));
    EXPECT_EQ(at.bucket, row.bucket) << row.url;
    EXPECT_EQ(at.key, row.key) << row.url;
  }
}

struct ConfigurationRow {
  const char* sub_resource;
  int before;
  const char* body;
  int put;
  const char* after;  // part of the answer
};

constexpr ConfigurationRow configurations[] = {
    {"versioning", 200,
     "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>", 200,
     "<Status>Suspended</Status>"},
    {"versioning", 200, "<VersioningConfiguration><Status>On</Status></VersioningConfiguration>",
     400, "<Status>Suspended</Status>"},
    {"tagging", 404, "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>",
     204, "<Tag><Key>a</Key><Value>1</Value></Tag>"},
    {"encryption", 200,
     "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
     "<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>alias/mine</KMSMasterKeyID>"
     "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
     501, "AES256"},
    {"encryption", 200,
     "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
     "<SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
     "</ServerSideEncryptionConfiguration>",
     200, "aws:kms"},
    {"publicAccessBlock", 200,
     "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
     "</PublicAccessBlockConfiguration>",
     200, "<BlockPublicPolicy>false</BlockPublicPolicy>"},
    {"lifecycle", 404, "<LifecycleConfiguration></LifecycleConfiguration>", 400,
     "NoSuchLifecycleConfiguration"},
    {"ownershipControls", 200, "<Wrong/>", 400, "BucketOwnerEnforced"},
};

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
TEST_F(Buckets, acls_and_locks_of_a_new_bucket_are_refused_and_private_is_what_it_is) {
  const std::string here =
      "<CreateBucketConfiguration><LocationConstraint>ap-northeast-1</LocationConstraint>"
      "</CreateBucketConfiguration>";
  struct Row {
    const char* name;
    const char* value;
    int status;
  };
  for (const auto& [name, value, status] :
       {Row{"x-amz-acl", "public-read", 400}, Row{"x-amz-acl", "private", 200},
        Row{"x-amz-object-ownership", "ObjectWriter", 501},
        Row{"x-amz-object-ownership", "BucketOwnerEnforced", 200},
        Row{"x-amz-bucket-object-lock-enabled", "true", 501},
        Row{"x-amz-grant-read", "id=1", 501}}) {
    EXPECT_EQ(
        send("PUT", "https://new-bucket.s3.ap-northeast-1.amazonaws.com/", here, {{name, value}})
            .status,
        status)
        << name;
    send("DELETE", "https://new-bucket.s3.ap-northeast-1.amazonaws.com/");
  }
}

TEST_F(Buckets, configurations_are_kept_checked_and_returned) {
  s3.put("my-bucket", "k", "v");
  for (const auto& row : configurations) {
    const auto url = bucket + "/?" + row.sub_resource;
    EXPECT_EQ(send("GET", url).status, row.before) << row.sub_resource;
    EXPECT_EQ(send("PUT", url, row.body).status, row.put) << row.sub_resource;
    EXPECT_NE(send("GET", url).body.find(row.after), std::string::npos) << row.sub_resource;
  }
}

TEST_F(Buckets, a_public_policy_is_kept_out_until_the_access_block_allows_it) {
  s3.put("my-bucket", "k", "v");
  s3.set_neighbours({.check_policy = [](const std::string& text, const std::string&) {
    return text.contains("public");
  }});
  EXPECT_EQ(send("GET", bucket + "/?policy").status, 404);
  EXPECT_EQ(code(send("PUT", bucket + "/?policy", "public")), "AccessDenied");
  EXPECT_EQ(send("PUT", bucket + "/?policy", "private").status, 204);
  EXPECT_EQ(send("GET", bucket + "/?policy").body, "private");
  EXPECT_EQ(s3.policy_for("arn:aws:s3:::my-bucket/k", {}), std::nullopt);
  EXPECT_EQ(send("DELETE", bucket + "/?publicAccessBlock").status, 204);
  EXPECT_EQ(send("PUT", bucket + "/?policy", "public").status, 204);
  EXPECT_EQ(s3.policy_for("arn:aws:s3:::my-bucket/k", {}), "public");
  EXPECT_EQ(send("GET", bucket + "/?policyStatus").body.find("FALSE"), std::string::npos);
}

TEST_F(Buckets, who_may_not_list_is_denied_what_is_missing) {
  s3.put("my-bucket", "k", "v");
  s3.set_neighbours({.allowed = [](const Principal&, const Access& access) {
    return access.action != "s3:ListBucket" && access.resource != "arn:aws:s3:::my-bucket/kept";
  }});
  EXPECT_EQ(send("GET", bucket + "/none").status, 403);
  s3.put("my-bucket", "kept", "v");
  const std::string body =
      "<Delete><Object><Key>k</Key></Object><Object><Key>kept</Key></Object></Delete>";
  const auto answer = send("POST", bucket + "/?delete", body, {{"Content-MD5", base64(md5(body))}});
  EXPECT_NE(answer.body.find("<Deleted><Key>k</Key></Deleted>"), std::string::npos);
  EXPECT_NE(answer.body.find("<Error><Key>kept</Key><Code>AccessDenied</Code>"), std::string::npos);
  EXPECT_TRUE(s3.get("my-bucket", "kept"));
}

TEST_F(Buckets, other_services_call_the_same_operations) {
  const auto made = [&](std::string action, json::object input) {
    return test::ask(*runtime, s3, std::move(action), std::move(input));
  };
  made("CreateBucket", {{"Bucket", "my-bucket"}});
  made("PutBucketVersioning",
       {{"Bucket", "my-bucket"}, {"VersioningConfiguration", json::object{{"Status", "Enabled"}}}});
  made("PutBucketTagging",
       {{"Bucket", "my-bucket"},
        {"Tagging",
         json::object{{"TagSet", json::array{json::object{{"Key", "a"}, {"Value", "1"}}}}}}});
  EXPECT_EQ(made("GetBucketVersioning", {{"Bucket", "my-bucket"}}).at("Status"), "Enabled");
  EXPECT_NE(send("GET", bucket + "/?tagging").body.find("<Key>a</Key>"), std::string::npos);
  made("PutObject", {{"Bucket", "my-bucket"}, {"Key", "a b"}, {"Body", "text"}});
  EXPECT_EQ(made("GetObject", {{"Bucket", "my-bucket"}, {"Key", "a b"}}).at("Body"), "text");
  EXPECT_EQ(s3.operations()
                .at("GetObject")
                .access({{}, "s3", "GetObject", {{"Bucket", "my-bucket"}, {"Key", "a b"}}, ""})[0]
                .resource,
            "arn:aws:s3:::my-bucket/a b");
  EXPECT_THROW(made("DeleteBucket", {{"Bucket", "my-bucket"}}), Error);
  EXPECT_THROW(made("CreateBucket", {{"Bucket", "other-bucket"}, {"GrantRead", "id=1"}}), Error);
}

}  // namespace
}  // namespace sim::s3
