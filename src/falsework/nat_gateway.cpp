#include "falsework/nat_gateway.hpp"

#include "aws/ec2/ec2.hpp"
#include "falsework/prices.hpp"

namespace falsework {

namespace {

using namespace std::chrono_literals;

class NatGateway final : public Kind {
 public:
  std::string_view type() const override { return "nat_gateway"; }
  std::string_view title() const override { return "NAT gateway"; }
  bool answers_to(std::string_view id) const override { return is_aws_id(id, "nat-"); }

  std::vector<Grant> removal_grants(const std::string& id) const override {
    return {{"ec2:DeleteNatGateway", "natgateway/" + id}};
  }

  const Lifecycle& lifecycle() const override {
    // DeleteNatGateway returns at once; the gateway then takes 37 to 79 s, rarely minutes, and may
    // read "available" for some seconds more. Looking every 0.5 s where it can be expected costs
    // 0.25 s on average; one action may be asked 20 times a second for ever (bucket 100, refill
    // 20), so ten gateways at once are still within it. Later looks are rarer: who waits for
    // minutes does not mind seconds.
    // https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
    static const Lifecycle lifecycle{.pending = {"pending", "available", "failed", "deleting"},
                                     .going = "deleting",
                                     .gone = {"deleted"},
                                     .looks = {{0s, 2s}, {30s, 500ms}, {2min, 2s}, {5min, 5s}},
                                     .limit = std::chrono::minutes(30)};
    return lifecycle;
  }

  Price hourly(std::string_view region) const override { return nat_gateway_hour(region); }

  base::Task<std::vector<Piece>> find(aws::Client& client,
                                      std::vector<std::string> ids) const override {
    std::vector<aws::NatGatewayId> wanted;
    for (auto& id : ids) wanted.push_back({std::move(id)});
    std::vector<Piece> pieces;
    for (const auto& gateway : co_await aws::ec2::find_nat_gateways(client, std::move(wanted))) {
      pieces.push_back(piece_of(gateway));
    }
    co_return pieces;
  }

  base::Task<void> remove(aws::Client& client, Piece piece) const override {
    co_await aws::ec2::delete_nat_gateway(client, {piece.id});
  }

 private:
  Piece piece_of(const aws::ec2::NatGateway& gateway) const {
    Piece piece;
    piece.kind = this;
    piece.id = gateway.id.value;
    piece.state = gateway.state;
    piece.vpc = gateway.vpc.value;
    // Primary first: it is the one that people know.
    for (const bool primary : {true, false}) {
      for (const auto& address : gateway.addresses) {
        if (address.primary != primary) continue;
        if (address.allocation) piece.holds.push_back(address.allocation->value);
        if (address.interface) piece.interfaces.push_back(address.interface->value);
        if (!address.public_ip.empty()) piece.public_ips.push_back(address.public_ip);
      }
    }
    return piece;
  }
};

}  // namespace

const Kind& nat_gateway() {
  static const NatGateway kind;
  return kind;
}

}  // namespace falsework
