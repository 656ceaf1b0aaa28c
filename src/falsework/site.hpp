// Where the pieces are: what turns the end of an ARN into the whole of it.
#pragma once

#include <string>
#include <string_view>

#include "aws/client.hpp"

namespace falsework {

struct Site {
  std::string partition = "aws";
  std::string region;
  std::string account;

  // From any ARN of the same account and Region, such as the stack's or the function's. Parts that
  // are missing stay as they are.
  static Site of_arn(std::string_view arn);
  // "*" stays "*".
  std::string ec2_arn(std::string_view resource) const;
};

// One sentence for people about a refused call that concerned `id`: a piece's id, an ARN or
// nothing. For a permission that is missing it names the action, every ARN it is needed on, and
// what to do about it.
std::string explain(const aws::ServiceError& error, const Site& site, std::string_view id = {});

}  // namespace falsework
