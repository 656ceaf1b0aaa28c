// What AWS offers rather than what the account has: zones, Regions, images, instance types.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/core/images.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/instance_types.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/zones.hpp"

namespace sim::ec2 {
namespace {

// Amazon's account for its own images.
constexpr std::string_view image_owner = "137112412989";

// The entries that the request names, or all; refuses a name that is not there.
template <class T>
json::object list(Estate& estate, const Call& call, std::string_view set,
                  std::string_view parameter, const std::vector<T>& all,
                  std::span<const Field<T>> fields, std::string (*name_of)(const T&),
                  json::object (*view)(const Estate&, const T&),
                  Error (*unknown)(const std::string&)) {
  const auto filters = read_filters(call);
  check_filters<T>(filters, fields);
  const auto wanted = texts(call.input, parameter);
  for (const auto& name : wanted) {
    const bool known =
        std::ranges::any_of(all, [&](const T& item) { return name_of(item) == name; });
    if (!known) throw unknown(name);
  }
  std::map<std::string, json::object> entries;
  for (const auto& item : all) {
    const auto name = name_of(item);
    if (!wanted.empty() && std::ranges::find(wanted, name) == wanted.end()) continue;
    if (!matches<T>(estate, item, nullptr, filters, fields)) continue;
    entries[name] = view(estate, item);
  }
  return page(call, set, std::move(entries), 1000);
}

constexpr Field<Zone> zone_fields[] = {
    {"zone-name", [](const Estate&, const Zone& z) -> Texts { return {z.name}; }},
    {"zone-id", [](const Estate&, const Zone& z) -> Texts { return {z.id}; }},
    {"state", [](const Estate&, const Zone&) -> Texts { return {"available"}; }},
    {"zone-type", [](const Estate&, const Zone&) -> Texts { return {"availability-zone"}; }},
    {"opt-in-status", [](const Estate&, const Zone&) -> Texts { return {"opt-in-not-required"}; }},
    {"region-name", [](const Estate& e, const Zone&) -> Texts { return {e.context.region}; }},
    {"group-name",
     [](const Estate& e, const Zone&) -> Texts { return {e.context.region + "-zg-1"}; }},
};

json::object zone_view(const Estate& estate, const Zone& zone) {
  json::object view{{"zoneName", zone.name},
                    {"zoneId", zone.id},
                    {"zoneState", "available"},
                    {"zoneType", "availability-zone"},
                    {"regionName", estate.context.region},
                    {"groupName", estate.context.region + "-zg-1"},
                    {"networkBorderGroup", estate.context.region},
                    {"optInStatus", "opt-in-not-required"}};
  view["messageSet"] = json::array();
  return view;
}

json::object describe_zones(Estate& estate, const Call& call) {
  return list<Zone>(
      estate, call, "availabilityZoneInfo", "ZoneName", zones(estate.context.region), zone_fields,
      [](const Zone& zone) { return zone.name; }, zone_view,
      [](const std::string& name) {
        return invalid_value(fmt::format("Invalid availability zone: [{}]", name));
      });
}

// The Regions every account has without asking.
constexpr std::array<std::string_view, 17> region_names{
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1",   "eu-central-1",   "eu-north-1", "eu-west-1",
    "eu-west-2",      "eu-west-3",      "sa-east-1",      "us-east-1",  "us-east-2",
    "us-west-1",      "us-west-2"};

std::string region_endpoint(const std::string& region) {
  return fmt::format("ec2.{}.amazonaws.com", region);
}

constexpr Field<std::string> region_fields[] = {
    {"region-name", [](const Estate&, const std::string& r) -> Texts { return {r}; }},
    {"endpoint", [](const Estate&, const std::string& r) -> Texts { return {region_endpoint(r)}; }},
    {"opt-in-status",
     [](const Estate&, const std::string&) -> Texts { return {"opt-in-not-required"}; }},
};

json::object region_view(const Estate&, const std::string& region) {
  return {{"regionName", region},
          {"regionEndpoint", region_endpoint(region)},
          {"optInStatus", "opt-in-not-required"}};
}

json::object describe_regions(Estate& estate, const Call& call) {
  const std::vector<std::string> all(region_names.begin(), region_names.end());
  return list<std::string>(
      estate, call, "regionInfo", "RegionName", all, region_fields,
      [](const std::string& region) { return region; }, region_view,
      [](const std::string& name) {
        return invalid_value(fmt::format("Invalid region name: [{}]", name));
      });
}

constexpr Field<Image> image_fields[] = {
    {"image-id", [](const Estate&, const Image& i) -> Texts { return {i.id}; }},
    {"name", [](const Estate&, const Image& i) -> Texts { return {i.name}; }},
    {"architecture", [](const Estate&, const Image& i) -> Texts { return {i.architecture}; }},
    {"state", [](const Estate&, const Image&) -> Texts { return {"available"}; }},
    {"is-public", [](const Estate&, const Image&) -> Texts { return {"true"}; }},
    {"image-type", [](const Estate&, const Image&) -> Texts { return {"machine"}; }},
    {"owner-alias", [](const Estate&, const Image&) -> Texts { return {"amazon"}; }},
    {"owner-id", [](const Estate&, const Image&) -> Texts { return {std::string(image_owner)}; }},
    {"root-device-type", [](const Estate&, const Image&) -> Texts { return {"ebs"}; }},
    {"virtualization-type", [](const Estate&, const Image&) -> Texts { return {"hvm"}; }},
};

json::object image_view(const Estate&, const Image& image) {
  json::object view{{"imageId", image.id},
                    {"imageLocation", "amazon/" + image.name},
                    {"imageState", "available"},
                    {"imageOwnerId", image_owner},
                    {"imageOwnerAlias", "amazon"},
                    {"isPublic", true},
                    {"architecture", image.architecture},
                    {"imageType", "machine"},
                    {"name", image.name},
                    {"rootDeviceName", "/dev/xvda"},
                    {"rootDeviceType", "ebs"},
                    {"virtualizationType", "hvm"},
                    {"hypervisor", "xen"},
                    {"enaSupport", true},
                    {"platformDetails", "Linux/UNIX"},
                    {"usageOperation", "RunInstances"}};
  if (image.name.starts_with("al2023")) view["imdsSupport"] = "v2.0";
  return view;
}

json::object describe_images(Estate& estate, const Call& call) {
  std::vector<Image> all;
  const auto owners = texts(call.input, "Owner");
  const bool amazon = owners.empty() || std::ranges::any_of(owners, [](const auto& owner) {
                        return owner == "amazon" || owner == image_owner;
                      });
  if (amazon) all = images();
  for (const auto& id : texts(call.input, "ImageId")) check_form(kind::image, id);
  return list<Image>(
      estate, call, "imagesSet", "ImageId", all, image_fields,
      [](const Image& image) { return image.id; }, image_view,
      [](const std::string& id) { return not_found(kind::image, id); });
}

constexpr Field<InstanceType> type_fields[] = {
    {"instance-type", [](const Estate&, const InstanceType& t) -> Texts { return {t.name}; }},
    {"processor-info.supported-architecture",
     [](const Estate&, const InstanceType& t) -> Texts { return {t.architecture}; }},
    {"vcpu-info.default-vcpus",
     [](const Estate&, const InstanceType& t) -> Texts { return {std::to_string(t.vcpus)}; }},
    {"memory-info.size-in-mib",
     [](const Estate&, const InstanceType& t) -> Texts { return {std::to_string(t.memory)}; }},
};

json::object type_view(const Estate&, const InstanceType& type) {
  json::object view{{"instanceType", type.name}, {"hypervisor", "nitro"}};
  json::object processor;
  processor["supportedArchitectures"] = array_of({type.architecture});
  view["processorInfo"] = std::move(processor);
  view["vCpuInfo"] = json::object{{"defaultVCpus", type.vcpus}};
  view["memoryInfo"] = json::object{{"sizeInMiB", type.memory}};
  return view;
}

json::object describe_types(Estate& estate, const Call& call) {
  return list<InstanceType>(
      estate, call, "instanceTypeSet", "InstanceType", instance_types(), type_fields,
      [](const InstanceType& type) { return type.name; }, type_view,
      [](const std::string& name) {
        return Error("InvalidInstanceType",
                     fmt::format("The following supplied instance types do not exist: [{}]", name));
      });
}

// Every type is offered in every zone here.
struct Offering {
  std::string type;
  std::string location;
  std::string location_type;
};

constexpr Field<Offering> offering_fields[] = {
    {"instance-type", [](const Estate&, const Offering& o) -> Texts { return {o.type}; }},
    {"location", [](const Estate&, const Offering& o) -> Texts { return {o.location}; }},
};

json::object describe_offerings(Estate& estate, const Call& call) {
  auto kind = text(call.input, "LocationType");
  if (kind.empty()) kind = "region";
  std::vector<std::string> places;
  if (kind == "region") places.push_back(estate.context.region);
  for (const auto& zone : zones(estate.context.region)) {
    if (kind == "availability-zone") places.push_back(zone.name);
    if (kind == "availability-zone-id") places.push_back(zone.id);
  }
  if (places.empty()) {
    throw invalid_value(fmt::format("Value ({}) for parameter locationType is invalid.", kind));
  }
  const auto filters = read_filters(call);
  check_filters<Offering>(filters, offering_fields);
  std::map<std::string, json::object> entries;
  for (const auto& type : instance_types()) {
    for (const auto& place : places) {
      const Offering offering{type.name, place, kind};
      if (!matches<Offering>(estate, offering, nullptr, filters, offering_fields)) continue;
      entries[type.name + "|" + place] = {
          {"instanceType", type.name}, {"location", place}, {"locationType", kind}};
    }
  }
  return page(call, "instanceTypeOfferingSet", std::move(entries), 1000);
}

struct AccountAttribute {
  std::string_view name;
  std::string_view value;
};

// There is no default VPC in this account.
constexpr std::array attributes{
    AccountAttribute{"supported-platforms", "VPC"},
    AccountAttribute{"default-vpc", "none"},
    AccountAttribute{"max-instances", "20"},
    AccountAttribute{"max-elastic-ips", "5"},
    AccountAttribute{"vpc-max-elastic-ips", "5"},
    AccountAttribute{"vpc-max-security-groups-per-interface", "5"},
};

json::object describe_account(Estate&, const Call& call) {
  const auto wanted = texts(call.input, "AttributeName");
  for (const auto& name : wanted) {
    if (std::ranges::find(attributes, name, &AccountAttribute::name) != attributes.end()) continue;
    throw invalid_value(fmt::format("Invalid attribute name: '{}'", name));
  }
  json::array set;
  for (const auto& attribute : attributes) {
    const bool asked = wanted.empty() || std::ranges::find(wanted, attribute.name) != wanted.end();
    if (!asked) continue;
    json::array values;
    values.push_back(json::object{{"attributeValue", attribute.value}});
    json::object entry{{"attributeName", attribute.name}};
    entry["attributeValueSet"] = std::move(values);
    set.push_back(std::move(entry));
  }
  json::object output;
  output["accountAttributeSet"] = std::move(set);
  return output;
}

}  // namespace

void add_catalog_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"DescribeAvailabilityZones", "ZoneName AllAvailabilityZones Filter", describe_zones},
       {"DescribeRegions", "RegionName AllRegions Filter", describe_regions},
       {"DescribeImages",
        "ImageId Owner IncludeDeprecated IncludeDisabled Filter MaxResults NextToken",
        describe_images},
       {"DescribeInstanceTypes", "InstanceType Filter MaxResults NextToken", describe_types},
       {"DescribeInstanceTypeOfferings", "LocationType Filter MaxResults NextToken",
        describe_offerings},
       {"DescribeAccountAttributes", "AttributeName", describe_account}});
}

}  // namespace sim::ec2
