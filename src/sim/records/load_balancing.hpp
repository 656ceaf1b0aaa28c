// Elastic Load Balancing v2: balancers with interfaces in their subnets, target groups, listeners,
// rules. No request is forwarded; what is balanced is whether targets are healthy.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
#pragma once

#include <functional>
#include <string>

#include "sim/records/services.hpp"

namespace sim::records {

BookPointer load_balancing(const Context& context, Caller& caller, ec2::Ec2& ec2, Probe probe,
                           const Knobs& knobs);

struct TargetHealth {
  std::string state;   // initial, healthy, unhealthy, unused, draining
  std::string reason;  // "Target.Timeout"; empty when healthy
};

// For services that register their own targets (ECS). Unknown groups are refused as the API does.
void register_target(Book& book, const std::string& group, const std::string& ip, int port);
// It drains for the group's deregistration delay, which is returned, and is gone then.
base::Duration deregister_target(Book& book, const std::string& group, const std::string& ip,
                                 int port);
TargetHealth target_health(Book& book, const Probe& probe, const std::string& group,
                           const std::string& ip, int port);
// The ARNs of the balancers whose listeners forward to this group.
json::array balancers_of(Book& book, const std::string& group);

// listeners.cpp
bool is_application(const Record& balancer);
std::string short_arn(const Record& balancer);  // app/NAME/HASH
void check_listener(Book& book, const Call& call, const Record* before, Record& listener);
void check_rule(Book& book, const Call& call, const Record* before, Record& rule);
// It is there and issued, or an Error is thrown.
void check_served_certificate(Book& book, const std::string& arn);
json::object set_priorities(Book& book, const Call& call);

// certificates.cpp: the certificates of a listener beside its own.
void add_certificate_operations(Book& book);

// targets.cpp: defaults and refusals of a target group, and what becomes of its targets.
void check_target_group(Book& book, const Call& call, const Record* before, Record& group);
void add_target_operations(Book& book, Probe probe);

}  // namespace sim::records
