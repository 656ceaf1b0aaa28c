#include "aws/errors.hpp"

#include <gtest/gtest.h>

namespace aws {
namespace {

// EC2's codes of a strike, and the standard retry mode's lists:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
TEST(Errors, every_code_means_one_thing) {
  struct Case {
    std::string_view code;
    std::string_view meaning;
  };
  constexpr Case cases[] = {
      {"NatGatewayNotFound", "not found"},
      {"InvalidAllocationID.NotFound", "not found"},
      {"InvalidRoute.NotFound", "not found"},
      {"InvalidInternetGatewayID.NotFound", "not found"},
      {"Gateway.NotAttached", "not found"},
      {"ClusterNotFoundException", "not found"},
      {"NoSuchKey", "not found"},
      {"InvalidNetworkInterfaceID.NotFound", "in use"},
      {"AuthFailure", "in use"},
      {"DependencyViolation", "in use"},
      {"InvalidIPAddress.InUse", "in use"},
      {"IncorrectState", "in use"},
      // facts §6: "Throttling codes: ..."
      {"Throttling", "throttling"},
      {"ThrottlingException", "throttling"},
      {"ThrottledException", "throttling"},
      {"RequestThrottledException", "throttling"},
      {"TooManyRequestsException", "throttling"},
      {"ProvisionedThroughputExceededException", "throttling"},
      {"TransactionInProgressException", "throttling"},
      {"RequestLimitExceeded", "throttling"},
      {"BandwidthLimitExceeded", "throttling"},
      {"LimitExceededException", "throttling"},
      {"RequestThrottled", "throttling"},
      {"SlowDown", "throttling"},
      {"PriorRequestNotComplete", "throttling"},
      {"EC2ThrottledException", "throttling"},
      // "Transient: RequestTimeout, RequestTimeoutException, ..."
      {"RequestTimeout", "transient"},
      {"RequestTimeoutException", "transient"},
      // "*Not* retried by SDKs, the executor must own them: ..., ConcurrentTagAccess"
      {"ConcurrentTagAccess", ""},
      {"NoResponse", "transient"},
      {"HTTP 500", "transient"},
      {"HTTP 502", "transient"},
      {"HTTP 504", "transient"},
      {"HTTP 408", "transient"},
      {"HTTP 429", "throttling"},
      {"HTTP 403", ""},
      {"NoSecureConnection", ""},
      {"UnauthorizedOperation", "denied"},
      {"AccessDeniedException", "denied"},
      {"ExpiredTokenException", ""},
      {"SignatureDoesNotMatch", ""},
      {"ValidationError", ""},
      {"InvalidParameterValue", ""},
      {"", ""},
  };
  for (const auto& [code, meaning] : cases) {
    EXPECT_EQ(is_not_found(code), meaning == "not found") << code;
    EXPECT_EQ(is_still_in_use(code), meaning == "in use") << code;
    EXPECT_EQ(is_throttling(code), meaning == "throttling") << code;
    EXPECT_EQ(is_transient(code), meaning == "transient") << code;
    EXPECT_EQ(is_denied(code), meaning == "denied") << code;
  }
}

}  // namespace
}  // namespace aws
