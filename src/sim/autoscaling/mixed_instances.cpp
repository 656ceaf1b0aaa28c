// Mixed instances policies, as far as they are not mixed: On-Demand instances alone, of the first
// type that the overrides name. Spot instances and weights are refused with their names.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"

namespace sim::autoscaling {

namespace {

void take_only(const json::object& members, std::initializer_list<std::string_view> known) {
  for (const auto& member : members) {
    if (base::contains(known, std::string_view(member.key()))) continue;
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no {} in a MixedInstancesPolicy.",
                            std::string_view(member.key())),
                501);
  }
}

json::object read_shares(const json::object& members) {
  take_only(members, {"OnDemandAllocationStrategy", "OnDemandBaseCapacity",
                      "OnDemandPercentageAboveBaseCapacity", "SpotAllocationStrategy",
                      "SpotInstancePools", "SpotMaxPrice"});
  const Fields in(members, "ValidationError");
  const auto strategy = in.text("OnDemandAllocationStrategy", "prioritized");
  if (strategy != "prioritized") {
    throw Error("NotImplemented",
                "The embedded AWS has no OnDemandAllocationStrategy " + strategy + ".", 501);
  }
  // [C] All of them On-Demand, unless it is said otherwise.
  if (in.integer("OnDemandPercentageAboveBaseCapacity", 100) != 100) {
    throw Error("NotImplemented", "The embedded AWS has no Spot instances.", 501);
  }
  json::object shown = members;
  shown["OnDemandAllocationStrategy"] = strategy;
  shown["OnDemandBaseCapacity"] = in.integer("OnDemandBaseCapacity", 0);
  shown["OnDemandPercentageAboveBaseCapacity"] = 100;
  shown["SpotAllocationStrategy"] = in.text("SpotAllocationStrategy", "lowest-price");
  if (shown.at("SpotAllocationStrategy") == "lowest-price") {
    shown["SpotInstancePools"] = in.integer("SpotInstancePools", 2);
  }
  return shown;
}

}  // namespace

// The LaunchTemplateSpecification.
json::object AutoScaling::read_mixed(const Fields& policy, Group& group) const {
  const auto& launch = policy.object("LaunchTemplate");
  take_only(launch, {"LaunchTemplateSpecification", "Overrides"});
  const Fields in(launch, "ValidationError");
  if (!in.has("LaunchTemplateSpecification")) {
    throw invalid("A launch template specification must be given for a mixed instances policy.");
  }
  json::array overrides;
  for (const auto& value : in.list("Overrides")) {
    take_only(structure(value), {"InstanceType"});
    group.types.push_back(Fields(structure(value), "ValidationError").required("InstanceType"));
    overrides.push_back(value);
  }
  json::object shown{{"LaunchTemplateSpecification", in.object("LaunchTemplateSpecification")}};
  shown["Overrides"] = std::move(overrides);
  group.mixed["LaunchTemplate"] = std::move(shown);
  group.mixed["InstancesDistribution"] = read_shares(policy.object("InstancesDistribution"));
  return in.object("LaunchTemplateSpecification");
}

}  // namespace sim::autoscaling
