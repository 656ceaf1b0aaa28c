// Where a run stands at this moment, for whoever must answer before it has ended.
#pragma once

#include <string>
#include <vector>

namespace falsework {

struct Progress {
  struct Row {
    std::string id;
    bool ended = false;
    std::string waits_for;  // empty: in work, or not begun
  };
  std::vector<Row> rows;

  void begin(std::vector<std::string> ids);
  // Precondition: `id` was begun.
  Row& row(const std::string& id);
  // "left: nat-1 (waits for deleted, is deleting), eipalloc-1; done: rtb-1|0.0.0.0/0"
  std::string describe() const;
};

}  // namespace falsework
