// Stacks that come and go in one embedded AWS on virtual time.
#pragma once

#include <cstddef>
#include <vector>

namespace bench {

// The resident memory of this process, in bytes, after each of `marks` stacks, one after the other.
std::vector<std::size_t> memory_after(const std::vector<int>& marks);

std::size_t resident();

}  // namespace bench
