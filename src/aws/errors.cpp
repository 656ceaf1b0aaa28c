#include "aws/errors.hpp"

#include <algorithm>
#include <optional>

namespace aws {

namespace {

enum class Meaning { not_found, throttling, transient, still_in_use, denied };

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
};

// Ours, for a reply without a code: a proxy's or a load balancer's own page. "HTTP 503".
std::optional<Meaning> meaning_of_status(std::string_view code) {
  if (code == "HTTP 429") return Meaning::throttling;
  if (code == "HTTP 408" || code.starts_with("HTTP 5")) return Meaning::transient;
  return std::nullopt;
}

std::optional<Meaning> meaning_of(std::string_view code) {
  const auto row = std::ranges::find(table, code, &Row::code);
  if (row != std::end(table)) return row->meaning;
  if (code.ends_with(".NotFound")) return Meaning::not_found;
  return meaning_of_status(code);
}

bool means(std::string_view code, Meaning meaning) {
  return meaning_of(code) == meaning;
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

}  // namespace aws
