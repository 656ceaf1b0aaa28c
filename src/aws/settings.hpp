// The client's settings from a process environment, as the SDKs name its variables.
// https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
#pragma once

#include <map>
#include <stdexcept>
#include <string>

#include "aws/client.hpp"

namespace aws {

using Environment = std::map<std::string, std::string>;

// Names every variable that is missing or wrong, never a value.
class SettingsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// From AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (optional), AWS_REGION or
// AWS_DEFAULT_REGION, AWS_ENDPOINT_URL (optional), AWS_MAX_ATTEMPTS (optional).
// Throws SettingsError. No profiles, no instance metadata: they need files and waits of their own.
Settings load_settings(const Environment& environment);

}  // namespace aws
