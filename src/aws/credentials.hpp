// Long-term or session credentials. Never logged, never part of an error text.
#pragma once

#include <string>

namespace aws {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty for long-term keys
};

}  // namespace aws
