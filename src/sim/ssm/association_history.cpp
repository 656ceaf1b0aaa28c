// What the API shows of an association's runs, and of the associations of one instance.
#include <algorithm>

#include "base/contains.hpp"
#include "sim/ssm/association_lists.hpp"
#include "sim/ssm/associations.hpp"

namespace sim::ssm {

namespace {

bool compares(const std::string& type, auto left, auto right) {
  if (type == "EQUAL") return left == right;
  if (type == "LESS_THAN") return left < right;
  if (type == "GREATER_THAN") return left > right;
  throw Error("ValidationException",
              fmt::format("1 validation error detected: Value '{}' at 'filters.type' failed to "
                          "satisfy constraint: Member must satisfy enum value set: [EQUAL, "
                          "GREATER_THAN, LESS_THAN]",
                          type));
}

std::string summary_of(const std::vector<PluginResult>& plugins) {
  const auto count = [&](std::string_view status) {
    return std::ranges::count(plugins, status, &PluginResult::status);
  };
  return fmt::format(
      "{} out of {} plugin{} processed, {} success, {} failed, {} timedout, 0 skipped. ",
      std::ranges::count_if(plugins, [](const auto& one) { return one.ended.has_value(); }),
      plugins.size(), plugins.size() == 1 ? "" : "s", count("Success"), count("Failed"),
      count("TimedOut"));
}

}  // namespace

json::object Associations::executions(const Fields& in) const {
  const auto& association = find(in.required("AssociationId"));
  json::array found;
  for (auto one = association.executions.rbegin(); one != association.executions.rend(); ++one) {
    const auto overview = overview_of(*one);
    bool passes = true;
    each_filter(in, "Filters", "Key", "Value",
                [&](const std::string& key, const std::string& value, const Fields& filter) {
                  const auto type = filter.required("Type");
                  if (key == "ExecutionId") {
                    passes = passes && compares(type, one->id, value);
                  } else if (key == "Status") {
                    passes = passes && compares(type, overview.status, value);
                  } else if (key == "CreatedTime") {
                    passes = passes && compares(type, one->created, time_of(value));
                  } else {
                    unknown_filter(key, "DescribeAssociationExecutions");
                  }
                });
    if (!passes) continue;
    std::string counts;
    for (const auto& [status, count] : overview.counts) {
      counts += fmt::format("{}{}={}", counts.empty() ? "" : ", ", status, count);
    }
    found.push_back(json::object{{"AssociationId", association.id},
                                 {"AssociationVersion", std::to_string(one->version)},
                                 {"ExecutionId", one->id},
                                 {"Status", overview.status},
                                 {"DetailedStatus", overview.detail},
                                 {"CreatedTime", epoch_seconds(one->created)},
                                 {"LastExecutionDate", epoch_seconds(one->created)},
                                 {"ResourceCountByStatus", "{" + counts + "}"}});
  }
  return paged(in, 50, "AssociationExecutions", found);
}

json::object Associations::execution_targets(const Fields& in) const {
  const auto& association = find(in.required("AssociationId"));
  const auto wanted = in.required("ExecutionId");
  const auto execution =
      std::ranges::find(association.executions, wanted, &AssociationExecution::id);
  if (execution == association.executions.end()) {
    throw Error("AssociationExecutionDoesNotExist", "");
  }
  json::array found;
  for (const auto& instance : execution->instances) {
    const auto status = status_of(*execution, instance);
    bool passes = true;
    each_filter(in, "Filters", "Key", "Value",
                [&](const std::string& key, const std::string& value, const Fields&) {
                  if (key != "Status" && key != "ResourceId" && key != "ResourceType") {
                    unknown_filter(key, "DescribeAssociationExecutionTargets");
                  }
                  passes = passes && value == (key == "Status"       ? status
                                               : key == "ResourceId" ? instance
                                                                     : "ManagedInstance");
                });
    if (!passes) continue;
    json::object target{
        {"AssociationId", association.id},
        {"AssociationVersion", std::to_string(execution->version)},
        {"ExecutionId", execution->id},
        {"ResourceId", instance},
        {"ResourceType", "ManagedInstance"},
        {"Status", status},
        {"DetailedStatus", execution->failure.empty() ? status : execution->failure},
        {"LastExecutionDate", epoch_seconds(execution->created)}};
    if (!execution->command.empty()) {
      target["OutputSource"] =
          json::object{{"OutputSourceId", execution->command}, {"OutputSourceType", "RunCommand"}};
    }
    found.push_back(std::move(target));
  }
  return paged(in, 50, "AssociationExecutionTargets", found);
}

std::vector<const Association*> Associations::on_instance(const std::string& instance) const {
  check_instance(instance);
  std::vector<const Association*> found;
  for (const auto& [id, association] : associations_) {
    if (base::contains(matching(ec2_, association.current().targets), instance)) {
      found.push_back(&association);
    }
  }
  return found;
}

json::object Associations::effective(const Fields& in) const {
  const auto instance = in.required("InstanceId");
  json::array found;
  for (const auto* one : on_instance(instance)) {
    const auto& current = one->current();
    found.push_back(json::object{
        {"AssociationId", one->id},
        {"InstanceId", instance},
        {"Content", documents_.find(current.document, current.document_version).content},
        {"AssociationVersion", std::to_string(current.number)}});
  }
  return paged(in, 5, "Associations", found);
}

json::object Associations::instance_status(const Fields& in) const {
  const auto instance = in.required("InstanceId");
  json::array found;
  for (const auto* one : on_instance(instance)) {
    const auto& current = one->current();
    const auto& document = documents_.find(current.document, current.document_version);
    json::object entry{{"AssociationId", one->id},
                       {"Name", current.document},
                       {"DocumentVersion", std::to_string(document.number)},
                       {"AssociationVersion", std::to_string(current.number)},
                       {"InstanceId", instance},
                       {"Status", "Pending"},
                       {"DetailedStatus", "Associated"}};
    if (!current.name.empty()) entry["AssociationName"] = current.name;
    if (const auto latest = one->latest.find(instance); latest != one->latest.end()) {
      const auto& execution = one->executions[latest->second];
      const auto status = status_of(execution, instance);
      entry["ExecutionDate"] = epoch_seconds(execution.created);
      entry["Status"] = status;
      entry["DetailedStatus"] = execution.failure.empty() ? status : execution.failure;
      if (!execution.command.empty()) {
        entry["ExecutionSummary"] =
            summary_of(commands_.invocation(execution.command, instance).plugins);
      }
    }
    found.push_back(std::move(entry));
  }
  return paged(in, 50, "InstanceAssociationStatusInfos", found);
}

}  // namespace sim::ssm
