// The small languages in which the services' tables are written: words, and patterns to fill.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

// What stands between the separators; nothing where two of them meet.
std::vector<std::string> words_of(std::string_view text, char separator = ' ');

// Replaces every {name} by what `value_of` says of it.
std::string expand(std::string_view pattern,
                   const std::function<std::string(std::string_view)>& value_of);

// Its first letter small, or capital: AWS's services and CloudFormation write members differently.
std::string uncapitalized(std::string name);
std::string capitalized(std::string name);

}  // namespace sim
