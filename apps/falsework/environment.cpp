#include "apps/falsework/environment.hpp"

#include "apps/falsework/examples.hpp"
#include "apps/falsework/original.hpp"
#include "cfn/bootstrap.hpp"
#include "sim/cloudformation/zip.hpp"
#include "sim/ec2/ec2.hpp"

namespace apps {

namespace {

// The story begins at the same moment whenever it is told.
constexpr base::Instant beginning{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

// A function's log: what its process writes, line by line.
class ProcessLog final : public base::Log {
 public:
  ProcessLog(const base::Clock& clock, std::function<void(std::string_view)> output)
      : clock_(clock), output_(std::move(output)) {}
  void write(base::Level level, std::string_view event, boost::json::object fields) override {
    output_(base::line(clock_.now(), level, event, fields));
  }

 private:
  const base::Clock& clock_;
  std::function<void(std::string_view)> output_;
};

}  // namespace

// Runs the functions inside this process: the real code, the embedded AWS's transport and clock.
class Environment::Launcher final : public sim::lambda::Launcher {
 public:
  explicit Launcher(base::Clock& clock) : clock_(clock) {}

  base::Task<int> run(sim::lambda::Process process) override {
    ProcessLog log(clock_, process.output);
    http::System system{clock_, process.random, log, process.transport};
    if (process.handler == "bootstrap") {
      co_return co_await cfn::bootstrap(system, process.environment);
    }
    if (process.handler == "original") {
      co_return co_await original(system, process.environment);
    }
    process.output("This program has no handler \"" + process.handler + "\".");
    co_return 1;
  }

 private:
  base::Clock& clock_;
};

Environment::Environment(sim::world::WorldSettings settings)
    : settings_(std::move(settings)),
      runtime_(base::virtual_runtime(beginning)),
      random_(settings_.seed, "operator"),
      world_(std::make_unique<sim::world::World>(*runtime_, settings_)),
      system_{runtime_->clock(), random_, log_, world_->transport()},
      launcher_(std::make_unique<Launcher>(runtime_->clock())) {
  world_->set_launcher(*launcher_);
}

Environment::~Environment() = default;

aws::Settings Environment::operator_settings() {
  const auto key = world_->iam().root_key();
  aws::Settings settings;
  settings.credentials = {key.access_key_id, key.secret, key.session_token};
  settings.region = settings_.region;
  // The operator must get through injected faults; what is tested is the function.
  settings.attempts = 10;
  return settings;
}

cli::Document Environment::play(cli::Script script) {
  cli::Document document;
  const auto story = [](Environment* self, cli::Script text,
                        cli::Document* result) -> base::Task<void> {
    *result = co_await cli::demo(self->system_, self->operator_settings(), std::move(text), *self);
  };
  runtime_->run(story(this, std::move(script), &document));
  return document;
}

// A default route, then DeleteNatGateway; then AWS takes its time; then ReleaseAddress, and beside
// it DetachInternetGateway and DeleteInternetGateway, each at the moment when it is first granted.
std::optional<base::Duration> Environment::minimum(const std::string& nat_gateway) const {
  const auto facts = world_->ec2().strike_facts(nat_gateway);
  if (!facts.delete_called || !facts.address_releasable || !facts.gateway_detachable) {
    return std::nullopt;
  }
  const auto call = (settings_.latency.low + settings_.latency.high) / 2;
  const auto end = std::max(*facts.address_releasable + call, *facts.gateway_detachable + 2 * call);
  return end - *facts.delete_called + 2 * call;
}

std::optional<int> Environment::calls(const std::string& role_name) const {
  const auto role = world_->iam().role(role_name);
  if (!role) return std::nullopt;
  return world_->calls(role->arn);
}

cli::Script fargate_nginx(std::uint64_t seed, bool original) {
  cli::Script script;
  script.version = FALSEWORK_VERSION;
  script.seed = seed;
  script.original = original;
  script.templates = example_templates();
  script.package = sim::cloudformation::zip_of("bootstrap", "runs inside falsework\n");
  return script;
}

}  // namespace apps
