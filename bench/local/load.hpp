// A client that is cheaper than any server: the same bytes again and again, over connections that
// stay open, each waiting for its answer before it asks again.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace bench {

struct Load {
  double per_second = 0;
  std::string failure;  // the first answer that was no success
};

Load hammer(std::uint16_t port, const std::string& request, int connections,
            std::chrono::milliseconds time);

}  // namespace bench
