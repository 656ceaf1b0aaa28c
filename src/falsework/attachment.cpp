#include "falsework/attachment.hpp"

#include "aws/ec2/ec2.hpp"
#include "base/contains.hpp"

namespace falsework {

namespace {

class Attachment final : public Kind {
 public:
  std::string_view type() const override { return "attachment"; }
  std::string_view title() const override { return "internet gateway attachment"; }

  bool answers_to(std::string_view id) const override {
    const auto bar = id.find('|');
    if (bar == std::string_view::npos) return false;
    const auto gateway = id.substr(0, bar);
    return (gateway == "IGW" || is_aws_id(gateway, "igw-")) &&
           is_aws_id(id.substr(bar + 1), "vpc-");
  }

  std::vector<Grant> removal_grants(const std::string& id) const override {
    const auto [gateway, vpc] = halves(id);
    const std::string resource = gateway == "IGW" ? "*" : gateway;
    return {{"ec2:DetachInternetGateway", "internet-gateway/" + resource},
            {"ec2:DetachInternetGateway", "vpc/" + vpc}};
  }

  const Lifecycle& lifecycle() const override {
    // Refused while any public address is mapped in the VPC.
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html
    static const Lifecycle lifecycle = gone_at_once({"attached"}, std::chrono::minutes(15));
    return lifecycle;
  }

  base::Task<std::vector<Piece>> find(aws::Client& client,
                                      std::vector<std::string> ids) const override {
    std::set<aws::VpcId> vpcs;
    for (const auto& id : ids) vpcs.insert({halves(id).second});
    std::vector<Piece> pieces;
    for (const auto& gateway :
         co_await aws::ec2::internet_gateways_of(client, {vpcs.begin(), vpcs.end()})) {
      for (const auto& vpc : gateway.attached) {
        const std::string full = gateway.id.value + "|" + vpc.value;
        const std::string short_form = "IGW|" + vpc.value;
        if (!base::contains(ids, full) && !base::contains(ids, short_form)) continue;
        Piece piece;
        piece.kind = this;
        piece.id = full;
        piece.state = "attached";
        piece.vpc = vpc.value;
        piece.target = gateway.id.value;
        pieces.push_back(std::move(piece));
      }
    }
    co_return pieces;
  }

  base::Task<void> remove(aws::Client& client, Piece piece) const override {
    const auto [gateway, vpc] = halves(piece.id);
    co_await aws::ec2::detach_internet_gateway(client, {gateway}, {vpc});
  }

  base::Task<std::optional<std::string>> holder(aws::Client& client, Piece piece) const override {
    for (const auto& interface : co_await aws::ec2::network_interfaces_of(client, {piece.vpc})) {
      if (interface.public_ip.empty()) continue;
      co_return fmt::format("public address {} to be unmapped from {}", interface.public_ip,
                            interface.id.value);
    }
    co_return std::nullopt;
  }
};

}  // namespace

const Kind& attachment() {
  static const Attachment kind;
  return kind;
}

}  // namespace falsework
