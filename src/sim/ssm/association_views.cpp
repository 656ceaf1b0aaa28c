// What the API shows of associations.
#include <algorithm>
#include <ranges>

#include "base/contains.hpp"
#include "sim/ssm/association_lists.hpp"
#include "sim/ssm/associations.hpp"

namespace sim::ssm {

std::string Associations::status_of(const AssociationExecution& execution,
                                    const std::string& instance) const {
  if (!execution.failure.empty()) return "Failed";
  if (execution.skipped.contains(instance)) return "Skipped";
  return commands_.invocation(execution.command, instance).status;
}

// One that failed makes the whole fail; one that waits makes it wait.
Associations::Overview Associations::overview_of(
    const std::map<std::string, std::int64_t>& counts) {
  Overview overview{"Success", "Success", counts};
  for (const auto& [status, count] : counts) {
    if (status == "Success" || overview.status == "Failed") continue;
    const bool waits = status == "Pending" || status == "InProgress";
    overview.status = waits ? "Pending" : "Failed";
    overview.detail = status;
  }
  return overview;
}

Associations::Overview Associations::overview_of(const AssociationExecution& execution) const {
  std::map<std::string, std::int64_t> counts;
  for (const auto& instance : execution.instances) ++counts[status_of(execution, instance)];
  auto overview = overview_of(counts);
  if (!execution.failure.empty()) overview.detail = execution.failure;
  return overview;
}

Associations::Overview Associations::overview_of(const Association& association) const {
  if (!association.associated) return {"Pending", "Creating"};
  std::map<std::string, std::int64_t> counts;
  for (const auto& instance : matching(ec2_, association.current().targets)) {
    const auto latest = association.latest.find(instance);
    ++counts[applied(association, instance)
                 ? status_of(association.executions[latest->second], instance)
                 : "Pending"];
  }
  // [I] Without any instance it goes on waiting for one.
  if (counts.empty()) return {"Pending", "Associated"};
  auto overview = overview_of(counts);
  if (overview.detail == "Pending") overview.detail = "Associated";
  return overview;
}

json::object Associations::shown(const Overview& overview) const {
  json::object out{{"Status", overview.status}, {"DetailedStatus", overview.detail}};
  json::object counts;
  for (const auto& [status, count] : overview.counts) counts[status] = count;
  if (!counts.empty()) out["AssociationStatusAggregatedCount"] = std::move(counts);
  return out;
}

std::optional<base::Instant> Associations::last_success(const Association& association) const {
  for (const auto& one : std::views::reverse(association.executions)) {
    if (overview_of(one).status == "Success") return one.created;
  }
  return std::nullopt;
}

json::object Associations::described(const Association& association,
                                     const AssociationVersion& version) const {
  json::object out{{"AssociationId", association.id},
                   {"Date", epoch_seconds(association.created)},
                   {"LastUpdateAssociationDate", epoch_seconds(association.updated)},
                   {"Overview", shown(overview_of(association))}};
  show(version, out);
  if (!association.instance.empty()) out["InstanceId"] = association.instance;
  if (!association.status.empty()) out["Status"] = association.status;
  if (!association.executions.empty()) {
    out["LastExecutionDate"] = epoch_seconds(association.executions.back().created);
  }
  if (const auto success = last_success(association)) {
    out["LastSuccessfulExecutionDate"] = epoch_seconds(*success);
  }
  return out;
}

json::object Associations::describe(const Fields& in) const {
  const auto& association = named(in);
  const auto wanted = in.text("AssociationVersion", "$LATEST");
  if (wanted == "$LATEST") {
    return {{"AssociationDescription", described(association, association.current())}};
  }
  for (const auto& version : association.versions) {
    if (std::to_string(version.number) != wanted) continue;
    return {{"AssociationDescription", described(association, version)}};
  }
  throw Error("InvalidAssociationVersion",
              fmt::format("The association has no version {}.", wanted));
}

json::object Associations::list(const Fields& in) const {
  json::array found;
  for (const auto& [id, association] : associations_) {
    const auto& current = association.current();
    const auto overview = overview_of(association);
    bool passes = true;
    each_filter(in, "AssociationFilterList", "key", "value",
                [&](const std::string& key, const std::string& value, const Fields&) {
                  bool fits = false;
                  if (key == "InstanceId") {
                    fits = base::contains(matching(ec2_, current.targets), value);
                  } else if (key == "Name") {
                    fits = current.document == value;
                  } else if (key == "AssociationId") {
                    fits = association.id == value;
                  } else if (key == "AssociationName") {
                    fits = current.name == value;
                  } else if (key == "AssociationStatusName") {
                    fits = overview.status == value;
                  } else if (key == "LastExecutedBefore" || key == "LastExecutedAfter") {
                    const auto time = time_of(value);
                    fits = !association.executions.empty() &&
                           (key == "LastExecutedBefore"
                                ? association.executions.back().created < time
                                : association.executions.back().created > time);
                  } else {
                    unknown_filter(key, "ListAssociations");
                  }
                  passes = passes && fits;
                });
    if (!passes) continue;
    json::object shown_one;
    show(current, shown_one);
    json::object entry{{"AssociationId", id}, {"Overview", shown(overview)}};
    for (const auto* member : {"Name", "AssociationVersion", "DocumentVersion", "Targets",
                               "ScheduleExpression", "AssociationName", "ScheduleOffset"}) {
      if (shown_one.contains(member)) entry[member] = shown_one.at(member);
    }
    if (!association.instance.empty()) entry["InstanceId"] = association.instance;
    if (!association.executions.empty()) {
      entry["LastExecutionDate"] = epoch_seconds(association.executions.back().created);
    }
    found.push_back(std::move(entry));
  }
  return paged(in, 50, "Associations", found);
}

json::object Associations::list_versions(const Fields& in) const {
  const auto& association = find(in.required("AssociationId"));
  json::array found;
  for (auto one = association.versions.rbegin(); one != association.versions.rend(); ++one) {
    json::object version{{"AssociationId", association.id},
                         {"CreatedDate", epoch_seconds(one->created)}};
    show(*one, version);
    found.push_back(std::move(version));
  }
  return paged(in, 50, "AssociationVersions", found);
}

}  // namespace sim::ssm
