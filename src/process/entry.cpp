#include "process/entry.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace process {

namespace {

// Facts: Runtime.InvalidEntrypoint with these words is what users of Lambda report, for example
// https://github.com/awslabs/aws-lambda-dart-runtime/issues/20 and
// https://github.com/awslabs/aws-lambda-powershell-runtime/issues/23.
constexpr const char* invalid_entrypoint = "Runtime.InvalidEntrypoint";

std::string words(int error) {
  auto text = std::generic_category().message(error);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

std::string architecture_of(const std::filesystem::path& file) {
  std::array<char, 20> head{};
  std::ifstream(file, std::ios::binary).read(head.data(), head.size());
  if (std::string_view(head.data(), 4) !=
      "\x7f"
      "ELF") {
    return {};
  }
  switch (static_cast<unsigned char>(head[18]) | static_cast<unsigned char>(head[19]) << 8) {
    case 0x3e:
      return "x86_64";
    case 0xb7:
      return "arm64";
    default:
      return "another architecture";
  }
}

std::string_view own_architecture() {
#if defined(__aarch64__)
  return "arm64";
#else
  return "x86_64";
#endif
}

std::optional<std::string> find_program(std::string_view path, const std::string& name) {
  while (!path.empty()) {
    const auto folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(folder.size() + 1, path.size()));
    if (!folder.starts_with('/')) continue;
    auto file = std::string(folder) + "/" + name;
    std::error_code missing;
    if (std::filesystem::is_regular_file(file, missing) && access(file.c_str(), X_OK) == 0) {
      return file;
    }
  }
  return std::nullopt;
}

Refusal cannot_execute(int error, const std::string& explanation) {
  auto text = "fork/exec /var/task/bootstrap: " + words(error);
  if (!explanation.empty()) text += " (" + explanation + ")";
  return {invalid_entrypoint, text};
}

Entry find_entry(const std::filesystem::path& task, const std::string& architecture,
                 std::string_view search_path) {
  const auto bootstrap = task / "bootstrap";
  std::error_code missing;
  if (!std::filesystem::is_regular_file(bootstrap, missing)) {
    throw Refusal(invalid_entrypoint,
                  "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
  }
  Entry entry{{bootstrap.string()}};
  // Root may execute what nobody else may, but not what has no such bit at all.
  if (access(bootstrap.c_str(), X_OK) != 0) throw cannot_execute(errno);
  const auto made_for = architecture_of(bootstrap);
  if (made_for.empty()) return entry;
  if (!architecture.empty() && made_for != architecture) {
    throw cannot_execute(
        ENOEXEC, fmt::format("the file is for {}, the function for {}", made_for, architecture));
  }
  if (made_for == own_architecture()) return entry;
  const std::string machine = made_for == "arm64" ? "aarch64" : "x86_64";
  for (const auto& name : {"qemu-" + machine + "-static", "qemu-" + machine}) {
    if (made_for != "arm64" && made_for != "x86_64") break;
    const auto emulator = find_program(search_path, name);
    if (!emulator) continue;
    entry.arguments.insert(entry.arguments.begin(), *emulator);
    entry.emulated = true;
    return entry;
  }
  throw cannot_execute(ENOEXEC, fmt::format("the file is for {}, this machine is {}: install "
                                            "qemu-user-static to run it",
                                            made_for, own_architecture()));
}

}  // namespace process
