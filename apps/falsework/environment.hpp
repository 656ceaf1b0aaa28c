// The demo's ground: one embedded AWS on a virtual clock, with our functions running in it as
// Lambda's processes. The benches and the scenarios stand on the same ground.
#pragma once

#include <memory>

#include "base/random.hpp"
#include "base/runtime.hpp"
#include "cli/demo.hpp"
#include "http/system.hpp"
#include "sim/world/world.hpp"

namespace apps {

class Environment final : public cli::Insight {
 public:
  explicit Environment(sim::world::WorldSettings settings = {});
  ~Environment() override;
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Runs the whole story to its end. Once per environment.
  cli::Document play(cli::Script script);

  sim::world::World& world() { return *world_; }
  base::Runtime& runtime() { return *runtime_; }
  // The operator's view: the account's own key.
  http::System& system() { return system_; }
  aws::Settings operator_settings();

  std::optional<base::Duration> minimum(const std::string& nat_gateway) const override;
  std::optional<int> calls(const std::string& role_name) const override;

 private:
  class Launcher;

  sim::world::WorldSettings settings_;
  std::unique_ptr<base::Runtime> runtime_;
  base::SeededRandom random_;
  base::NoLog log_;
  std::unique_ptr<sim::world::World> world_;
  http::System system_;
  std::unique_ptr<Launcher> launcher_;
};

// The demo's script on the templates of examples/fargate-nginx, which are part of this program.
cli::Script fargate_nginx(std::uint64_t seed, bool original);

}  // namespace apps
