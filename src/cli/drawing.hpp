// The network as a picture: inline SVG, drawn from the data, coloured by the page's style sheet.
// Narrow on purpose: two stand side by side on a desk, one fills a phone.
#pragma once

#include <string>

#include "cli/document.hpp"

namespace cli {

struct Picture {
  std::string name;   // unique in its page: "before"
  std::string title;  // what a reader who cannot see it is told first
  std::string note;   // beside the client's arrow: "HTTP 200"; may be empty
};

// What stands in `now` is drawn solid; what stood in `before` and is gone is drawn as a ghost.
// What is in `before` and not in `last` is marked temporary. Pass the same topology twice to draw
// the state before the strike.
std::string drawing(const Topology& before, const Topology& now, const Topology& last,
                    const Picture& picture);

}  // namespace cli
