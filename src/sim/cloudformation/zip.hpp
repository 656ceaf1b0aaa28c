// A zip file with one stored member: what CloudFormation makes of inline function code.
#pragma once

#include <string>
#include <string_view>

namespace sim::cloudformation {

std::string zip_of(std::string_view name, std::string_view content);
std::string base64(std::string_view bytes);

}  // namespace sim::cloudformation
