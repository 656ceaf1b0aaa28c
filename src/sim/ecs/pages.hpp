// Lists of ARNs and names, a page at a time.
#pragma once

#include <string>
#include <vector>

#include "sim/core/fields.hpp"

namespace sim::ecs {

// {member: the page, "nextToken"} by maxResults (at most 100) and nextToken. Throws
// InvalidParameterException.
json::object page_of(std::string_view member, const std::vector<std::string>& all,
                     const Fields& in);

}  // namespace sim::ecs
