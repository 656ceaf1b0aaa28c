#include "sim/world/world.hpp"

#include "sim/autoscaling/autoscaling.hpp"
#include "sim/cloudformation/cloudformation.hpp"
#include "sim/ec2/ec2.hpp"
#include "sim/ecs/ecs.hpp"
#include "sim/iam/sts.hpp"
#include "sim/messaging/sns.hpp"
#include "sim/messaging/sqs.hpp"
#include "sim/records/load_balancing.hpp"
#include "sim/records/services.hpp"
#include "sim/ssm/ssm.hpp"

namespace sim::world {

namespace {

s3::SigningKey signing_key(const iam::Key& key) {
  return {key.access_key_id, key.secret, key.session_token};
}

Context context_of(base::Runtime& runtime, const WorldSettings& settings) {
  return {.runtime = runtime,
          .seed = settings.seed,
          .account = settings.account,
          .region = settings.region};
}

// What ECS needs of Elastic Load Balancing.
class Targets final : public ecs::TargetGroups {
 public:
  Targets(records::Book& book, records::Probe probe) : book_(book), probe_(std::move(probe)) {}

  std::optional<ecs::TargetGroupView> find(const std::string& arn) override {
    const auto* group = book_.find("target group", arn);
    if (group == nullptr) return std::nullopt;
    return ecs::TargetGroupView{records::text_of(group->members, "TargetType"),
                                !records::balancers_of(book_, arn).empty()};
  }
  void add(const std::string& arn, const std::string& ip, int port) override {
    if (book_.find("target group", arn) != nullptr) records::register_target(book_, arn, ip, port);
  }
  base::Duration remove(const std::string& arn, const std::string& ip, int port) override {
    return records::deregister_target(book_, arn, ip, port);
  }
  std::string health(const std::string& arn, const std::string& ip, int port) override {
    return records::target_health(book_, probe_, arn, ip, port).state;
  }

 private:
  records::Book& book_;
  records::Probe probe_;
};

}  // namespace

// In the order in which they need each other.
struct World::Services {
  Services(Context context, const WorldSettings& settings)
      : iam(context, settings.iam),
        sts(context, iam),
        // CloudFormation hands out the URLs that custom resources answer to.
        s3(context, signing_key(iam.service_key("cloudformation.amazonaws.com"))),
        front(context, iam, s3, settings.latency, settings.faults,
              settings.inner_calls_take_tokens),
        logs(context),
        ec2(context, settings.ec2),
        ecs(context, ec2, iam, logs, settings.ecs),
        ssm(context, ec2, ecs, iam, settings.ssm),
        lambda(context, iam, logs, s3, settings.lambda),
        books(records::all_books(context, front, ec2, probe(), settings.records)),
        targets(*books.front(), probe()),
        sqs(context, front, iam, settings.messaging),
        sns(context, front, iam, settings.messaging),
        autoscaling(context, front, ec2, iam, settings.autoscaling),
        cloudformation(context, front, s3, settings.cloudformation) {
    s3.set_neighbours({.allowed =
                           [this](const Principal& caller, const Access& access) {
                             return iam.decide(caller, access) == iam::Decision::allowed;
                           },
                       .check_policy =
                           [this](const std::string& text, const std::string& arn) {
                             return iam.check_resource_policy(text, arn);
                           }});
    iam.set_resource_policies(
        [this](const std::string& arn, const Principal& caller) { return policy_of(arn, caller); });
    lambda.set_neighbours(front);
    lambda.set_network(ec2);
    sqs.set_keys(book("kms"));
    ec2.set_profiles([this](const std::string& name) { return profile(name); });
    front.add(iam);
    front.add(sts);
    front.add(s3);
    front.add(logs);
    front.add(ec2);
    front.add(ecs);
    front.add(ssm);
    front.add(lambda);
    front.add(cloudformation);
    front.add(sqs.service());
    front.add(sns.service());
    front.add(autoscaling);
    for (const auto& book : books) front.add(*book);
    ecs.set_target_groups(targets);
  }

  records::Book& book(std::string_view name) {
    return **std::ranges::find(books, name, &records::Book::name);
  }

  std::optional<std::string> policy_of(const std::string& arn, const Principal& caller) {
    if (arn.contains(":sqs:")) return sqs.policy_for(arn);
    if (arn.contains(":sns:")) return sns.policy_for(arn);
    return s3.policy_for(arn, caller);
  }

  // Whether a load balancer's interface finds a container there.
  records::Probe probe() const {
    return [this](const std::string& interface, const std::string& ip, int port) {
      return ec2.reach_address(interface, ip, port).open && ecs.listening(ip, port).has_value();
    };
  }

  std::optional<ec2::Profile> profile(const std::string& arn_or_name) const {
    const auto found = iam.instance_profile(arn_or_name);
    if (!found) return std::nullopt;
    return ec2::Profile{found->arn, found->id, found->role ? found->role->arn : ""};
  }

  iam::Iam iam;
  iam::Sts sts;
  s3::S3 s3;
  Front front;
  logs::Logs logs;
  ec2::Ec2 ec2;
  ecs::Ecs ecs;
  ssm::Ssm ssm;
  lambda::Lambda lambda;
  std::vector<records::BookPointer> books;  // load balancing first
  Targets targets;
  messaging::Sqs sqs;
  messaging::Sns sns;
  autoscaling::AutoScaling autoscaling;
  cloudformation::CloudFormation cloudformation;
};

World::World(base::Runtime& runtime, WorldSettings settings)
    : context_(context_of(runtime, settings)),
      services_(std::make_unique<Services>(context_, settings)) {}

World::~World() = default;

Task<json::object> World::call(Principal caller, std::string service, std::string action,
                               json::object input) {
  co_return co_await services_->front.call(std::move(caller), std::move(service), std::move(action),
                                           std::move(input));
}

Task<http::Response> World::send(http::Request request) {
  co_return co_await services_->front.send(std::move(request));
}

int World::calls(std::string_view arn) const {
  return services_->front.calls(arn);
}

int World::calls() const {
  return services_->front.calls();
}

std::vector<std::string> World::operations() const {
  return services_->front.operations();
}

void World::set_faults(Faults faults) {
  services_->front.set_faults(faults);
}

void World::set_launcher(lambda::Launcher& launcher) {
  services_->lambda.set_launcher(launcher, *this);
}

iam::Iam& World::iam() {
  return services_->iam;
}

ec2::Ec2& World::ec2() {
  return services_->ec2;
}

ecs::Ecs& World::ecs() {
  return services_->ecs;
}

logs::Logs& World::logs() {
  return services_->logs;
}

s3::S3& World::s3() {
  return services_->s3;
}

ssm::Ssm& World::ssm() {
  return services_->ssm;
}

lambda::Lambda& World::lambda() {
  return services_->lambda;
}

cloudformation::CloudFormation& World::cloudformation() {
  return services_->cloudformation;
}

}  // namespace sim::world
