// What is executed for a function of a runtime "provided.*", and the words in which Lambda says
// that it cannot.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace process {

// Why a function cannot be started, for its caller: an error type of the Runtime API's form.
class Refusal : public std::runtime_error {
 public:
  Refusal(std::string type_, const std::string& text)
      : std::runtime_error(text), type(std::move(type_)) {}
  std::string type;
};

// Lambda's word for the processor that an ELF file is for, such as "arm64"; empty for every other
// file, a script for one.
std::string architecture_of(const std::filesystem::path& file);
// This machine's.
std::string_view own_architecture();

// The absolute path of an executable file in one of the folders of `path` ("/usr/bin:/bin").
std::optional<std::string> find_program(std::string_view path, const std::string& name);

struct Entry {
  std::vector<std::string> arguments;  // the file and, for another processor, its emulator
  bool emulated = false;               // it needs memory for a processor of its own
};

// `architecture` is the function's; empty: any. Throws Refusal.
Entry find_entry(const std::filesystem::path& task, const std::string& architecture,
                 std::string_view search_path);

// execve's errno in the words of Lambda, which are Go's.
Refusal cannot_execute(int error, const std::string& explanation = {});

}  // namespace process
