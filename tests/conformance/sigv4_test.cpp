// Signature Version 4 against AWS's suite (awslabs/aws-c-auth): every stage, as headers and as a
// presigned query.
#include "aws/sigv4.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <set>

#include "suite.hpp"

namespace conformance {
namespace {

namespace sigv4 = aws::sigv4;
namespace json = boost::json;
using std::filesystem::path;

struct Case {
  path folder;
  http::Request request;
  aws::Credentials credentials;
  sigv4::Scope scope;
  base::Instant now;
  base::Duration expires{};
  sigv4::Options options;

  std::string stage(const std::string& name) const { return read(folder / (name + ".txt")); }
};

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

http::Request parse_request(std::string_view text) {
  http::Request request;
  const auto line = take_line(text);
  const auto target = line.find(' ') + 1;
  request.method = line.substr(0, target - 1);
  request.url.target = line.substr(target, line.rfind(" HTTP/") - target);
  while (!text.empty()) {
    const auto header = take_line(text);
    if (header.empty()) break;
    const auto colon = header.find(':');
    request.headers.add(header.substr(0, colon), header.substr(colon + 1));
  }
  request.body = text;
  request.url.host = request.headers.get("Host").value();
  return request;
}

Case load(const path& folder) {
  const auto context = json::parse(read(folder / "context.json")).as_object();
  const auto& credentials = context.at("credentials").as_object();
  const auto text = [](const json::object& object, const char* key) {
    const auto* value = object.if_contains(key);
    return value != nullptr ? std::string(value->as_string()) : std::string();
  };
  Case out{.folder = folder,
           .request = parse_request(read(folder / "request.txt")),
           .credentials = {text(credentials, "access_key_id"),
                           text(credentials, "secret_access_key"), text(credentials, "token")},
           .scope = {text(context, "region"), text(context, "service")},
           .now = base::parse_iso8601(text(context, "timestamp")).value(),
           .expires = std::chrono::seconds(context.at("expiration_in_seconds").as_int64()),
           .options = {}};
  if (!context.at("normalize").as_bool()) out.options.path = sigv4::Path::as_is;
  out.options.content_sha256 = context.at("sign_body").as_bool();
  return out;
}

std::vector<Case> cases() {
  std::set<path> folders;
  for (const auto& entry : std::filesystem::directory_iterator(suite("sigv4"))) {
    if (entry.is_directory()) folders.insert(entry.path());
  }
  std::vector<Case> out;
  for (const auto& folder : folders) out.push_back(load(folder));
  return out;
}

TEST(SigV4Suite, every_stage_of_signing_by_headers_is_the_same) {
  SKIP_WITHOUT(suite("sigv4"));
  int count = 0;
  for (auto& c : cases()) {
    SCOPED_TRACE(c.folder.filename().string());
    sigv4::Keys keys(c.credentials);
    const auto stages = sigv4::sign(c.request, keys, c.scope, c.now, c.options);
    EXPECT_EQ(stages.canonical_request, c.stage("header-canonical-request"));
    EXPECT_EQ(stages.string_to_sign, c.stage("header-string-to-sign"));
    EXPECT_EQ(stages.signature, c.stage("header-signature"));
    const auto expected = parse_request(c.stage("header-signed-request"));
    EXPECT_EQ(c.request.headers.size(), expected.headers.size());
    for (const auto* name :
         {"Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"}) {
      EXPECT_EQ(c.request.headers.get(name), expected.headers.get(name)) << name;
    }
    ++count;
  }
  EXPECT_GE(count, 30);
}

TEST(SigV4Suite, every_stage_of_presigning_is_the_same) {
  SKIP_WITHOUT(suite("sigv4"));
  for (auto& c : cases()) {
    SCOPED_TRACE(c.folder.filename().string());
    sigv4::Keys keys(c.credentials);
    const auto stages = sigv4::presign(c.request, keys, c.scope, c.now, c.expires, c.options);
    EXPECT_EQ(stages.canonical_request, c.stage("query-canonical-request"));
    EXPECT_EQ(stages.string_to_sign, c.stage("query-string-to-sign"));
    EXPECT_EQ(stages.signature, c.stage("query-signature"));
    EXPECT_EQ(c.request.url.target, parse_request(c.stage("query-signed-request")).url.target);
  }
}

}  // namespace
}  // namespace conformance
