// The templates of examples/fargate-nginx, put into the program when it is built.
#pragma once

#include <map>
#include <string>

namespace apps {

// By file name.
std::map<std::string, std::string> example_templates();

}  // namespace apps
