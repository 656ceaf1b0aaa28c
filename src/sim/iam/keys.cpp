#include "sim/iam/keys.hpp"

#include <algorithm>

namespace sim::iam {

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

void Keys::set(std::string_view name, Values values) {
  values_.insert_or_assign(lower_case(name), std::move(values));
}

const Keys::Values* Keys::find(std::string_view name) const {
  const auto found = values_.find(lower_case(name));
  return found == values_.end() ? nullptr : &found->second;
}

}  // namespace sim::iam
