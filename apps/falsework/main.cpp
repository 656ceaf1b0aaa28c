// The falsework command: its arguments, where its output goes, and its exit code.
//
// Exit codes: 0 all checks hold, 1 some do not, 2 wrong usage or a template with mistakes in it,
// 130 interrupted.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "apps/falsework/environment.hpp"
#include "apps/falsework/local.hpp"
#include "cli/report.hpp"
#include "cli/terminal.hpp"
#include "sim/cloudformation/cloudformation.hpp"
#include "sim/cloudformation/handler.hpp"
#include "templates/parameters.hpp"

namespace {

constexpr int all_well = 0;
constexpr int not_all_well = 1;
constexpr int bad_input = 2;

struct DemoArguments {
  std::uint64_t seed = 1;
  bool json = false;
  std::string report;
  bool original = false;
  std::string root_template;
  bool no_color = false;
  bool quiet = false;
};

void write_error(const std::string& text) {
  std::fputs((text + "\n").c_str(), stderr);
}

// Nothing lives outside this process: whatever was being built goes with it.
extern "C" void interrupted(int) {
  constexpr char text[] =
      "\nfalsework: interrupted; the demo lived in this process only, nothing is left of it\n";
  // Nothing can be done about a failure here.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, sizeof text - 1);
  ::_exit(130);
}

std::string environment_value(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string first_of(std::initializer_list<std::string> values) {
  const auto* found =
      std::ranges::find_if(values, [](const auto& value) { return !value.empty(); });
  return found == values.end() ? "" : *found;
}

// https://specifications.freedesktop.org/basedir-spec/latest/
apps::Surroundings surroundings() {
  const auto temporary = first_of({environment_value("TMPDIR"), "/tmp"});
  const auto home = environment_value("HOME");
  // Never among what is temporary: others could have a folder of that name there first.
  const auto data =
      first_of({environment_value("XDG_DATA_HOME"), home.empty() ? "" : home + "/.local/share"});
  return {.data_folder = data.empty() ? "" : data + "/falsework",
          .temporary = temporary,
          .search_path = first_of({environment_value("PATH"), "/usr/local/bin:/usr/bin:/bin"})};
}

bool wants_colours(const DemoArguments& arguments) {
  return !arguments.no_color && ::isatty(STDOUT_FILENO) == 1 &&
         environment_value("NO_COLOR").empty() && environment_value("TERM") != "dumb";
}

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Parameters without a default for which the demo has no value.
std::vector<templates::Problem> missing_parameters(const std::string& text, const std::string& path,
                                                   const cli::Script& script) {
  const auto reading = templates::read(text, path, sim::cloudformation::schema_of);
  templates::ParameterValues given;
  for (const auto& [name, value] : cli::parameters_of(script, "bucket")) {
    if (reading.value.parameter(name) != nullptr) given[name] = value;
  }
  return templates::read_parameters(reading.value, given).problems;
}

// Puts the root template in its place; false, with one line a problem, when it has mistakes. AWS
// itself notices some of them only on creation; here nothing is begun.
bool replace_root(const std::string& path, cli::Script& script) {
  const auto text = read_file(path);
  if (!text) {
    write_error(path + ": cannot be read");
    return false;
  }
  auto problems = sim::cloudformation::problems_of(*text, path);
  if (problems.empty()) problems = missing_parameters(*text, path, script);
  for (const auto& problem : problems) write_error(templates::describe(problem));
  if (!problems.empty()) {
    write_error(fmt::format("falsework: {} problem{} in {}; nothing was created", problems.size(),
                            problems.size() == 1 ? "" : "s", path));
    return false;
  }
  script.templates["root.yaml"] = *text;
  return true;
}

bool write_report(const std::string& path, const cli::Document& document) {
  std::ofstream file(path, std::ios::binary);
  file << cli::report(document);
  file.close();
  if (file) return true;
  write_error(path + ": cannot be written");
  return false;
}

int demo(const DemoArguments& arguments) {
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  auto script = apps::fargate_nginx(arguments.seed, arguments.original);
  if (!arguments.root_template.empty() && !replace_root(arguments.root_template, script)) {
    return bad_input;
  }
  if (!arguments.report.empty()) {
    // Before the work, not after it.
    const auto folder = std::filesystem::absolute(arguments.report).parent_path();
    if (!std::filesystem::is_directory(folder)) {
      write_error(arguments.report + ": its folder does not exist");
      return bad_input;
    }
  }
  std::signal(SIGINT, interrupted);
  sim::world::WorldSettings settings;
  settings.seed = arguments.seed;
  apps::Environment environment(settings);
  const auto document = environment.play(std::move(script));

  const auto text = arguments.json ? cli::pretty(cli::to_json(document))
                                   : cli::terminal(document, {.colours = wants_colours(arguments),
                                                              .quiet = arguments.quiet});
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  if (!arguments.report.empty()) {
    if (!write_report(arguments.report, document)) return not_all_well;
    if (!arguments.quiet) write_error("report: " + arguments.report);
  }
  if (!arguments.quiet) {
    const std::chrono::duration<double> wall = Clock::now() - start;
    write_error(fmt::format("{} on the embedded AWS's clock, {:.2f} s on yours",
                            base::human(base::from_seconds(document.virtual_seconds)),
                            wall.count()));
  }
  return cli::holds(document) ? all_well : not_all_well;
}

void add_demo(CLI::App& app, DemoArguments& arguments) {
  auto* command = app.add_subcommand(
      "demo",
      "Build an environment, strike its falsework, prove it, take everything down.\n"
      "No AWS account is needed: all of it happens in this process, in an embedded AWS on a\n"
      "virtual clock. Exit code 0 only if every check holds.");
  command
      ->add_option("--seed", arguments.seed, "The chance of this run; the same seed, the same run")
      ->capture_default_str();
  command->add_flag("--as-original", arguments.original,
                    "Let the article's function do the work: a fixed 60 s, no second try");
  command->add_option("--template", arguments.root_template, "Another root template")
      ->type_name("FILE");
  command->add_option("--report", arguments.report, "Write a page with pictures")
      ->type_name("FILE.html");
  command->add_flag("--json", arguments.json, "One JSON document on stdout, and nothing else");
  command->add_flag("--quiet", arguments.quiet, "Only the checks and the verdict");
  command->add_flag("--no-color", arguments.no_color, "No colours (as NO_COLOR does)");
  command->footer(
      "Examples:\n"
      "  falsework demo\n"
      "  falsework demo --seed 7 --report strike.html\n"
      "  falsework demo --as-original\n"
      "  falsework demo --json | jq '.checks[] | select(.ok | not)'");
}

// What the parser's own words leave open: which argument, and what would have been right.
std::string usage_error(const CLI::App* app, const CLI::Error& error) {
  std::string what = error.what();
  constexpr std::string_view no_number = "Could not convert: ";
  if (const auto equals = what.find(" = "); what.starts_with(no_number) && equals != what.npos) {
    what = fmt::format("{}: '{}' is not a number it takes",
                       what.substr(no_number.size(), equals - no_number.size()),
                       what.substr(equals + 3));
  }
  std::string command = app->get_name();
  for (const auto* one : app->get_subcommands()) command += ' ' + one->get_name();
  return fmt::format("falsework: {}\nTry: {} --help\n", what, command);
}

// The first word when it should name a subcommand and names none.
std::optional<std::string> unknown_subcommand(const CLI::App& app, int count, char** arguments) {
  if (count < 2 || arguments[1][0] == '-') return std::nullopt;
  const std::string word = arguments[1];
  std::string names;
  for (const auto* one : app.get_subcommands(nullptr)) {
    if (one->get_name() == word) return std::nullopt;
    names += (names.empty() ? "" : ", ") + one->get_name();
  }
  return fmt::format("falsework: there is no '{}'; there are: {}", word, names);
}

int run(int count, char** arguments) {
  CLI::App app(
      "Falsework takes down the cloud resources that a stack needed only while it was being\n"
      "built: in the right order, as fast as AWS permits, and with proof.");
  app.name("falsework");
  app.require_subcommand(1);
  app.footer("Try: falsework demo");
  DemoArguments for_demo;
  add_demo(app, for_demo);
  apps::LocalArguments for_local;
  apps::add_local(app, for_local);
  app.add_subcommand("version", "Print the version");
  app.set_version_flag("--version", "falsework " FALSEWORK_VERSION, "Print the version");
  app.failure_message(usage_error);
  if (count < 2) {
    std::fputs(app.help().c_str(), stderr);
    return bad_input;
  }
  if (const auto problem = unknown_subcommand(app, count, arguments)) {
    write_error(*problem);
    return bad_input;
  }
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? all_well : bad_input;
  }
  if (app.got_subcommand("version")) {
    std::fputs("falsework " FALSEWORK_VERSION "\n", stdout);
    return all_well;
  }
  if (app.got_subcommand("local")) return apps::local(for_local, surroundings());
  return demo(for_demo);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    write_error(std::string("falsework: ") + error.what());
    return not_all_well;
  }
}
