// The front door of the embedded AWS: every request from outside comes in here, is delayed as a
// network delays it, verified, throttled, authorized, performed and answered in its protocol.
// Calls between services take the same way from the authorization on.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/transport.hpp"
#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/iam/iam.hpp"
#include "sim/s3/s3.hpp"
#include "sim/wire/verify.hpp"

namespace sim::world {

// AWS's names, and the addresses of an embedded AWS that is itself a server. Nobody else can make
// one of them lead somewhere else.
bool is_aws(std::string_view host);

// One round trip, half of it before the effect and half after. [I] from within a region.
struct Latency {
  base::Duration low = std::chrono::milliseconds(20);
  base::Duration high = std::chrono::milliseconds(90);
};

// Injected trouble for calls from outside; each is the share of calls it hits. All off.
struct Faults {
  double throttle = 0;    // refused with the service's throttling error, without effect
  double error = 0;       // refused with its 5xx, without effect
  double slow = 0;        // the answer comes late
  double lost_reply = 0;  // the connection breaks after the effect
  base::Duration slowness = std::chrono::seconds(5);
};

class Front final : public Caller, public http::Transport {
 public:
  // `iam` and `objects` must outlive this.
  Front(Context context, iam::Iam& iam, s3::S3& objects, Latency latency, Faults faults,
        bool takes_tokens = true);

  // `service` must outlive this.
  void add(Service& service);

  // A service's call as `caller`: authorized, then run; no latency. It is throttled when it is made
  // in the account's name, and WorldSettings::inner_calls_take_tokens says so. Throws Error,
  // whatever the service has thrown.
  Task<json::object> call(Principal caller, std::string service, std::string action,
                          json::object input) override;

  // One request from outside. A request that runs into its timeout still has its effect. Throws
  // TransportError for hosts that are not AWS's, timeouts and lost replies.
  Task<http::Response> send(http::Request request) override;

  // Calls from outside so far by this user, role or role session, whatever came of them.
  int calls(std::string_view arn) const;
  int calls() const { return all_calls_; }

  // Every operation there is, as "ec2:DescribeVpcs", in order.
  std::vector<std::string> operations() const;

  void set_faults(Faults faults) { faults_ = faults; }

 private:
  struct Exchange;
  Task<void> exchange(http::Request request, std::shared_ptr<Exchange> into);
  Task<http::Response> perform(http::Request request);
  Task<http::Response> answer(http::Request request, std::string service, std::string request_id);
  Task<http::Response> answer_s3(http::Request request);
  Principal principal_of(const http::Request& request, const std::string& service);
  // Both throw NotImplemented with the name; `action` is what was asked, where it is known.
  Service& service_named(const std::string& name, const std::string& action) const;
  const Operation& operation(const Call& call) const;
  void authorize(const Call& call, const Operation& operation) const;
  void inject_refusals(const std::string& service);
  Task<void> travel(base::Duration duration);

  Context context_;
  iam::Iam& iam_;
  s3::S3& objects_;
  Latency latency_;
  Faults faults_;
  bool takes_tokens_;
  wire::SigningKeys signing_keys_;
  base::SeededRandom network_;
  base::SeededRandom chance_;
  base::SeededRandom ids_;
  std::map<std::string, Service*, std::less<>> services_;
  std::map<std::string, int, std::less<>> calls_;
  int all_calls_ = 0;
};

}  // namespace sim::world
