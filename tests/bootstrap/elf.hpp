// What an ELF file says about itself: just enough to see that it needs nothing else.
#pragma once

#include <string>
#include <vector>

namespace elf {

struct Facts {
  int machine = 0;          // EM_X86_64, EM_AARCH64
  bool executable = false;  // ET_EXEC: not position independent
  std::string interpreter;  // empty: none
  bool dynamic = false;     // has a dynamic section
};

// Throws std::runtime_error for what is no 64-bit ELF file.
Facts read(const std::string& path);

}  // namespace elf
