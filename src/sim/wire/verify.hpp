// Whether a request's signature is right, in time, and over all that must be signed.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/iam/iam.hpp"
#include "sim/wire/claim.hpp"

namespace sim::wire {

// The keys that signatures of a day, a region and a service are made with. They are kept, since
// four of the five HMACs of a verification would derive the same one again.
class SigningKeys {
 public:
  const std::string& of(const Claim& claim, const std::string& secret);

 private:
  std::map<std::array<std::string, 4>, std::string> keys_;
};

struct Verifier {
  base::Instant now;
  std::string region;  // the only one there is
  std::function<std::optional<iam::Key>(std::string_view access_key_id)> key;
  SigningKeys& signing_keys;
};

// Whom the signature proves; throws Error with the service's own code and words. Compares in
// constant time.
Principal verify(const http::Request& request, const Claim& claim, const Verifier& verifier);

// The refusal of a request without a signature.
Error missing_signature(std::string_view service);

}  // namespace sim::wire
