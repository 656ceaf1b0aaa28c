// What AWS's error codes mean to us: the one place where codes are told apart.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
#pragma once

#include <string_view>

namespace aws {

// The thing is not there (any more): a deletion is done.
bool is_not_found(std::string_view code);
// Asked too often; the call had no effect.
bool is_throttling(std::string_view code);
// AWS's own trouble, that of something in between, or a lost reply: the same call may succeed, and
// may have had its effect.
bool is_transient(std::string_view code);
// Something else still holds it, or its state does not allow it yet: try again later. Includes
// AuthFailure, which ReleaseAddress answers while and shortly after a NAT gateway goes.
bool is_still_in_use(std::string_view code);
// IAM says no; waiting does not help.
bool is_denied(std::string_view code);

}  // namespace aws
