// How long a strike takes over AWS's own minimum, and how often it succeeds: Falsework and the
// article's order of work, each once on every seed, in the embedded AWS.
#include <CLI/CLI.hpp>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <numeric>
#include <thread>

#include "apps/falsework/environment.hpp"

namespace {

struct Result {
  bool success = false;
  double seconds = 0;
  double minimum = 0;
};

Result strike(std::uint64_t seed, bool original) {
  sim::world::WorldSettings settings;
  settings.seed = seed;
  apps::Environment environment(settings);
  auto script = apps::fargate_nginx(seed, original);
  script.until_struck = true;
  const auto document = environment.play(std::move(script));
  Result result;
  result.success = document.failure.empty() && document.strike.failure.empty() &&
                   document.strike_seconds && document.minimum_seconds;
  result.seconds = document.strike_seconds.value_or(0);
  result.minimum = document.minimum_seconds.value_or(0);
  return result;
}

double at_rank(const std::vector<double>& sorted, double rank) {
  const auto index = std::ceil(rank * static_cast<double>(sorted.size())) - 1;
  return sorted[static_cast<std::size_t>(std::max(index, 0.0))];
}

struct Summary {
  double success = 0;
  double mean = 0;
  double ratio = 0;
};

Summary print(const char* name, const std::vector<Result>& results) {
  std::vector<double> over;
  double seconds = 0;
  double minimum = 0;
  for (const auto& result : results) {
    if (!result.success) continue;
    over.push_back(result.seconds - result.minimum);
    seconds += result.seconds;
    minimum += result.minimum;
  }
  std::ranges::sort(over);
  Summary summary;
  summary.success = 100 * static_cast<double>(over.size()) /
                    static_cast<double>(std::max<std::size_t>(results.size(), 1));
  if (over.empty()) {
    std::fputs(fmt::format("{:<12}{:>8.1f} %\n", name, summary.success).c_str(), stdout);
    return summary;
  }
  summary.mean = std::accumulate(over.begin(), over.end(), 0.0) / static_cast<double>(over.size());
  summary.ratio = seconds / minimum;
  std::fputs(fmt::format("{:<12}{:>8.1f} %{:>10.2f}{:>10.2f}{:>10.2f}{:>10.2f}{:>12.1f} %\n", name,
                         summary.success, summary.mean, at_rank(over, 0.5), at_rank(over, 0.99),
                         over.back(), 100 * (summary.ratio - 1))
                 .c_str(),
             stdout);
  return summary;
}

// Every seed in both orders of work. Each environment is a world of its own: threads share nothing.
struct Race {
  std::vector<Result> ours;
  std::vector<Result> originals;
};

Race run(std::size_t seeds) {
  Race race{std::vector<Result>(seeds), std::vector<Result>(seeds)};
  std::atomic<std::size_t> next = 0;
  std::mutex terminal;
  const auto work = [&] {
    for (std::size_t i = next++; i < seeds; i = next++) {
      race.ours[i] = strike(i + 1, false);
      race.originals[i] = strike(i + 1, true);
      if ((i + 1) % 10 != 0 && i + 1 != seeds) continue;
      const std::lock_guard lock(terminal);
      std::fputs(fmt::format("\r{} of {} seeds", i + 1, seeds).c_str(), stderr);
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
    threads.emplace_back(work);
  }
  threads.clear();
  std::fputs("\n", stderr);
  return race;
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("Seconds over AWS's own minimum, ours and the original's.");
  std::size_t seeds = 1000;
  app.add_option("--seeds", seeds, "How many")->capture_default_str();
  CLI11_PARSE(app, count, arguments);

  const auto race = run(seeds);
  std::fputs(fmt::format("{} seeds, seconds over AWS's own minimum of those that succeed\n"
                         "{:<12}{:>10}{:>10}{:>10}{:>10}{:>10}{:>14}\n",
                         seeds, "", "success", "mean", "median", "p99", "max", "over minimum")
                 .c_str(),
             stdout);
  const auto ours = print("falsework", race.ours);
  print("original", race.originals);
  std::fputs("wanted         100.0 %, at most 3.0 % over the minimum\n", stdout);
  for (std::size_t i = 0; i < race.ours.size(); ++i) {
    if (!race.ours[i].success) {
      std::fputs(fmt::format("falsework failed on seed {}\n", i + 1).c_str(), stdout);
    }
  }
  return ours.success == 100 && ours.ratio <= 1.03 ? 0 : 1;
}
