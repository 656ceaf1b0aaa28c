// The embedded EC2: one account, one Region. Its operations are declared by family (table.hpp);
// beside them, what the other services of the embedded AWS need to know of the network. Views never
// appear on the wire.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/ec2/estate.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/throttle.hpp"

namespace sim::ec2 {

// Whether a packet gets there. `why` names the first thing in its way, in words; `hops` the ids it
// passes.
struct Reach {
  bool open = false;
  std::string why = {};
  std::vector<std::string> hops = {};
};

struct InterfaceView {
  std::string id, subnet, vpc, zone, private_ip, public_ip, mac;
  std::vector<std::string> groups;
};

struct InstanceView {
  std::string id, state, interface_id, private_ip, profile_arn, image_id;
  Instant running;  // when it became, or becomes, "running"
  Tags tags = {};
};

// An interface that a service creates and owns; its users cannot delete or detach it.
struct ManagedInterface {
  std::string subnet;
  std::vector<std::string> groups = {};  // empty: the VPC's default group
  std::string description = {};
  std::string requester_id = {};
  std::string owner_service = {};  // "ecs"
  bool public_ip = false;
  std::string allocation = {};  // an Elastic IP of the user's, held until the interface goes
  std::string type = "interface";
};

// An interface endpoint that a service creates and manages; its users see it and cannot delete it.
struct ManagedEndpoint {
  std::string vpc;
  std::string service;  // com.amazonaws.REGION.guardduty-data
  std::vector<std::string> subnets;
  std::string requester;  // "guardduty"
};

// What the world knows of one strike, for "AWS's own minimum".
struct StrikeFacts {
  std::optional<Instant> delete_called;
  std::optional<Instant> deleted;
  std::optional<Instant> address_releasable;  // the last refusal of ReleaseAddress ends
  std::optional<Instant> gateway_detachable;  // the gateway's addresses are unmapped
};

class Ec2 final : public Service {
 public:
  explicit Ec2(Context context, Knobs knobs = {});

  std::string_view name() const override { return "ec2"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }
  void throttle(const Call& call) override { throttle_.take(call, estate_.now()); }

  // Tells which instance profiles there are: RunInstances asks. By name or ARN.
  void set_profiles(std::function<std::optional<Profile>(const std::string&)> find) {
    estate_.find_profile = std::move(find);
  }

  // From an interface to the internet: its groups, its subnet's route and network ACL, then a NAT
  // gateway (and its subnet's route and ACL) or its own public address, then an attached internet
  // gateway.
  Reach reach_internet(const std::string& interface_id, int port) const;
  // To an address inside the VPC or a peered one: who has it, both sides' security groups and, from
  // subnet to subnet, their network ACLs; through a peering also a route on either side.
  Reach reach_address(const std::string& interface_id, const std::string& ip, int port) const;
  // To an AWS service ("ssm"): by an interface endpoint with private DNS, or by the internet.
  // A gateway endpoint counts for s3 and dynamodb.
  Reach reach_service(const std::string& interface_id, const std::string& service) const;

  // The new interface's id. Throws what CreateNetworkInterface and AssociateAddress do.
  std::string create_managed_interface(const ManagedInterface& request);
  void delete_managed_interface(const std::string& id);
  // It goes by itself at that moment; without one it stays.
  void end_managed_interface(const std::string& id, std::optional<Instant> when);
  // Throw what the Describe calls do of an unknown id.
  std::string vpc_of_subnet(const std::string& id) const;
  std::string vpc_of_group(const std::string& id) const;
  // What Network Firewall does when a proxy is attached to a NAT gateway or leaves it: there is no
  // such service here.
  // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGatewayAttachedAppliance.html
  void attach_appliance(const std::string& nat_gateway, const std::string& arn);
  void detach_appliance(const std::string& nat_gateway, const std::string& arn);
  std::string create_managed_endpoint(const ManagedEndpoint& request);
  void delete_managed_endpoint(const std::string& id);

  std::optional<InterfaceView> interface(const std::string& id) const;
  std::optional<InstanceView> instance(const std::string& id) const;
  std::vector<std::string> instance_ids() const;
  StrikeFacts strike_facts(const std::string& nat_gateway_id) const;

 private:
  // Reading brings the model up to date first, hence mutable.
  mutable Estate estate_;
  std::map<std::string, Operation, std::less<>> operations_;
  Throttle throttle_;
};

}  // namespace sim::ec2
