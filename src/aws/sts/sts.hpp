// Who the credentials are.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
#pragma once

#include <string>

#include "aws/client.hpp"

namespace aws::sts {

struct Identity {
  std::string account;
  std::string arn;
  std::string user_id;
};

base::Task<Identity> caller_identity(Client& client);

}  // namespace aws::sts
