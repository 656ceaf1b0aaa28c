# cmake -DFILE=... -DHEADER=... -DNAMESPACE=... -DFUNCTION=... -DOUTPUT=... -P EmbedText.cmake:
# writes a C++ file whose function, declared in the header, returns the text of a file.
file(READ "${FILE}" text)
cmake_path(GET FILE FILENAME name)
file(WRITE "${OUTPUT}" "// Generated from ${name} by cmake/EmbedText.cmake.
#include \"${HEADER}\"

namespace ${NAMESPACE} {

std::string_view ${FUNCTION}() {
  return R\"embedded(${text})embedded\";
}

}  // namespace ${NAMESPACE}
")
