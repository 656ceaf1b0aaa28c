#include "apps/falsework/local_state.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

namespace apps {

namespace {

constexpr base::Duration patience = std::chrono::seconds(1);
constexpr base::Duration between_counts = std::chrono::milliseconds(200);

volatile std::sig_atomic_t silent = 0;

// Only what is safe in a signal's handler.
void end_at_once(int signal) {
  constexpr std::string_view ended = "falsework: ended\n";
  if (silent == 0) {
    [[maybe_unused]] const auto told = ::write(STDERR_FILENO, ended.data(), ended.size());
  }
  ::_exit(signal == SIGINT ? 130 : 0);
}

}  // namespace

void end_at_once_when_told(bool quiet) {
  silent = quiet ? 1 : 0;
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) std::signal(number, end_at_once);
}

std::string ReplayProgress::at(base::Instant now, std::int64_t done, std::int64_t all) {
  const bool first = !started_ && now - begin_ >= patience;
  const bool next = started_ && terminal_ && now - shown_ >= between_counts;
  if (!first && !next) return {};
  started_ = true;
  shown_ = now;
  const auto text = fmt::format("# {}: living through its {} requests", file_, all);
  return terminal_ ? fmt::format("\r{}: {}", text, done) : text + "\n";
}

std::string megabytes(std::uint64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string large_state_warning(const std::string& file, std::uint64_t bytes) {
  return fmt::format(
      "falsework: {} has grown to {}, and every start lives through all of it; when its world is "
      "no longer needed, begin another with another file",
      file, megabytes(bytes));
}

}  // namespace apps
