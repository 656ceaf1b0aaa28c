// What the embedded EC2 remembers: plain structs, no behaviour, no pointers, so that they can be
// written to a file and read back. What changes with time is stored as the instant of the change.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace sim::ec2 {

using base::Duration;
using base::Instant;
using Tags = std::map<std::string, std::string>;

struct Resource {
  std::string id;
  Tags tags = {};
  Instant created = {};
  Instant visible = {};  // lookups do not know it before (knob creation_lag)
};

// A block beside a VPC's first one; `cidr` is IPv6 when it has colons.
struct CidrAssociation {
  std::string id;
  std::string cidr;
};

struct Vpc : Resource {
  std::string cidr;
  std::string cidr_association;
  std::vector<CidrAssociation> more_cidrs = {};
  std::string tenancy = "default";
  std::string dhcp_options;
  std::string main_table;
  std::string default_group;
  std::string default_acl;
  bool dns_support = true;
  bool dns_hostnames = false;
  bool usage_metrics = false;
};

struct AclEntry {
  int number = 0;
  bool egress = false;
  bool allow = false;
  std::string protocol = {};  // a number, -1 for all
  std::string cidr = {};      // IPv6 when it has colons
  int from = -1, to = -1;     // tcp and udp
  int icmp_type = -1, icmp_code = -1;
};

// Without the last entry of every list, which denies what no other decided.
struct NetworkAcl : Resource {
  std::string vpc;
  bool by_default = false;
  std::vector<AclEntry> entries = {};
};

struct Subnet : Resource {
  std::string vpc;
  std::string cidr;
  std::string zone;
  std::string acl;
  std::string acl_association;
  bool map_public_ip = false;
  CidrAssociation block6 = {};  // empty: none
  bool assign_ipv6 = false;
};

struct Route {
  std::string destination;  // 10.0.0.0/16, ::/0, pl-...
  std::string target;       // local, igw-, vgw-, nat-, eni-, vpce-, pcx-, eigw-
  std::string origin;       // CreateRouteTable, CreateRoute, EnableVgwRoutePropagation
};

struct TableAssociation {
  std::string id;
  std::string subnet;  // empty: the VPC's main association
};

struct RouteTable : Resource {
  std::string vpc;
  std::string nat_gateway;  // the regional one that it belongs to
  std::vector<Route> routes = {};
  std::vector<TableAssociation> associations = {};
  std::vector<std::string> propagating = {};  // VPN gateways
};

struct InternetGateway : Resource {
  std::string vpc;  // empty while detached
};

struct Address : Resource {
  std::string ip;
  std::string domain_name;  // its reverse DNS name, which locks it
  std::string association;
  std::string interface;
  std::string private_ip;
  std::string service_managed;  // "rnat": a regional NAT gateway's own, gone with it
  // A NAT gateway holds it until `held_until` (unset: no end in sight), or a service's interface
  // as long as that is there.
  std::string held_by;
  std::optional<Instant> held_until = {};
  // The rare InvalidNetworkInterfaceID.NotFound of its release, within this time.
  std::optional<Instant> race_from = {}, race_until = {};
  std::string race_interface;
  // The rare address that goes by itself after its gateway.
  std::optional<Instant> vanishes = {};
};

struct NatAddress {
  std::string allocation = {};  // empty for private gateways
  std::string public_ip = {};
  std::string association = {};
  std::string private_ip = {};
  std::string zone = {};  // of regional gateways only
  bool primary = false;
  bool mapped = false;
  std::optional<Instant> maps_at = {};
  std::optional<Instant> unmaps_at = {};
  std::string failure = {};
};

struct NetworkInterface : Resource {
  std::string vpc;
  std::string subnet;
  std::string zone;
  std::string private_ip;
  std::string ipv6 = {};
  std::string auto_public_ip;  // not an Elastic IP: gone with the interface, or when it stops
  bool wants_public_ip = false;
  std::string mac;
  std::vector<std::string> groups = {};
  std::string type = "interface";  // interface, nat_gateway, vpc_endpoint
  std::string description;
  std::string requester_id;
  bool requester_managed = false;
  std::string owner_service;  // the service that manages it, empty for the user's own
  std::string instance;
  std::string attachment;
  std::string attachment_owner;
  int device = 0;
  Instant attached = {};
  // Attaching until `attached`; detaching from the call until `leaves`.
  std::optional<Instant> leaves = {};
  bool delete_on_termination = true;
  bool source_dest_check = true;
  std::optional<Instant> ends = {};  // a service's own: when it goes by itself
};

// What Network Firewall's proxy attaches to a NAT gateway.
struct NatAppliance {
  std::string type;
  std::string arn;
  std::string endpoint;
  Instant attached = {};
  std::optional<Instant> leaves = {};
};

struct NatGateway : Resource {
  std::string vpc;
  std::string subnet;        // empty for regional ones
  std::string connectivity;  // public, private
  std::string interface;     // empty until it is there, and for regional ones
  bool regional = false;
  bool automatic = false;   // AWS chooses the zones and brings the addresses
  std::string route_table;  // a regional one's own
  std::map<std::string, Instant> zone_changes = {};  // when AWS comes to a zone, or leaves it
  std::vector<NatAddress> addresses = {};
  std::vector<NatAppliance> appliances = {};
  // Its interface, until it takes its subnet and addresses.
  std::optional<NetworkInterface> coming = {};
  Instant takes = {};
  bool take_done = false;
  Instant checked = {};
  bool check_done = false;
  Instant settled = {};
  std::string failure_code;
  std::string failure_message;
  std::optional<Instant> delete_called = {}, delete_shown = {}, unmapped = {}, deleted = {};
  std::optional<Instant> releasable = {};
  std::optional<Instant> passes_until = {};  // traffic, while it is deleting
  bool unmap_done = false;
  bool delete_done = false;
};

struct Endpoint : Resource {
  std::string vpc;
  std::string type;     // Interface, Gateway
  std::string service;  // com.amazonaws.REGION.ssm
  bool private_dns = false;
  std::string policy;
  std::string prefix_list;  // gateway endpoints
  std::vector<std::string> route_tables = {};
  std::vector<std::string> subnets = {};
  std::vector<std::string> groups = {};
  std::vector<std::string> interfaces = {};
  std::string client_token;
  std::string requester;  // the service that made it and manages it; empty: the user
  Instant available = {};
  // `deleted` from then on, until it is forgotten.
  std::optional<Instant> deleted = {}, forgotten = {};
};

// EC2 Instance Connect's way into a VPC.
struct ConnectEndpoint : Resource {
  std::string vpc;
  std::string subnet;
  std::string zone;
  std::string interface;
  std::vector<std::string> groups = {};
  bool preserve_client_ip = false;
  Instant complete = {};
  bool create_fails = false;
  // The last modification: what it brings when it is complete, unless it fails.
  std::optional<Instant> updated = {};
  bool update_fails = false;
  std::vector<std::string> next_groups = {};
  bool next_preserve_client_ip = false;
  std::optional<Instant> delete_called = {}, deleted = {};
  bool delete_fails = false;
};

// A subnet that a Client VPN endpoint reaches.
struct VpnAssociation {
  std::string id;
  std::string subnet;
  std::string interface;
  Instant associated = {};
  bool fails = false;
  std::optional<Instant> leaves = {};
};

struct VpnRule {
  std::string cidr;
  std::string group;  // empty: all clients
  std::string description;
  Instant active = {};
  std::optional<Instant> revoked = {};
};

struct VpnRoute {
  std::string destination;
  std::string subnet;
  std::string origin;  // associate, add-route
  std::string description;
  Instant active = {};
  std::optional<Instant> deleted = {};
};

struct ClientVpn : Resource {
  std::string description;
  std::string client_cidr;
  std::string certificate;
  std::string authentication;  // AuthenticationOptions, serialized as they are shown
  std::string logging;         // ConnectionLogOptions, the same
  std::string transport = "udp";
  int port = 443;
  bool split_tunnel = false;
  bool portal = true;
  int session_hours = 24;
  std::string vpc;  // from VpcId or the first association
  std::vector<std::string> groups = {};
  std::vector<std::string> dns_servers = {};
  std::vector<VpnAssociation> associations = {};
  std::vector<VpnRule> rules = {};
  std::vector<VpnRoute> routes = {};
  std::optional<Instant> delete_called = {}, deleted = {};
};

struct Rule {
  std::string id = {};
  bool egress = false;
  std::string protocol = {};  // tcp, udp, icmp, -1, or a number
  int from = -1;
  int to = -1;
  // Exactly one of these four:
  std::string cidr = {};
  std::string cidr6 = {};
  std::string prefix_list = {};
  std::string group = {};
  std::string description = {};
  Tags tags = {};
};

struct SecurityGroup : Resource {
  std::string vpc;
  std::string name;
  std::string description;
  std::vector<Rule> rules = {};
};

struct Instance : Resource {
  std::string reservation;
  std::string image;
  std::string type;
  std::string architecture;
  std::string vpc;
  std::string subnet;
  std::string zone;
  std::string interface;
  std::string private_ip;
  std::string profile_arn;
  std::string profile_id;
  std::string client_token;
  std::string request;
  std::string volume;
  std::string key_name;
  std::string http_tokens = "optional";
  int http_hop_limit = 1;
  int launch_index = 0;
  std::string user_data;
  bool ebs_optimized = false;
  std::string caller;
  bool termination_protected = false;
  bool stop_protected = false;
  bool detailed_monitoring = false;
  std::string cpu_credits;  // standard, unlimited; empty for types that do not burst
  std::string shutdown_behavior = "stop";
  Instant running = {};
  Instant checked = {};
  std::optional<Instant> stop_called = {}, stopped = {};
  bool stop_done = false;
  std::optional<Instant> terminate_called = {}, terminated = {};
  bool terminate_done = false;
};

struct DhcpOptions : Resource {
  std::map<std::string, std::vector<std::string>> values = {};
};

// Both sides are VPCs of this account and Region.
struct Peering : Resource {
  std::string requester;
  std::string accepter;
  bool failed = false;
  Instant provisioned = {};  // pending-acceptance from then on
  Instant expires = {};      // unanswered
  std::optional<Instant> accepted = {}, rejected = {}, deleted = {};
};

struct EgressGateway : Resource {
  std::string vpc;
};

struct VpnGateway : Resource {
  std::int64_t asn = 64512;
  std::string zone;
  std::string vpc;  // empty while detached
  // Attaching until `attached`; detaching from the call until `leaves`.
  Instant attached = {};
  std::optional<Instant> leaves = {};
  std::optional<Instant> deleted = {};
};

struct CustomerGateway : Resource {
  std::int64_t asn = 65000;
  std::string ip;
  std::string device;
  std::string certificate;
  std::optional<Instant> deleted = {};
};

struct VpnTunnel {
  std::string outside_ip;
  std::string inside_cidr;
  std::string key;  // pre-shared
};

struct VpnStaticRoute {
  std::string destination;
  Instant available = {};
  std::optional<Instant> deleted = {};
};

// A Site-to-Site VPN connection.
struct VpnConnection : Resource {
  std::string customer_gateway;
  std::string gateway;
  bool static_routes = false;
  std::string local_cidr = "0.0.0.0/0";
  std::string remote_cidr = "0.0.0.0/0";
  std::vector<VpnTunnel> tunnels = {};
  std::vector<VpnStaticRoute> routes = {};
  Instant available = {};
  std::optional<Instant> up = {};  // the tunnels; never without a device at the other end
  std::optional<Instant> deleted = {};
};

struct FlowLog : Resource {
  std::string resource;
  std::string traffic;      // ALL, ACCEPT, REJECT; empty for transit gateways
  std::string destination;  // cloud-watch-logs, s3
  std::string group;        // a log group's name
  std::string arn;          // of the destination
  std::string role;
  std::string format;
  int interval = 600;
};

struct KeyPair : Resource {
  std::string name;
  std::string type;  // rsa, ed25519
  std::string fingerprint;
  std::string public_key;
};

struct TemplateVersion {
  int number = 0;
  std::string description = {};
  std::string data = {};  // LaunchTemplateData as it came, serialized
  Instant created = {};
  std::string creator = {};
};

struct LaunchTemplate : Resource {
  std::string name;
  std::string creator;
  int default_version = 1;
  int latest_version = 1;
  std::vector<TemplateVersion> versions = {};
};

struct PrefixEntry {
  std::string cidr;
  std::string description;
};

struct PrefixList : Resource {
  std::string name;
  std::string family;  // IPv4, IPv6
  int most = 0;
  int version = 1;
  std::map<int, std::vector<PrefixEntry>> versions = {};
};

struct Volume : Resource {
  std::string zone;
  std::string type;
  int size = 0;  // GiB
  int iops = 0;
  int throughput = 0;
  bool encrypted = false;
  std::string snapshot;
  std::string instance;  // empty while available
  std::string device;
  bool delete_on_termination = false;
  Instant available = {};
  Instant attached = {};
  std::optional<Instant> leaves = {}, deleted = {};
};

struct Snapshot : Resource {
  std::string volume;
  int size = 0;  // GiB
  bool encrypted = false;
  std::string description;
  Instant completes = {};
};

// What a ClientToken made, so that the same call again makes nothing.
struct Remembered {
  std::string request;
  std::string id;
};

// An address that was ours.
struct Released {
  std::string allocation;
  Instant forgotten = {};             // it cannot come back any more
  std::optional<Instant> taken = {};  // another account has it
};

struct Model {
  std::map<std::string, Vpc> vpcs;
  std::map<std::string, NetworkAcl> acls;
  std::map<std::string, Subnet> subnets;
  std::map<std::string, RouteTable> route_tables;
  std::map<std::string, InternetGateway> internet_gateways;
  std::map<std::string, Address> addresses;
  std::map<std::string, NatGateway> nat_gateways;
  int nat_creations = 0;
  int nat_deletions = 0;
  std::map<std::string, NetworkInterface> interfaces;
  std::map<std::string, Endpoint> endpoints;
  std::map<std::string, ConnectEndpoint> connect_endpoints;
  std::map<std::string, ClientVpn> client_vpns;
  std::map<std::string, SecurityGroup> groups;
  std::map<std::string, Instance> instances;
  std::map<std::string, DhcpOptions> dhcp_options;
  std::map<std::string, Peering> peerings;
  std::map<std::string, EgressGateway> egress_gateways;
  std::map<std::string, VpnGateway> vpn_gateways;
  std::map<std::string, CustomerGateway> customer_gateways;
  std::map<std::string, VpnConnection> vpn_connections;
  std::map<std::string, FlowLog> flow_logs;
  std::map<std::string, KeyPair> key_pairs;
  std::map<std::string, LaunchTemplate> launch_templates;
  std::map<std::string, PrefixList> prefix_lists;
  std::map<std::string, Volume> volumes;
  std::map<std::string, Snapshot> snapshots;
  std::map<std::string, Remembered> tokens;  // by action and ClientToken
  std::map<std::string, Released> released;  // by address
  int releases = 0;
};

}  // namespace sim::ec2
