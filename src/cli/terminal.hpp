// The document as text for a terminal: at most 100 columns, the important line last.
#pragma once

#include <string>

#include "cli/document.hpp"

namespace cli {

struct Look {
  bool colours = false;
  bool quiet = false;  // the checks and the verdict only
};

std::string terminal(const Document& document, Look look);

// "04:31.2": minutes, seconds and tenths of the virtual clock.
std::string clock_face(Seconds at);

// Lines of at most `width` columns (code points, not bytes); a word longer than that is not cut.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace cli
