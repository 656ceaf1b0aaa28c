#include "base/random.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <cassert>
#include <cmath>
#include <numbers>
#include <system_error>

namespace base {

double Random::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

double Random::uniform(double low, double high) {
  return low + (high - low) * unit();
}

std::int64_t Random::integer(std::int64_t low, std::int64_t high) {
  assert(low <= high);
  // The bias of the remainder is below 2^-40 for the small ranges drawn here.
  const auto range = static_cast<std::uint64_t>(high - low) + 1;
  return low + static_cast<std::int64_t>(range == 0 ? next() : next() % range);
}

bool Random::chance(double probability) {
  return unit() < probability;
}

double Random::normal(double mean, double deviation, double low, double high) {
  // Box-Muller, redrawn until it falls inside; bounded, then clamped.
  for (int attempt = 0; attempt < 64; ++attempt) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - unit()));
    const double value = mean + deviation * radius * std::cos(2.0 * std::numbers::pi * unit());
    if (value >= low && value <= high) return value;
  }
  return std::min(std::max(mean, low), high);
}

std::string Random::hex(int digits) {
  std::string text;
  text.reserve(static_cast<std::size_t>(digits));
  std::uint64_t bits = 0;
  for (int i = 0; i < digits; ++i) {
    if (i % 16 == 0) bits = next();
    text.push_back("0123456789abcdef"[bits & 15]);
    bits >>= 4;
  }
  return text;
}

std::string Random::uuid() {
  std::string text = hex(32);
  text[12] = '4';
  text[16] = "89ab"[next() & 3];
  for (const std::size_t dash : {20U, 16U, 12U, 8U}) text.insert(dash, 1, '-');
  return text;
}

SeededRandom::SeededRandom(std::uint64_t seed, std::string_view purpose) : state_(seed) {
  // FNV-1a over the purpose, mixed into the seed.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : purpose) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  state_ = next() ^ hash;
}

std::uint64_t SeededRandom::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

std::uint64_t SystemRandom::next() {
  std::uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != sizeof value) {
    throw std::system_error(errno, std::generic_category(), "getrandom");
  }
  return value;
}

}  // namespace base
