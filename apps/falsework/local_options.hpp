// What the user chose about a local AWS, and what follows from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/world/settings.hpp"

namespace CLI {
class App;
}

namespace apps {

struct LocalArguments {
  // Where tools for local AWS endpoints look first (LocalStack's port: awslocal, tflocal, ...).
  std::uint16_t port = 4566;
  std::uint64_t seed = 1;
  double speed = 1;
  std::string region = "ap-northeast-1";
  std::string account = "123456789012";
  std::vector<std::string> faults;  // "NAME=RATE"
  std::string state;                // a file; empty: nothing is kept
  bool https = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool operations = false;  // say what there is, and serve nothing
};

// The subcommand `local`; `arguments` must outlive the parsing.
void add_local(CLI::App& app, LocalArguments& arguments);

// What is wrong with the arguments, all at once; empty when all is well.
std::vector<std::string> problems_of(const LocalArguments& arguments);

// The world that they describe. Only for arguments without problems.
sim::world::WorldSettings world_of(const LocalArguments& arguments);

// What a state file belongs to, as a command line: "--seed 1 --region ...".
std::string choices_of(const LocalArguments& arguments);

}  // namespace apps
