#include "aws/s3/s3.hpp"

#include "aws/endpoint.hpp"
#include "aws/errors.hpp"
#include "aws/xml.hpp"

namespace aws::s3 {

namespace {

std::string bucket_host(const Settings& settings, std::string_view bucket) {
  return fmt::format("{}.s3.{}.{}", bucket, settings.region, dns_suffix(settings.region));
}

http::Request request_for(const Settings& settings, std::string method, std::string_view bucket,
                          std::string_view key, const http::Query& query = {}) {
  http::Request request;
  request.method = std::move(method);
  const auto path = '/' + http::percent_encode(key, true);
  if (settings.endpoint) {
    request.url = *settings.endpoint;
    request.url.target = '/' + http::percent_encode(bucket) + (key.empty() ? "" : path);
  } else {
    request.url.host = bucket_host(settings, bucket);
    request.url.target = path;
  }
  if (!query.empty()) request.url.target += '?' + http::format_query(query);
  return request;
}

// False when the bucket or the object is not there.
base::Task<bool> remove(Client& client, std::string operation, http::Request request) {
  try {
    co_await client.rest("s3", std::move(operation), std::move(request));
  } catch (const ServiceError& error) {
    if (!is_not_found(error.code)) throw;
    co_return false;
  }
  co_return true;
}

}  // namespace

std::string object_url(const Settings& settings, std::string_view bucket, std::string_view key) {
  return fmt::format("https://{}/{}", bucket_host(settings, bucket),
                     http::percent_encode(key, true));
}

base::Task<void> create_bucket(Client& client, std::string bucket) {
  auto request = request_for(client.settings(), "PUT", bucket, "");
  // us-east-1 is the one region that must not be named.
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
  if (client.region() != "us-east-1") {
    request.headers.set("Content-Type", "application/xml");
    request.body = fmt::format(
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<LocationConstraint>{}</LocationConstraint></CreateBucketConfiguration>",
        client.region());
  }
  try {
    co_await client.rest("s3", "CreateBucket", std::move(request));
  } catch (const ServiceError& error) {
    if (error.code != "BucketAlreadyOwnedByYou") throw;
  }
}

base::Task<void> delete_bucket(Client& client, std::string bucket) {
  co_await remove(client, "DeleteBucket", request_for(client.settings(), "DELETE", bucket, ""));
}

base::Task<void> put_object(Client& client, std::string bucket, std::string key, std::string body,
                            std::string content_type) {
  auto request = request_for(client.settings(), "PUT", bucket, key);
  request.headers.set("Content-Type", content_type);
  request.body = std::move(body);
  co_await client.rest("s3", "PutObject", std::move(request));
}

base::Task<std::optional<std::string>> get_object(Client& client, std::string bucket,
                                                  std::string key) {
  try {
    auto response =
        co_await client.rest("s3", "GetObject", request_for(client.settings(), "GET", bucket, key));
    co_return std::move(response.body);
  } catch (const ServiceError& error) {
    if (!is_not_found(error.code)) throw;
  }
  co_return std::nullopt;
}

base::Task<void> delete_object(Client& client, std::string bucket, std::string key) {
  co_await remove(client, "DeleteObject", request_for(client.settings(), "DELETE", bucket, key));
}

base::Task<std::vector<ObjectSummary>> list_objects(Client& client, std::string bucket,
                                                    std::string prefix) {
  std::vector<ObjectSummary> objects;
  std::string token;
  do {
    http::Query query{{"list-type", "2"}};
    if (!prefix.empty()) query.emplace_back("prefix", prefix);
    if (!token.empty()) query.emplace_back("continuation-token", token);
    const auto response = co_await client.rest(
        "s3", "ListObjectsV2", request_for(client.settings(), "GET", bucket, "", query));
    const auto document = protocol::parse_xml(response.body);
    if (!document) {
      throw ServiceError("s3", "ListObjectsV2", "UnreadableReply", "the answer is not XML",
                         response.status, {});
    }
    const auto root = document->document_element();
    for (const auto item : root.children("Contents")) {
      objects.push_back({xml::text(item, "Key"), item.child("Size").text().as_llong()});
    }
    token = xml::text(root, "NextContinuationToken");
  } while (!token.empty());
  co_return objects;
}

}  // namespace aws::s3
