// The strike over time as HTML: one row a piece, its waits hatched, the reasons in words.
#pragma once

#include <string>

#include "cli/document.hpp"

namespace cli {

// Empty when nothing was struck.
std::string gantt(const Document& document);

}  // namespace cli
