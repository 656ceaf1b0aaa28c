// The project's own style rules, each a pure function from sources to complaints. What a compiler,
// clang-format or clang-tidy already says is not repeated here.
#pragma once

#include <string>
#include <vector>

#include "source.hpp"

namespace style {

// "path:line: what is wrong"; empty when all is well.
using Complaints = std::vector<std::string>;

Complaints include_direction(const std::vector<Source>& sources);
Complaints unknown_includes(const std::vector<Source>& sources);
Complaints unused_headers(const std::vector<Source>& sources);
Complaints files_outside_the_build(const std::vector<Source>& sources);

Complaints banned_code(const Source& source);
Complaints banned_words(const Source& source);
Complaints long_lines(const Source& source);
Complaints long_file(const Source& source);
Complaints header_form(const Source& source);
Complaints test_names(const Source& source);
Complaints foreign_comments(const Source& source);

}  // namespace style
