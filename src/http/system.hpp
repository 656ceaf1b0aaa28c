// The whole outside world of a program, built once in each main and passed by reference.
#pragma once

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "http/transport.hpp"

namespace http {

struct System {
  base::Clock& clock;
  base::Random& random;
  base::Log& log;
  Transport& transport;
};

}  // namespace http
