#include "rules.hpp"

#include <array>
#include <regex>

namespace style {
namespace {

std::string complaint(const Source& source, std::size_t index, std::string_view what) {
  return fmt::format("{}:{}: {}", source.path, index + 1, what);
}

bool below(const Source& source, std::initializer_list<std::string_view> folders) {
  return std::ranges::any_of(
      folders, [&](std::string_view folder) { return source.path.starts_with(folder); });
}

bool is_main(const Source& source) {
  return source.path.starts_with("apps/") && source.path.ends_with("/main.cpp");
}

// Programs that start and watch real processes or sockets live in real time, and so do the sockets.
bool is_driver(const Source& source) {
  return below(source, {"bench/", "tests/"});
}

bool in_real_time(const Source& source) {
  return below(source, {"src/base/", "src/http/server.cpp", "src/http/socket_transport.cpp"}) ||
         is_main(source) || is_driver(source) ||
         (source.is_test() && below(source, {"src/http/", "src/process/"}));
}

// What a piece of code must not contain, where it may nevertheless, and what to do instead.
struct Ban {
  std::vector<std::string_view> hints;  // a line without any of them needs no closer look
  std::string_view pattern;
  bool (*allowed)(const Source&);
  std::string_view reason;
};

bool mentions(const std::string& line, const std::vector<std::string_view>& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return line.contains(word); });
}

bool nowhere(const Source&) {
  return false;
}

const std::vector<Ban> bans{
    Ban{{"env"},
        R"(\b(getenv|secure_getenv|setenv|putenv|unsetenv)\s*\()",
        [](const Source& source) {
          // Where the published suites lie is told by the environment.
          return is_main(source) || is_driver(source) || source.path.ends_with("_test.hpp");
        },
        "the environment is read in main only"},
    Ban{{"rand", "mt19937", "_distribution"},
        R"(\b(rand|srand|random|drand48)\s*\(\s*\)|random_device|\bmt19937|\b\w+_distribution\b)",
        [](const Source& source) { return below(source, {"src/base/random"}); },
        "all chance comes from base::Random"},
    Ban{{"_clock", "gettime", "clock::now"},
        R"(\b(system_clock|steady_clock|high_resolution_clock)\b|\b(gettimeofday|clock_gettime)\b|\bclock::now\b)",
        in_real_time,
        "all time comes from base::Clock"},
    Ban{{"sleep", "this_thread"},
        R"((^|[^\w.>])(sleep|usleep|nanosleep)\s*\(|\bthis_thread\b)",
        in_real_time,
        "wait on base::Clock"},
    Ban{{"unordered_"},
        R"(\bunordered_\w+)",
        nowhere,
        "its order is not determined; use std::map or std::set"},
    Ban{{"print", "put", "std::c"},
        R"(\b(f?printf|f?puts|putchar)\s*\(|\bstd::(cout|cerr|clog)\b|\bfmt::print(ln)?\b)",
        [](const Source& source) {
          return below(source, {"apps/", "bench/", "tests/", "src/cli/", "src/base/log"});
        },
        "only programs and src/cli write to the terminal"},
    Ban{{"co_spawn"},
        R"(\bco_spawn\b)",
        [](const Source& source) {
          return below(source, {"src/base/", "src/sim/world/", "apps/"});
        },
        "spawn through base::Runtime"},
    Ban{{"detached"},
        R"(\bdetached\b)",
        [](const Source& source) { return below(source, {"src/base/"}); },
        "nothing runs detached: its failure would be lost"},
    // Literal suffixes cannot be had otherwise.
    Ban{{"using namespace"},
        R"(^using namespace (?!.*literals;))",
        nowhere,
        "no using namespace at file scope"},
};

const std::map<std::string, std::set<std::string>, std::less<>> layers{
    {"base", {"base"}},
    {"http", {"base", "http"}},
    {"lambda", {"base", "http", "lambda"}},
    {"aws", {"base", "http", "aws"}},
    {"falsework", {"base", "http", "aws", "falsework"}},
    {"cfn", {"base", "http", "aws", "falsework", "lambda", "cfn"}},
    {"templates", {"base", "templates"}},
    {"sim", {"base", "http", "templates", "sim"}},
    {"local", {"base", "http", "sim", "local"}},
    {"process", {"base", "http", "sim", "process"}},
    {"cli", {"base", "http", "aws", "falsework", "lambda", "cfn", "templates", "cli"}},
    {"vendor", {}},
};

struct Include {
  std::size_t line;
  std::string target;
};

std::vector<Include> includes(const Source& source) {
  static const std::regex pattern(R"re(^\s*#\s*include\s+"([^"]+)")re");
  std::vector<Include> found;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    std::smatch match;
    if (source.is_cpp() && source.lines[i].contains('#') &&
        std::regex_search(source.lines[i], match, pattern)) {
      found.push_back({i, match[1]});
    }
  }
  return found;
}

std::string folder(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(path.substr(0, slash == path.npos ? 0 : slash));
}

using Paths = std::set<std::string, std::less<>>;

Paths paths(const std::vector<Source>& sources) {
  Paths all;
  for (const Source& source : sources) all.insert(source.path);
  return all;
}

// The include's file, from src, beside the including file, or from the root (tests and benches).
std::optional<std::string> resolve(const Source& source, const Include& include, const Paths& all) {
  for (std::string candidate :
       {"src/" + include.target, folder(source.path) + "/" + include.target, include.target}) {
    if (all.contains(candidate)) return candidate;
  }
  return std::nullopt;
}

std::string stem(std::string_view path) {
  for (std::string_view ending : {"_test.cpp", ".cpp", ".hpp"}) {
    if (path.ends_with(ending)) return std::string(path.substr(0, path.size() - ending.size()));
  }
  return std::string(path);
}

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

// Columns, without the contents of literals: a text that stands in one piece may be long.
std::size_t columns(const Source& source, std::size_t index) {
  const std::string& line = source.lines[index];
  const auto blank = [&](const std::vector<std::string>& part, std::size_t i) {
    return part.size() <= index || i >= part[index].size() || part[index][i] == ' ';
  };
  std::size_t count = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool in_literal = !source.code.empty() && line[i] != ' ' && blank(source.code, i) &&
                            blank(source.comments, i);
    const bool starts_character = (line[i] & 0xC0) != 0x80;
    if (starts_character && !in_literal) ++count;
  }
  return count;
}

}  // namespace

Complaints include_direction(const std::vector<Source>& sources) {
  Complaints found;
  for (const Source& source : sources) {
    const std::string layer = source.layer();
    if (layer.empty() || !source.is_cpp() || layer == "vendor") continue;
    const auto allowed = layers.find(layer);
    if (allowed == layers.end()) {
      found.push_back(source.path + ": the folder has no line in the table of layers");
      continue;
    }
    for (const Include& include : includes(source)) {
      const auto slash = include.target.find('/');
      if (slash == include.target.npos) continue;
      const std::string target = include.target.substr(0, slash);
      if (layers.contains(target) && !allowed->second.contains(target)) {
        found.push_back(complaint(source, include.line,
                                  fmt::format("{} must not know {}", layer, include.target)));
      }
    }
  }
  return found;
}

Complaints unknown_includes(const std::vector<Source>& sources) {
  const Paths all = paths(sources);
  Complaints found;
  for (const Source& source : sources) {
    for (const Include& include : includes(source)) {
      if (!resolve(source, include, all)) {
        found.push_back(complaint(source, include.line, "no such file of ours: " + include.target));
      }
    }
  }
  return found;
}

Complaints unused_headers(const std::vector<Source>& sources) {
  const Paths all = paths(sources);
  Paths used{"cmake/precompiled.hpp", "cmake/precompiled_test.hpp"};
  for (const Source& source : sources) {
    for (const Include& include : includes(source)) {
      const auto target = resolve(source, include, all);
      // A header that only its own .cpp and its own test know is as dead as one that nobody knows.
      if (target && stem(*target) != stem(source.path)) used.insert(*target);
    }
  }
  Complaints found;
  for (const Source& source : sources) {
    if (source.is_header() && !used.contains(source.path)) {
      found.push_back(source.path + ": nobody includes it");
    }
  }
  return found;
}

Complaints files_outside_the_build(const std::vector<Source>& sources) {
  std::map<std::string, std::string, std::less<>> builds;  // folder -> its CMakeLists.txt
  for (const Source& source : sources) {
    if (source.path.ends_with("CMakeLists.txt")) builds[folder(source.path)] = join(source.lines);
  }
  const auto names = [&](const std::string& place, const std::string& what) {
    const auto build = builds.find(place);
    return build != builds.end() && build->second.contains(what);
  };
  Complaints found;
  for (const Source& source : sources) {
    if (!source.path.ends_with(".cpp")) continue;
    const std::string place = folder(source.path);
    const std::string file = source.path.substr(place.size() + 1);
    bool built = names(place, file) || names(place, "*.cpp");
    // src: one line per folder, which takes in the folders below it.
    for (std::string up = place; !built && up.starts_with("src/"); up = folder(up)) {
      for (const char* end : {" ", ")", "\n"}) {
        built = built || names("src", "falsework_library(" + up.substr(4) + end);
      }
    }
    for (std::string up = folder(place); !built && !up.empty(); up = folder(up)) {
      built = names(up, source.path.substr(up.size() + 1));
    }
    if (!built) found.push_back(source.path + ": no CMakeLists.txt builds it");
  }
  return found;
}

Complaints banned_code(const Source& source) {
  static const auto patterns = [] {
    std::vector<std::regex> compiled;
    for (const Ban& ban : bans) {
      compiled.emplace_back(std::string(ban.pattern), std::regex::optimize);
    }
    return compiled;
  }();
  Complaints found;
  if (!source.is_cpp() || source.layer() == "vendor") return found;
  for (std::size_t ban = 0; ban < bans.size(); ++ban) {
    if (bans[ban].allowed(source)) continue;
    for (std::size_t i = 0; i < source.code.size(); ++i) {
      const std::string& line = source.code[i];
      if (mentions(line, bans[ban].hints) && std::regex_search(line, patterns[ban])) {
        found.push_back(complaint(source, i, bans[ban].reason));
      }
    }
  }
  return found;
}

Complaints banned_words(const Source& source) {
  // Written in halves, so that this file keeps its own rule.
  static const auto words = [] {
    std::vector<std::string> whole;
    for (const auto& [head, tail] : {std::pair{"TO", "DO"},
                                     {"FIX", "ME"},
                                     {"XX", "X"},
                                     {"DIS", "ABLED_"},
                                     {"/wor", "k/"},
                                     {"/tmp/f", "w/"},
                                     {"/roo", "t/"}}) {
      whole.push_back(std::string(head) + tail);
    }
    return whole;
  }();
  Complaints found;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    for (const std::string& word : words) {
      const auto at = source.lines[i].find(word);
      // Not inside a longer name, like the mask in mkstemp's template.
      if (at != std::string::npos && (at == 0 || !std::isalnum(source.lines[i][at - 1]))) {
        found.push_back(complaint(source, i, "must not stay: " + word));
      }
    }
  }
  return found;
}

Complaints long_lines(const Source& source) {
  Complaints found;
  if (!source.is_cpp() && !source.path.ends_with("CMakeLists.txt")) return found;
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    // A link cannot be broken; nothing else may share its line.
    const bool link =
        source.lines[i].find("// https://") != std::string::npos &&
        source.lines[i].find(' ', source.lines[i].find("https://")) == std::string::npos;
    if (!link && columns(source, i) > 100) {
      found.push_back(complaint(source, i, "more than 100 columns"));
    }
  }
  return found;
}

Complaints long_file(const Source& source) {
  constexpr std::size_t most = 600;
  if (!source.is_cpp() || source.lines.size() <= most) return {};
  return {fmt::format("{}: {} lines; more than {} are more than one concept", source.path,
                      source.lines.size(), most)};
}

Complaints header_form(const Source& source) {
  Complaints found;
  if (!source.is_header()) return found;
  if (source.lines.empty() || !source.lines.front().starts_with("//")) {
    found.push_back(complaint(source, 0, "a header opens with what it is"));
  }
  const bool generated_once = source.path.starts_with("cmake/precompiled");
  if (!generated_once && std::ranges::find(source.lines, "#pragma once") == source.lines.end()) {
    found.push_back(complaint(source, 0, "no #pragma once"));
  }
  return found;
}

Complaints test_names(const Source& source) {
  // Words in lower case; a word that starts with a capital is a name of AWS's or ours.
  static const std::regex test(
      R"(^\s*(TEST|TEST_F|TEST_P|TYPED_TEST)\s*\(\s*\w+\s*,\s*(\w+)\s*\))");
  static const std::regex good("([a-z0-9]+|[A-Z][A-Za-z0-9]*)(_([a-z0-9]+|[A-Z][A-Za-z0-9]*))+");
  Complaints found;
  for (std::size_t i = 0; i < source.code.size(); ++i) {
    if (!source.code[i].contains("TEST")) continue;
    // The name may stand on the next line.
    const std::string declaration =
        source.code[i] + (i + 1 < source.code.size() ? source.code[i + 1] : "");
    std::smatch match;
    if (std::regex_search(declaration, match, test) && !std::regex_match(match[2].str(), good)) {
      found.push_back(
          complaint(source, i, "a test's name is situation_and_outcome, not " + match[2].str()));
    }
  }
  return found;
}

Complaints foreign_comments(const Source& source) {
  // First bytes of UTF-8: up to U+027F is Latin, from U+2000 to U+2FFF signs; the rest is script.
  const auto foreign = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0xCA && byte != 0xE2;
  };
  Complaints found;
  for (std::size_t i = 0; i < source.comments.size(); ++i) {
    if (std::ranges::any_of(source.comments[i], foreign)) {
      found.push_back(complaint(source, i, "comments are English"));
    }
  }
  return found;
}

}  // namespace style
