#include "aws/errors.hpp"

#include <algorithm>

namespace aws {

namespace {

enum class Meaning { not_found, throttling, transient, still_in_use, denied, bad_credentials };

struct Row {
  std::string_view code;
  Meaning meaning;
};

// Codes ending in ".NotFound" are not_found without a row, unless a row says otherwise.
constexpr Row table[] = {
    {"NatGatewayNotFound", Meaning::not_found},
    {"Gateway.NotAttached", Meaning::not_found},
    {"ClusterNotFoundException", Meaning::not_found},
    {"ServiceNotFoundException", Meaning::not_found},
    {"ServiceNotActiveException", Meaning::not_found},
    {"ResourceNotFoundException", Meaning::not_found},
    {"ParameterNotFound", Meaning::not_found},
    {"InvocationDoesNotExist", Meaning::not_found},
    {"NoSuchBucket", Meaning::not_found},
    {"NoSuchKey", Meaning::not_found},
    {"NoSuchEntity", Meaning::not_found},
    {"NotFound", Meaning::not_found},

    // The standard retry mode's list:
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    {"Throttling", Meaning::throttling},
    {"ThrottlingException", Meaning::throttling},
    {"ThrottledException", Meaning::throttling},
    {"RequestThrottledException", Meaning::throttling},
    {"RequestThrottled", Meaning::throttling},
    {"TooManyRequestsException", Meaning::throttling},
    {"ProvisionedThroughputExceededException", Meaning::throttling},
    {"TransactionInProgressException", Meaning::throttling},
    {"RequestLimitExceeded", Meaning::throttling},
    {"BandwidthLimitExceeded", Meaning::throttling},
    {"LimitExceededException", Meaning::throttling},
    {"SlowDown", Meaning::throttling},
    {"PriorRequestNotComplete", Meaning::throttling},
    {"EC2ThrottledException", Meaning::throttling},

    {"RequestTimeout", Meaning::transient},
    {"RequestTimeoutException", Meaning::transient},
    {"InternalError", Meaning::transient},
    {"InternalFailure", Meaning::transient},
    {"InternalServerError", Meaning::transient},
    {"InternalServiceError", Meaning::transient},
    {"ServerException", Meaning::transient},
    {"ServiceException", Meaning::transient},
    {"ServiceUnavailable", Meaning::transient},
    {"ServiceUnavailableException", Meaning::transient},
    {"Unavailable", Meaning::transient},
    {"NoResponse", Meaning::transient},       // ours: the connection failed or timed out
    {"UnreadableReply", Meaning::transient},  // ours: not what the protocol says

    {"AuthFailure", Meaning::still_in_use},
    {"DependencyViolation", Meaning::still_in_use},
    {"InvalidIPAddress.InUse", Meaning::still_in_use},
    {"IncorrectState", Meaning::still_in_use},
    // ReleaseAddress, for the interface of a NAT gateway that has just gone: the address itself is
    // still there. We delete no interfaces, so it never means that our own thing is gone.
    {"InvalidNetworkInterfaceID.NotFound", Meaning::still_in_use},
    {"ConcurrentMutationLimitExceeded", Meaning::still_in_use},

    {"UnauthorizedOperation", Meaning::denied},
    {"AccessDenied", Meaning::denied},
    {"AccessDeniedException", Meaning::denied},

    {"InvalidClientTokenId", Meaning::bad_credentials},
    {"UnrecognizedClientException", Meaning::bad_credentials},
    {"InvalidAccessKeyId", Meaning::bad_credentials},
    {"ExpiredToken", Meaning::bad_credentials},
    {"ExpiredTokenException", Meaning::bad_credentials},
    {"SignatureDoesNotMatch", Meaning::bad_credentials},
    {"InvalidSignatureException", Meaning::bad_credentials},
    {"IncompleteSignature", Meaning::bad_credentials},
    {"MissingAuthenticationToken", Meaning::bad_credentials},
    {"MissingAuthenticationTokenException", Meaning::bad_credentials},
};

bool means(std::string_view code, Meaning meaning) {
  const auto row = std::ranges::find(table, code, &Row::code);
  if (row != std::end(table)) return row->meaning == meaning;
  return meaning == Meaning::not_found && code.ends_with(".NotFound");
}

}  // namespace

bool is_not_found(std::string_view code) {
  return means(code, Meaning::not_found);
}
bool is_throttling(std::string_view code) {
  return means(code, Meaning::throttling);
}
bool is_transient(std::string_view code) {
  return means(code, Meaning::transient);
}
bool is_still_in_use(std::string_view code) {
  return means(code, Meaning::still_in_use);
}
bool is_denied(std::string_view code) {
  return means(code, Meaning::denied);
}
bool is_bad_credentials(std::string_view code) {
  return means(code, Meaning::bad_credentials);
}

}  // namespace aws
