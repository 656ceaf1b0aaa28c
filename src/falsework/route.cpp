#include "falsework/route.hpp"

#include "aws/ec2/ec2.hpp"
#include "base/contains.hpp"

namespace falsework {

namespace {

class Route final : public Kind {
 public:
  std::string_view type() const override { return "route"; }
  std::string_view title() const override { return "default route"; }

  bool answers_to(std::string_view id) const override {
    const auto bar = id.find('|');
    if (bar == std::string_view::npos) return false;
    const auto destination = id.substr(bar + 1);
    return is_aws_id(id.substr(0, bar), "rtb-") &&
           (destination == "0.0.0.0/0" || destination == "::/0");
  }

  std::vector<Grant> removal_grants(const std::string& id) const override {
    return {{"ec2:DeleteRoute", "route-table/" + halves(id).first}};
  }

  const Lifecycle& lifecycle() const override {
    // DeleteRoute is done when it returns; nothing ever holds a route.
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html
    static const Lifecycle lifecycle =
        gone_at_once({"active", "blackhole", "filtered"}, std::chrono::minutes(5));
    return lifecycle;
  }

  base::Task<std::vector<Piece>> find(aws::Client& client,
                                      std::vector<std::string> ids) const override {
    std::set<aws::RouteTableId> tables;
    for (const auto& id : ids) tables.insert({halves(id).first});
    const auto found = co_await aws::ec2::find_route_tables(client, {tables.begin(), tables.end()});
    std::vector<Piece> pieces;
    for (const auto& table : found) {
      for (const auto& route : table.routes) {
        Piece piece = route_piece(table, route);
        if (base::contains(ids, piece.id)) pieces.push_back(std::move(piece));
      }
    }
    co_return pieces;
  }

  base::Task<void> remove(aws::Client& client, Piece piece) const override {
    const auto [table, destination] = halves(piece.id);
    co_await aws::ec2::delete_route(client, {table}, destination);
  }
};

}  // namespace

const Kind& route() {
  static const Route kind;
  return kind;
}

Piece route_piece(const aws::ec2::RouteTable& table, const aws::ec2::Route& entry) {
  Piece piece;
  piece.kind = &route();
  piece.id = table.id.value + "|" + entry.destination;
  piece.state = entry.state;
  piece.vpc = table.vpc.value;
  piece.target = entry.target;
  return piece;
}

}  // namespace falsework
