// The report's style sheet.
#pragma once

#include <string_view>

namespace cli {

extern const std::string_view report_style;

}  // namespace cli
