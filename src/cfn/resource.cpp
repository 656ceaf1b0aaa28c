#include "cfn/resource.hpp"

#include "aws/errors.hpp"
#include "falsework/kind.hpp"
#include "falsework/observe.hpp"
#include "falsework/plan.hpp"
#include "falsework/readiness.hpp"
#include "falsework/strike.hpp"

namespace cfn {

namespace json = boost::json;

namespace {

using Problems = std::vector<std::string>;

// Strings and integers only: CloudFormation knows nothing else in Fn::GetAtt, and a double would
// come out as 5.43E1.
json::object data_of(const falsework::Outcome& outcome, const std::string& region) {
  Problems ids;
  for (const auto& one : outcome.pieces) {
    const bool gone =
        one.fate == falsework::Fate::struck || one.fate == falsework::Fate::already_gone;
    if (gone) ids.push_back(one.piece.id);
  }
  const auto saving = outcome.monthly_saving(region);
  json::object data;
  data["Struck"] = outcome.struck();
  data["Seconds"] = fmt::format("{:.1f}", base::seconds(outcome.took));
  data["Pieces"] = fmt::to_string(fmt::join(ids, ", "));
  data["MonthlySavingUSD"] = saving.money.cents();
  if (saving.at_least) data["MonthlySavingIsLowerBound"] = "true";
  return data;
}

class Falsework final : public Work {
 public:
  Falsework(http::System& system, aws::Settings settings, Event event, const ReturnAddress& sender,
            base::Instant deadline)
      : system_(system),
        client_(system, std::move(settings)),
        event_(std::move(event)),
        site_(falsework::Site::of_arn(sender.stack_id)),
        deadline_(deadline) {
    if (site_.region.empty()) site_.region = client_.region();
    client_.set_deadline(deadline_);
  }

  base::Task<Answer> run() override {
    auto parsed = falsework::Spec::parse(event_.properties);
    if (!parsed) co_return invalid(joined(parsed.error()));
    spec_ = std::move(*parsed);
    std::string refusal;
    try {
      co_return co_await strike();
    } catch (const aws::ServiceError& error) {
      // Only looks are left to fail here: nothing has been struck.
      refusal = explain(error, site_);
      if (!aws::is_denied(error.code)) co_return failed(refusal);
    }
    co_return impossible(refusal);
  }

  Answer late() const override {
    return answer_for(fmt::format("the time is up; {}", progress_.describe()), {});
  }

 private:
  bool deleting() const { return event_.type == RequestType::remove; }

  base::Task<Answer> strike() {
    if (!deleting()) {
      const Problems problems =
          co_await falsework::wait_until_ready(client_, spec_.until, site_, deadline_, progress_);
      if (!problems.empty()) co_return failed(joined(problems));
    }
    const auto plan =
        falsework::make_plan(co_await falsework::observe(client_, spec_, deadline_), spec_);
    const auto outcome = co_await falsework::strike(client_, plan, site_, deadline_, progress_);
    if (!plan.problems.empty()) co_return impossible(joined(plan.problems));
    const auto data = data_of(outcome, client_.region());
    if (!outcome.complete()) {
      const std::string why = joined(outcome.all_problems()) + "; " + progress_.describe();
      co_return outcome.only_denied() ? impossible(why, data) : failed(why, data);
    }
    system_.log.info("strike.done", {{"struck", outcome.struck()},
                                     {"seconds", base::seconds(outcome.took)},
                                     {"monthly_saving_usd", data.at("MonthlySavingUSD")}});
    co_return Answer::succeeded(data);
  }

  Answer invalid(const std::string& problems) {
    // Whatever its OnFailure says: a template with a mistake in it must not pass.
    log_problem(problems);
    if (!deleting()) return Answer::failed(problems);
    return Answer::succeeded({{"Struck", 0}, {"Warning", "nothing to do: " + problems}});
  }

  // What can go right neither now nor on a retry.
  Answer impossible(const std::string& problem, json::object data = {}) {
    if (!deleting()) return failed(problem, std::move(data));
    log_problem(problem);
    data["Warning"] = problem;
    return Answer::succeeded(std::move(data));
  }

  Answer failed(const std::string& problem, json::object data = {}) {
    log_problem(problem);
    return answer_for(problem, std::move(data));
  }

  Answer answer_for(const std::string& problem, json::object data) const {
    if (spec_.on_failure == falsework::OnFailure::fail) return Answer::failed(problem);
    data["Warning"] = problem;
    return Answer::succeeded(std::move(data));
  }

  void log_problem(const std::string& problem) {
    system_.log.error("strike.failed", {{"problem", problem}});
  }

  http::System& system_;
  aws::Client client_;
  Event event_;
  falsework::Site site_;
  base::Instant deadline_;
  falsework::Spec spec_;
  falsework::Progress progress_;
};

}  // namespace

std::unique_ptr<Work> begin_falsework(http::System& system, aws::Settings settings, Event event,
                                      ReturnAddress sender, base::Instant deadline) {
  return std::make_unique<Falsework>(system, std::move(settings), std::move(event), sender,
                                     deadline);
}

}  // namespace cfn
