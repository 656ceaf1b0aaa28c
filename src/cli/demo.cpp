#include "cli/demo.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "aws/cloudformation/cloudformation.hpp"
#include "aws/lambda/lambda.hpp"
#include "aws/logs/logs.hpp"
#include "aws/s3/s3.hpp"
#include "aws/sts/sts.hpp"
#include "cli/checks.hpp"
#include "cli/leftovers.hpp"
#include "cli/record.hpp"
#include "cli/strike_log.hpp"
#include "cli/survey.hpp"
#include "falsework/prices.hpp"

namespace cli {

namespace {

using namespace std::chrono_literals;
using aws::cloudformation::Stack;

constexpr base::Duration poll = 5s;
constexpr base::Duration stack_limit = 2h;
constexpr base::Duration log_limit = 2min;

// How long each condition was waited for, and the order of all moments of the story.
class Demo {
 public:
  Demo(http::System& system, aws::Settings settings, Script script, const Insight& insight)
      : clock_(system.clock),
        client_(system, std::move(settings)),
        script_(std::move(script)),
        insight_(insight),
        start_(clock_.now()) {
    document_.version = script_.version;
    document_.seed = script_.seed;
    document_.mode = script_.original ? "original" : "falsework";
    document_.region = client_.region();
    document_.stack = script_.stack;
  }

  base::Task<Document> run() {
    std::string problem = co_await attempt(&Demo::build_and_check);
    if (!problem.empty()) document_.failure = problem;
    if (!script_.until_struck) {
      problem = co_await attempt(&Demo::tear_down);
      if (!problem.empty() && document_.failure.empty()) document_.failure = problem;
    }
    finish();
    co_return std::move(document_);
  }

 private:
  base::Task<std::string> attempt(base::Task<void> (Demo::*part)()) {
    try {
      co_await (this->*part)();
    } catch (const aws::ServiceError& error) {
      co_return error.what();
    } catch (const http::TransportError& error) {
      co_return error.what();
    }
    co_return std::string();
  }

  Seconds now() const { return base::seconds(clock_.now() - start_); }

  void say(std::string phase, std::string subject, std::string text, bool headline = true) {
    document_.timeline.push_back(
        {now(), std::move(phase), "operator", std::move(subject), std::move(text), headline, {}});
  }

  base::Task<void> build_and_check() {
    co_await upload();
    co_await create();
    const auto stack = co_await watch_creation();
    if (script_.until_struck) {
      co_await read_log();
      measure();
      co_return;
    }
    if (!document_.before) {
      document_.failure = "The environment was never complete. " + record_->first_failure();
      co_return;
    }
    co_await read_log();
    document_.after = co_await survey(client_, place());
    co_await check(stack);
  }

  base::Task<void> upload() {
    const auto identity = co_await aws::sts::caller_identity(client_);
    document_.account = identity.account;
    bucket_ = fmt::format("{}-{}-{}", script_.stack, identity.account, client_.region());
    co_await aws::s3::create_bucket(client_, bucket_);
    bucket_made_ = true;
    for (const auto& [name, text] : script_.templates) {
      co_await aws::s3::put_object(client_, bucket_, script_.stack + "/" + name, text, "text/yaml");
    }
    const auto key = fmt::format("{}/falsework-{}.zip", script_.stack, script_.architecture);
    co_await aws::s3::put_object(client_, bucket_, key, script_.package, "application/zip");
    say("build", bucket_,
        fmt::format("{} templates and the function's package are in the bucket {}",
                    script_.templates.size(), bucket_));
  }

  base::Task<void> create() {
    aws::cloudformation::NewStack stack;
    stack.name = script_.stack;
    stack.template_url =
        aws::s3::object_url(client_.settings(), bucket_, script_.stack + "/root.yaml");
    // Another root may want fewer of them; those it does not declare would be refused.
    const std::map<std::string, std::string> known = parameters_of(script_, bucket_);
    const auto wanted =
        co_await aws::cloudformation::validate_template(client_, stack.template_url, {});
    for (const auto& parameter : wanted.parameters) {
      const auto given = known.find(parameter.name);
      if (given != known.end()) stack.parameters.insert(*given);
    }
    stack.capabilities = {"CAPABILITY_IAM"};
    stack_id_ = co_await aws::cloudformation::create_stack(client_, stack);
    record_.emplace(stack_id_, start_);
  }

  base::Task<void> read_events() {
    for (const auto& id : record_->stacks()) {
      if (!record_->may_have_news(id)) continue;
      record_->add(
          co_await aws::cloudformation::stack_events(client_, id, record_->last_event(id)));
    }
  }

  // Until the stack is in none of its IN_PROGRESS states.
  base::Task<std::optional<Stack>> watch() {
    const auto deadline = clock_.now() + stack_limit;
    for (;;) {
      const auto stack = co_await aws::cloudformation::describe_stack(client_, stack_id_);
      co_await read_events();
      if (!deleting_ && !script_.until_struck) co_await look_before();
      if (stack && stack->status.starts_with("ROLLBACK") && !rolled_back_) {
        rolled_back_ = true;
        co_await read_log();  // before the rollback takes it away
      }
      if (!stack || !stack->status.ends_with("IN_PROGRESS") || clock_.now() >= deadline) {
        co_return stack;
      }
      co_await clock_.sleep_for(poll);
    }
  }

  base::Task<Stack> watch_creation() {
    auto stack = co_await watch();
    if (rolled_back_) {
      const auto& own = document_.strike.failure;
      const auto told = record_->first_failure();
      document_.failure =
          own.empty()
              ? "CloudFormation rolled the stack back: " + (told.empty() ? stack->reason : told)
              : fmt::format("The function failed ({}), and CloudFormation rolled the stack back.",
                            own);
    }
    co_return stack.value_or(Stack{});
  }

  Place place() const {
    Place result;
    if (const auto vpc = record_->first("AWS::EC2::VPC")) result.vpc = vpc->id;
    if (const auto service = record_->first("AWS::ECS::Service")) {
      result.service = aws::ecs::ServiceArn{service->id};
    }
    for (const auto& built : record_->resources()) result.names[built.id] = built.logical_name;
    return result;
  }

  bool strike_may_have_begun() const {
    return std::ranges::any_of(record_->resources(), [](const Record::Built& built) {
      return built.type.starts_with("Custom::");
    });
  }

  // The network as it is when everything stands and nothing is struck yet: looked at again and
  // again from the moment when both the service and its way out are complete.
  base::Task<void> look_before() {
    for (const char* type : {"AWS::EC2::NatGateway", "AWS::ECS::Service"}) {
      if (!record_->complete(type)) co_return;
    }
    if (document_.before && strike_may_have_begun()) co_return;
    const auto where = place();
    auto seen = co_await survey(client_, where);
    const bool first = !document_.before;
    if (first || temporary_of(seen).all().size() >= temporary_of(*document_.before).all().size()) {
      document_.before = std::move(seen);
    }
    if (!first) co_return;
    for (const auto& task : co_await aws::ecs::tasks_of(client_, *where.service)) tell(task);
  }

  void tell(const aws::ecs::Task& task) {
    const std::string id = task.arn.substr(task.arn.find_last_of('/') + 1);
    const auto add = [&](std::optional<base::Instant> at, std::string text, bool headline) {
      if (!at) return;
      document_.timeline.push_back(
          {base::seconds(*at - start_), "build", "task", id, std::move(text), headline, {}});
    };
    add(task.created, fmt::format("task {} is asked for", id), false);
    add(task.pull_started, fmt::format("task {} begins to pull its image", id), false);
    if (task.pull_started && task.pull_stopped) {
      add(task.pull_stopped,
          fmt::format("task {} has pulled its image from Docker Hub through the NAT gateway, in {}",
                      id, base::human(*task.pull_stopped - *task.pull_started)),
          true);
    }
    add(task.started, fmt::format("task {} runs at {}", id, task.private_ip), true);
  }

  // The log of the function that struck: found by its group, read until its answer is in it.
  base::Task<void> read_log() {
    if (std::exchange(log_read_, true)) co_return;
    const auto group = record_->first("AWS::Logs::LogGroup");
    if (const auto function = record_->first("AWS::Lambda::Function")) function_ = function->id;
    if (group) log_group_ = group->id;
    const auto deadline = clock_.now() + log_limit;
    StrikeLog log;
    for (;;) {
      std::vector<LogLine> lines;
      for (const auto& event : co_await aws::logs::filter_log_events(
               client_,
               {.group = log_group_, .stream_prefix = {}, .pattern = {}, .from = {}, .to = {}})) {
        lines.push_back({event.time, event.message});
      }
      log = read_strike_log(lines, start_);
      if (log.answered || rolled_back_ || clock_.now() >= deadline) break;
      co_await clock_.sleep_for(poll);
    }
    document_.strike = std::move(log.strike);
    std::ranges::move(log.moments, std::back_inserter(document_.timeline));
    name_pieces();
  }

  void name_pieces() {
    std::map<std::string, std::string> names;
    for (const auto& built : record_->resources()) names[built.id] = built.logical_name;
    if (document_.before) {
      for (const auto& node : document_.before->nodes) {
        if (!node.name.empty()) names[node.id] = node.name;
      }
    }
    for (auto& piece : document_.strike.pieces) piece.logical_name = names[piece.id];
  }

  base::Task<void> check(Stack stack) {
    for (const auto& [name, value] : stack.outputs) {
      if (name == "Struck" || name == "MonthlySavingUSD") document_.strike.data[name] = value;
    }
    Scene scene{.stack = stack_id_,
                .log_group = log_group_,
                .service = place().service,
                .client = {},
                .before = *document_.before,
                .after = *document_.after,
                .strike = document_.strike,
                .of_the_stack = {}};
    for (const auto& built : record_->resources()) scene.of_the_stack.push_back(built.id);
    if (const auto client = record_->first("AWS::EC2::Instance")) scene.client = client->id;
    document_.checks = co_await look_at_checks(client_, scene);
    for (const auto& each : document_.checks) {
      document_.timeline.push_back({now(),
                                    "check",
                                    "check",
                                    "",
                                    fmt::format("{}: {}", each.ok ? "ok" : "FAIL", each.name),
                                    false,
                                    {}});
    }
    measure();
  }

  void measure() {
    const auto& strike = document_.strike;
    const auto begin = strike.ready ? strike.ready : strike.requested;
    if (begin && strike.done) document_.strike_seconds = *strike.done - *begin;
    for (const auto& gateway : record_->of_type("AWS::EC2::NatGateway")) {
      if (const auto least = insight_.minimum(gateway.id))
        document_.minimum_seconds = base::seconds(*least);
    }
    if (const auto role = role_of_function()) document_.api_calls = insight_.calls(*role);
    price();
  }

  std::optional<std::string> role_of_function() const {
    std::string stack;
    for (const auto& built : record_->of_type("AWS::Lambda::Function")) stack = built.stack;
    for (const auto& built : record_->of_type("AWS::IAM::Role")) {
      if (built.stack == stack) return built.id;
    }
    return std::nullopt;
  }

  void price() {
    auto& saving = document_.saving;
    for (const auto& piece : document_.strike.pieces) {
      if (!piece.ended) continue;
      if (piece.type == "nat_gateway") {
        saving.prices.push_back({piece.id, "NAT gateway, without its traffic",
                                 falsework::nat_gateway_hour(document_.region).money});
      } else if (piece.type == "elastic_ip") {
        saving.prices.push_back(
            {piece.id, "public IPv4 address", falsework::public_address_hour().money});
      }
    }
    for (const auto& price : saving.prices) saving.hourly = saving.hourly + price.hourly;
    saving.monthly = saving.hourly * falsework::hours_per_month;
  }

  base::Task<void> tear_down() {
    if (!stack_id_.empty()) {
      say("delete", script_.stack, "the stack is to go");
      deleting_ = true;
      co_await aws::cloudformation::delete_stack(client_, stack_id_);
      co_await watch();
    }
    if (!bucket_made_) co_return;
    for (const auto& object : co_await aws::s3::list_objects(client_, bucket_)) {
      co_await aws::s3::delete_object(client_, bucket_, object.key);
    }
    co_await aws::s3::delete_bucket(client_, bucket_);
    if (stack_id_.empty()) co_return;
    say("delete", bucket_, fmt::format("the bucket {} is gone", bucket_));
    co_await look_for_what_is_left();
  }

  base::Task<void> look_for_what_is_left() {
    Estate estate{.stack = stack_id_,
                  .vpc = place().vpc,
                  .temporary = document_.before ? temporary_of(*document_.before) : Temporary{},
                  .function = function_,
                  .log_group = log_group_,
                  .client = {},
                  .service = place().service,
                  .bucket = bucket_};
    if (const auto client = record_->first("AWS::EC2::Instance")) estate.client = client->id;
    document_.leftovers = co_await look_for_leftovers(client_, estate);
  }

  void finish() {
    if (record_) {
      const auto& moments = record_->moments();
      document_.timeline.insert(document_.timeline.end(), moments.begin(), moments.end());
    }
    // Sources keep their own order at the same moment.
    std::vector<std::size_t> order(document_.timeline.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {},
                      [this](std::size_t i) { return std::pair(document_.timeline[i].at, i); });
    std::vector<Moment> sorted;
    sorted.reserve(order.size());
    for (const auto i : order) sorted.push_back(std::move(document_.timeline[i]));
    document_.timeline = std::move(sorted);
    document_.virtual_seconds = now();
  }

  base::Clock& clock_;
  aws::Client client_;
  Script script_;
  const Insight& insight_;
  base::Instant start_;
  Document document_;
  std::optional<Record> record_;
  std::string bucket_;
  bool bucket_made_ = false;
  bool rolled_back_ = false;
  bool deleting_ = false;
  bool log_read_ = false;
  std::string stack_id_;
  std::string function_;
  std::string log_group_;
};

}  // namespace

std::map<std::string, std::string> parameters_of(const Script& script, const std::string& bucket) {
  return {{"Bucket", bucket},
          {"Folder", script.stack},
          {"Architecture", script.architecture},
          {"StrikeBy", script.original ? "original" : "falsework"}};
}

base::Task<Document> demo(http::System& system, aws::Settings settings, Script script,
                          const Insight& insight) {
  Demo story(system, std::move(settings), std::move(script), insight);
  co_return co_await story.run();
}

}  // namespace cli
