// AWS's own documents that the embedded AWS knows. What their plugins do here is the agent's
// (agents.hpp): one that it cannot run fails by name.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents.html
#pragma once

#include <string_view>
#include <vector>

namespace sim::ssm {

struct AwsDocument {
  std::string_view name;
  std::string_view platforms;  // "Linux MacOS"
  std::string_view content;    // JSON
};

// By name.
const std::vector<AwsDocument>& aws_documents();

}  // namespace sim::ssm
