// Zip files with stored members: what CloudFormation makes of inline function code.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim::cloudformation {

struct ZipMember {
  std::string_view name, content;
};
std::string zip_of(const std::vector<ZipMember>& members);
std::string zip_of(std::string_view name, std::string_view content);

}  // namespace sim::cloudformation
