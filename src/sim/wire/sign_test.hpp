// Signs a test's request as a client would, by the embedded AWS's own reading of Signature
// Version 4.
#pragma once

#include <string>

#include "sim/wire/signature.hpp"

namespace sim::wire {

inline void sign(http::Request& request, const iam::Key& key, const std::string& service,
                 base::Instant now) {
  const auto time = base::iso8601_basic(now);
  request.headers.set("X-Amz-Date", time);
  request.headers.set("X-Amz-Content-Sha256", sha256_hex(request.body));
  std::string names = "host;x-amz-content-sha256;x-amz-date";
  if (request.headers.get("x-amz-target")) names += ";x-amz-target";
  const auto header = [&](const std::string& signature) {
    return "AWS4-HMAC-SHA256 Credential=" + key.access_key_id + "/" + time.substr(0, 8) +
           "/ap-northeast-1/" + service + "/aws4_request, SignedHeaders=" + names +
           ", Signature=" + signature;
  };
  request.headers.set("Authorization", header("0"));
  const auto claim = *claim_of(request, service);
  const bool s3 = service == "s3";
  const auto text = string_to_sign(claim, canonical_request(request, claim, {!s3, !s3}));
  request.headers.set("Authorization", header(signature(signing_key(claim, key.secret), text)));
}

}  // namespace sim::wire
