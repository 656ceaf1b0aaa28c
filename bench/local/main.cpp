// What the embedded AWS costs: ./dev bench local. Each figure stands beside its limit.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <thread>

#include "apps/falsework/environment.hpp"
#include "aws/protocol.hpp"
#include "aws/sigv4.hpp"
#include "load.hpp"
#include "stacks.hpp"
#include "tests/driver/process.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

class Table {
 public:
  Table() { print("figure", "measured", "limit", "ratio", ""); }
  // At most, or, with `at_least`, no less than the limit.
  void add(std::string_view figure, double measured, double limit, std::string_view unit,
           bool at_least = false) {
    const bool holds = at_least ? measured >= limit : measured <= limit;
    over_ = over_ || !holds;
    print(figure, fmt::format("{:.{}f} {}", measured, measured < 100 ? 1 : 0, unit),
          fmt::format("{} {}", limit, unit), fmt::format("{:.2f}x", measured / limit),
          holds ? "ok" : "OVER");
  }
  // A figure without a limit, or the reason why there is none.
  static void note(std::string_view figure, std::string_view text) {
    print(figure, text, "", "", "");
  }
  bool over() const { return over_; }

 private:
  static void print(std::string_view figure, std::string_view measured, std::string_view limit,
                    std::string_view ratio, std::string_view verdict) {
    fmt::print("{:<50} {:>12} {:>12} {:>7}  {}\n", figure, measured, limit, ratio, verdict);
    std::fflush(stdout);
  }
  bool over_ = false;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

double megabytes(std::size_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

std::vector<std::string> environment() {
  return {"HOME=/nonexistent", "PATH=/usr/local/bin:/usr/bin:/bin"};
}

// Create, strike, delete and every check between, of the example.
void story(Table& table) {
  std::vector<double> times;
  for (std::uint64_t seed = 1; seed <= 21; ++seed) {
    const auto begin = std::clock();
    sim::world::WorldSettings settings;
    settings.seed = seed;
    apps::Environment ground(settings);
    const auto document = ground.play(apps::fargate_nginx(seed, false));
    if (!document.failure.empty()) throw std::runtime_error(document.failure);
    times.push_back(1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  table.add("create, strike and delete of the example, median", median(times), 150, "ms");
}

// Resident memory and the time to be ready.
struct Start {
  double milliseconds = 0;
  double memory = 0;
};

Start start_falsework() {
  const auto begin = Clock::now();
  const driver::Process program({FALSEWORK_COMMAND, "local", "--port", "0", "--quiet"},
                                environment());
  if (!program.first_line().starts_with("ready ")) throw std::runtime_error("it is not ready");
  const Milliseconds took = Clock::now() - begin;
  return {took.count(), megabytes(program.memory())};
}

void start_up(Table& table) {
  std::vector<double> times, memory;
  for (int i = 0; i < 21; ++i) {
    const auto start = start_falsework();
    times.push_back(start.milliseconds);
    memory.push_back(start.memory);
  }
  table.add("exec to the ready line, median", median(times), 50, "ms");
  table.add("resident memory when idle", median(memory), 40, "MB");
}

// Python: its shebang or shim ends in the server itself.
void other_server(const std::string& path) {
  if (path.empty()) {
    return Table::note("  moto's server", "skipped: moto_server is not on the PATH");
  }
  const std::string port = "45661";
  const auto begin = Clock::now();
  std::vector<std::string> own;
  for (char** variable = ::environ; *variable != nullptr; ++variable) own.emplace_back(*variable);
  const driver::Process program({path, "-p", port}, own);
  const std::string request = "GET /moto-api/ HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (bool answered = false; !answered && Clock::now() - begin < std::chrono::seconds(20);) {
    try {
      bench::hammer(static_cast<std::uint16_t>(std::stoi(port)), request, 1,
                    std::chrono::milliseconds(1));
      answered = true;
    } catch (const std::exception&) {
      // It does not listen yet.
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  const Milliseconds took = Clock::now() - begin;
  Table::note("  moto's server, exec to the first answer", fmt::format("{:.0f} ms", took.count()));
  Table::note("  moto's server, resident memory",
              fmt::format("{:.1f} MB", megabytes(program.memory())));
}

std::string bytes_of(const http::Request& request) {
  auto text = request.method + ' ' + request.url.target +
              " HTTP/1.1\r\nHost: " + request.url.authority() + "\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  return text + "Content-Length: " + std::to_string(request.body.size()) + "\r\n\r\n" +
         request.body;
}

void requests(Table& table) {
  const driver::Process program(
      {FALSEWORK_COMMAND, "local", "--port", "0", "--quiet", "--json", "--speed", "1000"},
      environment());
  const auto ready = boost::json::parse(program.first_line());
  const auto& variables = ready.at("environment").as_object();
  const auto text = [&](const char* name) { return std::string(variables.at(name).as_string()); };
  const auto endpoint = http::Url::parse(text("AWS_ENDPOINT_URL"));
  aws::sigv4::Keys keys({text("AWS_ACCESS_KEY_ID"), text("AWS_SECRET_ACCESS_KEY"), ""});
  const auto signed_bytes = [&](const std::string& service, http::Request request) {
    request.url = endpoint;
    aws::sigv4::sign(request, keys, {text("AWS_DEFAULT_REGION"), service},
                     base::real_runtime()->clock().now(), aws::sigv4::options_of(service));
    return bytes_of(request);
  };
  struct Row {
    const char* figure;
    std::string request;
  };
  for (const auto& [figure, request] : std::vector<Row>{
           {"signed requests a second, sts GetCallerIdentity",
            signed_bytes("sts",
                         aws::protocol::query_request("2011-06-15", "GetCallerIdentity", {}))},
           {"signed requests a second, ssm GetParameter",
            signed_bytes("ssm",
                         aws::protocol::json_request("AmazonSSM", "GetParameter",
                                                     {{"Name",
                                                       "/aws/service/ami-amazon-linux-latest/"
                                                       "amzn2-ami-hvm-arm64-gp2"}}))},
       }) {
    const auto load = bench::hammer(endpoint.port, request, 16, std::chrono::seconds(3));
    if (!load.failure.empty()) throw std::runtime_error(std::string(figure) + ": " + load.failure);
    table.add(figure, load.per_second, 2000, "/s", true);
  }
  Table::note("  resident memory after it", fmt::format("{:.1f} MB", megabytes(program.memory())));
}

void memory(Table& table, int stacks) {
  const std::vector<int> marks{stacks / 5, stacks};
  const auto begin = std::clock();
  const auto after = bench::memory_after(marks);
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  Table::note(fmt::format("resident memory after {} stacks", marks[0]),
              fmt::format("{:.1f} MB", megabytes(after[0])));
  table.add(fmt::format("resident memory after {} stacks", marks[1]), megabytes(after[1]),
            std::round(megabytes(after[0]) * 1.05), "MB");
  Table::note("  processor time of a small stack's life",
              fmt::format("{:.2f} ms", 1000 * seconds / marks[1]));
}

std::string on_path(const std::string& path, const std::string& name) {
  for (const auto part : std::views::split(path, ':')) {
    auto file = std::string(part.begin(), part.end()) + '/' + name;
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return {};
}

int run(int count, char** arguments) {
  CLI::App app("What the embedded AWS costs: time, memory, requests a second.");
  int stacks = 10'000;
  app.add_option("--stacks", stacks, "How many come and go")->capture_default_str();
  CLI11_PARSE(app, count, arguments);
  const char* path = std::getenv("PATH");
  Table table;
  start_up(table);
  other_server(on_path(path == nullptr ? "" : path, "moto_server"));
  story(table);
  requests(table);
  memory(table, stacks);
  return table.over() ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_local: {}\n", error.what());
    return 2;
  }
}
