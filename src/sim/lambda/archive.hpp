// A deployment package's table of contents, read as strictly as a file from a stranger deserves.
// Pure; whoever unpacks it holds every member to what is written here.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sim::lambda {

// 250 MB: the size of a package once it is unpacked, layers included.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
inline constexpr std::uint64_t unzipped_limit = 262'144'000;

struct ArchiveMember {
  std::string name;  // relative, "a/b"; of a folder too, without the last slash
  bool folder = false;
  // As everybody but owner and group may use it, for such is the function to its package:
  // 4 read, 2 write, 1 execute. Nothing where the archive was not made on Unix.
  int access = 4;
  bool deflated = false;  // else stored
  std::uint32_t crc = 0;
  std::uint32_t size = 0;        // unpacked
  std::string_view packed = {};  // inside the archive given
};

// Lambda's text for the caller, and why for the log of a developer.
class ArchiveError : public std::runtime_error {
 public:
  ArchiveError(const std::string& text, std::string why_)
      : std::runtime_error(text), why(std::move(why_)) {}
  std::string why;
};

// In the archive's order. Throws ArchiveError: not a zip, damaged, encrypted, an unknown
// compression, a link or device, a name that leads elsewhere or comes twice, too large unpacked.
std::vector<ArchiveMember> read_archive(std::string_view archive);

// What Lambda says of a package that is not a good zip file.
ArchiveError not_a_zip(std::string why);

}  // namespace sim::lambda
