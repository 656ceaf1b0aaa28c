// libFuzzer's entry: `fuzz --target=NAME [libFuzzer's own arguments]`. See ./dev fuzz.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "targets.hpp"

namespace {

const fuzz::Target*& chosen() {
  static const fuzz::Target* target = nullptr;
  return target;
}

}  // namespace

// libFuzzer leaves arguments with two dashes to us.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view option = "--target=";
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument((*argv)[i]);
    if (!argument.starts_with(option)) continue;
    const auto all = fuzz::targets();
    const auto found = std::ranges::find(all, argument.substr(option.size()), &fuzz::Target::name);
    if (found != all.end()) chosen() = &*found;
  }
  if (chosen() == nullptr) {
    fmt::print(stderr, "fuzz: name one with --target=NAME:");
    for (const auto& target : fuzz::targets()) fmt::print(stderr, " {}", target.name);
    fmt::print(stderr, "\n");
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  chosen()->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
