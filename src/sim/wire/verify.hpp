// Whether a request's signature is right, in time, and over all that must be signed.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/iam/iam.hpp"
#include "sim/wire/claim.hpp"

namespace sim::wire {

struct Verifier {
  base::Instant now;
  std::string region;  // the only one there is
  std::function<std::optional<iam::Key>(std::string_view access_key_id)> key;
};

// Whom the signature proves; throws Error with the service's own code and words. Compares in
// constant time.
Principal verify(const http::Request& request, const Claim& claim, const Verifier& verifier);

// The refusal of a request without a signature.
Error missing_signature(std::string_view service);

}  // namespace sim::wire
