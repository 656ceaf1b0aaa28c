#include "sim/ec2/throttle.hpp"

#include <algorithm>
#include <array>

#include "sim/ec2/input.hpp"

namespace sim::ec2 {
namespace {

constexpr Rate reading{100, 20};
constexpr Rate unfiltered_reading{50, 10};
constexpr Rate console_reading{100, 10};
constexpr Rate changing{50, 5};

struct Named {
  std::string_view action;
  Rate rate;
};

constexpr std::array own_buckets{
    Named{"CreateNatGateway", {10, 1}},
    Named{"DeleteNatGateway", {10, 1}},
    Named{"AssociateNatGatewayAddress", {10, 1}},
    Named{"DisassociateNatGatewayAddress", {10, 1}},
    Named{"AssignPrivateNatGatewayAddress", {10, 1}},
    Named{"UnassignPrivateNatGatewayAddress", {10, 1}},
    Named{"CreateVpcEndpoint", {4, 0.3}},
    Named{"ModifyVpcEndpoint", {4, 0.3}},
    Named{"DeleteVpcEndpoints", {4, 0.3}},
    Named{"TerminateInstances", {100, 5}},
    Named{"DeleteNetworkInterface", {100, 5}},
    Named{"DeleteVolume", {100, 5}},
    Named{"CreateTags", {100, 10}},
    Named{"DeleteTags", {100, 10}},
    Named{"RunInstances", {5, 2}},
    Named{"AuthorizeClientVpnIngress", {5, 2}},
    Named{"RevokeClientVpnIngress", {5, 2}},
    Named{"CreateClientVpnRoute", {5, 2}},
    Named{"DeleteClientVpnRoute", {5, 2}},
};

// Beside the requests: one token for each instance, from a bucket of 1000 with this refill.
constexpr std::array<std::pair<std::string_view, double>, 3> costing_instances{
    {{"TerminateInstances", 20}, {"StopInstances", 20}, {"StartInstances", 2}}};

constexpr std::array<std::string_view, 7> costly_when_unfiltered{
    "DescribeInstances",      "DescribeInstanceStatus",       "DescribeNetworkInterfaces",
    "DescribeSecurityGroups", "DescribeSpotInstanceRequests", "DescribeSnapshots",
    "DescribeVolumes",
};

// Neither a filter nor a page size.
bool unfiltered(const Call& call) {
  for (const auto& [name, value] : call.input) {
    if (name == "Filter" || name == "MaxResults") return false;
  }
  return true;
}

// The console names itself so in CloudTrail's userAgent.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
bool from_console(const Call& call) {
  return call.user_agent.contains("console.amazonaws.com") ||
         call.user_agent.contains("console.ec2.amazonaws.com");
}

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html
bool of_privatelink(std::string_view action) {
  return action.contains("VpcEndpoint");
}

bool reads(std::string_view action) {
  return action.starts_with("Describe") || action.starts_with("List") || action.starts_with("Get");
}

}  // namespace

Rate request_rate(const Call& call) {
  const auto own = std::ranges::find(own_buckets, call.action, &Named::action);
  if (own != own_buckets.end()) return own->rate;
  if (!reads(call.action)) return changing;
  if (from_console(call)) return console_reading;
  const bool costly =
      std::ranges::find(costly_when_unfiltered, call.action) != costly_when_unfiltered.end();
  return costly && unfiltered(call) ? unfiltered_reading : reading;
}

void Throttle::take(const Call& call, Instant now) {
  const auto rate = request_rate(call);
  // The unfiltered form of an action has a bucket of its own, and so has the console.
  const bool looks = reads(call.action);
  const bool aside = looks && rate.capacity == unfiltered_reading.capacity;
  const auto* form = looks && from_console(call) ? " console" : aside ? " unfiltered" : "";
  take(call.action + form, rate, 1, now);
  if (of_privatelink(call.action)) take("PrivateLink of the organization", organization_, 1, now);
  const auto named = static_cast<double>(texts(call.input, "InstanceId").size());
  for (const auto& [action, refill] : costing_instances) {
    if (call.action == action) take(call.action + " resources", {1000, refill}, named, now);
  }
  if (call.action == "RunInstances") {
    const auto count = text(call.input, "MaxCount");
    const bool small = !count.empty() && count.size() < 5 &&
                       std::ranges::all_of(count, [](char c) { return c >= '0' && c <= '9'; });
    take("RunInstances resources", {1000, 2}, small ? std::stod(count) : 1, now);
  }
}

void Throttle::take(const std::string& name, Rate rate, double cost, Instant now) {
  auto [found, fresh] = buckets_.try_emplace(name, Bucket{rate.capacity, now});
  auto& bucket = found->second;
  if (!fresh) {
    const auto gained = base::seconds(now - bucket.filled) * rate.refill;
    bucket.tokens = std::min(rate.capacity, bucket.tokens + gained);
    bucket.filled = now;
  }
  if (bucket.tokens < cost) throw Error("RequestLimitExceeded", "Request limit exceeded.", 503);
  bucket.tokens -= cost;
}

}  // namespace sim::ec2
