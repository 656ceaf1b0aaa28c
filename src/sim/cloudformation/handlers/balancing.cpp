// Load balancers, target groups, listeners, rules; the scaling of ECS services behind them.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ElasticLoadBalancingV2.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApplicationAutoScaling.html
#include "sim/cloudformation/handlers/steps.hpp"

namespace sim::cloudformation {

const std::vector<Calls>& balancing_calls() {
  constexpr std::string_view balancing = "elasticloadbalancing";
  constexpr std::string_view scaling = "application-autoscaling";
  constexpr Tagging tagging{.add = "AddTags", .remove = "RemoveTags", .who = "ResourceArns=[@id]"};
  static const std::vector<Calls> types{
      {.type = "AWS::ElasticLoadBalancingV2::LoadBalancer",
       .service = balancing,
       .properties = "IpAddressType LoadBalancerAttributes Name* Scheme* SecurityGroups "
                     "SubnetMappings Subnets Tags Type*",
       .attributes = "LoadBalancerArn=@id LoadBalancerFullName=@after:loadbalancer/ "
                     "LoadBalancerName=&LoadBalancers.0.LoadBalancerName "
                     "DNSName=&LoadBalancers.0.DNSName "
                     "CanonicalHostedZoneID=&LoadBalancers.0.CanonicalHostedZoneId",
       .name = "Name/32 short",
       .create = {"CreateLoadBalancer",
                  "Name=@name IpAddressType Scheme SecurityGroups SubnetMappings Subnets Type "
                  "Tags=@tags"},
       .id = "%LoadBalancers.0.LoadBalancerArn",
       .more = {{"ModifyLoadBalancerAttributes",
                 "LoadBalancerArn=@id Attributes=LoadBalancerAttributes",
                 "LoadBalancerAttributes"}},
       .update = {{"SetSubnets", "LoadBalancerArn=@id Subnets SubnetMappings",
                   "Subnets SubnetMappings"},
                  {"SetSecurityGroups", "LoadBalancerArn=@id SecurityGroups", "SecurityGroups"},
                  {"SetIpAddressType", "LoadBalancerArn=@id IpAddressType", "IpAddressType"}},
       .look = {"DescribeLoadBalancers", "LoadBalancerArns=[@id]", "LoadBalancers.0.State.Code",
                "active", "failed"},
       .look_after_removal = true,
       .remove = {"DeleteLoadBalancer", "LoadBalancerArn=@id"},
       .tagging = tagging,
       .unsupported = "EnableCapacityReservationProvisionStabilize EnablePrefixForIpv6SourceNat "
                      "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic Ipv4IpamPoolId "
                      "MinimumLoadBalancerCapacity"},
      {.type = "AWS::ElasticLoadBalancingV2::TargetGroup",
       .service = balancing,
       .properties = "HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath "
                     "HealthCheckPort HealthCheckProtocol HealthCheckTimeoutSeconds "
                     "HealthyThresholdCount IpAddressType* Matcher Name* Port* Protocol* "
                     "ProtocolVersion* Tags TargetGroupAttributes TargetType* Targets "
                     "UnhealthyThresholdCount VpcId*",
       .attributes = "TargetGroupArn=@id TargetGroupFullName=@from:targetgroup/ "
                     "TargetGroupName=%TargetGroups.0.TargetGroupName "
                     "LoadBalancerArns=%TargetGroups.0.LoadBalancerArns",
       .name = "Name/32 short",
       .create = {"CreateTargetGroup",
                  "Name=@name HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath "
                  "HealthCheckPort HealthCheckProtocol HealthCheckTimeoutSeconds "
                  "HealthyThresholdCount IpAddressType Matcher Port Protocol ProtocolVersion "
                  "TargetType UnhealthyThresholdCount VpcId Tags=@tags"},
       .id = "%TargetGroups.0.TargetGroupArn",
       .more = {{"RegisterTargets", "TargetGroupArn=@id Targets", "Targets"},
                {"ModifyTargetGroupAttributes",
                 "TargetGroupArn=@id Attributes=TargetGroupAttributes", "TargetGroupAttributes"}},
       .update = {{"ModifyTargetGroup",
                   "TargetGroupArn=@id HealthCheckEnabled HealthCheckIntervalSeconds "
                   "HealthCheckPath HealthCheckPort HealthCheckProtocol HealthCheckTimeoutSeconds "
                   "HealthyThresholdCount Matcher UnhealthyThresholdCount",
                   "HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort "
                   "HealthCheckProtocol HealthCheckTimeoutSeconds HealthyThresholdCount Matcher "
                   "UnhealthyThresholdCount"},
                  {"DeregisterTargets", "TargetGroupArn=@id Targets=@old:Targets", "Targets"}},
       .remove = {"DeleteTargetGroup", "TargetGroupArn=@id"},
       .tagging = tagging,
       .unsupported = "TargetControlPort"},
      {.type = "AWS::ElasticLoadBalancingV2::Listener",
       .service = balancing,
       .properties = "AlpnPolicy Certificates DefaultActions! LoadBalancerArn!* Port Protocol "
                     "SslPolicy Tags",
       .attributes = "ListenerArn=@id",
       .create = {"CreateListener",
                  "AlpnPolicy Certificates DefaultActions LoadBalancerArn Port Protocol SslPolicy "
                  "Tags=@tags"},
       .id = "%Listeners.0.ListenerArn",
       .update = {{"ModifyListener",
                   "ListenerArn=@id AlpnPolicy Certificates DefaultActions Port Protocol SslPolicy",
                   "AlpnPolicy Certificates DefaultActions Port Protocol SslPolicy"}},
       .remove = {"DeleteListener", "ListenerArn=@id"},
       .tagging = tagging,
       .unsupported = "ListenerAttributes MutualAuthentication"},
      {.type = "AWS::ElasticLoadBalancingV2::ListenerCertificate",
       .service = balancing,
       .properties = "Certificates! ListenerArn!*",
       .attributes = "Id=@id",
       .name = "/255",
       .create = {"AddListenerCertificates", "ListenerArn Certificates"},
       .id = "@name",
       .update = {{"RemoveListenerCertificates", "ListenerArn Certificates=@old:Certificates",
                   "Certificates"},
                  {"AddListenerCertificates", "ListenerArn Certificates", "Certificates"}},
       .remove = {"RemoveListenerCertificates", "ListenerArn Certificates"}},
      {.type = "AWS::ElasticLoadBalancingV2::ListenerRule",
       .service = balancing,
       .properties = "Actions! Conditions! ListenerArn!* Priority! Tags",
       .attributes = "RuleArn=@id IsDefault='false",
       .create = {"CreateRule", "Actions Conditions ListenerArn Priority Tags=@tags"},
       .id = "%Rules.0.RuleArn",
       .update = {{"ModifyRule", "RuleArn=@id Actions Conditions", "Actions Conditions"},
                  {"SetRulePriorities",
                   "RulePriorities[].RuleArn=@id RulePriorities[].Priority=Priority", "Priority"}},
       .remove = {"DeleteRule", "RuleArn=@id"},
       .tagging = tagging,
       .unsupported = "Transforms"},
      {.type = "AWS::ApplicationAutoScaling::ScalableTarget",
       .service = scaling,
       .properties = "MaxCapacity! MinCapacity! ResourceId!* RoleARN ScalableDimension!* "
                     "ServiceNamespace!* SuspendedState Tags",
       .attributes = "Id=@id",
       .create = {"RegisterScalableTarget",
                  "MaxCapacity MinCapacity ResourceId RoleARN ScalableDimension ServiceNamespace "
                  "SuspendedState Tags=@tagmap"},
       .id = "#{ResourceId}|{ScalableDimension}|{ServiceNamespace}",
       .update = {{"RegisterScalableTarget",
                   "MaxCapacity MinCapacity ResourceId RoleARN ScalableDimension ServiceNamespace "
                   "SuspendedState",
                   "MaxCapacity MinCapacity RoleARN SuspendedState"}},
       .remove = {"DeregisterScalableTarget", "ResourceId ScalableDimension ServiceNamespace"},
       .unsupported = "ScheduledActions",
       .frozen = "Tags"},
      {.type = "AWS::ApplicationAutoScaling::ScalingPolicy",
       .service = scaling,
       .properties = "PolicyName!* PolicyType! ResourceId* ScalableDimension* ScalingTargetId* "
                     "ServiceNamespace* StepScalingPolicyConfiguration "
                     "TargetTrackingScalingPolicyConfiguration",
       .attributes = "Arn=@id",
       .create = {"PutScalingPolicy",
                  "PolicyName PolicyType ResourceId ScalableDimension ServiceNamespace "
                  "ResourceId=@part:0:ScalingTargetId ScalableDimension=@part:1:ScalingTargetId "
                  "ServiceNamespace=@part:2:ScalingTargetId StepScalingPolicyConfiguration "
                  "TargetTrackingScalingPolicyConfiguration"},
       .id = "%PolicyARN",
       .update = {{"PutScalingPolicy",
                   "PolicyName PolicyType ResourceId ScalableDimension ServiceNamespace "
                   "ResourceId=@part:0:ScalingTargetId ScalableDimension=@part:1:ScalingTargetId "
                   "ServiceNamespace=@part:2:ScalingTargetId StepScalingPolicyConfiguration "
                   "TargetTrackingScalingPolicyConfiguration",
                   "PolicyType StepScalingPolicyConfiguration "
                   "TargetTrackingScalingPolicyConfiguration"}},
       .remove = {"DeleteScalingPolicy",
                  "PolicyName ResourceId ScalableDimension ServiceNamespace "
                  "ResourceId=@part:0:ScalingTargetId ScalableDimension=@part:1:ScalingTargetId "
                  "ServiceNamespace=@part:2:ScalingTargetId"},
       .unsupported = "PredictiveScalingPolicyConfiguration"}};
  return types;
}

}  // namespace sim::cloudformation
