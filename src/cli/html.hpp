// The two things every part of the report needs: safe text, and ids that fit.
#pragma once

#include <string>
#include <string_view>

namespace cli {

// Safe in HTML and SVG text and in quoted attributes. Control characters become spaces.
std::string escaped(std::string_view text);

// "nat-0abc...f12" for ids longer than `limit`: head and tail tell ids apart.
std::string shortened(std::string_view id, std::size_t limit);

}  // namespace cli
