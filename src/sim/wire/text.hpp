// How signatures read the text of a request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim::wire {

// ASCII letters only; all other bytes stay.
std::string lower(std::string_view text);
// At every separator: one part more than there are separators.
std::vector<std::string> split(std::string_view text, char separator);
// Outer spaces removed, inner runs of spaces made one.
std::string squeezed(std::string_view text);

}  // namespace sim::wire
