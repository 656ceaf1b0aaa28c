// What the embedded State Manager remembers of an association: plain structs.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/core/fields.hpp"
#include "sim/ssm/schedule.hpp"
#include "sim/ssm/targets.hpp"

namespace sim::ssm {

// One version of it. Empty texts were not given.
struct AssociationVersion {
  int number = 1;
  base::Instant created = {};
  std::string document, document_version;
  json::object parameters = {};
  std::vector<Target> targets = {};
  std::string expression = {};
  std::optional<Schedule> schedule = {};
  int offset = 0;  // days after each time of the schedule
  std::string name = {}, most_errors = {}, concurrency = {}, severity = {}, compliance = {};
  bool only_on_schedule = false;

  std::optional<base::Instant> first(base::Instant start) const;
  std::optional<base::Instant> after(base::Instant previous) const;
};

// One run of a version on some instances.
struct AssociationExecution {
  std::string id;
  int version = 1;
  base::Instant created = {};
  std::string command = {};  // Run Command's; empty: the run could not begin
  std::string failure = {};  // then why, as an error's code
  std::vector<std::string> instances = {};
  std::set<std::string> skipped = {};  // too many others had failed
};

struct Association {
  std::string id;
  std::string instance = {};  // of those made with InstanceId
  base::Instant created = {}, updated = {};
  std::map<std::string, std::string> tags = {};
  std::vector<AssociationVersion> versions = {};      // oldest first, never empty
  std::vector<AssociationExecution> executions = {};  // oldest first
  std::map<std::string, std::size_t> latest = {};     // by instance: into executions
  bool associated = false;                            // its instances have been looked for
  json::object status = {};                           // of those made with InstanceId

  const AssociationVersion& current() const { return versions.back(); }
};

// What the members of CreateAssociation and UpdateAssociation say, but for document and targets.
// Throws Error InvalidSchedule, ValidationException, NotImplemented.
AssociationVersion read_association(const std::string& operation, const Fields& in);
// The members with which the API shows a version.
void show(const AssociationVersion& version, json::object& out);

// How many of `targets` "10" or "10%" are; `otherwise` when it is empty.
std::size_t share(const std::string& text, std::size_t targets, std::size_t otherwise);

}  // namespace sim::ssm
