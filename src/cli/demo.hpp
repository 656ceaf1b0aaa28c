// The demo: deploys a template whose falsework strikes itself, watches, checks, and takes it all
// down again. Speaks to AWS and nothing else, through our own client: the embedded one in
// `falsework demo`, and any other just as well.
#pragma once

#include <map>
#include <string>

#include "aws/client.hpp"
#include "cli/document.hpp"

namespace cli {

struct Script {
  std::string version;
  std::uint64_t seed = 0;
  bool original = false;  // the article's function in the place of ours
  std::string stack = "fargate-nginx";
  std::map<std::string, std::string> templates;  // by file name; "root.yaml" is the root
  std::string package;                           // the function's zip
  std::string architecture = "arm64";
  bool until_struck = false;  // ends there: no surveys, no checks, nothing is deleted
};

// What the root template is given, as far as it declares it.
std::map<std::string, std::string> parameters_of(const Script& script, const std::string& bucket);

// What no API tells: how long AWS itself took, and who called how often. A real account knows
// neither.
class Insight {
 public:
  virtual ~Insight() = default;
  // From the moment when the strike could begin to the earliest moment when everything could have
  // been gone, by a caller that knew when AWS's last refusal would end.
  virtual std::optional<base::Duration> minimum(const std::string& nat_gateway) const = 0;
  virtual std::optional<int> calls(const std::string& role_name) const = 0;
};

// Never throws for AWS's sake: what went wrong is in the document. The stack is deleted in any
// case.
base::Task<Document> demo(http::System& system, aws::Settings settings, Script script,
                          const Insight& insight);

}  // namespace cli
