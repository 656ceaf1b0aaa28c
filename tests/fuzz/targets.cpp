#include "targets.hpp"

#include <array>
#include <stdexcept>

namespace fuzz {

std::span<const Target> targets() {
  static constexpr std::array all = std::to_array<Target>({
      {"answers", run_answers},
      {"http", run_http},
      {"json", run_json},
      {"policy", run_policy},
      {"s3", run_s3},
      {"template", run_template},
      {"xml", run_xml},
      {"zip", run_zip},
  });
  return all;
}

void require(bool holds, const char* property) {
  if (!holds) throw std::logic_error(property);
}

std::size_t choose(std::string_view& input, std::size_t count) {
  if (input.empty()) return 0;
  const auto choice = static_cast<unsigned char>(input.front()) % count;
  input.remove_prefix(1);
  return choice;
}

}  // namespace fuzz
