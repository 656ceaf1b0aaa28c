#include "apps/falsework/local_options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <regex>

#include "sim/world/speed.hpp"

namespace apps {

namespace {

struct Fault {
  std::string_view name;
  std::string_view meaning;
  double& (*rate)(sim::world::WorldSettings&);
};

const std::vector<Fault> faults{
    {"throttle", "calls are refused with the service's throttling error",
     [](auto& world) -> double& { return world.faults.throttle; }},
    {"error", "calls are refused with the service's 5xx",
     [](auto& world) -> double& { return world.faults.error; }},
    {"slow", "answers come 5 s late", [](auto& world) -> double& { return world.faults.slow; }},
    {"lost-reply", "the connection breaks after the effect",
     [](auto& world) -> double& { return world.faults.lost_reply; }},
    {"nat-stuck", "NAT gateways stay in deleting for half an hour",
     [](auto& world) -> double& { return world.ec2.nat_stuck_chance; }},
    {"nat-error", "NAT gateways fail with InternalError",
     [](auto& world) -> double& { return world.ec2.nat_internal_error_chance; }},
    {"lag", "EC2's writes are seen late by the calls that follow",
     [](auto& world) -> double& { return world.ec2.lag_chance; }},
};

struct Chosen {
  const Fault* fault = nullptr;
  double rate = 0;
};

std::optional<Chosen> parse_fault(std::string_view text) {
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto digits = equals == std::string_view::npos ? "" : text.substr(equals + 1);
  const auto found = std::ranges::find(faults, name, &Fault::name);
  Chosen chosen;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, chosen.rate);
  if (found == faults.end() || digits.empty() || error != std::errc{} || stop != end ||
      !(chosen.rate >= 0 && chosen.rate <= 1)) {
    return std::nullopt;
  }
  chosen.fault = &*found;
  return chosen;
}

std::string list_of_faults() {
  std::string list;
  for (const auto& fault : faults) list += fmt::format("\n  {:<11} {}", fault.name, fault.meaning);
  return list;
}

}  // namespace

void add_local(CLI::App& app, LocalArguments& arguments) {
  auto* command = app.add_subcommand(
      "local",
      "The embedded AWS as a server on 127.0.0.1, for the aws CLI, boto3 and any other client:\n"
      "EC2, ECS, IAM, STS, CloudFormation, Lambda, SSM, S3, CloudWatch Logs and what else\n"
      "--operations lists, of one account in one region, as slow and as strict as AWS. Prints\n"
      "\"ready URL\" on stdout when it listens, and the lines to paste into the client's shell\n"
      "on stderr. Ends with SIGINT or SIGTERM.");
  command->add_option("--port", arguments.port, "Where it listens; 0 picks a free one")
      ->check(CLI::Range(0, 65535).description(""))
      ->capture_default_str();
  command->add_option("--seed", arguments.seed, "The chance of this world: its ids, keys, delays")
      ->capture_default_str();
  command
      ->add_option("--speed", arguments.speed,
                   "AWS's own latencies are divided by this; nobody else's")
      ->type_name("FACTOR")
      ->capture_default_str();
  command->add_option("--region", arguments.region, "The only region")->capture_default_str();
  command->add_option("--account", arguments.account, "The account's number")
      ->capture_default_str();
  command
      ->add_option("--fault", arguments.faults,
                   "Trouble to inject and how often, 0 to 1; may be repeated:" + list_of_faults())
      ->type_name("NAME=RATE")
      ->allow_extra_args(false);
  command
      ->add_option("--state", arguments.state,
                   "Keep the world in this file: a restart goes on where the last run ended,\n"
                   "however it ended")
      ->type_name("FILE");
  command->add_flag("--https", arguments.https,
                    "Serve TLS with a certificate made for this machine, and say where its\n"
                    "authority is (AWS_CA_BUNDLE)");
  command->add_flag("--verbose", arguments.verbose, "One line a request on stderr");
  command->add_flag("--json", arguments.json, "The ready line as one JSON document");
  command->add_flag("--quiet", arguments.quiet, "Only the ready line");
  command->add_flag("--operations", arguments.operations,
                    "List every operation that there is (ec2:DescribeVpcs), and serve nothing");
  command->footer(
      "Examples:\n"
      "  falsework local\n"
      "  falsework local --speed 20 --fault throttle=0.1 --fault lost-reply=0.02\n"
      "  falsework local --port 0 --state world.journal --quiet\n"
      "  aws --endpoint-url http://127.0.0.1:4566 ec2 describe-vpcs");
}

std::vector<std::string> problems_of(const LocalArguments& arguments) {
  std::vector<std::string> problems;
  if (!(arguments.speed > 0) || !std::isfinite(arguments.speed)) {
    problems.emplace_back("--speed: a number greater than 0 is wanted");
  }
  if (!std::regex_match(arguments.region, std::regex("[a-z]{2,4}(-[a-z]{2,12}){1,3}-[0-9]{1,2}"))) {
    problems.push_back("--region: " + arguments.region + " is no region's name");
  }
  if (!std::regex_match(arguments.account, std::regex("[0-9]{12}"))) {
    problems.push_back("--account: " + arguments.account + " is not 12 digits");
  }
  for (const auto& text : arguments.faults) {
    if (parse_fault(text)) continue;
    problems.push_back(
        "--fault: " + text +
        " is not NAME=RATE with a rate from 0 to 1 and one of these names:" + list_of_faults());
  }
  return problems;
}

sim::world::WorldSettings world_of(const LocalArguments& arguments) {
  sim::world::WorldSettings world;
  world.seed = arguments.seed;
  world.region = arguments.region;
  world.account = arguments.account;
  for (const auto& text : arguments.faults) {
    if (const auto chosen = parse_fault(text)) chosen->fault->rate(world) = chosen->rate;
  }
  return sim::world::faster(world, arguments.speed);
}

std::string choices_of(const LocalArguments& arguments) {
  auto text = fmt::format("--seed {} --region {} --account {} --speed {}", arguments.seed,
                          arguments.region, arguments.account, arguments.speed);
  // As they take effect: the last of each name, in one order.
  for (const auto& fault : faults) {
    std::optional<double> rate;
    for (const auto& given : arguments.faults) {
      const auto chosen = parse_fault(given);
      if (chosen && chosen->fault == &fault) rate = chosen->rate;
    }
    if (rate && *rate > 0) text += fmt::format(" --fault {}={}", fault.name, *rate);
  }
  return text;
}

}  // namespace apps
