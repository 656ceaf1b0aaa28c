// One request to S3, taken apart; and the pieces of answers that many operations share.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "sim/s3/address.hpp"
#include "sim/s3/model.hpp"
#include "sim/s3/xml.hpp"

namespace sim::s3 {

struct Input {
  const http::Request& request;  // must outlive this
  Address at;
  http::Query query;
  Principal caller = {};

  explicit Input(const http::Request& made, Principal by = {});

  bool has(std::string_view name) const;
  std::string parameter(std::string_view name, std::string fallback = {}) const;
  // A number from 0 to `most`; larger ones count as `most`. Refuses others (InvalidArgument).
  std::size_t number(std::string_view name, std::size_t fallback, std::size_t most) const;
  std::string header(std::string_view name) const;
};

// One operation of S3.
using Run = http::Response (*)(Store&, const Input&);

enum class On { service, bucket, object };

struct Route {
  std::string_view name;    // as in the API
  std::string_view action;  // the IAM action
  std::string_view method;
  On on;
  std::string_view sub_resource;  // "policy" of "?policy"
  Run run;
};

// nullptr for a request that is no operation we have.
const Route* route_of(const Input& input);
// The parameter that selects the operation, empty when none does.
std::string sub_resource(const http::Query& query);

// Each folder file's own rows.
std::span<const Route> bucket_routes();
std::span<const Route> object_routes();
std::span<const Route> listing_routes();
std::span<const Route> upload_routes();
std::span<const Route> configuration_routes();

http::Response xml_response(std::string body);
// "Sun, 22 Nov 2026 15:39:54 GMT", and back.
std::string http_date(base::Instant instant);
std::optional<base::Instant> parse_http_date(std::string_view text);
Tags tags_in(const http::Query& pairs);
[[noreturn]] void malformed_xml();
// The canonical user id of an account.
std::string owner_id(const std::string& account);
// Whether a switch of the bucket's public access block is on ("BlockPublicPolicy").
bool blocks(const Bucket& bucket, std::string_view setting);
// Buckets have no ACLs (BucketOwnerEnforced, the default since April 2023), so none but one canned
// ACL may be named.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
void refuse_acl(std::string_view canned);
std::string lower_case(std::string_view text);

}  // namespace sim::s3
