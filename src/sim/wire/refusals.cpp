#include "sim/wire/refusals.hpp"

#include "sim/wire/protocol.hpp"

namespace sim::wire {

namespace {

constexpr const char* invalid_token = "The security token included in the request is invalid.";
constexpr const char* wrong_signature =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";

std::string text(const std::string& detail, const char* standard) {
  return detail.empty() ? standard : detail;
}

Error of_ec2(Refusal kind, const std::string& detail) {
  switch (kind) {
    case Refusal::unsigned_request:
      return {"MissingAuthenticationToken", "The request must contain valid credentials.", 403};
    case Refusal::incomplete:
      return {"IncompleteSignature", detail, 400};
    case Refusal::unknown_key:
    case Refusal::wrong:
    case Refusal::wrong_region:
      return {"AuthFailure", "AWS was not able to validate the provided access credentials", 401};
    case Refusal::skewed:
    case Refusal::expired_url:
    case Refusal::expired_token:
      return {"RequestExpired", "Request has expired.", 400};
    case Refusal::malformed:
      return {"InvalidParameterValue", text(detail, "The request cannot be read."), 400};
    case Refusal::too_large:
      return {"RequestEntityTooLarge", "The request exceeds the maximum size.", 413};
    case Refusal::throttled:
      return {"RequestLimitExceeded", "Request limit exceeded.", 503};
    case Refusal::unavailable:
      break;
  }
  return {"Unavailable", "The server is overloaded and can't handle the request.", 503};
}

Error of_query(Refusal kind, const std::string& detail) {
  switch (kind) {
    case Refusal::unsigned_request:
      return {"MissingAuthenticationToken", "Request is missing Authentication Token", 403};
    case Refusal::incomplete:
      return {"IncompleteSignature", detail, 400};
    case Refusal::unknown_key:
      return {"InvalidClientTokenId", invalid_token, 403};
    case Refusal::wrong:
    case Refusal::skewed:
      return {"SignatureDoesNotMatch", text(detail, wrong_signature), 403};
    case Refusal::wrong_region:
      return {"SignatureDoesNotMatch", "Credential should be scoped to a valid region.", 403};
    case Refusal::expired_url:
      return {"AccessDenied", "Request has expired", 403};
    case Refusal::expired_token:
      return {"ExpiredToken", "The security token included in the request is expired", 403};
    case Refusal::malformed:
      return {"MalformedInput", text(detail, "The request cannot be read."), 400};
    case Refusal::too_large:
      return {"RequestEntityTooLarge", "The request exceeds the maximum size.", 413};
    case Refusal::throttled:
      return {"Throttling", "Rate exceeded", 400};
    case Refusal::unavailable:
      break;
  }
  return {"ServiceUnavailable", "The request has failed due to a temporary failure of the server.",
          503};
}

// `forbidden`: 400 for the JSON protocol, 403 for Lambda.
Error of_json(Refusal kind, const std::string& detail, int forbidden) {
  switch (kind) {
    case Refusal::unsigned_request:
      return {"MissingAuthenticationTokenException", "Missing Authentication Token", forbidden};
    case Refusal::incomplete:
      return {"IncompleteSignatureException", detail, forbidden};
    case Refusal::unknown_key:
      return {"UnrecognizedClientException", invalid_token, forbidden};
    case Refusal::wrong:
    case Refusal::skewed:
      return {"InvalidSignatureException", text(detail, wrong_signature), forbidden};
    case Refusal::wrong_region:
      return {"InvalidSignatureException", "Credential should be scoped to a valid region.",
              forbidden};
    case Refusal::expired_url:
    case Refusal::expired_token:
      return {"ExpiredTokenException", "The security token included in the request is expired",
              forbidden};
    case Refusal::malformed:
      return {"SerializationException", text(detail, "The request cannot be read."), 400};
    case Refusal::too_large:
      return {"RequestEntityTooLargeException", "The request exceeds the maximum size.", 413};
    case Refusal::throttled:
      return {forbidden == 403 ? "TooManyRequestsException" : "ThrottlingException",
              "Rate exceeded", forbidden == 403 ? 429 : 400};
    case Refusal::unavailable:
      break;
  }
  return {"ServiceUnavailableException", "Service is unavailable. Please try again.", 503};
}

Error of_s3(Refusal kind, const std::string& detail) {
  switch (kind) {
    case Refusal::unsigned_request:
      return {"AccessDenied", "Access Denied", 403};
    case Refusal::incomplete:
      return {"AuthorizationHeaderMalformed", detail, 400};
    case Refusal::unknown_key:
      return {"InvalidAccessKeyId",
              "The AWS Access Key Id you provided does not exist in our records.", 403};
    case Refusal::wrong:
      return {"SignatureDoesNotMatch",
              text(detail,
                   "The request signature we calculated does not match the signature you provided. "
                   "Check your key and signing method."),
              403};
    case Refusal::skewed:
      return {"RequestTimeTooSkewed",
              "The difference between the request time and the current time is too large.", 403};
    case Refusal::expired_url:
      return {"AccessDenied", "Request has expired", 403};
    case Refusal::expired_token:
      return {"ExpiredToken", "The provided token has expired.", 400};
    case Refusal::wrong_region:
      return {"AuthorizationHeaderMalformed", detail, 400};
    case Refusal::malformed:
      return {"InvalidRequest", text(detail, "The request cannot be read."), 400};
    case Refusal::too_large:
      return {"EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400};
    case Refusal::throttled:
      return {"SlowDown", "Please reduce your request rate.", 503};
    case Refusal::unavailable:
      break;
  }
  return {"InternalError", "We encountered an internal error. Please try again.", 500};
}

}  // namespace

Error refusal(Refusal kind, std::string_view service, const std::string& detail) {
  switch (protocol_of(service)) {
    case Protocol::ec2:
      return of_ec2(kind, detail);
    case Protocol::query:
      return of_query(kind, detail);
    case Protocol::json:
      return of_json(kind, detail, 400);
    case Protocol::rest_json:
      return of_json(kind, detail, 403);
    case Protocol::rest_xml:
      break;
  }
  return of_s3(kind, detail);
}

}  // namespace sim::wire
