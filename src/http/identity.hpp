// A certificate for a server on loopback, made on the spot and kept for reuse. Its authority signs
// this one certificate, may sign for loopback's names only, and its key is thrown away: whoever
// trusts it trusts nothing else.
#pragma once

#include <string>

#include "base/time.hpp"
#include "http/tls_server.hpp"

namespace http {

struct KeptIdentity {
  TlsIdentity tls;
  std::string authority_file;  // for AWS_CA_BUNDLE
};

// Names in the certificate: localhost, *.localhost, *.s3.localhost, 127.0.0.1, ::1.
// `folder` holds authority.pem and identity.pem (certificate and key, readable by its owner only)
// and is made when it is not there; one that others own or may write to is refused. What it holds
// is used again as long as it is whole and valid for a month more. Keys come from OpenSSL's own
// generator, never from a seed. Throws std::runtime_error naming the folder or the file that cannot
// be used.
KeptIdentity kept_identity(const std::string& folder, base::Instant now);

}  // namespace http
