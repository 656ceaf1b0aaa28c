#include "falsework/outcome.hpp"

#include "falsework/kind.hpp"
#include "falsework/prices.hpp"

namespace falsework {

namespace {

bool is_struck(const PieceOutcome& one) {
  return one.fate == Fate::struck || one.fate == Fate::already_gone;
}

}  // namespace

bool Outcome::complete() const {
  return problems.empty() && std::ranges::all_of(pieces, is_struck);
}

int Outcome::struck() const {
  return static_cast<int>(std::ranges::count_if(pieces, is_struck));
}

Price Outcome::monthly_saving(std::string_view region) const {
  Price sum;
  for (const auto& one : pieces) {
    if (!is_struck(one)) continue;
    const Price hour = one.piece.kind->hourly(region);
    sum.money = sum.money + hour.money * hours_per_month;
    sum.at_least = sum.at_least || hour.at_least;
  }
  return sum;
}

bool Outcome::only_denied() const {
  return problems.empty() && std::ranges::all_of(pieces, [](const PieceOutcome& one) {
           return one.fate != Fate::failed || one.denied;
         });
}

std::vector<std::string> Outcome::all_problems() const {
  std::vector<std::string> all = problems;
  for (const auto& one : pieces) {
    if (!one.problem.empty()) all.push_back(one.problem);
  }
  return all;
}

}  // namespace falsework
