// What every service of one embedded AWS shares: time, the seed, and where it is.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.hpp"
#include "base/runtime.hpp"

namespace sim {

struct Context {
  base::Runtime& runtime;
  std::uint64_t seed = 1;
  std::string account = "123456789012";
  std::string region = "ap-northeast-1";
  std::string partition = "aws";

  base::Clock& clock() const { return runtime.clock(); }
  base::Instant now() const { return runtime.clock().now(); }
  // An independent stream of chance for one purpose, the same for the same seed.
  base::SeededRandom random(std::string_view purpose) const { return {seed, purpose}; }
};

}  // namespace sim
