// Route 53 hosted zones and their records, Cloud Map namespaces and services.
// https://docs.aws.amazon.com/Route53/latest/APIReference/
// https://docs.aws.amazon.com/cloud-map/latest/api/
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "sim/records/services.hpp"

namespace sim::records {

namespace {

// Names end with a dot and are lower-case, however they are given.
std::string full_name(std::string name) {
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!name.ends_with('.')) name += '.';
  return name;
}

// Route 53 ----------------------------------------------------------------------------------------

Task<void> ask_vpc(Book& book, const Call&, json::object& members) {
  const auto* vpc = members.if_contains("VPC");
  if (vpc == nullptr) co_return;
  json::object look;
  look["VpcId"] = json::array{json::value(text_of(vpc->as_object(), "VPCId"))};
  bool there = true;
  try {
    co_await book.ask("ec2", "DescribeVpcs", std::move(look));
  } catch (const Error&) {
    there = false;
  }
  if (!there) {
    throw Error("InvalidVPCId",
                fmt::format("The VPC: {} does not exist.", text_of(vpc->as_object(), "VPCId")));
  }
}

void check_zone(Book& book, const Call&, const Record* before, Record& zone) {
  if (before != nullptr) return;
  const auto name = full_name(text_of(zone.members, "Name"));
  if (name.size() < 2 || name.contains("..") || name.contains(' ')) {
    throw Error("InvalidDomainName", fmt::format("{} is not a valid domain name.", name));
  }
  zone.members["Name"] = name;
  json::array servers;
  const bool open = !zone.members.contains("VPC");
  for (const auto* end : {"com", "net", "org", "co.uk"}) {
    if (open) {
      servers.emplace_back(fmt::format("ns-{}.awsdns-{:02}.{}", book.chance().integer(0, 2047),
                                       book.chance().integer(0, 63), end));
    }
  }
  zone.members["NameServers"] = std::move(servers);
}

std::string zone_id(const json::object& input) {
  const auto given = text_of(input, "HostedZoneId") + text_of(input, "Id");
  return given.substr(given.rfind('/') + 1);
}

// Every zone has its SOA and NS records of its own; those do not count.
void check_zone_removal(Book& book, const Call&, const Record& zone) {
  for (const auto& [key, record] : book.all("record")) {
    if (text_of(record.hidden, "Zone") != zone.id) continue;
    throw Error(
        "HostedZoneNotEmpty",
        "The specified hosted zone contains non-required resource record sets and so cannot "
        "be deleted.");
  }
}

[[noreturn]] void bad_batch(const std::string& message) {
  throw Error("InvalidChangeBatch", "[" + message + "]");
}

struct Change {
  std::string action, key, name;
  json::object set;
};

Change read_change(const Record& zone, const json::object& given) {
  Change change{.action = text_of(given, "Action"), .key = {}, .name = {}, .set = {}};
  change.set = given.at("ResourceRecordSet").as_object();
  change.name = full_name(text_of(change.set, "Name"));
  const auto type = text_of(change.set, "Type");
  const auto apex = text_of(zone.members, "Name");
  if (change.name != apex && !change.name.ends_with("." + apex)) {
    bad_batch(fmt::format("RRSet with DNS name {} is not permitted in zone {}", change.name, apex));
  }
  if (change.set.contains("AliasTarget") == change.set.contains("ResourceRecords")) {
    bad_batch(
        fmt::format("Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and "
                    "ResourceRecords]], in Change with [Action={}, Name={}, Type={}]",
                    change.action, change.name, type));
  }
  if (type == "CNAME" && change.name == apex) {
    bad_batch(
        fmt::format("RRSet of type CNAME with DNS name {} is not permitted at apex in zone {}",
                    change.name, apex));
  }
  change.set["Name"] = change.name;
  change.key =
      fmt::format("{}|{}|{}|{}", zone.id, change.name, type, text_of(change.set, "SetIdentifier"));
  return change;
}

// All changes or none.
json::object change_records(Book& book, const Call& call) {
  const auto& zone = book.get("zone", zone_id(call.input));
  const Fields in(call.input, "InvalidInput");
  auto& shelf = book.all("record");
  std::vector<Change> changes;
  for (const auto& one : Fields(in.object("ChangeBatch")).list("Changes")) {
    auto change = read_change(zone, one.as_object());
    const bool there = shelf.contains(change.key);
    const auto what = fmt::format("resource record set [name='{}', type='{}']", change.name,
                                  text_of(change.set, "Type"));
    if (change.action == "CREATE" && there) {
      bad_batch(fmt::format("Tried to create {} but it already exists", what));
    }
    if (change.action == "DELETE" && !there) {
      bad_batch(fmt::format("Tried to delete {} but it was not found", what));
    }
    changes.push_back(std::move(change));
  }
  if (changes.empty()) bad_batch("There must be at least one change.");
  for (auto& change : changes) {
    if (change.action == "DELETE") {
      shelf.erase(change.key);
      continue;
    }
    Record record;
    record.id = change.key;
    record.members = std::move(change.set);
    record.hidden["Zone"] = zone.id;
    shelf[change.key] = std::move(record);
  }
  return {{"ChangeInfo",
           {{"Id", fmt::format("/change/C{}", book.chance().hex(20))},
            {"Status", "INSYNC"},
            {"SubmittedAt", base::iso8601(book.context().now())}}}};
}

json::object list_records(Book& book, const Call& call) {
  const auto& zone = book.get("zone", zone_id(call.input));
  json::array sets;
  for (const auto& [key, record] : book.all("record")) {
    if (text_of(record.hidden, "Zone") == zone.id) sets.emplace_back(record.members);
  }
  return {{"ResourceRecordSets", std::move(sets)}, {"IsTruncated", false}};
}

json::object zones_by_name(Book& book, const Call& call) {
  const auto name = full_name(Fields(call.input, "InvalidInput").text("DNSName"));
  json::array zones;
  for (const auto& [id, zone] : book.all("zone")) {
    if (text_of(zone.members, "Name") >= name) zones.emplace_back(book.shown("zone", zone));
  }
  // By name from the one given on; AWS sorts by the labels from the last.
  std::ranges::sort(zones, {},
                    [](const json::value& zone) { return text_of(zone.as_object(), "Name"); });
  return {{"HostedZones", std::move(zones)}, {"IsTruncated", false}};
}

// Cloud Map ---------------------------------------------------------------------------------------

// A private namespace is a hosted zone in its VPC.
Task<void> make_zone(Book& book, const Call& call, json::object& members) {
  if (!members.contains("Vpc")) co_return;
  for (const auto& [id, other] : book.all("namespace")) {
    if (other.members.at("Name") == members.at("Name") &&
        text_of(other.members, "Vpc") == text_of(members, "Vpc")) {
      throw Error("NamespaceAlreadyExists",
                  "A namespace with this name already exists in the VPC.");
    }
  }
  json::object zone{{"Name", members.at("Name")}, {"CallerReference", call.request_id}};
  zone["VPC"] = json::object{{"VPCId", members.at("Vpc")}};
  const auto made = co_await book.ask("route53", "CreateHostedZone", std::move(zone));
  members["HostedZoneId"] = made.at("HostedZone").at("Id");
}

void check_namespace(Book& book, const Call&, const Record* before, Record& space) {
  if (before != nullptr) return;
  space.members["Type"] = "DNS_PRIVATE";
  space.hidden["OperationId"] = book.chance().hex(32);
}

void check_namespace_removal(Book& book, const Call&, const Record& space) {
  for (const auto& [id, service] : book.all("service")) {
    if (text_of(service.members, "NamespaceId") != space.id) continue;
    throw Error("ResourceInUse",
                fmt::format("The namespace {} still contains services.", space.id));
  }
}

void end_namespace(Book& book, Record& space) {
  const auto zone = text_of(space.members, "HostedZoneId");
  if (!zone.empty()) book.other("route53").erase("zone", zone);
}

json::object operation_of(Book& book, const Call& call) {
  const auto id = Fields(call.input, "InvalidInput").required("OperationId");
  for (const auto& [key, space] : book.all("namespace")) {
    if (text_of(space.hidden, "OperationId") != id) continue;
    const bool done = space.ready <= book.context().now();
    return {{"Operation",
             {{"Id", id},
              {"Type", "CREATE_NAMESPACE"},
              {"Status", done ? "SUCCESS" : "PENDING"},
              {"Targets", {{"NAMESPACE", space.id}}}}}};
  }
  throw Error("OperationNotFound", fmt::format("The operation {} does not exist.", id));
}

void check_service(Book& book, const Call&, const Record* before, Record& service) {
  if (before != nullptr) return;
  auto space = text_of(service.members, "NamespaceId");
  if (const auto* dns = service.members.if_contains("DnsConfig"); dns != nullptr && space.empty()) {
    space = text_of(dns->as_object(), "NamespaceId");
  }
  if (space.empty())
    throw book.invalid("A service belongs to a namespace: NamespaceId is missing.");
  book.get("namespace", space);
  service.members["NamespaceId"] = space;
  for (const auto& [id, other] : book.all("service")) {
    if (other.members.at("Name") == service.members.at("Name") &&
        text_of(other.members, "NamespaceId") == space) {
      throw Error("ServiceAlreadyExists", "Service already exists.");
    }
  }
}

}  // namespace

BookPointer route53(const Context& context, Caller& caller) {
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "route53",
            .prefix = "route53",
            .invalid = "InvalidInput",
            .tags = TagWords{.add = "ChangeTagsForResource",
                             .remove = "",
                             .arn = "ResourceId",
                             .tags = "AddTags"}},
      std::vector<Type>{{.name = "zone",
                         .create = "CreateHostedZone",
                         .describe = "GetHostedZone",
                         .update = "UpdateHostedZoneComment",
                         .remove = "DeleteHostedZone",
                         .members = "Name! CallerReference! HostedZoneConfig:map VPC:map",
                         .later = "Comment",
                         .identifier = "Id",
                         .id = "Z{upper:20}",
                         .arn = "arn:{partition}:route53:::hostedzone/{id}",
                         .shows = "Id={id}",
                         .output = "HostedZone",
                         .missing = "NoSuchHostedZone|No hosted zone found with ID: {id}|404",
                         .inquire = ask_vpc,
                         .check = check_zone,
                         .check_removal = check_zone_removal},
                        {.name = "record", .arn = "arn:{partition}:route53:::hostedzone/*"}});
  add(*book, "ChangeResourceRecordSets", "zone", "HostedZoneId", change_records);
  add(*book, "ListHostedZonesByName", "zone", "", zones_by_name);
  add(*book, "ListResourceRecordSets", "zone", "HostedZoneId", list_records);
  return book;
}

BookPointer servicediscovery(const Context& context, Caller& caller, const Knobs& knobs) {
  Type space{.name = "namespace",
             .create = "CreatePrivateDnsNamespace",
             .describe = "GetNamespace",
             .update = "UpdatePrivateDnsNamespace",
             .remove = "DeleteNamespace",
             .members = "Name! Vpc!:@vpc Description CreatorRequestId Properties:map Tags:tags",
             .later = "Namespace:map UpdaterRequestId",
             .identifier = "Id",
             .id = "ns-{hex:16}",
             .arn = "namespace/{id}",
             .shows = "Id={id} Arn={arn}",
             .output = "Namespace",
             .returns = "OperationId",
             .missing = "NamespaceNotFound|No namespace found with ID: {id}.",
             .creating = knobs.namespace_starts,
             .inquire = make_zone,
             .check = check_namespace,
             .check_removal = check_namespace_removal,
             .ended = end_namespace,
             .view = [](Book&, const Record& one, json::object& view) {
               view.erase("OperationId");
               view.erase("HostedZoneId");
               view["Properties"] = {
                   {"DnsProperties", {{"HostedZoneId", text_of(one.members, "HostedZoneId")}}}};
             }};
  auto book = std::make_unique<Book>(
      context, caller,
      Words{.name = "servicediscovery",
            .prefix = "servicediscovery",
            .invalid = "InvalidInput",
            .tags = TagWords{.arn = "ResourceARN"}},
      std::vector<Type>{
          space,
          {.name = "service",
           .create = "CreateService",
           .describe = "GetService",
           .update = "UpdateService",
           .remove = "DeleteService",
           .members = "Name! NamespaceId Description DnsConfig:map HealthCheckConfig:map "
                      "HealthCheckCustomConfig:map Type:HTTP CreatorRequestId Tags:tags",
           .later = "Service:map",
           .identifier = "Id",
           .id = "srv-{hex:16}",
           .arn = "service/{id}",
           .shows = "Id={id} Arn={arn}",
           .output = "Service",
           .missing = "ServiceNotFound|No service found with ID: {id}.",
           .check = check_service}});
  add(*book, "GetOperation", "namespace", "", operation_of);
  return book;
}

}  // namespace sim::records
