// UTF-8 as other services demand it: text of unknown origin made valid, and cut between characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

// The same text with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

// The longest prefix of at most `bytes` bytes that ends between two characters.
// Precondition: `text` is valid UTF-8.
std::string_view cut_utf8(std::string_view text, std::size_t bytes);

}  // namespace base
