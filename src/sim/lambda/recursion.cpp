#include "sim/lambda/recursion.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <map>

#include "sim/core/words.hpp"

namespace sim::lambda {

namespace {

constexpr std::string_view member = "Lineage=";

// Functions stand there by a hash of their ARN, as in AWS's own headers: FNV-1a.
std::string hash_of(std::string_view arn) {
  std::uint32_t hash = 2166136261U;
  for (const char c : arn) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return fmt::format("{:08x}", hash);
}

// "1:HASH:TIMES", as AWS shows it: 0 the first time. [I] More functions have a "|" between.
std::map<std::string, int> chain_of(std::string_view trace) {
  std::map<std::string, int> chain;
  for (const auto& part : words_of(trace, ';')) {
    if (!part.starts_with(member)) continue;
    for (const auto& one : words_of(std::string_view(part).substr(member.size()), '|')) {
      const auto fields = words_of(one, ':');
      if (fields.size() != 3) continue;
      int times = 0;
      std::from_chars(fields[2].data(), fields[2].data() + fields[2].size(), times);
      chain[fields[1]] = times;
    }
  }
  return chain;
}

}  // namespace

int times_in_chain(std::string_view trace, std::string_view arn) {
  const auto chain = chain_of(trace);
  const auto found = chain.find(hash_of(arn));
  return found == chain.end() ? 0 : found->second + 1;
}

std::string lineage_with(std::string_view trace, std::string_view arn) {
  auto chain = chain_of(trace);
  const auto [own, first] = chain.try_emplace(hash_of(arn), 0);
  if (!first) ++own->second;
  std::string text;
  for (const auto& [hash, times] : chain) {
    text += fmt::format("{}1:{}:{}", text.empty() ? "" : "|", hash, times);
  }
  return fmt::format(";{}{}", member, text);
}

}  // namespace sim::lambda
