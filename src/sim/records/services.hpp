// The services that are made of tables, one function each, and all of them together.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/ec2/ec2.hpp"
#include "sim/records/knobs.hpp"
#include "sim/records/records.hpp"

namespace sim::records {

using BookPointer = std::unique_ptr<Book>;

BookPointer cloudwatch(const Context& context, Caller& caller, const Knobs& knobs);
BookPointer events(const Context& context, Caller& caller);
BookPointer scheduler(const Context& context, Caller& caller);
BookPointer ecr(const Context& context, Caller& caller);
BookPointer secretsmanager(const Context& context, Caller& caller);
BookPointer kms(const Context& context, Caller& caller);
BookPointer acm(const Context& context, Caller& caller, const Knobs& knobs);
BookPointer dynamodb(const Context& context, Caller& caller, const Knobs& knobs);
// `ec2` must outlive the result, here and below: interfaces are EC2's.
BookPointer efs(const Context& context, Caller& caller, ec2::Ec2& ec2, const Knobs& knobs);
BookPointer route53(const Context& context, Caller& caller);
BookPointer servicediscovery(const Context& context, Caller& caller, const Knobs& knobs);
BookPointer autoscaling(const Context& context, Caller& caller);

// Whether something answers at ip:port for one who asks from that interface.
using Probe = std::function<bool(const std::string& interface, const std::string& ip, int port)>;

// All of the above and load balancing (load_balancing.hpp), acquainted with each other.
std::vector<BookPointer> all_books(const Context& context, Caller& caller, ec2::Ec2& ec2,
                                   Probe probe, const Knobs& knobs);

}  // namespace sim::records
