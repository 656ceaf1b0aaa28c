#include "falsework/elastic_ip.hpp"

#include "aws/ec2/ec2.hpp"
#include "falsework/prices.hpp"

namespace falsework {

namespace {

class ElasticIp final : public Kind {
 public:
  std::string_view type() const override { return "elastic_ip"; }
  std::string_view title() const override { return "Elastic IP"; }
  bool answers_to(std::string_view id) const override { return is_aws_id(id, "eipalloc-"); }

  std::vector<Grant> removal_grants(const std::string& id) const override {
    return {{"ec2:ReleaseAddress", "elastic-ip/" + id}};
  }

  const Lifecycle& lifecycle() const override {
    // While a NAT gateway holds the address, and for seconds after the gateway reads "deleted",
    // the release is refused with AuthFailure, which has nothing to do with permissions; the
    // gateway's vanishing interface can also be named.
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html
    // https://github.com/eformat/sno-for-100/issues/9
    // https://github.com/hashicorp/terraform-provider-aws/issues/49299
    static const Lifecycle lifecycle =
        gone_at_once({"associated", "free"}, std::chrono::minutes(15));
    return lifecycle;
  }

  Price hourly(std::string_view) const override { return public_address_hour(); }

  base::Task<std::vector<Piece>> find(aws::Client& client,
                                      std::vector<std::string> ids) const override {
    std::vector<aws::AllocationId> wanted;
    for (auto& id : ids) wanted.push_back({std::move(id)});
    std::vector<Piece> pieces;
    for (const auto& address : co_await aws::ec2::find_addresses(client, std::move(wanted))) {
      pieces.push_back(piece_of(address));
    }
    co_return pieces;
  }

  base::Task<void> remove(aws::Client& client, Piece piece) const override {
    co_await aws::ec2::release_address(client, {piece.id});
  }

  base::Task<std::optional<std::string>> holder(aws::Client& client, Piece piece) const override {
    const auto found = co_await find(client, {piece.id});
    if (found.empty() || found.front().mapped_to.empty()) co_return std::nullopt;
    co_return fmt::format("{} to let it go", found.front().mapped_to);
  }

 private:
  Piece piece_of(const aws::ec2::Address& address) const {
    Piece piece;
    piece.kind = this;
    piece.id = address.allocation.value;
    piece.state = address.association.empty() ? "free" : "associated";
    if (address.interface) piece.mapped_to = address.interface->value;
    if (address.instance && !address.instance->value.empty()) {
      piece.mapped_to = address.instance->value;
    }
    if (piece.mapped_to.empty()) piece.mapped_to = address.association;
    piece.public_ips = {address.public_ip};
    piece.owner = address.service_managed;
    return piece;
  }
};

}  // namespace

const Kind& elastic_ip() {
  static const ElasticIp kind;
  return kind;
}

}  // namespace falsework
