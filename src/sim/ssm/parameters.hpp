// Parameter Store: the account's parameters with their versions, labels and tags, and AWS's public
// image parameters. A SecureString is shown decrypted to who asks for that; the key that encrypts
// it is always the account's own for SSM (alias/aws/ssm), which needs no permission.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"

namespace sim::ssm {

class Parameters {
 public:
  explicit Parameters(Context context);

  // Each takes and gives the members of the operation of its name.
  json::object put(const Call& call);
  json::object get(const Fields& in) const;
  json::object get_several(const Fields& in) const;
  json::object get_by_path(const Fields& in) const;
  json::object history(const Fields& in) const;
  json::object describe(const Fields& in) const;
  json::object remove(const Fields& in);
  json::object remove_several(const Fields& in);
  json::object label(const Fields& in);
  json::object unlabel(const Fields& in);

  // Null when there is no such parameter of the account's.
  std::map<std::string, std::string>* tags(const std::string& name);
  // A parameter's ARN; `name` may carry a version or a label, or be the ARN itself.
  std::string arn(const std::string& name) const;
  // What policies are told of it, and of the tags that a request brings.
  std::map<std::string, std::string> context_of(const std::string& name, const Fields& in) const;

 private:
  struct Version {
    int number = 1;
    std::string value, ciphertext, type, data_type, description, tier, user;
    base::Instant modified;
    std::set<std::string> labels = {};
  };
  struct Parameter {
    std::vector<Version> versions;  // oldest first, never empty
    std::map<std::string, std::string> tags = {};
  };
  struct Found {
    std::string name;
    const Version* version;
    std::string selector;  // ":3", as it was asked for
  };

  std::string bare(const std::string& name) const;
  std::optional<Found> find(const std::string& name_and_selector) const;
  Parameter& own(const std::string& name);
  const Parameter& own(const std::string& name) const;
  json::object shown(const Found& found, bool decrypted) const;
  json::object described(const std::string& name, const Parameter& parameter) const;
  bool passes(const std::string& name, const Parameter& parameter, const Fields& filter) const;

  Context context_;
  base::SeededRandom random_;
  std::map<std::string, Parameter> parameters_;
  std::map<std::string, Parameter> public_;  // AWS's own
};

// {"Tags": [{"Key", "Value"}]} as a map.
std::map<std::string, std::string> tags_in(const Fields& in);

// One page of names: those after `token`, at most `most`; sets NextToken in `out` when there are
// more.
std::vector<std::string> page_of(const std::vector<std::string>& names, const Fields& in,
                                 std::int64_t fallback, std::int64_t most, json::object& out);

}  // namespace sim::ssm
