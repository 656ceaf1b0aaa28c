// RunInstances, TerminateInstances and the attributes of instances.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <set>

#include "sim/core/images.hpp"
#include "sim/ec2/credits.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/instance_types.hpp"
#include "sim/ec2/launch_template.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/views.hpp"
#include "sim/ec2/volume.hpp"

namespace sim::ec2 {
namespace {

// What RunInstances asks for, checked.
struct Launch {
  const Image* image = nullptr;
  InstanceType type;
  Subnet subnet;
  std::vector<std::string> groups;
  std::string private_ip;
  std::string description;
  std::string interface;  // one that exists already
  bool public_ip = false;
  bool delete_interface = true;
  Profile profile;
  std::string http_tokens;
  int http_hop_limit = 1;
  int least = 1;
  int most = 1;
};

Error bad_combination(const std::string& message) {
  return {"InvalidParameterCombination", message};
}

void check_members(const json::object& holder, std::string_view name, const Texts& known) {
  for (const auto& [member, value] : holder) {
    if (std::ranges::find(known, std::string_view(member)) != known.end()) continue;
    throw Error("UnknownParameter",
                fmt::format("The parameter {}.{} is not recognized: the embedded EC2 does not "
                            "support it.",
                            name, std::string_view(member)));
  }
}

void read_type(const Call& call, Launch& launch) {
  const auto id = required(call.input, "ImageId");
  check_form(kind::image, id);
  launch.image = find_image(id);
  if (!launch.image) throw not_found(kind::image, id);
  auto name = text(call.input, "InstanceType");
  if (name.empty()) name = "m1.small";  // AWS's default, of a generation not offered here
  const auto type = find_instance_type(name);
  if (!type) throw invalid_value(fmt::format("Invalid value '{}' for InstanceType.", name));
  launch.type = *type;
  if (type->architecture == launch.image->architecture) return;
  throw invalid_value(fmt::format(
      "The architecture '{}' of the specified instance type does not match the architecture '{}' "
      "of the specified AMI. Specify an instance type and an AMI that have matching "
      "architectures, and try again.",
      type->architecture, launch.image->architecture));
}

void read_counts(const Call& call, Launch& launch) {
  required(call.input, "MinCount");
  required(call.input, "MaxCount");
  launch.least = *number(call.input, "MinCount");
  launch.most = *number(call.input, "MaxCount");
  if (launch.least < 1 || launch.most < launch.least) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter minCount is invalid. minCount must "
                    "be at least 1 and at most maxCount.",
                    launch.least));
  }
}

// An interface made before brings its subnet, its groups and its address.
void read_own_interface(Estate& estate, const json::object& source, Launch& launch) {
  const auto& interface = estate.interface(text(source, "NetworkInterfaceId"));
  for (const auto* name :
       {"SubnetId", "SecurityGroupId", "PrivateIpAddress", "AssociatePublicIpAddress"}) {
    if (!has(source, name)) continue;
    throw bad_combination(
        fmt::format("A network interface may not specify both a network interface ID and {}",
                    std::string_view(name)));
  }
  if (launch.most > 1) {
    throw bad_combination("A network interface may not be specified for more than one instance.");
  }
  if (!interface.attachment.empty()) {
    throw Error("InvalidNetworkInterface.InUse",
                fmt::format("Interface: [{}] in use.", interface.id));
  }
  launch.interface = interface.id;
  launch.subnet = estate.subnet(interface.subnet);
  launch.delete_interface = flag(source, "DeleteOnTermination", false);
}

// The network comes either in the first NetworkInterface or in parameters of the instance.
void read_network(Estate& estate, const Call& call, Launch& launch) {
  const auto interfaces = objects(call.input, "NetworkInterface");
  if (interfaces.size() > 1) {
    throw Error("UnsupportedOperation",
                "The embedded EC2 launches instances with one network interface.");
  }
  json::object source = call.input;
  if (!interfaces.empty()) {
    for (const auto* name : {"SubnetId", "SecurityGroupId", "PrivateIpAddress"}) {
      if (!has(call.input, name)) continue;
      throw bad_combination(fmt::format(
          "Network interfaces and an instance-level {} may not be specified on the same request",
          std::string_view(name) == "SubnetId"          ? "subnet ID"
          : std::string_view(name) == "SecurityGroupId" ? "security groups"
                                                        : "private IP address"));
    }
    source = interfaces.front();
    check_members(source, "NetworkInterface.1",
                  {"DeviceIndex", "NetworkInterfaceId", "SubnetId", "SecurityGroupId",
                   "AssociatePublicIpAddress", "DeleteOnTermination", "PrivateIpAddress",
                   "Description", "NetworkCardIndex"});
    if (number(source, "DeviceIndex").value_or(-1) != 0) {
      throw invalid_value("The primary network interface must have device index 0.");
    }
  }
  if (has(source, "NetworkInterfaceId")) {
    read_own_interface(estate, source, launch);
    return;
  }
  const auto subnet = text(source, "SubnetId");
  if (subnet.empty()) {
    throw Error("VPCIdNotSpecified",
                "No default VPC for this user. GroupName is only supported for EC2-Classic and "
                "default VPC.");
  }
  launch.subnet = estate.subnet(subnet);
  launch.groups = texts(source, "SecurityGroupId");
  check_groups(estate, launch.groups, launch.subnet);
  launch.private_ip = text(source, "PrivateIpAddress");
  if (!launch.private_ip.empty() && launch.most > 1) {
    throw bad_combination("A private IP address may not be specified for more than one instance.");
  }
  launch.description = interfaces.empty() ? std::string() : text(source, "Description");
  launch.public_ip = interfaces.empty()
                         ? launch.subnet.map_public_ip
                         : flag(source, "AssociatePublicIpAddress", launch.subnet.map_public_ip);
  launch.delete_interface = interfaces.empty() || flag(source, "DeleteOnTermination", true);
}

void read_placement(const Call& call, const Launch& launch) {
  const auto placement = object(call.input, "Placement");
  check_members(placement, "Placement", {"AvailabilityZone", "Tenancy"});
  const auto zone = text(placement, "AvailabilityZone");
  if (!zone.empty() && zone != launch.subnet.zone) {
    throw invalid_value(
        fmt::format("The availability zone '{}' of the request does not match the "
                    "availability zone '{}' of subnet '{}'.",
                    zone, launch.subnet.zone, launch.subnet.id));
  }
  const auto tenancy = text(placement, "Tenancy");
  if (!tenancy.empty() && tenancy != "default") {
    throw Error("UnsupportedOperation",
                fmt::format("The embedded EC2 has no tenancy {}.", tenancy));
  }
}

void read_profile(const Estate& estate, const Call& call, Launch& launch) {
  if (!has(call.input, "IamInstanceProfile")) return;
  const auto wanted = object(call.input, "IamInstanceProfile");
  const auto arn = text(wanted, "Arn");
  const auto name = arn.empty() ? text(wanted, "Name") : arn;
  const auto found = estate.find_profile ? estate.find_profile(name) : std::nullopt;
  if (!found) {
    throw invalid_value(
        fmt::format("Value ({}) for parameter iamInstanceProfile.{} is invalid. Invalid IAM "
                    "Instance Profile {}",
                    name, arn.empty() ? "name" : "arn", arn.empty() ? "name" : "ARN"));
  }
  launch.profile = *found;
}

void read_metadata(const Call& call, Launch& launch) {
  // Images of Amazon Linux 2023 ask for version 2 of the metadata service themselves.
  const bool modern = launch.image->name.starts_with("al2023");
  const auto options = object(call.input, "MetadataOptions");
  check_members(options, "MetadataOptions",
                {"HttpTokens", "HttpEndpoint", "HttpPutResponseHopLimit"});
  launch.http_tokens = text(options, "HttpTokens");
  if (launch.http_tokens.empty()) launch.http_tokens = modern ? "required" : "optional";
  if (launch.http_tokens != "required" && launch.http_tokens != "optional") {
    throw invalid_value(fmt::format("Invalid value '{}' for HttpTokens.", launch.http_tokens));
  }
  const auto endpoint = text(options, "HttpEndpoint");
  if (!endpoint.empty() && endpoint != "enabled") {
    throw Error("UnsupportedOperation",
                "The embedded EC2 has no instances without their metadata service.");
  }
  launch.http_hop_limit = number(options, "HttpPutResponseHopLimit").value_or(modern ? 2 : 1);
  if (launch.http_hop_limit < 1 || launch.http_hop_limit > 64) {
    throw invalid_value(
        fmt::format("Invalid value '{}' for HttpPutResponseHopLimit.", launch.http_hop_limit));
  }
}

void check_user_data(const Call& call) {
  const auto data = text(call.input, "UserData");
  const bool encoded = std::ranges::all_of(data, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=' || c == '\n' || c == '\r';
  });
  if (!encoded) throw invalid_value("Invalid BASE64 encoding of user data.");
  if (data.size() > 16384 * 4 / 3 + 4) {
    throw invalid_value("User data is limited to 16384 bytes");
  }
}

Launch read_launch(Estate& estate, const Call& call) {
  Launch launch;
  read_counts(call, launch);
  read_type(call, launch);
  read_network(estate, call, launch);
  read_placement(call, launch);
  read_profile(estate, call, launch);
  read_metadata(call, launch);
  check_user_data(call);
  if (const auto key = text(call.input, "KeyName"); !key.empty()) {
    const bool known = std::ranges::any_of(estate.model.key_pairs, [&](const auto& entry) {
      return entry.second.name == key && entry.second.visible <= estate.now();
    });
    if (!known) {
      throw Error("InvalidKeyPair.NotFound", fmt::format("The key pair '{}' does not exist", key));
    }
  }
  const auto behavior = text(call.input, "InstanceInitiatedShutdownBehavior");
  if (!behavior.empty() && behavior != "stop" && behavior != "terminate") {
    throw invalid_value(fmt::format(
        "Value ({}) for parameter instanceInitiatedShutdownBehavior is invalid.", behavior));
  }
  check_launch_volumes(call);
  cpu_credits(launch.type.name, call);
  return launch;
}

Instance make_instance(Estate& estate, const Call& call, const Launch& launch, Tags tags) {
  Instance instance;
  estate.stamp(instance, kind::instance, std::move(tags));
  auto& interface =
      launch.interface.empty()
          ? estate.create_interface(launch.subnet, launch.groups, launch.private_ip,
                                    tags_for(call, "network-interface", {"instance", "volume"}))
          : estate.interface(launch.interface);
  if (launch.interface.empty()) interface.description = launch.description;
  interface.instance = instance.id;
  interface.attached = estate.now();
  interface.attachment = estate.new_id("eni-attach-");
  interface.delete_on_termination = launch.delete_interface;
  interface.wants_public_ip = launch.public_ip;
  if (launch.public_ip) interface.auto_public_ip = estate.new_public_ip();

  instance.image = launch.image->id;
  instance.type = launch.type.name;
  instance.architecture = launch.type.architecture;
  instance.vpc = launch.subnet.vpc;
  instance.subnet = launch.subnet.id;
  instance.zone = launch.subnet.zone;
  instance.interface = interface.id;
  instance.private_ip = interface.private_ip;
  instance.profile_arn = launch.profile.arn;
  instance.profile_id = launch.profile.id;
  instance.client_token = text(call.input, "ClientToken");
  instance.request = json::serialize(call.input);
  instance.volume = add_launch_volumes(estate, call, instance);
  instance.key_name = text(call.input, "KeyName");
  instance.http_tokens = launch.http_tokens;
  instance.http_hop_limit = launch.http_hop_limit;
  instance.user_data = text(call.input, "UserData");
  instance.ebs_optimized = flag(call.input, "EbsOptimized", false);
  instance.caller = call.caller.arn;
  instance.termination_protected = flag(call.input, "DisableApiTermination", false);
  instance.detailed_monitoring = flag(object(call.input, "Monitoring"), "Enabled", false);
  instance.cpu_credits = cpu_credits(launch.type.name, call);
  instance.stop_protected = flag(call.input, "DisableApiStop", false);
  if (has(call.input, "InstanceInitiatedShutdownBehavior")) {
    instance.shutdown_behavior = text(call.input, "InstanceInitiatedShutdownBehavior");
  }
  instance.running = estate.now() + estate.draw(estate.knobs.instance_start);
  instance.checked = instance.running + estate.draw(estate.knobs.instance_checks);
  return instance;
}

json::object reservation(const Estate& estate, const std::string& id) {
  json::object output{{"reservationId", id}, {"ownerId", estate.context.account}};
  output["groupSet"] = json::array();
  json::array instances;
  for (const auto& [instance_id, instance] : estate.model.instances) {
    if (instance.reservation == id) instances.push_back(instance_view(estate, instance));
  }
  output["instancesSet"] = std::move(instances);
  return output;
}

json::object run(Estate& estate, const Call& asked) {
  const auto call = with_launch_template(estate, asked);
  if (const auto token = text(call.input, "ClientToken"); !token.empty()) {
    for (const auto& [id, instance] : estate.model.instances) {
      if (instance.client_token != token) continue;
      if (instance.request != json::serialize(call.input)) {
        throw Error("IdempotentParameterMismatch",
                    "Arguments on this idempotent request are inconsistent with arguments used in "
                    "previous request(s).");
      }
      if (instance_state(instance, estate.now()) == "terminated") {
        throw Error("IdempotentInstanceTerminated",
                    fmt::format("The instance {} that was launched with this client token has been "
                                "terminated.",
                                id));
      }
      return reservation(estate, instance.reservation);
    }
  }
  auto launch = read_launch(estate, call);
  const auto tags = tags_for(call, kind::instance.type, {"network-interface", "volume"});
  tags_for(call, "network-interface", {"instance", "volume"});
  const auto room = launch.interface.empty() ? estate.free_addresses(launch.subnet) : 1;
  if (room < static_cast<std::uint64_t>(launch.least)) {
    throw Error("InsufficientFreeAddressesInSubnet",
                fmt::format("There are not enough free addresses in subnet '{}' to satisfy the "
                            "requested number of instances.",
                            launch.subnet.id));
  }
  const auto count = std::min(room, static_cast<std::uint64_t>(launch.most));
  const auto id = estate.new_id("r-");
  for (std::uint64_t i = 0; i < count; ++i) {
    auto instance = make_instance(estate, call, launch, tags);
    instance.reservation = id;
    instance.launch_index = static_cast<int>(i);
    const auto key = instance.id;
    estate.model.instances[key] = std::move(instance);
  }
  return reservation(estate, id);
}

std::vector<Access> run_access(const Estate& estate, const Call& asked) {
  auto call = asked;
  try {
    call = with_launch_template(estate, asked);
  } catch (const Error&) {
    // The call itself will say so: authorization comes first.
  }
  const auto interfaces = objects(call.input, "NetworkInterface");
  const auto& source = interfaces.empty() ? call.input : interfaces.front();
  const auto subnet = text(source, "SubnetId");
  Gate gate(estate, call);
  gate.also("ec2:RunInstances", estate.arn(kind::image, text(call.input, "ImageId")),
            {{"ec2:ImageID", text(call.input, "ImageId")},
             {"ec2:ImageType", "machine"},
             {"ec2:Owner", "amazon"},
             {"ec2:Public", "true"},
             {"ec2:RootDeviceType", "ebs"}});
  auto keys = keys_of(estate, subnet);
  Keys place;
  for (const auto* name : {"ec2:AvailabilityZone", "ec2:Vpc"}) {
    if (const auto found = keys.find(name); found != keys.end()) place[name] = found->second;
  }
  auto of_instance = place;
  of_instance.erase("ec2:Vpc");
  of_instance["ec2:InstanceType"] = text(call.input, "InstanceType");
  of_instance["ec2:Tenancy"] = "default";
  of_instance["ec2:RootDeviceType"] = "ebs";
  const auto wanted = object(call.input, "IamInstanceProfile");
  const auto arn = text(wanted, "Arn");
  const auto name = arn.empty() ? text(wanted, "Name") : arn;
  const auto profile =
      estate.find_profile && !name.empty() ? estate.find_profile(name) : std::nullopt;
  if (profile) of_instance["ec2:InstanceProfile"] = profile->arn;
  gate.fresh(kind::instance.type, std::move(of_instance));
  auto of_interface = place;
  if (!subnet.empty()) of_interface["ec2:Subnet"] = estate.arn(kind::subnet, subnet);
  gate.fresh(kind::interface.type, std::move(of_interface));
  gate.on_all(texts(source, "SecurityGroupId")).on(subnet);
  gate.on(text(source, "NetworkInterfaceId")).on(launch_template_of(estate, asked));
  gate.also("ec2:RunInstances", estate.arn("volume", "*"));
  if (profile) {
    gate.also("iam:PassRole", profile->role_arn, {{"iam:PassedToService", "ec2.amazonaws.com"}});
  }
  return gate;
}

std::vector<Access> instances_access(const Estate& estate, const Call& call) {
  return Gate(estate, call).on_all(texts(call.input, "InstanceId"));
}

// Protected instances keep the others of their zone alive; those of other zones go all the same.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html
json::object terminate(Estate& estate, const Call& call) {
  const auto ids = texts(call.input, "InstanceId");
  if (ids.empty()) throw missing_parameter("InstanceId");
  if (ids.size() > 1000) throw invalid_value("You can't specify more than 1000 instances.");
  std::set<std::string> protected_zones;
  std::string refused;
  for (const auto& id : ids) {
    const auto& instance = estate.instance(id);
    if (!instance.termination_protected || instance.terminate_called) continue;
    protected_zones.insert(instance.zone);
    if (refused.empty()) refused = id;
  }
  const bool skipping =
      flag(call.input, "SkipOsShutdown", false) || flag(call.input, "Force", false);
  json::array changes;
  std::set<std::string> done;
  for (const auto& id : ids) {
    auto& instance = estate.instance(id);
    if (protected_zones.contains(instance.zone) || !done.insert(id).second) continue;
    json::object change{{"instanceId", id}};
    const auto before = instance_state(instance, estate.now());
    if (!instance.terminate_called) {
      instance.terminate_called = estate.now();
      // One that is stopped has nothing to shut down.
      const bool quick = skipping || before == "stopped";
      instance.terminated =
          estate.now() + (quick ? estate.draw(estate.knobs.instance_terminate_skipping)
                                : estate.draw(estate.knobs.instance_terminate));
    }
    change["currentState"] = state_view(instance_state(instance, estate.now()));
    change["previousState"] = state_view(before);
    changes.push_back(std::move(change));
  }
  if (!refused.empty()) {
    throw Error("OperationNotPermitted",
                fmt::format("The instance '{}' may not be terminated. Modify its "
                            "'disableApiTermination' instance attribute and try again.",
                            refused));
  }
  json::object output;
  output["instancesSet"] = std::move(changes);
  return output;
}

}  // namespace

void add_instance_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"RunInstances",
        "ImageId InstanceType MinCount MaxCount SubnetId SecurityGroupId PrivateIpAddress "
        "NetworkInterface IamInstanceProfile ClientToken TagSpecification UserData KeyName "
        "MetadataOptions Placement DisableApiTermination DisableApiStop EbsOptimized "
        "InstanceInitiatedShutdownBehavior BlockDeviceMapping LaunchTemplate Monitoring "
        "CreditSpecification",
        run, run_access},
       {"TerminateInstances", "InstanceId SkipOsShutdown Force", terminate, instances_access}});
}

}  // namespace sim::ec2
