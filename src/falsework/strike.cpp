#include "falsework/strike.hpp"

#include <stdexcept>

#include "aws/errors.hpp"
#include "falsework/kind.hpp"
#include "falsework/verify.hpp"
#include "falsework/wait.hpp"

namespace falsework {

namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

// How long a refusal is believed to pass although nothing explains it any more: an address is
// refused up to ten seconds after its NAT gateway reads "deleted".
constexpr base::Duration grace = 30s;
// Between two attempts while a refusal lasts. Deletions refill at 5 a second and action: two pieces
// of a kind may try at this pace for ever, more of them take longer turns.
constexpr base::Duration pause_between_attempts = 400ms;
constexpr std::size_t tried_freely = 2;
constexpr base::Duration impatient_for = 1min;

enum class StepState { open, gone, stuck };

// Everything the steps of one strike share. They all run on one thread.
struct Run {
  aws::Client& client;
  const Plan& plan;
  const Site& site;
  base::Instant deadline;
  Progress& progress;
  std::vector<PieceOutcome> outcomes;
  std::vector<StepState> states;
  base::Signal changed;

  base::Clock& clock() { return client.system().clock; }
  base::Log& log() { return client.system().log; }
};

json::object about(const Piece& piece) {
  return {{"id", piece.id}, {"type", piece.kind->type()}};
}

void log_waiting(Run& run, const Piece& piece, const std::string& what, const std::string& state) {
  run.progress.row(piece.id).waits_for = what;
  auto fields = about(piece);
  fields["for"] = what;
  fields["state"] = state;
  run.log().info("piece.waiting", std::move(fields));
}

std::size_t others_of_its_kind(const Run& run, const Piece& piece) {
  const auto same = std::ranges::count_if(
      run.plan.steps, [&](const Step& step) { return step.piece.kind == piece.kind; });
  return static_cast<std::size_t>(same) - 1;
}

// The refusal; nothing when AWS accepted.
base::Task<std::optional<aws::ServiceError>> try_remove(aws::Client& client, Piece piece) {
  try {
    co_await piece.kind->remove(client, std::move(piece));
    co_return std::nullopt;
  } catch (const aws::ServiceError& error) {
    co_return error;
  }
}

base::Task<void> look_for_holder(aws::Client& client, Piece piece,
                                 std::optional<std::string>& holder) {
  try {
    holder = co_await piece.kind->holder(client, std::move(piece));
  } catch (const aws::ServiceError&) {
    holder = std::nullopt;  // the grace decides then
  }
}

// The refusal says nothing of the piece: AWS is busy, or was not reached.
bool is_about_aws(const std::string& code) {
  return aws::is_throttling(code) || aws::is_transient(code);
}

bool may_pass(const std::string& code) {
  return aws::is_still_in_use(code) || is_about_aws(code);
}

// The retries of one piece's removal: why it goes on, and for how long.
class Refusals {
 public:
  Refusals(Run& run, const Piece& piece)
      : run_(run), piece_(piece), start_(run.clock().now()), explained_(start_) {}

  // Waits a turn, looking meanwhile whether the facts explain the refusal. Throws it when it is
  // final, std::runtime_error in words when it has lasted too long.
  base::Task<void> sit_out(aws::ServiceError refusal) {
    if (!may_pass(refusal.code)) throw refusal;
    std::optional<std::string> holder;
    std::vector<base::Task<void>> both;
    both.push_back(run_.clock().sleep_for(pause()));
    both.push_back(look_for_holder(run_.client, piece_, holder));
    co_await base::all(std::move(both));
    const auto now = run_.clock().now();
    const bool busy = is_about_aws(refusal.code);
    if (holder || busy) explained_ = now;
    const std::string what = busy ? "AWS to take the call"
                                  : holder.value_or("AWS to see that nothing holds it any more");
    report(refusal, what);
    const bool out_of_time =
        now >= std::min(run_.deadline, start_ + piece_.kind->lifecycle().limit);
    if (out_of_time || now - explained_ > grace) {
      throw std::runtime_error(fmt::format("{} after {} of waiting for {}",
                                           explain(refusal, run_.site, piece_.id),
                                           base::human(now - start_), what));
    }
  }

 private:
  base::Duration pause() const {
    const auto turns =
        static_cast<std::int64_t>(1 + others_of_its_kind(run_, piece_) / tried_freely);
    const bool impatient = run_.clock().now() - start_ < impatient_for;
    return pause_between_attempts * turns * (impatient ? 1 : 5);
  }

  // Once for each code and reason.
  void report(const aws::ServiceError& refusal, const std::string& what) {
    if (refusal.code == code_ && what == what_) return;
    code_ = refusal.code;
    what_ = what;
    run_.progress.row(piece_.id).waits_for = what;
    auto fields = about(piece_);
    fields["code"] = code_;
    fields["for"] = what_;
    run_.log().info("piece.refused", std::move(fields));
  }

  Run& run_;
  const Piece& piece_;
  base::Instant start_;
  base::Instant explained_;
  std::string code_;
  std::string what_;
};

// True when somebody else had removed the piece already. Throws what Refusals throws.
base::Task<bool> remove(Run& run, const Piece& piece) {
  Refusals refusals(run, piece);
  for (;;) {
    if (run.clock().now() >= run.deadline) {
      throw std::runtime_error(fmt::format("{}: the time was up", piece.id));
    }
    const auto refusal = co_await try_remove(run.client, piece);
    if (!refusal) co_return false;
    if (aws::is_not_found(refusal->code)) co_return true;
    co_await refusals.sit_out(*refusal);
  }
}

// False when a step it needs got stuck.
base::Task<bool> wait_for_earlier(Run& run, std::size_t index) {
  const Step& step = run.plan.steps[index];
  for (const Edge& edge : step.after) {
    if (run.states[edge.before] == StepState::open) {
      const auto& earlier = run.plan.steps[edge.before].piece;
      log_waiting(run, step.piece, fmt::format("{} ({})", earlier.id, edge.reason),
                  step.piece.state);
    }
    while (run.states[edge.before] == StepState::open) co_await run.changed.wait();
    if (run.states[edge.before] == StepState::stuck) co_return false;
  }
  run.progress.row(step.piece.id).waits_for.clear();
  co_return true;
}

base::Task<void> strike_piece(Run& run, const Piece& piece, PieceOutcome& outcome) {
  const auto start = run.clock().now();
  bool already_gone = false;
  if (piece.state != piece.kind->lifecycle().going) {
    run.log().info("piece.removing", about(piece));
    already_gone = co_await remove(run, piece);
  }
  if (!already_gone) {
    if (!piece.kind->lifecycle().looks.empty()) {
      run.progress.row(piece.id).waits_for = "its deletion";
    }
    co_await wait_until_gone(
        run.client, piece, run.deadline, others_of_its_kind(run, piece),
        [&](const std::string& state) { log_waiting(run, piece, "its deletion", state); });
  }
  outcome.took = run.clock().now() - start;
  outcome.fate = already_gone ? Fate::already_gone : Fate::struck;
  auto fields = about(piece);
  fields["seconds"] = base::seconds(outcome.took);
  fields["already_gone"] = already_gone;
  run.log().info("piece.struck", std::move(fields));
}

base::Task<void> try_step(Run& run, std::size_t index) {
  const Piece& piece = run.plan.steps[index].piece;
  PieceOutcome& outcome = run.outcomes[index];
  try {
    co_await strike_piece(run, piece, outcome);
  } catch (const aws::ServiceError& error) {
    outcome.fate = Fate::failed;
    outcome.problem = explain(error, run.site, piece.id);
    outcome.denied = aws::is_denied(error.code);
  } catch (const std::exception& error) {
    outcome.fate = Fate::failed;
    outcome.problem = error.what();
  }
}

base::Task<void> run_step(Run& run, std::size_t index) {
  if (co_await wait_for_earlier(run, index)) co_await try_step(run, index);
  const PieceOutcome& outcome = run.outcomes[index];
  const bool gone = outcome.fate == Fate::struck || outcome.fate == Fate::already_gone;
  run.states[index] = gone ? StepState::gone : StepState::stuck;
  auto& row = run.progress.row(outcome.piece.id);
  row.ended = gone;
  if (gone) row.waits_for.clear();
  run.changed.notify();
}

void log_plan(base::Log& log, const Plan& plan) {
  json::array pieces;
  for (const Step& step : plan.steps) {
    json::object entry = about(step.piece);
    entry["implied_by"] = step.piece.implied_by;
    entry["reason"] = step.reason;
    json::array after;
    for (const Edge& edge : step.after) {
      after.push_back({{"id", plan.steps[edge.before].piece.id}, {"reason", edge.reason}});
    }
    entry["after"] = std::move(after);
    pieces.push_back(std::move(entry));
  }
  log.info("strike.planned", {{"pieces", std::move(pieces)}});
  if (plan.kept.empty()) return;
  json::array kept;
  for (const Piece& piece : plan.kept) {
    auto entry = about(piece);
    entry["implied_by"] = piece.implied_by;
    kept.push_back(std::move(entry));
  }
  log.info("strike.kept", {{"pieces", std::move(kept)}});
}

Outcome refused(const Plan& plan) {
  Outcome outcome;
  outcome.problems = plan.problems;
  for (const Step& step : plan.steps) outcome.pieces.push_back({.piece = step.piece});
  return outcome;
}

// What is gone already is reported first: it is evidence too.
void note_gone(base::Log& log, const Plan& plan, Outcome& outcome) {
  for (const Piece& piece : plan.gone) {
    auto fields = about(piece);
    fields["seconds"] = 0;
    fields["already_gone"] = true;
    log.info("piece.struck", std::move(fields));
    outcome.pieces.push_back({.piece = piece, .fate = Fate::already_gone});
  }
}

}  // namespace

base::Task<Outcome> strike(aws::Client& client, Plan plan, Site site, base::Instant deadline,
                           Progress& progress) {
  base::Log& log = client.system().log;
  const auto start = client.system().clock.now();
  log_plan(log, plan);
  if (!plan.problems.empty()) co_return refused(plan);

  Outcome outcome;
  note_gone(log, plan, outcome);
  Run run{client, plan, site, deadline, progress, {}, {}, {}};
  std::vector<std::string> ids;
  std::vector<base::Task<void>> steps;
  for (const Step& step : plan.steps) {
    ids.push_back(step.piece.id);
    run.outcomes.push_back({.piece = step.piece});
    run.states.push_back(StepState::open);
  }
  progress.begin(std::move(ids));
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    steps.push_back(run_step(run, index));
  }
  co_await base::all(std::move(steps));
  std::ranges::move(run.outcomes, std::back_inserter(outcome.pieces));
  co_await verify(client, site, deadline, outcome);
  outcome.took = client.system().clock.now() - start;
  co_return outcome;
}

}  // namespace falsework
