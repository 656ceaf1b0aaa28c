#include "falsework/internet_gateway.hpp"

#include "aws/ec2/ec2.hpp"

namespace falsework {

namespace {

class InternetGateway final : public Kind {
 public:
  std::string_view type() const override { return "internet_gateway"; }
  std::string_view title() const override { return "internet gateway"; }
  bool answers_to(std::string_view id) const override { return is_aws_id(id, "igw-"); }

  std::vector<Grant> removal_grants(const std::string& id) const override {
    return {{"ec2:DeleteInternetGateway", "internet-gateway/" + id}};
  }

  const Lifecycle& lifecycle() const override {
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html
    static const Lifecycle lifecycle =
        gone_at_once({"attached", "detached"}, std::chrono::minutes(15));
    return lifecycle;
  }

  base::Task<std::vector<Piece>> find(aws::Client& client,
                                      std::vector<std::string> ids) const override {
    std::vector<aws::InternetGatewayId> wanted;
    for (auto& id : ids) wanted.push_back({std::move(id)});
    std::vector<Piece> pieces;
    for (const auto& gateway :
         co_await aws::ec2::find_internet_gateways(client, std::move(wanted))) {
      Piece piece;
      piece.kind = this;
      piece.id = gateway.id.value;
      piece.state = gateway.attached.empty() ? "detached" : "attached";
      if (!gateway.attached.empty()) piece.vpc = gateway.attached.front().value;
      pieces.push_back(std::move(piece));
    }
    co_return pieces;
  }

  base::Task<void> remove(aws::Client& client, Piece piece) const override {
    co_await aws::ec2::delete_internet_gateway(client, {piece.id});
  }

  base::Task<std::optional<std::string>> holder(aws::Client& client, Piece piece) const override {
    const auto found = co_await find(client, {piece.id});
    if (found.empty() || found.front().vpc.empty()) co_return std::nullopt;
    co_return fmt::format("its detachment from {}", found.front().vpc);
  }
};

}  // namespace

const Kind& internet_gateway() {
  static const InternetGateway kind;
  return kind;
}

}  // namespace falsework
