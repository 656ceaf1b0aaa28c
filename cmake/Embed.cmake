# cmake -DFOLDER=... -DOUTPUT=... -P Embed.cmake: writes a C++ file with every template of a folder.
file(GLOB templates "${FOLDER}/*.yaml")
set(entries "")
foreach(path ${templates})
  cmake_path(GET path FILENAME name)
  file(READ "${path}" text)
  string(APPEND entries "      {\"${name}\", R\"template(${text})template\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Generated from examples/fargate-nginx by cmake/Embed.cmake.
#include \"apps/falsework/examples.hpp\"

namespace apps {

std::map<std::string, std::string> example_templates() {
  return {
${entries}  };
}

}  // namespace apps
")
