// The function's log read back: the strike as it told it, one fact a line. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "cli/document.hpp"

namespace cli {

struct LogLine {
  base::Instant time;
  std::string text;  // a JSON fact, or Lambda's own START, END and REPORT lines
};

struct StrikeLog {
  Strike strike;
  std::vector<Moment> moments;
  bool answered = false;  // the function has sent its answer to CloudFormation
};

// Lines in the order of time; those that are no facts are skipped. A piece that two runs report is
// told once, as the first run did it. `start` is moment 0.
StrikeLog read_strike_log(const std::vector<LogLine>& lines, base::Instant start);

}  // namespace cli
