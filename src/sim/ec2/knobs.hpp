// Every duration and probability of the embedded EC2. [C] confirmed, [R] reported by third parties,
// [I] inferred: not established by any source, chosen so that clients must cope. Seconds.
#pragma once

namespace sim::ec2 {

// Drawn evenly between the two.
struct Span {
  double low = 0;
  double high = 0;
};

// Drawn from a normal distribution cut to [low, high].
struct Bell {
  double mean = 0;
  double deviation = 0;
  double low = 0;
  double high = 0;
};

struct Knobs {
  // NAT gateways ---------------------------------------------------------------------------------
  // [R] 24 creation logs: 84 to 125 s, median 111.
  Bell nat_create{108, 9, 84, 125};
  // [C] A gateway can fail because its subnet or its address is not there
  // (InvalidSubnetID.NotFound, InvalidAllocationID.NotFound), so it takes them after the call; [I]
  // when. Until then it has no interface, and the address can be released or associated elsewhere.
  Span nat_take{1, 4};
  // [I] When AWS looks for the internet gateway and maps the addresses. A published failure carries
  // a DeleteTime 96 s after CreateTime, so the look is not at the call.
  Span nat_attachment_check{20, 35};
  // [R] 21 destroy logs: 37 to 79 s, mean 51 without the poll's bias.
  Bell nat_delete{51, 9, 37, 79};
  // [I] One in a hundred takes up to five minutes.
  double nat_delete_tail_chance = 0.01;
  Span nat_delete_tail{79, 300};
  // [I] How long the deletion of a regional gateway takes, and of one that is still pending: no
  // source tells either apart from the usual.
  Bell nat_delete_regional = nat_delete;
  Bell nat_delete_pending = nat_delete;
  // [I] For fault runs: deletions that last half an hour (terraform's limit). Off by default.
  double nat_stuck_chance = 0;
  double nat_stuck = 1800;
  // [C] A gateway that is deleting "may still pass traffic"; [I] how long after the call. By
  // default not at all, which is the worst for its users.
  Span nat_passes_while_deleting{0, 0};
  // [I] Deleting one that is deleting changes nothing; if not fine, it is an IncorrectState.
  bool nat_delete_again_is_fine = true;
  // [I] A failed gateway has nothing to tear down.
  Span nat_delete_failed{1, 5};
  // [C] A creation can fail by InternalError; how often is not established. Off by default:
  // `--fault nat-error=RATE`.
  double nat_internal_error_chance = 0;
  // [C] The default quotas: gateways in one zone, addresses of one gateway.
  int nat_gateways_per_zone = 5;
  int nat_addresses = 2;
  // [C] Private addresses of one gateway beside its first, the default quota.
  int nat_private_addresses = 7;
  // [I] How long Network Firewall's proxy takes to attach to a gateway and to leave it.
  Span nat_appliance_change{30, 120};
  // [C] A deleted or failed gateway stays visible for about an hour, then NatGatewayNotFound.
  double nat_visible = 3600;
  // [I] Right after DeleteNatGateway a Describe may still say available.
  Span nat_describe_lag{0, 5};
  // [R] ReleaseAddress may answer AuthFailure for some seconds after `deleted`; not every time.
  double release_lag_chance = 0.5;
  Span release_lag{0, 10};
  // [I] The addresses are unmapped within two seconds of `deleted`: then the gateway detaches.
  Span unmapped_around_deleted{-2, 2};
  // [R] ReleaseAddress just after `deleted`: InvalidNetworkInterfaceID.NotFound, once seen.
  double interface_race_chance = 0.01;
  Span interface_race{0.5, 3};
  // [R] Rarely the address is gone by itself after the gateway.
  double address_vanishes_chance = 0.005;
  // [C] Secondary addresses, Elastic and private, drain for 350 s by default; [I] idle ones at
  // once.
  Span nat_address_associate{5, 15};
  Span nat_address_disassociate{5, 15};

  // [C] A regional gateway in automatic mode follows its VPC into a new zone within an hour; [I]
  // how soon, and that it leaves an empty one as slowly.
  Span nat_zone_change{300, 3600};

  // VPC endpoints --------------------------------------------------------------------------------
  // [I] Interface endpoints become available within one to two minutes.
  Bell endpoint_create{85, 15, 60, 120};
  // [R] "A few minutes"; tools wait five.
  Bell endpoint_delete{120, 30, 60, 240};
  // [R] 6 to 7 s in one destroy log, its poll included.
  Span gateway_endpoint_delete{1, 6};
  // [C] One that is gone is told as `deleted` before it is not found; [I] for how long.
  Span endpoint_visible{5, 60};

  // EC2 Instance Connect Endpoints and Client VPN
  // -------------------------------------------------- [I] Creation and deletion take minutes;
  // delete-complete and deleted are told for a while.
  Bell connect_create{150, 40, 60, 300};
  Bell connect_delete{150, 40, 60, 300};
  double connect_visible = 60;
  // [I] A modification takes as long as a small change of the network.
  Span connect_update{5, 60};
  // [C] Each of the three can fail; [I] how often. Off by default.
  double connect_create_failed_chance = 0;
  double connect_update_failed_chance = 0;
  double connect_delete_failed_chance = 0;
  // [R] An acceptance test that associates one network and takes it away again ran 661 s.
  Bell vpn_associate{330, 60, 180, 600};
  Bell vpn_disassociate{240, 60, 120, 480};
  // [C] An association can fail; [I] how often. Off by default.
  double vpn_association_failed_chance = 0;
  // [I] Rules and routes become active, and go, within a minute; [R] a route once took longer.
  Span vpn_change{5, 60};
  Span vpn_delete{1, 10};
  double vpn_visible = 60;

  // Instances ------------------------------------------------------------------------------------
  // [I] pending -> running.
  Bell instance_start{12, 4, 5, 25};
  // [I] Status checks: initializing for about two minutes after running.
  Bell instance_checks{120, 25, 80, 200};
  // [R] Bastion logs 35 s and 62 s.
  Bell instance_terminate{45, 8, 30, 62};
  // [I] Without the operating system's own shutdown (SkipOsShutdown).
  Span instance_terminate_skipping{5, 15};
  // [I] stopping -> stopped.
  Bell instance_stop{30, 8, 15, 60};
  // [C] terminated stays visible for about an hour.
  double instance_visible = 3600;

  // Interfaces and volumes -----------------------------------------------------------------------
  // [I] attaching -> attached, detaching -> available: seconds; forced detachment at once.
  Span interface_attach{1, 4};
  Span interface_detach{2, 15};
  Span volume_create{1, 5};
  Span volume_attach{1, 5};
  Span volume_detach{2, 10};
  Span volume_delete{1, 5};
  // [I] The first snapshot of an almost empty volume.
  Span snapshot_create{15, 60};

  // VPC peering ----------------------------------------------------------------------------------
  // [I] initiating-request -> pending-acceptance.
  Span peering_provision{0.5, 3};
  // [C] Unanswered requests expire after seven days; ended connections stay visible for a while,
  // [C] a deleted one two hours for the side that deleted it.
  double peering_expires = 604800;
  double peering_visible = 7200;

  // VPN gateways and connections -----------------------------------------------------------------
  // [R] Attaching and detaching are waited for in destroy logs for a quarter of a minute or so.
  Span vpn_gateway_attach{5, 20};
  Span vpn_gateway_detach{5, 20};
  // [R] Connections come within minutes; [I] how they spread, and how soon they go.
  Bell vpn_connection_create{210, 50, 120, 420};
  Span vpn_connection_delete{15, 60};
  // [I] pending -> available of a static route, and its end.
  Span vpn_static_route{2, 10};
  // [C] Static routes are propagated while a tunnel is up, which needs a device at the other end;
  // [I] there is one, how likely and how soon.
  double vpn_device_chance = 1;
  Span vpn_tunnel_up{20, 90};
  // [C] Deleted ones are told as `deleted` before they go; [I] for how long.
  double vpn_deleted_visible = 3600;

  // Internet gateways ----------------------------------------------------------------------------
  // [I] No source shows routes that keep one attached. If they do, detaching is a
  // DependencyViolation while a route of the VPC leads to it.
  bool routes_hold_gateway = false;

  // Addresses ------------------------------------------------------------------------------------
  // [C] A released address can come back by AllocateAddress(Address) unless it was taken; how long
  // and how likely is [I].
  double address_recoverable = 86400;
  double address_taken_chance = 0.1;
  Span address_taken{0, 3600};  // when, after the release

  // Throttling -----------------------------------------------------------------------------------
  // [C] The calls of PrivateLink are throttled per organization, too; [I] how much all of them may
  // take together, and what the organization's other accounts take of it, a second.
  double privatelink_calls = 100;
  double privatelink_refill = 20;
  double privatelink_others = 0;

  // Consistency: `--fault lag=RATE` sets lag_chance, `--fault nat-stuck=RATE` sets
  // nat_stuck_chance ------------------------------------------------------------------------------
  // [C] EC2 is eventually consistent; how much is [I]. With lag_chance, any write is seen late, by
  // `lag`: the id that it made is unknown to other calls, and a read is answered, with
  // stale_read_chance, from before the write. So two reads in a row can disagree, as clients that
  // wait for two equal ones know. Off by default.
  double lag_chance = 0;
  Span lag{1, 5};
  double stale_read_chance = 0.5;
  // [C] A new id can be unknown to the next call; how long is [I]. Zero: never.
  Span creation_lag{0, 0};
  // [C] A gateway and a route table were once unknown to CreateTags for more than two minutes; [I]
  // how often. Off by default.
  double lag_tail_chance = 0;
  Span lag_tail{5, 135};
};

}  // namespace sim::ec2
