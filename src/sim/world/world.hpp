// One whole embedded AWS: every service of one account in one region, and the front door to them.
// Deterministic for a seed on a virtual runtime. The runtime and all its tasks must not outlive it
// in motion: destroy the world after run() has returned.
#pragma once

#include <memory>
#include <string_view>

#include "sim/world/settings.hpp"

namespace sim::ec2 {
class Ec2;
}
namespace sim::ecs {
class Ecs;
}
namespace sim::ssm {
class Ssm;
}
namespace sim::cloudformation {
class CloudFormation;
}

namespace sim::world {

class World final : public Caller, public http::Transport {
 public:
  explicit World(base::Runtime& runtime, WorldSettings settings = {});
  ~World() override;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // See Front.
  Task<json::object> call(Principal caller, std::string service, std::string action,
                          json::object input) override;
  Task<http::Response> send(http::Request request) override;
  http::Transport& transport() { return *this; }
  int calls(std::string_view arn) const;
  int calls() const;
  void set_faults(Faults faults);
  // All there is, "ec2:DescribeVpcs" each, in order.
  std::vector<std::string> operations() const;

  const Context& context() const { return context_; }
  iam::Iam& iam();
  ec2::Ec2& ec2();
  ecs::Ecs& ecs();
  logs::Logs& logs();
  s3::S3& s3();
  ssm::Ssm& ssm();
  lambda::Lambda& lambda();
  cloudformation::CloudFormation& cloudformation();

  // Who runs Lambda's processes; their requests come in through this world's front door.
  void set_launcher(lambda::Launcher& launcher);

 private:
  struct Services;

  Context context_;
  std::unique_ptr<Services> services_;
};

}  // namespace sim::world
