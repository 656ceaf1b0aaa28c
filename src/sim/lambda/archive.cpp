#include "sim/lambda/archive.hpp"

#include <fmt/format.h>

#include <set>

namespace sim::lambda {

namespace {

constexpr std::size_t end_size = 22, central_size = 46, local_size = 30;
constexpr std::string_view end_mark("PK\5\6", 4), central_mark("PK\1\2", 4),
    local_mark("PK\3\4", 4);
constexpr std::size_t longest_comment = 0xffff;
constexpr std::uint32_t in_zip64 = 0xffffffff;

std::uint32_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

std::string_view part(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || size > bytes.size() - at) throw not_a_zip("it ends too early");
  return bytes.substr(at, size);
}

// The end record: the last one whose comment reaches exactly to the end.
std::string_view end_record(std::string_view archive) {
  if (archive.size() < end_size) throw not_a_zip("it is too short");
  for (std::size_t comment = 0; comment <= longest_comment; ++comment) {
    if (archive.size() < end_size + comment) break;
    const auto at = archive.size() - end_size - comment;
    if (archive.substr(at, 4) == end_mark && number(archive, at + 20, 2) == comment) {
      return archive.substr(at);
    }
  }
  throw not_a_zip("it has no table of contents");
}

// Without the last slash and without "./". Throws for whatever could lead out of the folder.
std::string checked_name(std::string_view given) {
  constexpr std::size_t longest_step = 255, longest = 3000;
  if (given.starts_with('/') || given.contains('\0') || given.size() > longest) {
    throw not_a_zip("a member's name is no relative path");
  }
  std::string name;
  while (!given.empty()) {
    const auto step = given.substr(0, given.find('/'));
    given.remove_prefix(std::min(step.size() + 1, given.size()));
    if (step == ".." || step.size() > longest_step) {
      throw not_a_zip("the name " + std::string(step) + " leads elsewhere");
    }
    if (step.empty() || step == ".") continue;
    if (!name.empty()) name += '/';
    name += step;
  }
  return name;
}

// Fills in what the upper half of the external attributes says, when a Unix system wrote them.
void read_mode(std::uint32_t made_by, std::uint32_t attributes, ArchiveMember& member) {
  constexpr std::uint32_t unix_system = 3, macos_system = 19;
  constexpr std::uint32_t type_mask = 0170000, regular = 0100000, directory = 0040000;
  if (made_by >> 8 != unix_system && made_by >> 8 != macos_system) return;
  const auto mode = attributes >> 16;
  const auto type = mode & type_mask;
  if (type != 0 && type != (member.folder ? directory : regular)) {
    throw not_a_zip(member.name + " is neither a file nor a folder");
  }
  member.access = static_cast<int>(mode & 7);
}

// `entry` begins with the member's fixed part. The bytes are found through the local header, whose
// name and extra field may be of other lengths than here.
ArchiveMember read_member(std::string_view archive, std::string_view entry, std::string_view name) {
  ArchiveMember member;
  member.folder = name.ends_with('/');
  member.name = checked_name(name);
  member.crc = number(entry, 16, 4);
  member.size = number(entry, 24, 4);
  const auto packed = number(entry, 20, 4);
  const auto where = number(entry, 42, 4);
  if (packed == in_zip64 || member.size == in_zip64 || where == in_zip64) {
    throw not_a_zip(member.name + " is in the zip64 form");
  }
  if ((number(entry, 8, 2) & 1) != 0) throw not_a_zip(member.name + " is encrypted");
  const auto method = number(entry, 10, 2);
  if (method != 0 && method != 8) throw not_a_zip(member.name + " has an unknown compression");
  member.deflated = method == 8;
  read_mode(number(entry, 4, 2), number(entry, 38, 4), member);
  const auto local = part(archive, where, local_size);
  if (!local.starts_with(local_mark)) throw not_a_zip(member.name + " is not where it should be");
  member.packed =
      part(archive, where + local_size + number(local, 26, 2) + number(local, 28, 2), packed);
  if (!member.deflated && packed != member.size) throw not_a_zip(member.name + " is cut off");
  if (member.folder && member.size != 0) throw not_a_zip(member.name + " is a folder with content");
  return member;
}

}  // namespace

ArchiveError not_a_zip(std::string why) {
  return {"Could not unzip uploaded file. Please check your file, then try to upload again.",
          std::move(why)};
}

std::vector<ArchiveMember> read_archive(std::string_view archive) {
  const auto end = end_record(archive);
  const auto count = number(end, 10, 2);
  if (number(end, 4, 2) != 0 || number(end, 6, 2) != 0 || number(end, 8, 2) != count) {
    throw not_a_zip("it is in several parts");
  }
  auto directory = part(archive, number(end, 16, 4), number(end, 12, 4));
  std::vector<ArchiveMember> members;
  std::set<std::string, std::less<>> names, files;
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto entry = part(directory, 0, central_size);
    if (!entry.starts_with(central_mark)) throw not_a_zip("its table of contents is damaged");
    const auto name = part(directory, central_size, number(entry, 28, 2));
    const auto length = central_size + name.size() + number(entry, 30, 2) + number(entry, 32, 2);
    part(directory, 0, length);
    directory.remove_prefix(length);
    members.push_back(read_member(archive, entry, name));
    if (members.back().name.empty()) {  // the folder itself
      if (!members.back().folder) throw not_a_zip("a member has no name");
      members.pop_back();
      continue;
    }
    if (!names.insert(members.back().name).second) {
      throw not_a_zip(members.back().name + " is in it twice");
    }
    if (!members.back().folder) files.insert(members.back().name);
    total += members.back().size;
  }
  for (const auto& name : names) {
    for (auto slash = name.find('/'); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
      if (files.contains(name.substr(0, slash))) {
        throw not_a_zip(name.substr(0, slash) + " is a file and a folder");
      }
    }
  }
  if (total > unzipped_limit) {
    throw ArchiveError(fmt::format("Unzipped size must be smaller than {} bytes", unzipped_limit),
                       fmt::format("it unpacks to {} bytes", total));
  }
  return members;
}

}  // namespace sim::lambda
