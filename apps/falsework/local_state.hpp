// What the user sees of a state file: how far living through it has come, that a signal ends this
// too, and how large it has grown.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.hpp"

namespace apps {

// From here on SIGTERM, SIGINT and SIGHUP end this program at once with its usual exit code, until
// somebody else takes them over. Sound only while nothing is half done: a state file survives a
// kill at any moment, and no function has been started yet.
void end_at_once_when_told(bool quiet);

// Lines on stderr when a replay takes longer than a second: one, and on a terminal one that counts.
class ReplayProgress {
 public:
  ReplayProgress(std::string file, base::Instant begin, bool terminal)
      : file_(std::move(file)), begin_(begin), shown_(begin), terminal_(terminal) {}
  // The text to write now; empty for none.
  std::string at(base::Instant now, std::int64_t done, std::int64_t all);
  // What has to follow before anything else is written.
  std::string end() const { return terminal_ && started_ ? "\n" : ""; }

 private:
  std::string file_;
  base::Instant begin_;
  base::Instant shown_;
  bool terminal_;
  bool started_ = false;
};

// "12.3 MB".
std::string megabytes(std::uint64_t bytes);

// Above this every start takes its time, and the file may be larger than its user thinks.
inline constexpr std::uint64_t large_state = 256ULL * 1024 * 1024;
// What to say about a file above it.
std::string large_state_warning(const std::string& file, std::uint64_t bytes);

}  // namespace apps
