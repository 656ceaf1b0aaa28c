#include "elf.hpp"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace elf {

Facts read(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  Elf64_Ehdr header;
  if (bytes.size() < sizeof header || !bytes.starts_with("\177ELF\2")) {
    throw std::runtime_error(path + " is no 64-bit ELF file");
  }
  std::memcpy(&header, bytes.data(), sizeof header);
  Facts facts{header.e_machine, header.e_type == ET_EXEC, {}, false};
  for (std::size_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part;
    std::memcpy(&part, bytes.data() + header.e_phoff + i * sizeof part, sizeof part);
    if (part.p_type == PT_DYNAMIC) facts.dynamic = true;
    if (part.p_type == PT_INTERP) facts.interpreter = bytes.substr(part.p_offset, part.p_filesz);
  }
  return facts;
}

}  // namespace elf
