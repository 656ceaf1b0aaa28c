#include "sim/world/speed.hpp"

#include <stdexcept>

namespace sim::world {

namespace {

class Scale {
 public:
  explicit Scale(double factor) : factor_(factor) {}

  void operator()(double& seconds) const { seconds /= factor_; }
  void operator()(base::Duration& duration) const {
    duration = base::from_seconds(base::seconds(duration) / factor_);
  }
  void operator()(ec2::Span& span) const { (*this)(span.low, span.high); }
  void operator()(ec2::Bell& bell) const {
    (*this)(bell.mean, bell.deviation, bell.low, bell.high);
  }
  template <class Range>
    requires std::same_as<decltype(Range::low), base::Duration>
  void operator()(Range& range) const {
    (*this)(range.low, range.high);
  }
  template <class... Values>
    requires(sizeof...(Values) > 1)
  void operator()(Values&... values) const {
    ((*this)(values), ...);
  }

 private:
  double factor_;
};

}  // namespace

WorldSettings faster(WorldSettings settings, double factor) {
  if (!(factor > 0)) throw std::invalid_argument("the speed must be greater than 0");
  const Scale scale(factor);
  scale(settings.latency);

  scale(settings.iam.propagation);

  auto& ec2 = settings.ec2;
  scale(ec2.nat_create, ec2.nat_take, ec2.nat_attachment_check, ec2.nat_delete,
        ec2.nat_delete_regional, ec2.nat_delete_pending, ec2.nat_delete_tail, ec2.nat_stuck,
        ec2.nat_passes_while_deleting, ec2.nat_delete_failed, ec2.nat_describe_lag, ec2.release_lag,
        ec2.unmapped_around_deleted, ec2.interface_race, ec2.nat_address_associate,
        ec2.nat_address_disassociate, ec2.nat_zone_change, ec2.nat_appliance_change);
  scale(ec2.connect_create, ec2.connect_update, ec2.connect_delete, ec2.vpn_associate,
        ec2.vpn_disassociate, ec2.vpn_change, ec2.vpn_delete);
  scale(ec2.vpn_gateway_attach, ec2.vpn_gateway_detach, ec2.vpn_connection_create,
        ec2.vpn_connection_delete, ec2.vpn_static_route, ec2.vpn_tunnel_up);
  scale(ec2.endpoint_create, ec2.endpoint_delete, ec2.gateway_endpoint_delete,
        ec2.endpoint_visible);
  scale(ec2.instance_start, ec2.instance_checks, ec2.instance_terminate,
        ec2.instance_terminate_skipping, ec2.instance_stop);
  scale(ec2.interface_attach, ec2.interface_detach, ec2.volume_create, ec2.volume_attach,
        ec2.volume_detach, ec2.volume_delete, ec2.snapshot_create, ec2.peering_provision);
  scale(ec2.creation_lag, ec2.lag, ec2.lag_tail);

  auto& ecs = settings.ecs;
  scale(ecs.schedule, ecs.provision, ecs.capacity, ecs.pull_overhead, ecs.container_start,
        ecs.dial_timeout, ecs.stop, ecs.deprovision, ecs.steady, ecs.back_off);
  ecs.pull_megabytes_per_second *= factor;

  auto& ssm = settings.ssm;
  scale(ssm.agent_start, ssm.delivery, ssm.invocation_lag, ssm.association_look);

  auto& records = settings.records;
  scale(records.balancer_starts, records.balancer_leaves, records.table_starts,
        records.table_leaves, records.file_system_starts, records.mount_target_starts,
        records.mount_target_leaves, records.certificate_issues, records.namespace_starts);

  scale(settings.messaging.delivery);

  auto& scaling = settings.autoscaling;
  scale(scaling.react, scaling.proceed, scaling.detach, scaling.deregister, scaling.look,
        scaling.health_period, scaling.back_off, scaling.visible);

  auto& lambda = settings.lambda;
  scale(lambda.create, lambda.start, lambda.queue, lambda.network, lambda.network_kept);
  for (auto& pause : lambda.retry_after) scale(pause);

  auto& cloudformation = settings.cloudformation;
  scale(cloudformation.before_low, cloudformation.before_high, cloudformation.after_low,
        cloudformation.after_high, cloudformation.poll, cloudformation.dependency_limit,
        cloudformation.address_limit, cloudformation.role_settles, cloudformation.profile_settles,
        cloudformation.not_found_limit, cloudformation.not_found_wait,
        cloudformation.drift_resource_low, cloudformation.drift_resource_high);
  return settings;
}

}  // namespace sim::world
