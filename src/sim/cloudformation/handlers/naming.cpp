// Route 53 and Cloud Map.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Route53.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ServiceDiscovery.html
#include <fmt/format.h>

#include "sim/cloudformation/handlers/steps.hpp"

namespace sim::cloudformation {

namespace {

// The zone's id, from HostedZoneId or HostedZoneName.
Task<json::value> find_zone(Work& work) {
  if (work.has("HostedZoneId")) co_return json::value(work.text("HostedZoneId"));
  std::string name = work.text("HostedZoneName");
  if (!name.empty() && !name.ends_with('.')) name += '.';
  if (name.empty()) throw Failure("Either HostedZoneId or HostedZoneName must be specified.");
  const auto found = co_await work.call("route53", "ListHostedZonesByName", {{"DNSName", name}});
  const std::string id = at(found, "HostedZones.0.Id");
  if (at(found, "HostedZones.0.Name") != name)
    throw Failure("No hosted zones named " + name + " found.");
  co_return json::value(id);
}

// Somebody else may have deleted it: one looks first, as a batch that is refused says only why.
Task<void> remove_record(Work& work) {
  const Calls& calls = *calls_of(work.type);
  const auto found = co_await work.call("route53", "ListResourceRecordSets",
                                        input_of(work, calls, "HostedZoneId=@prepared"));
  std::string name = work.text("Name");
  if (!name.ends_with('.')) name += '.';
  for (const auto& one : found.at("ResourceRecordSets").as_array()) {
    if (at(one, "Name") == name && at(one, "Type") == work.text("Type") &&
        at(one, "SetIdentifier") == work.text("SetIdentifier")) {
      co_return co_await run(work, calls, calls.remove);
    }
  }
}

// `from`: "" for the properties as they are, "@old:" as they were.
std::string change_of(std::string_view action, std::string_view from = "") {
  std::string input =
      fmt::format("HostedZoneId=@prepared ChangeBatch.Changes[].Action='{}", action);
  for (const auto* name : {"Name", "Type", "TTL", "AliasTarget", "SetIdentifier", "Weight",
                           "Region", "Failover", "MultiValueAnswer"}) {
    input += fmt::format(" ChangeBatch.Changes[].ResourceRecordSet.{}={}{}", name, from, name);
  }
  return input + fmt::format(
                     " ChangeBatch.Changes[].ResourceRecordSet.ResourceRecords="
                     "{}@wrap:Value:ResourceRecords",
                     from);
}

}  // namespace

const std::vector<Calls>& naming_calls() {
  static const std::string create = change_of("CREATE");
  static const std::string change = change_of("UPSERT");
  static const std::string remove = change_of("DELETE");
  static const std::string remove_old = change_of("DELETE", "@old:");
  static const std::vector<Calls> types{
      {.type = "AWS::Route53::HostedZone",
       .service = "route53",
       .properties = "HostedZoneConfig HostedZoneTags Name!* VPCs",
       .attributes = "Id=@id NameServers=%HostedZone.NameServers",
       .create = {"CreateHostedZone",
                  "Name CallerReference=@token HostedZoneConfig VPC.VPCId=VPCs.0.VPCId "
                  "VPC.VPCRegion=VPCs.0.VPCRegion"},
       .id = "%HostedZone.Id",
       .more = {{"ChangeTagsForResource",
                 "ResourceType='hostedzone ResourceId=@id AddTags=HostedZoneTags",
                 "HostedZoneTags"}},
       .update = {{"UpdateHostedZoneComment", "Id=@id Comment=HostedZoneConfig.Comment",
                   "HostedZoneConfig"}},
       .remove = {"DeleteHostedZone", "Id=@id"},
       .unsupported = "DelegationSetId HostedZoneFeatures QueryLoggingConfig",
       .frozen = "VPCs"},
      {.type = "AWS::Route53::RecordSet",
       .service = "route53",
       .properties = "AliasTarget Comment Failover HostedZoneId* HostedZoneName* MultiValueAnswer "
                     "Name!* Region ResourceRecords SetIdentifier TTL Type! Weight",
       .prepare = find_zone,
       .create = {"ChangeResourceRecordSets", create},
       .id = "#{Name}",
       // Another type or identifier is another record for Route 53.
       .update = {{"ChangeResourceRecordSets", remove_old, "SetIdentifier Type"},
                  {"ChangeResourceRecordSets", create, "SetIdentifier Type"},
                  {"ChangeResourceRecordSets", change,
                   "AliasTarget Failover MultiValueAnswer Region ResourceRecords TTL Weight"}},
       .remove = {"ChangeResourceRecordSets", remove},
       .removal = remove_record,
       .unsupported = "CidrRoutingConfig GeoLocation GeoProximityLocation HealthCheckId"},
      {.type = "AWS::ServiceDiscovery::PrivateDnsNamespace",
       .service = "servicediscovery",
       .properties = "Description Name!* Tags Vpc!*",
       .attributes =
           "Id=@id Arn=#arn:{partition}:servicediscovery:{region}:{account}:namespace/{id} "
           "HostedZoneId=&Namespace.Properties.DnsProperties.HostedZoneId",
       .create = {"CreatePrivateDnsNamespace",
                  "Name Vpc Description CreatorRequestId=@token Tags=@tags"},
       .id = "&Operation.Targets.NAMESPACE",
       .more = {{.action = "GetNamespace", .input = "Id=@id", .keep = true}},
       .update = {{"UpdatePrivateDnsNamespace", "Id=@id Namespace.Description=Description",
                   "Description"}},
       .look = {"GetOperation", "OperationId=%OperationId", "Operation.Status", "SUCCESS", "FAIL"},
       .remove = {"DeleteNamespace", "Id=@id"},
       .tagging = {.add = "TagResource",
                   .remove = "UntagResource",
                   .who = "ResourceARN=#arn:{partition}:servicediscovery:{region}:{account}:"
                          "namespace/{id}"},
       .unsupported = "Properties"},
      {.type = "AWS::ServiceDiscovery::Service",
       .service = "servicediscovery",
       .properties = "Description DnsConfig HealthCheckConfig HealthCheckCustomConfig* Name* "
                     "NamespaceId* Tags Type*",
       .attributes = "Id=@id Arn=%Service.Arn Name=%Service.Name",
       .name = "Name/127",
       .create = {"CreateService",
                  "Name=@name NamespaceId Description DnsConfig HealthCheckConfig "
                  "HealthCheckCustomConfig Type CreatorRequestId=@token Tags=@tags"},
       .id = "%Service.Id",
       .update = {{"UpdateService",
                   "Id=@id Service.Description=Description Service.DnsConfig=DnsConfig "
                   "Service.HealthCheckConfig=HealthCheckConfig",
                   "Description DnsConfig HealthCheckConfig"}},
       .remove = {"DeleteService", "Id=@id"},
       .tagging = {.add = "TagResource",
                   .remove = "UntagResource",
                   .who = "ResourceARN=#arn:{partition}:servicediscovery:{region}:{account}:"
                          "service/{id}"},
       .unsupported = "ServiceAttributes"}};
  return types;
}

}  // namespace sim::cloudformation
