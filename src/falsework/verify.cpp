#include "falsework/verify.hpp"

#include "aws/errors.hpp"
#include "base/contains.hpp"
#include "falsework/kind.hpp"

namespace falsework {

using namespace std::chrono_literals;

namespace {

// https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
constexpr base::Duration first_pause = 1s;
constexpr int looks = 4;

bool claims_to_be_gone(const PieceOutcome& one) {
  return one.fate == Fate::struck || one.fate == Fate::already_gone;
}

struct Look {
  const Kind* kind;
  std::vector<Piece> found;
  std::string problem;
  bool may_pass = false;  // the problem: throttling, or AWS's own trouble
};

base::Task<Look> look(aws::Client& client, Site site, const Kind* kind,
                      std::vector<std::string> ids) {
  Look result{kind, {}, {}, false};
  try {
    result.found = co_await kind->find(client, std::move(ids));
  } catch (const aws::ServiceError& error) {
    result.problem = "the last look failed: " + explain(error, site);
    result.may_pass = aws::is_throttling(error.code) || aws::is_transient(error.code);
  }
  co_return result;
}

base::Task<std::vector<Look>> look_at_all(aws::Client& client, Site site, const Outcome& outcome) {
  std::vector<base::Task<Look>> tasks;
  for (const Kind* kind : kinds()) {
    std::vector<std::string> ids;
    for (const auto& one : outcome.pieces) {
      if (one.piece.kind == kind) ids.push_back(one.piece.id);
    }
    if (!ids.empty()) tasks.push_back(look(client, site, kind, std::move(ids)));
  }
  return base::all(std::move(tasks));
}

// Writes the evidence; true when nothing contradicts what the outcome claims, and another look
// would show no more.
bool note(const std::vector<Look>& all, Outcome& outcome) {
  bool agrees = true;
  for (auto& one : outcome.pieces) {
    const auto seen = std::ranges::find(all, one.piece.kind, &Look::kind);
    if (!seen->problem.empty()) {
      one.evidence = "not looked at";
      if (seen->may_pass) agrees = false;
      continue;
    }
    const auto piece = std::ranges::find_if(
        seen->found, [&](const Piece& found) { return names(one.piece.id, found); });
    one.evidence = piece == seen->found.end() ? "not found" : "state " + piece->state;
    const bool gone = piece == seen->found.end() || is_gone(*piece);
    if (claims_to_be_gone(one) && !gone) agrees = false;
  }
  return agrees;
}

}  // namespace

base::Task<void> verify(aws::Client& client, Site site, base::Instant deadline, Outcome& outcome) {
  auto& clock = client.system().clock;
  auto all = co_await look_at_all(client, site, outcome);
  bool agrees = note(all, outcome);
  auto pause = first_pause;
  for (int number = 1; !agrees && number < looks && clock.now() + pause < deadline; ++number) {
    co_await clock.sleep_for(pause);
    pause *= 2;
    all = co_await look_at_all(client, site, outcome);
    agrees = note(all, outcome);
  }
  for (const Look& one : all) {
    if (!one.problem.empty()) outcome.problems.push_back(one.problem);
  }
  if (agrees) co_return;
  for (auto& one : outcome.pieces) {
    if (!claims_to_be_gone(one) || !one.evidence.starts_with("state ")) continue;
    if (base::contains(one.piece.kind->lifecycle().gone, one.evidence.substr(6))) continue;
    one.fate = Fate::failed;
    one.problem =
        fmt::format("{} was removed and is there again: {}", described(one.piece), one.evidence);
  }
}

}  // namespace falsework
