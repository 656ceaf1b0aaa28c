#include "templates/rules.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace templates {

std::vector<Problem> broken_rules(const Scope& scope) {
  std::vector<Problem> problems;
  const auto problem = [&](const Rule& rule, std::string text) {
    problems.push_back({scope.source.file, scope.source.positions.line(below("/Rules", rule.name)),
                        "", std::move(text), Problem::Kind::parameter, rule.name, "Rules"});
  };
  for (const auto& rule : scope.source.rules) {
    try {
      if (!rule.condition.is_null() && !holds(rule.condition, scope)) continue;
      for (const auto& assertion : rule.assertions) {
        if (holds(assertion.assertion, scope)) continue;
        problem(rule, assertion.description.empty()
                          ? fmt::format("Rule {} is not satisfied by the parameters", rule.name)
                          : assertion.description);
      }
    } catch (const ResolveError& error) {
      problem(rule, error.what());
    }
  }
  return problems;
}

}  // namespace templates
