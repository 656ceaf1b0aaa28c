// SSH keys as EC2 makes, reads and fingerprints them. The same seed makes the same keys: they
// protect nothing.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html
#pragma once

#include <optional>
#include <string>

#include "base/random.hpp"

namespace sim::ec2 {

struct Key {
  std::string type = {};        // rsa, ed25519
  std::string public_key = {};  // one line, OpenSSH
  std::string fingerprint = {};
  std::string material = {};  // the private key in PEM; empty when imported
};

// 2048 bits. Takes a tenth of a second.
Key new_rsa_key(base::Random& random);
Key new_ed25519_key(base::Random& random);

// "ssh-rsa AAAA... comment", itself in base64 as the API carries it. Nothing for any other form.
std::optional<Key> read_public_key(const std::string& material);

}  // namespace sim::ec2
