// The subcommand `local`: one embedded AWS behind one port of 127.0.0.1, until it is told to end.
#pragma once

#include <string>

#include "apps/falsework/local_options.hpp"

namespace apps {

// What main read from the environment.
struct Surroundings {
  std::string data_folder;  // where the certificate of --https is kept; empty: nowhere
  std::string temporary;    // where functions' files go
  std::string search_path;  // where python3 is looked for
};

// The exit code: 0 after SIGTERM, 130 after SIGINT, 1 when it cannot serve (it has said why), 2 for
// arguments with problems.
int local(const LocalArguments& arguments, const Surroundings& surroundings);

}  // namespace apps
