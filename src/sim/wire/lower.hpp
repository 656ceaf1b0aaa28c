// Header names are compared in lower case.
#pragma once

#include <string>
#include <string_view>

namespace sim::wire {

// ASCII letters only; all other bytes stay.
inline std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace sim::wire
