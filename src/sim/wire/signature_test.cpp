#include "sim/wire/signature.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <map>

#include "sim/wire/suite_test.hpp"
#include "sim/wire/verify.hpp"

namespace sim::wire {
namespace {

// "GET /path HTTP/1.1", header lines, an empty line, the body.
http::Request parse_request(const std::string& text) {
  http::Request request;
  const auto line_end = text.find('\n');
  const auto line = text.substr(0, line_end);
  request.method = line.substr(0, line.find(' '));
  request.url.target = line.substr(line.find(' ') + 1);
  request.url.target.resize(request.url.target.rfind(" HTTP/"));
  std::size_t at = line_end + 1;
  while (at < text.size()) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto header = text.substr(at, end - at);
    at = end + 1;
    if (header.empty()) break;
    const auto colon = header.find(':');
    request.headers.add(header.substr(0, colon), header.substr(colon + 1));
  }
  if (at < text.size()) request.body = text.substr(at);
  return request;
}

struct Context {
  iam::Key key;
  base::Instant now;
  bool normalize = true;
};

Context context_of(const std::filesystem::path& file) {
  const auto parsed = boost::json::parse(text_of(file));
  Context out;
  const auto& credentials = parsed.at("credentials");
  out.key.access_key_id = credentials.at("access_key_id").as_string();
  out.key.secret = credentials.at("secret_access_key").as_string();
  if (const auto* token = credentials.as_object().if_contains("token")) {
    out.key.session_token = token->as_string();
  }
  out.key.principal = {Principal::Kind::user, "arn:aws:iam::123456789012:user/alice", {}, "AIDA"};
  out.now = *base::parse_iso8601(parsed.at("timestamp").as_string());
  out.normalize = parsed.at("normalize").as_bool();
  return out;
}

Verifier verifier_of(const Context& context) {
  static SigningKeys signing_keys;
  return {context.now, "us-east-1",
          [key = context.key](std::string_view id) -> std::optional<iam::Key> {
            if (id != key.access_key_id) return std::nullopt;
            return key;
          },
          signing_keys};
}

void check(const std::filesystem::path& folder, const std::string& how) {
  SCOPED_TRACE(folder.filename().string() + ", signed in the " + how);
  const auto context = context_of(folder / "context.json");
  const auto request = parse_request(text_of(folder / (how + "-signed-request.txt")));
  const auto claim = claim_of(request, "service");
  ASSERT_TRUE(claim);
  const auto canonical = canonical_request(request, *claim, {context.normalize, true});
  EXPECT_EQ(canonical, text_of(folder / (how + "-canonical-request.txt")));
  const auto to_sign = string_to_sign(*claim, canonical);
  EXPECT_EQ(to_sign, text_of(folder / (how + "-string-to-sign.txt")));
  EXPECT_EQ(signature(signing_key(*claim, context.key.secret), to_sign),
            text_of(folder / (how + "-signature.txt")));
  if (!context.normalize) return;  // only S3's rule, and these requests are not for S3
  EXPECT_EQ(verify(request, *claim, verifier_of(context)).arn, context.key.principal.arn);
}

TEST(Signature, every_stage_agrees_with_the_published_suite) {
  const auto root = suite("sigv4");
  if (!std::filesystem::is_directory(root)) {
    GTEST_SKIP() << "AWS's SigV4 suite is not here; set FALSEWORK_CONFORMANCE to its parent folder";
  }
  int checked = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (!std::filesystem::exists(entry.path() / "context.json")) continue;
    check(entry.path(), "header");
    check(entry.path(), "query");
    ++checked;
  }
  EXPECT_EQ(checked, 30);
}

// A request to `service`, signed by the verifier's own stages.
struct Signed {
  http::Request request;
  Context context;

  explicit Signed(const std::string& service, const std::string& region = "us-east-1") {
    context.key = {"AKIDEXAMPLE", "secret", "", {Principal::Kind::user, "alice", {}, "AIDA"}, {}};
    context.now = *base::parse_iso8601("20150830T123600Z");
    request.method = "POST";
    request.url.host = service + ".us-east-1.amazonaws.com";
    request.body = "Action=GetCallerIdentity";
    request.headers.set("X-Amz-Date", "20150830T123600Z");
    if (service == "s3") request.headers.set("X-Amz-Content-Sha256", sha256_hex(request.body));
    sign(service, region);
  }

  void sign(const std::string& service, const std::string& region) {
    std::string names = "host;x-amz-date";
    if (service == "s3") names = "host;x-amz-content-sha256;x-amz-date";
    const auto authorization = [&](const std::string& mark) {
      return "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/" + region + "/" + service +
             "/aws4_request, SignedHeaders=" + names + ", Signature=" + mark;
    };
    request.headers.set("Authorization", authorization("0"));
    const auto claim = *claim_of(request, service);
    const bool s3 = service == "s3";
    const auto text = string_to_sign(claim, canonical_request(request, claim, {!s3, !s3}));
    request.headers.set("Authorization",
                        authorization(signature(signing_key(claim, "secret"), text)));
  }

  std::string outcome() const {
    try {
      const auto claim = claim_of(request, service_of(request));
      if (!claim) return "unsigned";
      return verify(request, *claim, verifier_of(context)).arn;
    } catch (const Error& error) {
      return error.code + " " + std::to_string(error.status);
    }
  }
};

struct Row {
  const char* situation;
  void (*change)(Signed&);
  const char* ec2;
  const char* iam;
  const char* ecs;
  const char* lambda;
  const char* s3;
};

// Codes and statuses: each service's "Common errors" page.
constexpr Row rows[] = {
    {"as signed", [](Signed&) {}, "alice", "alice", "alice", "alice", "alice"},
    {"an unknown key", [](Signed& s) { s.context.key.access_key_id = "AKIDOTHER"; },
     "AuthFailure 401", "InvalidClientTokenId 403", "UnrecognizedClientException 400",
     "UnrecognizedClientException 403", "InvalidAccessKeyId 403"},
    {"another secret", [](Signed& s) { s.context.key.secret = "other"; }, "AuthFailure 401",
     "SignatureDoesNotMatch 403", "InvalidSignatureException 400", "InvalidSignatureException 403",
     "SignatureDoesNotMatch 403"},
    {"a changed body", [](Signed& s) { s.request.body += "x"; }, "AuthFailure 401",
     "SignatureDoesNotMatch 403", "InvalidSignatureException 400", "InvalidSignatureException 403",
     "XAmzContentSHA256Mismatch 400"},
    {"a changed path", [](Signed& s) { s.request.url.target = "/other"; }, "AuthFailure 401",
     "SignatureDoesNotMatch 403", "InvalidSignatureException 400", "InvalidSignatureException 403",
     "SignatureDoesNotMatch 403"},
    {"an x-amz- header that is not signed",
     [](Signed& s) { s.request.headers.set("X-Amz-Target", "a.b"); }, "AuthFailure 401",
     "SignatureDoesNotMatch 403", "InvalidSignatureException 400", "InvalidSignatureException 403",
     "AccessDenied 403"},
    {"six minutes old", [](Signed& s) { s.context.now += std::chrono::minutes(6); },
     "RequestExpired 400", "SignatureDoesNotMatch 403", "InvalidSignatureException 400",
     "InvalidSignatureException 403", "alice"},
    {"sixteen minutes in the future", [](Signed& s) { s.context.now -= std::chrono::minutes(16); },
     "RequestExpired 400", "SignatureDoesNotMatch 403", "InvalidSignatureException 400",
     "InvalidSignatureException 403", "RequestTimeTooSkewed 403"},
    {"a session token that is missing", [](Signed& s) { s.context.key.session_token = "t"; },
     "AuthFailure 401", "InvalidClientTokenId 403", "UnrecognizedClientException 400",
     "UnrecognizedClientException 403", "InvalidToken 400"},
    {"expired session credentials", [](Signed& s) { s.context.key.expires = s.context.now; },
     "RequestExpired 400", "ExpiredToken 403", "ExpiredTokenException 400",
     "ExpiredTokenException 403", "ExpiredToken 400"},
    {"no signature", [](Signed& s) { s.request.headers.remove("Authorization"); }, "unsigned",
     "unsigned", "unsigned", "unsigned", "unsigned"},
};

TEST(Signature, each_service_refuses_in_its_own_words) {
  for (const auto& row : rows) {
    const std::pair<const char*, const char*> services[] = {{"ec2", row.ec2},
                                                            {"iam", row.iam},
                                                            {"ecs", row.ecs},
                                                            {"lambda", row.lambda},
                                                            {"s3", row.s3}};
    for (const auto& [service, expected] : services) {
      SCOPED_TRACE(std::string(service) + ": " + row.situation);
      Signed given(service);
      row.change(given);
      EXPECT_EQ(given.outcome(), expected);
    }
  }
}

TEST(Signature, is_refused_for_another_region_except_on_the_global_endpoints) {
  Signed ec2("ec2", "eu-west-1");
  EXPECT_EQ(ec2.outcome(), "AuthFailure 401");
  Signed s3("s3", "eu-west-1");
  EXPECT_EQ(s3.outcome(), "AuthorizationHeaderMalformed 400");
  Signed iam("iam", "us-east-1");
  const auto claim = claim_of(iam.request, "iam");
  auto verifier = verifier_of(iam.context);
  verifier.region = "ap-northeast-1";
  EXPECT_EQ(verify(iam.request, *claim, verifier).arn, "alice");
}

TEST(Signature, halves_of_a_signature_are_incomplete) {
  for (const auto* authorization :
       {"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request",
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, Signature=1", "Basic eDp5"}) {
    http::Request request;
    request.headers.set("Authorization", authorization);
    request.headers.set("X-Amz-Date", "20150830T123600Z");
    try {
      claim_of(request, "iam");
      FAIL() << authorization;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "IncompleteSignature") << authorization;
    }
  }
}

}  // namespace
}  // namespace sim::wire
