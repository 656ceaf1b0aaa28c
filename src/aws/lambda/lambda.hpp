// The Lambda operation of the operators' side: what a function is and where it logs.
// https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
#pragma once

#include <optional>
#include <string>

#include "aws/client.hpp"

namespace aws::lambda {

struct Function {
  std::string name;
  std::string arn;
  std::string runtime;
  std::string handler;
  std::string role_arn;
  std::string state;  // Pending, Active, Inactive, Failed
  int timeout_seconds = 0;
  int memory_mb = 0;
  std::string log_group;  // LoggingConfig's, or "/aws/lambda/NAME"
};

// By name or ARN. Nothing when there is no such function.
base::Task<std::optional<Function>> find_function(Client& client, std::string name_or_arn);

}  // namespace aws::lambda
