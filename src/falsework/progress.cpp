#include "falsework/progress.hpp"

#include <cassert>

namespace falsework {

void Progress::begin(std::vector<std::string> ids) {
  rows.clear();
  for (auto& id : ids) rows.push_back({std::move(id), false, {}});
}

Progress::Row& Progress::row(const std::string& id) {
  const auto found = std::ranges::find(rows, id, &Row::id);
  assert(found != rows.end());
  return *found;
}

std::string Progress::describe() const {
  std::vector<std::string> left;
  std::vector<std::string> done;
  for (const Row& row : rows) {
    if (row.ended) {
      done.push_back(row.id);
    } else if (row.waits_for.empty()) {
      left.push_back(row.id);
    } else {
      left.push_back(fmt::format("{} (waits for {})", row.id, row.waits_for));
    }
  }
  if (left.empty() && done.empty()) return "nothing had begun";
  return fmt::format("left: {}; done: {}",
                     left.empty() ? "nothing" : fmt::to_string(fmt::join(left, ", ")),
                     done.empty() ? "nothing" : fmt::to_string(fmt::join(done, ", ")));
}

}  // namespace falsework
