// The only source of chance.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;

  // In [0, 1).
  double unit();
  double uniform(double low, double high);
  // In [low, high], both included. Precondition: low <= high.
  std::int64_t integer(std::int64_t low, std::int64_t high);
  bool chance(double probability);
  // Normal with the given mean and deviation, cut to [low, high].
  double normal(double mean, double deviation, double low, double high);
  // `digits` lower-case hexadecimal digits.
  std::string hex(int digits);
  // A version 4 UUID.
  std::string uuid();
};

// The same sequence for the same seed on every machine (SplitMix64).
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  // An independent stream for one purpose, so that a draw added in one place moves no other.
  SeededRandom(std::uint64_t seed, std::string_view purpose);
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

// From the operating system: for jitter and for tokens of real runs.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

}  // namespace base
