#include "falsework/observe.hpp"

#include <set>

#include "aws/ec2/ec2.hpp"
#include "aws/errors.hpp"
#include "base/contains.hpp"
#include "falsework/attachment.hpp"
#include "falsework/elastic_ip.hpp"
#include "falsework/internet_gateway.hpp"
#include "falsework/kind.hpp"
#include "falsework/nat_gateway.hpp"
#include "falsework/route.hpp"

namespace falsework {

namespace {

using Pieces = std::vector<Piece>;

// Between a look that AWS did not answer and the next, beside the client's own retries.
constexpr base::Duration look_pause = std::chrono::seconds(2);

bool is_default(std::string_view destination) {
  return destination == "0.0.0.0/0" || destination == "::/0";
}

Piece absent_piece(const Kind& kind, const std::string& id) {
  Piece piece;
  piece.kind = &kind;
  piece.id = id;
  piece.state = absent;
  return piece;
}

const Piece* find_piece(const Pieces& pieces, const std::string& id) {
  const auto piece = std::ranges::find(pieces, id, &Piece::id);
  return piece == pieces.end() ? nullptr : &*piece;
}

Pieces joined(std::vector<Pieces> lists) {
  Pieces all;
  for (auto& list : lists) std::ranges::move(list, std::back_inserter(all));
  return all;
}

// The listed pieces, one describe a kind.
base::Task<Pieces> find_listed(aws::Client& client, std::vector<std::string> ids) {
  std::vector<base::Task<Pieces>> looks;
  for (const Kind* kind : kinds()) {
    std::vector<std::string> own;
    std::ranges::copy_if(ids, std::back_inserter(own),
                         [&](const auto& id) { return kind->answers_to(id); });
    if (!own.empty()) looks.push_back(kind->find(client, std::move(own)));
  }
  const Pieces found = joined(co_await base::all(std::move(looks)));
  Pieces listed;
  for (const auto& id : ids) {
    const auto piece =
        std::ranges::find_if(found, [&](const Piece& one) { return names(id, one); });
    listed.push_back(piece != found.end() ? *piece : absent_piece(*kind_of(id), id));
  }
  co_return listed;
}

// What the second round of describes brings.
struct Surroundings {
  std::vector<aws::ec2::RouteTable> tables;
  std::vector<std::pair<std::string, std::vector<aws::ec2::NetworkInterface>>> interfaces;
  Pieces addresses;
};

base::Task<void> look_at_tables(aws::Client& client, std::set<aws::VpcId> vpcs,
                                Surroundings& around) {
  if (vpcs.empty()) co_return;
  around.tables = co_await aws::ec2::route_tables_of(client, {vpcs.begin(), vpcs.end()});
}

base::Task<void> look_at_interfaces(aws::Client& client, aws::VpcId vpc, Surroundings& around) {
  auto interfaces = co_await aws::ec2::network_interfaces_of(client, vpc);
  around.interfaces.emplace_back(vpc.value, std::move(interfaces));
}

base::Task<void> look_at_addresses(aws::Client& client, std::vector<std::string> ids,
                                   Surroundings& around) {
  if (ids.empty()) co_return;
  around.addresses = co_await elastic_ip().find(client, std::move(ids));
}

base::Task<Surroundings> look_around(aws::Client& client, Pieces listed) {
  std::set<aws::VpcId> with_routes;
  std::set<aws::VpcId> to_be_detached;
  std::vector<std::string> addresses;
  for (const Piece& piece : listed) {
    if (is_gone(piece) && piece.kind != &nat_gateway()) continue;
    const bool detaches = piece.kind == &attachment() || piece.kind == &internet_gateway();
    if (piece.kind == &nat_gateway() || detaches) {
      if (!piece.vpc.empty()) with_routes.insert({piece.vpc});
    }
    if (detaches && !piece.vpc.empty()) to_be_detached.insert({piece.vpc});
    // Also those of a gateway that is deleted already: AWS shows it for an hour, and an earlier
    // run may have been cut off between the gateway and its addresses.
    for (const auto& id : piece.holds) {
      if (find_piece(listed, id) == nullptr) addresses.push_back(id);
    }
  }
  Surroundings around;
  std::vector<base::Task<void>> looks;
  looks.push_back(look_at_tables(client, with_routes, around));
  looks.push_back(look_at_addresses(client, addresses, around));
  for (const auto& vpc : to_be_detached) looks.push_back(look_at_interfaces(client, vpc, around));
  co_await base::all(std::move(looks));
  std::ranges::sort(around.interfaces, {}, [](const auto& entry) { return entry.first; });
  co_return around;
}

void imply(Observation& seen, Piece piece, const std::string& by) {
  if (find_piece(seen.pieces, piece.id) != nullptr) return;
  piece.implied_by = by;
  seen.pieces.push_back(std::move(piece));
}

// Routes to `target`: the default ones are implied by `piece`.
void imply_routes(Observation& seen, const Piece& piece, const std::string& target,
                  const Surroundings& around) {
  for (const auto& table : around.tables) {
    for (const auto& entry : table.routes) {
      if (entry.target != target) continue;
      Piece route = route_piece(table, entry);
      if (is_default(entry.destination)) {
        imply(seen, std::move(route), piece.id);
      } else if (find_piece(seen.other_routes, route.id) == nullptr) {
        seen.other_routes.push_back(std::move(route));
      }
    }
  }
}

Piece attachment_piece(const std::string& gateway, const std::string& vpc) {
  Piece piece;
  piece.kind = &attachment();
  piece.id = gateway + "|" + vpc;
  piece.state = "attached";
  piece.vpc = vpc;
  piece.target = gateway;
  return piece;
}

// Not one that AWS allocated for itself: it goes with the gateway. Not one that a deleted gateway
// still lists although it has found another use since.
bool belongs(const Piece& address, const Piece& gateway) {
  return address.owner.empty() && (address.mapped_to.empty() || !is_gone(gateway) ||
                                   base::contains(gateway.interfaces, address.mapped_to));
}

void imply_all(Observation& seen, const Piece& piece, const Surroundings& around) {
  if (piece.kind == &nat_gateway()) {
    imply_routes(seen, piece, piece.id, around);
    for (const auto& id : piece.holds) {
      const auto* address = find_piece(around.addresses, id);
      if (address != nullptr && belongs(*address, piece)) imply(seen, *address, piece.id);
    }
  } else if (piece.kind == &internet_gateway() && !piece.vpc.empty()) {
    imply_routes(seen, piece, piece.id, around);
    imply(seen, attachment_piece(piece.id, piece.vpc), piece.id);
  } else if (piece.kind == &attachment() && !is_gone(piece)) {
    imply_routes(seen, piece, piece.target, around);
  }
}

base::Task<Observation> look(aws::Client& client, Spec spec) {
  const Pieces listed = co_await find_listed(client, spec.temporary);
  const Surroundings around = co_await look_around(client, listed);
  Observation seen;
  seen.pieces = listed;
  for (const Piece& piece : listed) imply_all(seen, piece, around);
  for (const auto& [vpc, interfaces] : around.interfaces) {
    for (const auto& interface : interfaces) {
      if (interface.public_ip.empty()) continue;
      seen.mappings.push_back({vpc, interface.id.value, interface.public_ip,
                               interface.allocation ? interface.allocation->value : "",
                               interface.description});
    }
  }
  co_return seen;
}

// Nothing when AWS could not be asked just now.
base::Task<std::optional<Observation>> try_look(aws::Client& client, Spec spec,
                                                base::Instant limit) {
  try {
    co_return co_await look(client, std::move(spec));
  } catch (const aws::ServiceError& error) {
    const bool passes = aws::is_transient(error.code) || aws::is_throttling(error.code);
    if (!passes || client.system().clock.now() + look_pause >= limit) throw;
    co_return std::nullopt;
  }
}

}  // namespace

base::Task<Observation> observe(aws::Client& client, Spec spec, base::Instant limit) {
  for (;;) {
    if (auto seen = co_await try_look(client, spec, limit)) co_return std::move(*seen);
    co_await client.system().clock.sleep_for(look_pause);
  }
}

}  // namespace falsework
