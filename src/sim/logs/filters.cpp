// Metric filters and subscription filters of log groups: kept, shown, refused. Both go with their
// group.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
#include <fmt/format.h>

#include "sim/logs/input.hpp"
#include "sim/logs/logs.hpp"

namespace sim::logs {

namespace {

constexpr std::size_t most_metric_filters = 100;
constexpr std::size_t most_subscription_filters = 2;

using Filters = std::map<std::string, json::object>;

// A new one, or one that takes the place of its namesake.
void put(Filters& filters, const Call& call, std::size_t most, base::Instant now) {
  const auto name = fields(call).required("filterName");
  if (!filters.contains(name) && filters.size() >= most) {
    throw Error("LimitExceededException", "Resource limit exceeded.");
  }
  auto kept = call.input;
  kept["creationTime"] = base::unix_milliseconds(now);
  filters[name] = std::move(kept);
}

json::object shown(const Filters& filters, std::string_view prefix, std::string_view list) {
  json::array found;
  for (const auto& [name, filter] : filters) {
    if (name.starts_with(prefix)) found.emplace_back(filter);
  }
  json::object output;
  output[list] = std::move(found);
  return output;
}

json::object erase(Filters& filters, const std::string& name, std::string_view what) {
  if (filters.erase(name) == 0) {
    throw Error("ResourceNotFoundException",
                fmt::format("The specified {} filter does not exist.", what));
  }
  return {};
}

}  // namespace

void Logs::add_filters() {
  add("PutMetricFilter", &Logs::put_metric_filter);
  add("DescribeMetricFilters", &Logs::describe_metric_filters);
  add("DeleteMetricFilter", &Logs::delete_metric_filter);
  add("PutSubscriptionFilter", &Logs::put_subscription_filter);
  add("DescribeSubscriptionFilters", &Logs::describe_subscription_filters);
  add("DeleteSubscriptionFilter", &Logs::delete_subscription_filter);
}

json::object Logs::put_metric_filter(const Call& call) {
  const auto in = fields(call);
  in.unsupported("PutMetricFilter",
                 {"applyOnTransformedLogs", "emitSystemFieldDimensions", "fieldSelectionCriteria"});
  auto& in_group = group(in.required("logGroupName"));
  in.text("filterPattern");
  const auto& transformations = in.list("metricTransformations");
  if (transformations.size() != 1) {
    throw Error(invalid,
                "1 validation error detected: Value at 'metricTransformations' failed to satisfy "
                "constraint: Member must have length equal to 1");
  }
  for (const auto* member : {"metricName", "metricNamespace", "metricValue"}) {
    Fields(transformations.front().as_object(), invalid).required(member);
  }
  put(in_group.metric_filters, call, most_metric_filters, context_.now());
  return {};
}

json::object Logs::describe_metric_filters(const Call& call) {
  const auto in = fields(call);
  in.unsupported("DescribeMetricFilters", {"metricName", "metricNamespace", "nextToken"});
  return shown(group(in.required("logGroupName")).metric_filters, in.text("filterNamePrefix"),
               "metricFilters");
}

json::object Logs::delete_metric_filter(const Call& call) {
  const auto in = fields(call);
  return erase(group(in.required("logGroupName")).metric_filters, in.required("filterName"),
               "metric");
}

json::object Logs::put_subscription_filter(const Call& call) {
  const auto in = fields(call);
  in.unsupported("PutSubscriptionFilter",
                 {"applyOnTransformedLogs", "emitSystemFields", "fieldSelectionCriteria"});
  auto& in_group = group(in.required("logGroupName"));
  const auto destination = in.required("destinationArn");
  const bool function = destination.contains(":lambda:");
  const bool stream = destination.contains(":kinesis:") || destination.contains(":firehose:");
  if (!destination.starts_with("arn:") || (!function && !stream)) {
    throw Error(invalid, "destinationArn is neither a function nor a stream: " + destination);
  }
  if (stream && !in.has("roleArn")) {
    throw Error(invalid, "destinationArn for vendor kinesis cannot be used without roleArn");
  }
  if (function && in.has("roleArn")) {
    throw Error(invalid, "destinationArn for vendor lambda cannot be used with roleArn");
  }
  put(in_group.subscription_filters, call, most_subscription_filters, context_.now());
  return {};
}

json::object Logs::describe_subscription_filters(const Call& call) {
  const auto in = fields(call);
  in.unsupported("DescribeSubscriptionFilters", {"nextToken"});
  return shown(group(in.required("logGroupName")).subscription_filters, in.text("filterNamePrefix"),
               "subscriptionFilters");
}

json::object Logs::delete_subscription_filter(const Call& call) {
  const auto in = fields(call);
  return erase(group(in.required("logGroupName")).subscription_filters, in.required("filterName"),
               "subscription");
}

}  // namespace sim::logs
