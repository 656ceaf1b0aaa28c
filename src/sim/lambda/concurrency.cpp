// How many invocations may run at the same time, and the account's limits.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
#include "sim/lambda/lambda.hpp"

namespace sim::lambda {

int Lambda::reserved() const {
  int sum = 0;
  for (const auto& [name, number] : reserved_) sum += number;
  return sum;
}

void Lambda::check_concurrency(const std::string& function) const {
  const auto now = running_.find(function);
  if (const auto own = reserved_.find(function); own != reserved_.end()) {
    if ((now == running_.end() ? 0 : now->second) < own->second) return;
  } else {
    int others = 0;
    for (const auto& [name, number] : running_) {
      if (!reserved_.contains(name)) others += number;
    }
    if (others < knobs_.concurrency - reserved()) return;
  }
  throw Error("TooManyRequestsException", "Rate Exceeded.", 429);
}

json::object Lambda::put_concurrency(const Call& call) {
  const auto function = find(call)->name;
  const auto wanted = Fields(call.input).integer("ReservedConcurrentExecutions", -1);
  if (wanted < 0) {
    throw Error("ValidationException",
                "1 validation error detected: Value at 'reservedConcurrentExecutions' failed to "
                "satisfy constraint: Member must have value greater than or equal to 0");
  }
  const auto before = reserved_.contains(function) ? reserved_.at(function) : 0;
  if (knobs_.concurrency - (reserved() - before) - wanted < knobs_.unreserved) {
    throw Error("InvalidParameterValueException",
                fmt::format("Specified ReservedConcurrentExecutions for function decreases "
                            "account's UnreservedConcurrentExecution below its minimum value of "
                            "[{}].",
                            knobs_.unreserved));
  }
  reserved_[function] = static_cast<int>(wanted);
  return {{"ReservedConcurrentExecutions", wanted}};
}

json::object Lambda::get_concurrency(const Call& call) {
  const auto found = reserved_.find(find(call)->name);
  if (found == reserved_.end()) return {};
  return {{"ReservedConcurrentExecutions", found->second}};
}

json::object Lambda::delete_concurrency(const Call& call) {
  reserved_.erase(find(call)->name);
  return {};
}

json::object Lambda::get_account_settings(const Call&) {
  std::size_t size = 0;
  for (const auto& [name, function] : functions_) size += function->code.size();
  for (const auto& [name, versions] : versions_) {
    for (const auto& [number, version] : versions) size += version->code.size();
  }
  return {{"AccountLimit",
           {{"TotalCodeSize", 80'530'636'800},
            {"CodeSizeUnzipped", 262'144'000},
            {"CodeSizeZipped", 52'428'800},
            {"ConcurrentExecutions", knobs_.concurrency},
            {"UnreservedConcurrentExecutions", knobs_.concurrency - reserved()}}},
          {"AccountUsage", {{"TotalCodeSize", size}, {"FunctionCount", functions_.size()}}}};
}

}  // namespace sim::lambda
