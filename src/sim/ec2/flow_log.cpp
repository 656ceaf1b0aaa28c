// Flow logs: they are declared and shown here; no packet ever flows that could be written down.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"

namespace sim::ec2 {
namespace {

constexpr std::string_view usual_format =
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
    "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

json::object view(const Estate&, const FlowLog& log) {
  json::object result{{"flowLogId", log.id},
                      {"flowLogStatus", "ACTIVE"},
                      {"resourceId", log.resource},
                      {"trafficType", log.traffic},
                      {"logDestinationType", log.destination},
                      {"logFormat", log.format},
                      {"maxAggregationInterval", log.interval},
                      {"deliverLogsStatus", "SUCCESS"},
                      {"creationTime", base::iso8601(log.created)}};
  if (!log.group.empty()) result["logGroupName"] = log.group;
  if (!log.arn.empty()) result["logDestination"] = log.arn;
  if (!log.role.empty()) result["deliverLogsPermissionArn"] = log.role;
  result["tagSet"] = tag_set(log.tags);
  return result;
}

constexpr Field<FlowLog> fields[] = {
    {"flow-log-id", [](const Estate&, const FlowLog& l) -> Texts { return {l.id}; }},
    {"resource-id", [](const Estate&, const FlowLog& l) -> Texts { return {l.resource}; }},
    {"traffic-type", [](const Estate&, const FlowLog& l) -> Texts { return {l.traffic}; }},
    {"log-group-name", [](const Estate&, const FlowLog& l) -> Texts { return {l.group}; }},
    {"log-destination-type",
     [](const Estate&, const FlowLog& l) -> Texts { return {l.destination}; }},
    {"deliver-log-status", [](const Estate&, const FlowLog&) -> Texts { return {"SUCCESS"}; }},
};

struct Source {
  std::string_view type;
  const Kind& kind;
};

const Kind& kind_of_source(const std::string& type) {
  static const Source sources[] = {
      {"VPC", kind::vpc}, {"Subnet", kind::subnet}, {"NetworkInterface", kind::interface}};
  const auto found = std::ranges::find(sources, type, &Source::type);
  if (found != std::end(sources)) return found->kind;
  throw invalid_value(fmt::format("Value ({}) for parameter ResourceType is invalid.", type));
}

void read_destination(const Call& call, FlowLog& log) {
  log.destination = text(call.input, "LogDestinationType");
  if (log.destination.empty()) log.destination = "cloud-watch-logs";
  log.arn = text(call.input, "LogDestination");
  log.group = text(call.input, "LogGroupName");
  log.role = text(call.input, "DeliverLogsPermissionArn");
  if (log.destination == "s3") {
    if (log.arn.empty()) throw missing_parameter("LogDestination");
    if (!log.role.empty() || !log.group.empty()) {
      throw invalid_value(
          "DeliverLogsPermissionArn and LogGroupName are not applicable for s3 "
          "delivery");
    }
    return;
  }
  if (log.destination != "cloud-watch-logs") {
    throw invalid_value(
        fmt::format("Value ({}) for parameter LogDestinationType is invalid.", log.destination));
  }
  if (log.group.empty() == log.arn.empty()) {
    throw Error(log.group.empty() ? "MissingParameter" : "InvalidParameterCombination",
                "Exactly one of LogGroupName and LogDestination must be given.");
  }
  if (log.role.empty()) throw missing_parameter("DeliverLogsPermissionArn");
}

FlowLog read_log(const Call& call) {
  FlowLog log;
  read_destination(call, log);
  log.traffic = required(call.input, "TrafficType");
  const bool known = log.traffic == "ALL" || log.traffic == "ACCEPT" || log.traffic == "REJECT";
  if (!known) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter TrafficType is invalid.", log.traffic));
  }
  log.format = text(call.input, "LogFormat");
  if (log.format.empty()) log.format = usual_format;
  log.interval = number(call.input, "MaxAggregationInterval").value_or(600);
  if (log.interval != 60 && log.interval != 600) {
    throw invalid_value("MaxAggregationInterval must be 60 or 600.");
  }
  return log;
}

json::object create(Estate& estate, const Call& call) {
  json::object output{{"clientToken", text(call.input, "ClientToken")}};
  output["unsuccessful"] = json::array();
  if (const auto before = made_before(estate, call); !before.empty()) {
    output["flowLogIdSet"] = json::array{before};
    return output;
  }
  const auto& source = kind_of_source(required(call.input, "ResourceType"));
  const auto resources = texts(call.input, "ResourceId");
  if (resources.empty()) throw missing_parameter("ResourceId");
  const auto pattern = read_log(call);
  const auto tags = tags_for(call, kind::flow_log.type);
  for (const auto& id : resources) {
    check_form(source, id);
    if (!estate.resource(id)) throw not_found(source, id);
    for (const auto& [log_id, log] : estate.model.flow_logs) {
      const bool same = log.resource == id && log.traffic == pattern.traffic &&
                        log.group == pattern.group && log.arn == pattern.arn;
      if (!same) continue;
      throw Error("FlowLogAlreadyExists",
                  "Error. There is an existing Flow Log with the same configuration and log "
                  "destination.");
    }
  }
  json::array ids;
  for (const auto& id : resources) {
    auto log = pattern;
    estate.stamp(log, kind::flow_log, tags);
    log.resource = id;
    ids.emplace_back(log.id);
    remember(estate, call, log.id);
    estate.model.flow_logs[log.id] = std::move(log);
  }
  output["flowLogIdSet"] = std::move(ids);
  return output;
}

// Each id has its own outcome.
json::object remove(Estate& estate, const Call& call) {
  const auto ids = texts(call.input, "FlowLogId");
  if (ids.empty()) throw missing_parameter("FlowLogId");
  json::array unsuccessful;
  for (const auto& id : ids) {
    check_form(kind::flow_log, id);
    if (estate.find(estate.model.flow_logs, id)) {
      estate.model.flow_logs.erase(id);
      continue;
    }
    const auto refusal = not_found(kind::flow_log, id);
    json::object item{{"resourceId", id}};
    item["error"] = json::object{{"code", refusal.code}, {"message", refusal.what()}};
    unsuccessful.push_back(std::move(item));
  }
  json::object output;
  output["unsuccessful"] = std::move(unsuccessful);
  return output;
}

json::object describe_logs(Estate& estate, const Call& call) {
  static const Description<FlowLog> description{"flowLogSet", "FlowLogId", kind::flow_log,
                                                1000,         fields,      view};
  return describe(estate, call, estate.model.flow_logs, description);
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  Gate gate(estate, call);
  gate.fresh(kind::flow_log.type).on_all(texts(call.input, "ResourceId"));
  const auto role = text(call.input, "DeliverLogsPermissionArn");
  if (!role.empty()) {
    gate.also("iam:PassRole", role, {{"iam:PassedToService", "vpc-flow-logs.amazonaws.com"}});
  }
  return gate;
}

}  // namespace

void add_flow_log_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateFlowLogs",
        "ResourceId ResourceType TrafficType LogGroupName DeliverLogsPermissionArn "
        "LogDestinationType LogDestination LogFormat MaxAggregationInterval TagSpecification "
        "ClientToken",
        create, create_access},
       {"DeleteFlowLogs", "FlowLogId", remove,
        [](const Estate& all, const Call& call) -> std::vector<Access> {
          return Gate(all, call).on_all(texts(call.input, "FlowLogId"));
        }},
       {"DescribeFlowLogs", "FlowLogId Filter MaxResults NextToken", describe_logs}});
}

}  // namespace sim::ec2
