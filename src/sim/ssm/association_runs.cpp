// How associations reach their instances.
#include <algorithm>

#include "sim/ssm/associations.hpp"

namespace sim::ssm {

// What the runs on the instances of one execution share. Lives as long as the execution's task.
struct AssociationProgress {
  std::vector<std::string> left;  // the next one is the last
  std::size_t failed = 0;
  std::size_t most_failures = 0;
};

// From the making of one version until the next, or the association's end. An instance that is
// offline, or not there yet, gets the document when it is seen online; see Knobs.
Task<void> Associations::live(std::string id, int version) {
  std::optional<base::Instant> due;
  if (const auto found = associations_.find(id); found != associations_.end()) {
    due = found->second.current().first(context_.now());
  }
  co_await context_.clock().sleep_for(
      base::Duration(random_.integer(knobs_.delivery.low.count(), knobs_.delivery.high.count())));
  while (true) {
    const auto found = associations_.find(id);
    if (found == associations_.end() || found->second.current().number != version) co_return;
    auto& association = found->second;
    const auto& current = association.current();
    association.associated = true;
    const bool scheduled = due && *due <= context_.now();
    bool all = is_closed(current.targets);
    std::vector<std::string> instances;
    for (const auto& instance : matching(ec2_, current.targets)) {
      const bool wanted = !current.only_on_schedule && !applied(association, instance);
      if ((scheduled || wanted) && agents_.online(instance)) {
        instances.push_back(instance);
      } else if (wanted) {
        all = false;
      }
    }
    while (due && *due <= context_.now()) due = current.after(*due);
    // Nobody new can come any more, or nobody new gets it before its time.
    const bool waits_only = all || current.only_on_schedule;
    if (!instances.empty()) start(association, std::move(instances));
    const auto look = context_.now() + knobs_.association_look;
    if (waits_only && !due) co_return;
    co_await context_.clock().sleep_until(waits_only || (due && *due < look) ? *due : look);
  }
}

bool Associations::applied(const Association& association, const std::string& instance) const {
  const auto latest = association.latest.find(instance);
  return latest != association.latest.end() &&
         association.executions[latest->second].version == association.current().number;
}

void Associations::start(Association& association, std::vector<std::string> instances) {
  const auto& version = association.current();
  AssociationExecution execution{.id = random_.uuid(),
                                 .version = version.number,
                                 .created = context_.now(),
                                 .instances = std::move(instances)};
  // The document may have changed since.
  try {
    execution.command = commands_.prepare(version.document, version.document_version,
                                          version.parameters, execution.instances);
  } catch (const Error& error) {
    execution.failure = error.code;
  }
  const auto index = association.executions.size();
  for (const auto& instance : execution.instances) association.latest[instance] = index;
  const bool begun = !execution.command.empty();
  association.executions.push_back(std::move(execution));
  if (begun) context_.runtime.spawn(carry_out(association.id, index));
}

Task<void> Associations::carry_out(std::string id, std::size_t execution) {
  const auto found = associations_.find(id);
  if (found == associations_.end()) co_return;
  const auto& instances = found->second.executions[execution].instances;
  const auto size = instances.size();
  const auto& version = found->second.current();
  AssociationProgress progress{.left = {instances.rbegin(), instances.rend()},
                               .most_failures = share(version.most_errors, size, size)};
  std::vector<Task<void>> workers;
  const auto count = std::clamp(share(version.concurrency, size, size), std::size_t{1}, size);
  workers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) workers.push_back(work(id, execution, progress));
  co_await base::all(std::move(workers));
}

// "If you specify 3, the system stops sending requests when the fourth error is received."
Task<void> Associations::work(std::string id, std::size_t execution,
                              AssociationProgress& progress) {
  while (!progress.left.empty()) {
    const auto instance = progress.left.back();
    progress.left.pop_back();
    const auto found = associations_.find(id);
    if (found == associations_.end()) co_return;  // it has been deleted meanwhile
    auto& run = found->second.executions[execution];
    if (progress.failed > progress.most_failures) {
      run.skipped.insert(instance);
      continue;
    }
    const auto command = run.command;
    co_await commands_.run(command, instance);
    if (commands_.invocation(command, instance).status != "Success") ++progress.failed;
  }
}

}  // namespace sim::ssm
