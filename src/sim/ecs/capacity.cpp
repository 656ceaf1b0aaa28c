// Fargate's two capacity providers, and how tasks are spread over them.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
#include "sim/ecs/capacity.hpp"

#include "sim/ecs/ecs.hpp"
#include "sim/ecs/input.hpp"

namespace sim::ecs {

namespace {

bool is_provider(std::string_view name) {
  return name == "FARGATE" || name == "FARGATE_SPOT";
}

const json::object& structure(const json::value& value) {
  if (!value.is_object()) throw Error("SerializationException", "A strategy has structures.");
  return value.get_object();
}

}  // namespace

void check_providers(const Fields& in) {
  for (const auto& name : in.texts("capacityProviders")) {
    if (is_provider(name)) continue;
    throw Error(invalid, "The specified capacity provider '" + name +
                             "' was not found. Specify a valid name or ARN and try again.");
  }
}

json::array read_strategy(const Fields& in, std::string_view member, const json::array& providers) {
  json::array strategy;
  std::int64_t weights = 0, bases = 0;
  for (const auto& value : in.list(member)) {
    const Fields one(structure(value), invalid);
    const auto name = one.required("capacityProvider");
    if (std::ranges::find(providers, json::value(name)) == providers.end()) {
      throw Error(invalid,
                  "The capacity provider strategy cannot contain a capacity provider that is not "
                  "associated with the cluster. Associate the capacity provider with the cluster "
                  "and try again.");
    }
    const auto weight = one.integer("weight", 0), base = one.integer("base", 0);
    if (weight < 0 || weight > 1000 || base < 0 || base > 100'000) {
      throw Error(invalid, "A weight is from 0 to 1000, a base from 0 to 100000.");
    }
    weights += weight;
    bases += base > 0 ? 1 : 0;
    strategy.push_back(
        json::object{{"capacityProvider", name}, {"weight", weight}, {"base", base}});
  }
  // One alone needs no weight.
  if (strategy.size() > 1 && weights == 0) {
    throw Error(invalid,
                "The capacity provider strategy must have at least one capacity provider with a "
                "weight greater than 0.");
  }
  if (bases > 1) {
    throw Error(invalid,
                "Only one capacity provider in a capacity provider strategy can have a base.");
  }
  return strategy;
}

json::array Ecs::strategy_of(const Fields& in, const Cluster& owner) const {
  check_platform(in);
  const auto launch_type = in.text("launchType");
  auto strategy = read_strategy(in, "capacityProviderStrategy", owner.providers);
  if (!launch_type.empty() && !strategy.empty()) {
    throw Error(invalid,
                "Specifying both a launch type and capacity provider strategy is not supported. "
                "Remove one and try again.");
  }
  if (launch_type.empty() && strategy.empty()) strategy = owner.strategy;
  if (launch_type != "FARGATE" && strategy.empty()) {
    throw Error("NotImplemented", "The embedded AWS has no tasks but with launch type FARGATE.",
                501);
  }
  return strategy;
}

// First the base, then whoever is furthest behind its weight. [C] for the meaning of base and
// weight, [I] for the order.
std::string next_provider(const json::array& strategy, const std::map<std::string, int>& running) {
  std::string best;
  double least = 0;
  for (const auto& value : strategy) {
    const Fields one(value.get_object(), invalid);
    const auto name = one.text("capacityProvider");
    const auto found = running.find(name);
    const int has = found == running.end() ? 0 : found->second;
    if (has < one.integer("base", 0)) return name;
    const auto weight = strategy.size() == 1 ? 1 : one.integer("weight", 0);
    if (weight == 0) continue;
    const double share = (has + 1.0) / static_cast<double>(weight);
    if (!best.empty() && share >= least) continue;
    best = name;
    least = share;
  }
  return best;
}

void check_platform(const Fields& in) {
  const auto platform = in.text("platformVersion", "LATEST");
  if (platform == "LATEST" || platform == "1.4.0") return;
  throw Error("NotImplemented",
              fmt::format("The embedded AWS has no platform version {} of Fargate.", platform),
              501);
}

void show_capacity(const json::array& strategy, json::object& out) {
  if (strategy.empty()) {
    out["launchType"] = "FARGATE";
  } else {
    out["capacityProviderStrategy"] = strategy;
  }
}

json::object Ecs::put_capacity_providers(const Call& call) {
  const auto in = fields(call);
  auto& one = cluster(in);
  check_providers(in);
  auto strategy =
      read_strategy(in, "defaultCapacityProviderStrategy", in.list("capacityProviders"));
  one.providers = in.list("capacityProviders");
  one.strategy = std::move(strategy);
  return {{"cluster", shown(one)}};
}

json::object Ecs::describe_capacity_providers(const Call& call) {
  const auto in = fields(call);
  const auto wanted = in.texts("capacityProviders");
  json::array found, failures;
  for (const char* name : {"FARGATE", "FARGATE_SPOT"}) {
    if (!wanted.empty() && std::ranges::find(wanted, name) == wanted.end()) continue;
    found.push_back(json::object{{"capacityProviderArn", arn("capacity-provider", name)},
                                 {"name", name},
                                 {"status", "ACTIVE"},
                                 {"tags", json::array()}});
  }
  for (const auto& name : wanted) {
    if (is_provider(name)) continue;
    failures.push_back(
        json::object{{"arn", arn("capacity-provider", name)}, {"reason", "MISSING"}});
  }
  return {{"capacityProviders", std::move(found)}, {"failures", std::move(failures)}};
}

}  // namespace sim::ecs
