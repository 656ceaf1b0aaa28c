// The document as one self-contained HTML page: no script, nothing loaded, light and dark, readable
// on a desk and on a phone. Everything in it that comes from outside is escaped.
#pragma once

#include <string>

#include "cli/document.hpp"

namespace cli {

std::string report(const Document& document);

}  // namespace cli
