// State Manager: associations of documents with instances. One runs its document on every instance
// that is online when it is made, on others once they come online, and then by its schedule.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/ssm/agents.hpp"
#include "sim/ssm/association.hpp"
#include "sim/ssm/commands.hpp"
#include "sim/ssm/documents.hpp"

namespace sim::ssm {

class Associations {
 public:
  Associations(Context context, ec2::Ec2& ec2, Agents& agents, const Documents& documents,
               Commands& commands, Knobs knobs);

  // Each takes and gives the members of the operation of its name.
  json::object create(const Fields& in);
  json::object create_batch(const Fields& in);
  json::object update(const Fields& in);
  json::object update_status(const Fields& in);
  json::object remove(const Fields& in);
  json::object start_once(const Fields& in);
  json::object describe(const Fields& in) const;
  json::object list(const Fields& in) const;
  json::object list_versions(const Fields& in) const;
  json::object executions(const Fields& in) const;
  json::object execution_targets(const Fields& in) const;
  json::object effective(const Fields& in) const;
  json::object instance_status(const Fields& in) const;

  std::string arn(const std::string& id) const;
  // Null when there is none of this id.
  std::map<std::string, std::string>* tags(const std::string& id);
  // Whether one of them is with this document, by name.
  bool uses(const std::string& document) const;

 private:
  // The overall state, and that of each instance.
  struct Overview {
    std::string status, detail;
    std::map<std::string, std::int64_t> counts = {};
  };

  const Association& find(const std::string& id) const;
  // By AssociationId, or by Name and InstanceId for those made so.
  const Association& named(const Fields& in) const;
  AssociationVersion read(const std::string& operation, const Fields& in) const;
  const Association& add(const std::string& operation, const Fields& in);
  void check_instance(const std::string& id) const;

  // association_runs.cpp
  Task<void> live(std::string id, int version);
  // Whether the version that is current has reached the instance.
  bool applied(const Association& association, const std::string& instance) const;
  void start(Association& association, std::vector<std::string> instances);
  Task<void> carry_out(std::string id, std::size_t execution);
  Task<void> work(std::string id, std::size_t execution, struct AssociationProgress& progress);

  // association_views.cpp
  std::string status_of(const AssociationExecution& execution, const std::string& instance) const;
  Overview overview_of(const Association& association) const;
  static Overview overview_of(const std::map<std::string, std::int64_t>& counts);
  Overview overview_of(const AssociationExecution& execution) const;
  std::optional<base::Instant> last_success(const Association& association) const;
  json::object described(const Association& association, const AssociationVersion& version) const;
  json::object shown(const Overview& overview) const;
  std::vector<const Association*> on_instance(const std::string& instance) const;

  Context context_;
  ec2::Ec2& ec2_;
  Agents& agents_;
  const Documents& documents_;
  Commands& commands_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::map<std::string, Association> associations_;
};

}  // namespace sim::ssm
