// How fast and how small the function is, each figure beside the least it could be: ./dev bench
// bootstrap. Without arguments it measures build/package/x86_64/bootstrap; with one, that program.
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "measure.hpp"

namespace {

constexpr int rounds = 50;

struct Row {
  std::string figure;
  std::string measured;
  std::string floor;
  std::string ratio;
  std::string limit;
  std::optional<bool> holds;
};

class Table {
 public:
  void add(Row row) {
    over_ = over_ || row.holds == false;
    const char* verdict = !row.holds ? "" : *row.holds ? "ok" : "OVER";
    print(row.figure, row.measured, row.floor, row.ratio, row.limit, verdict);
  }
  static void print(std::string_view figure, std::string_view measured, std::string_view floor,
                    std::string_view ratio, std::string_view limit, std::string_view verdict) {
    fmt::print("{:<44} {:>11} {:>11} {:>7} {:>9}  {}\n", figure, measured, floor, ratio, limit,
               verdict);
    std::fflush(stdout);
  }
  bool over() const { return over_; }

 private:
  bool over_ = false;
};

std::string ms(bench::Milliseconds value) {
  return fmt::format("{:.2f} ms", value.count());
}
std::string times(double ratio) {
  return fmt::format("{:.{}f}x", ratio, ratio < 10 ? 2 : 0);
}

std::string skipped(const std::string& reason) {
  return "skipped: " + reason;
}

bench::Milliseconds median_of(const std::function<bench::Milliseconds()>& once, int times) {
  std::vector<bench::Milliseconds> values;
  for (int i = 0; i < times; ++i) values.push_back(once());
  return bench::median(std::move(values));
}

std::string output_of(const char* command) {
  std::string text;
  if (FILE* pipe = ::popen(command, "r"); pipe != nullptr) {
    std::array<char, 4096> buffer;
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) text += buffer.data();
    ::pclose(pipe);
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// The system's roots and ours, in one file; empty without a system bundle.
std::string make_bundle(const bench::Authority& authority) {
  std::ifstream system("/etc/ssl/certs/ca-certificates.crt");
  if (!system) return {};
  const std::string path = "/tmp/falsework-bench-" + std::to_string(::getpid()) + ".pem";
  std::ofstream(path) << std::string{std::istreambuf_iterator<char>(system), {}} << authority.pem;
  return path;
}

// Alternating, so that what else the machine does falls on both.
void start_up(Table& table, const bench::Subject& function, const bench::Subject& floor) {
  std::vector<bench::Milliseconds> ours;
  std::vector<bench::Milliseconds> least;
  for (int i = 0; i < rounds; ++i) {
    least.push_back(bench::until_next(floor));
    ours.push_back(bench::until_next(function));
  }
  const auto a = bench::median(ours);
  const auto b = bench::median(least);
  table.add(
      {"exec to first /next (floor: raw-socket C)", ms(a), ms(b), times(a / b), "2x", a / b <= 2});

  const std::string python =
      output_of("python3 -c 'import boto3, sys; print(sys.executable)' 2>&1");
  if (!python.starts_with('/')) {
    table.add({"  the article's function, Python and boto3", "", "", "", "", std::nullopt});
    fmt::print("    {}\n", skipped("python3 with boto3 is not installed"));
    return;
  }
  const bench::Subject article{{python, FALSEWORK_ARTICLE}, {}};
  const auto c = median_of([&] { return bench::until_next(article); }, 10);
  table.add({"  the article's function, Python and boto3", ms(c), ms(a), times(c / a), "", {}});
}

void files(Table& table, const bench::Subject& function) {
  if (output_of("command -v strace").empty()) {
    table.add({"files opened before it", "", "", "", "1", {}});
    fmt::print("    {}\n", skipped("strace is not installed"));
    return;
  }
  const auto opened = bench::files_opened(function);
  const bool only_bundle = opened.empty() || (opened.size() == 1 && opened[0].ends_with(".crt"));
  table.add({"files opened before it (at most the CA bundle)", std::to_string(opened.size()), "0",
             "", "1", only_bundle});
  for (const std::string& file : opened) fmt::print("    {}\n", file);
}

void first_call(Table& table, const bench::Subject& function, bench::FirstCall setting,
                const std::string& figure, double limit, int times_run) {
  const auto least = median_of([&] { return bench::bare_first_call(setting); }, times_run);
  const auto ours =
      median_of([&] { return bench::until_first_call(function, setting); }, times_run);
  table.add({figure, ms(ours), ms(least), times(ours / least), fmt::format("{} ms", limit),
             ours.count() <= limit});
}

void first_report(Table& table, const bench::Subject& function) {
  const auto took = median_of([&] { return bench::until_report(function); }, rounds);
  table.add({"bad first event to its report", ms(took), "", "", "5 ms", took.count() <= 5});
}

void trusted(Table& table, const bench::Subject& function) {
  const auto authority = bench::make_authority();
  const std::string bundle = make_bundle(authority);
  if (bundle.empty()) {
    fmt::print("first signed call over TLS: {}\n", skipped("ca-certificates is not installed"));
    return;
  }
  bench::FirstCall setting{authority, bundle, nullptr};
  first_call(table, function, setting, "first signed call over TLS, all system roots", 5, rounds);

  const bench::Throttle throttle;
  if (throttle.problem().empty()) {
    bench::FirstCall held{authority, bundle, &throttle};
    first_call(table, function, held, "  the same, held to 7.2 % of a processor", 60, rounds);
  } else {
    fmt::print("  the same, held to 7.2 % of a processor: {}\n", skipped(throttle.problem()));
  }

  const double memory = static_cast<double>(bench::strike_memory(function, setting)) / 1e6;
  table.add({"peak memory over a whole strike with TLS", fmt::format("{:.1f} MB", memory), "", "",
             "10 MB", memory <= 10});
  std::filesystem::remove(bundle);
  std::filesystem::remove(bundle + ".one");
}

void package(Table& table) {
  std::error_code error;
  const auto size = std::filesystem::file_size(FALSEWORK_PACKAGE, error);
  if (error) {
    fmt::print("size of the package: {}\n", skipped("./dev package has not made it"));
    return;
  }
  const double megabytes = static_cast<double>(size) / 1e6;
  table.add(
      {"size of the package", fmt::format("{:.2f} MB", megabytes), "", "", "3 MB", megabytes <= 3});
}

int run(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  const std::string program = count > 1 ? arguments[1] : FALSEWORK_FUNCTION;
  if (!std::filesystem::exists(program)) {
    fmt::print(stderr, "{} does not exist: ./dev package makes it\n", program);
    return 2;
  }
  const bench::Subject function{{program}, {}};
  const bench::Subject floor{{FALSEWORK_FLOOR}, {}};
  Table table;
  Table::print("figure", "measured", "floor", "ratio", "limit", "");
  start_up(table, function, floor);
  files(table, function);
  first_report(table, function);
  trusted(table, function);
  package(table);
  return table.over() ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_bootstrap: {}\n", error.what());
    return 2;
  }
}
