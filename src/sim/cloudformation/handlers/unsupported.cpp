// Properties that AWS has and that nothing here could honour, of the types whose handlers are
// functions; the others name theirs in their tables of calls. From the types' schemas:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-type-schemas.html
#include <stdexcept>

#include "sim/cloudformation/handlers/handlers.hpp"
#include "sim/core/words.hpp"

namespace sim::cloudformation {

namespace {

struct Unsupported {
  std::string_view type, properties;
};

constexpr Unsupported all_unsupported[] = {
    {"AWS::AutoScaling::AutoScalingGroup",
     "AvailabilityZoneDistribution AvailabilityZoneIds AvailabilityZoneImpairmentPolicy "
     "CapacityRebalance CapacityReservationSpecification Context DeletionProtection "
     "DesiredCapacityType InstanceId InstanceLifecyclePolicy InstanceMaintenancePolicy "
     "LoadBalancerNames MaxInstanceLifetime MetricsCollection NotificationConfiguration "
     "NotificationConfigurations PlacementGroup SkipZonalShiftValidation TrafficSources"},
    {"AWS::EC2::ClientVpnEndpoint",
     "AuthorizationPolicy ClientConnectOptions ClientLoginBannerOptions "
     "ClientRouteEnforcementOptions DevicePostureOptions DisconnectOnSessionTimeout "
     "EndpointIpAddressType TrafficIpAddressType TransitGatewayConfiguration"},
    {"AWS::EC2::ClientVpnTargetNetworkAssociation", "AvailabilityZone AvailabilityZoneId"},
    {"AWS::EC2::CustomerGateway", "BgpAsnExtended"},
    {"AWS::EC2::EIP", "Address IpamPoolId TransferAddress"},
    {"AWS::EC2::FlowLog", "DeliverCrossAccountRole DestinationOptions TagFieldSpecifications"},
    {"AWS::EC2::Instance",
     "AdditionalInfo Affinity CpuOptions ElasticGpuSpecifications ElasticInferenceAccelerators "
     "EnclaveOptions HibernationOptions HostId HostResourceGroupArn Ipv6AddressCount "
     "Ipv6Addresses KernelId LicenseSpecifications PlacementGroupName PrivateDnsNameOptions "
     "PropagateTagsToVolumeOnCreation RamdiskId SecurityGroups SsmAssociations Volumes"},
    {"AWS::EC2::NetworkInterface",
     "ConnectionTrackingSpecification EnablePrimaryIpv6 Ipv4PrefixCount Ipv4Prefixes "
     "Ipv6AddressCount Ipv6Addresses Ipv6PrefixCount Ipv6Prefixes PrivateIpAddresses "
     "PublicIpDnsHostnameTypeSpecification SecondaryPrivateIpAddressCount"},
    {"AWS::EC2::NetworkInterfaceAttachment", "EnaQueueCount EnaSrdSpecification"},
    {"AWS::EC2::Route", "CarrierGatewayId CoreNetworkArn LocalGatewayId OdbNetworkArn"},
    {"AWS::EC2::SecurityGroupIngress",
     "GroupName SourceSecurityGroupName SourceSecurityGroupOwnerId"},
    {"AWS::EC2::Subnet",
     "EnableDns64 EnableLniAtDeviceIndex Ipv4IpamPoolId "
     "Ipv4NetmaskLength Ipv6IpamPoolId Ipv6Native Ipv6NetmaskLength OutpostArn "
     "PrivateDnsNameOptionsOnLaunch"},
    {"AWS::EC2::VPC", "Ipv4IpamPoolId Ipv4NetmaskLength VpcEncryptionControl"},
    {"AWS::EC2::VPCCidrBlock",
     "Ipv4IpamPoolId Ipv4NetmaskLength Ipv6CidrBlock Ipv6CidrBlockNetworkBorderGroup "
     "Ipv6IpamPoolId Ipv6NetmaskLength Ipv6Pool"},
    {"AWS::EC2::VPCEndpoint",
     "DnsOptions IpAddressType ResourceConfigurationArn ServiceNetworkArn ServiceRegion"},
    {"AWS::EC2::VPCPeeringConnection", "AssumeRoleRegion PeerRoleArn"},
    {"AWS::EC2::VPNConnection",
     "PreSharedKeyStorage TransportTransitGatewayAttachmentId TunnelBandwidth VpnConcentratorId"},
    {"AWS::EC2::Volume",
     "AutoEnableIO AvailabilityZoneId KmsKeyId MultiAttachEnabled OutpostArn SnapshotId "
     "SourceVolumeId VolumeInitializationRate"},
    {"AWS::EC2::VolumeAttachment", "EbsCardIndex"},
    {"AWS::ECS::Cluster", "Configuration ServiceConnectDefaults"},
    {"AWS::ECS::Service",
     "AvailabilityZoneRebalancing ForceNewDeployment GatewayConnectors Monitoring "
     "PlacementConstraints PlacementStrategies Role ServiceConnectConfiguration "
     "ServiceRegistries VolumeConfigurations VpcLatticeConfigurations"},
    {"AWS::ECS::TaskDefinition",
     "ContainerDefinitions.CredentialSpecs ContainerDefinitions.FirelensConfiguration "
     "ContainerDefinitions.MountPoints ContainerDefinitions.RepositoryCredentials "
     "ContainerDefinitions.Secrets ContainerDefinitions.VolumesFrom EnableFaultInjection "
     "InferenceAccelerators IpcMode PidMode PlacementConstraints ProxyConfiguration Volumes"},
    {"AWS::Lambda::Function",
     "CapacityProviderConfig CodeSigningConfigArn DurableConfig FileSystemConfigs "
     "FunctionScalingConfig ImageConfig KmsKeyArn Layers PublishToLatestPublished RecursiveLoop "
     "RuntimeManagementConfig SnapStart TenancyConfig"},
    {"AWS::Lambda::Permission",
     "EventSourceToken FunctionUrlAuthType InvokedViaFunctionUrl PrincipalOrgID"},
    {"AWS::Lambda::Version", "FunctionScalingConfig ProvisionedConcurrencyConfig RuntimePolicy"},
    {"AWS::Logs::LogGroup",
     "BearerTokenAuthenticationEnabled DataProtectionPolicy DeletionProtectionEnabled "
     "FieldIndexPolicies KmsKeyId LogGroupClass ResourcePolicyDocument"},
    {"AWS::SSM::Association",
     "AssociationDispatchAssumeRole AutomationTargetParameterName CalendarNames OutputLocation "
     "Tags"},
    {"AWS::SSM::Document", "Attachments Requires"},
    {"AWS::SSM::Parameter", "AllowedPattern Policies"},
};

}  // namespace

void add_unsupported(Handlers& table) {
  for (const auto& [type, properties] : all_unsupported) {
    auto& handler = table.at(std::string(type));
    for (auto& name : words_of(properties)) {
      if (!name.contains('.') && !handler.schema.properties.insert(name).second) {
        throw std::logic_error(fmt::format("{} of {} is implemented", name, type));
      }
      handler.unsupported.insert(std::move(name));
    }
  }
}

}  // namespace sim::cloudformation
