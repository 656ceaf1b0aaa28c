#include "templates/problem.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

namespace templates {

std::string describe(const Problem& problem) {
  std::string where = problem.file.empty() ? "template" : problem.file;
  if (problem.line > 0) where += fmt::format(":{}", problem.line);
  if (!problem.logical_id.empty()) where += ": " + problem.logical_id;
  const bool explained = problem.kind == Problem::Kind::syntax && !problem.subject.empty();
  return where + ": " + problem.text + (explained ? ": " + problem.subject : "");
}

std::string refusal(const std::vector<Problem>& problems) {
  const auto first_of = [&](Problem::Kind kind) -> const Problem* {
    for (const auto& problem : problems) {
      if (problem.kind == kind) return &problem;
    }
    return nullptr;
  };
  for (const auto kind : {Problem::Kind::syntax, Problem::Kind::format, Problem::Kind::function}) {
    if (const auto* problem = first_of(kind)) return problem->text;
  }
  if (const auto* first = first_of(Problem::Kind::unresolved)) {
    std::set<std::string> names;
    for (const auto& problem : problems) {
      if (problem.kind == Problem::Kind::unresolved && problem.section == first->section) {
        names.insert(problem.subject);
      }
    }
    if (first->section == "Conditions") {
      return fmt::format(
          "Template format error: Unresolved dependencies [{}]. Cannot reference resources in the "
          "Conditions block of the template",
          fmt::join(names, ", "));
    }
    const std::string prefix = first->section == "Outputs" ? "" : "Template format error: ";
    return fmt::format("{}Unresolved resource dependencies [{}] in the {} block of the template",
                       prefix, fmt::join(names, ", "), first->section);
  }
  if (first_of(Problem::Kind::unsupported_type) != nullptr) {
    std::set<std::string> types;
    for (const auto& problem : problems) {
      if (problem.kind == Problem::Kind::unsupported_type) types.insert(problem.subject);
    }
    return fmt::format("Template format error: Unrecognized resource types: [{}]",
                       fmt::join(types, ", "));
  }
  if (const auto* problem = first_of(Problem::Kind::circular)) {
    return fmt::format("Circular dependency between resources: [{}]", problem->subject);
  }
  if (const auto* problem = first_of(Problem::Kind::parameter)) return problem->text;
  return {};
}

}  // namespace templates
