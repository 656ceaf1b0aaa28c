#include "process/unpack.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "process/keeper.hpp"
#include "sim/lambda/archive.hpp"

namespace process {

namespace {

using sim::lambda::ArchiveMember;
using sim::lambda::not_a_zip;

// A file being written: its size and checksum so far.
class Output {
 public:
  Output(const std::filesystem::path& path, const ArchiveMember& member)
      : path_(path),
        member_(member),
        file_(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) {
    if (file_.get() < 0) fail();
  }

  void write(std::string_view bytes) {
    if (bytes.size() > member_.size - size_) throw not_a_zip(member_.name + " is too long");
    size_ += bytes.size();
    crc_ =
        crc32(crc_, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()));
    while (!bytes.empty()) {
      const auto written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail();
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void finish() {
    if (size_ != member_.size) throw not_a_zip(member_.name + " is cut off");
    if (crc_ != member_.crc) throw not_a_zip(member_.name + " has another checksum");
    const auto access = static_cast<mode_t>(member_.access);
    if (fchmod(file_.get(), access << 6 | access << 3 | access) != 0) fail();
  }

 private:
  [[noreturn]] void fail() const {
    throw std::system_error(errno, std::generic_category(), path_.string());
  }

  const std::filesystem::path& path_;
  const ArchiveMember& member_;
  Descriptor file_;
  std::uint64_t size_ = 0;
  uLong crc_ = 0;
};

struct Inflater {
  Inflater() {
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }

  z_stream stream{};
};

void inflate_into(Output& output, const ArchiveMember& member) {
  Inflater inflater;
  auto& stream = inflater.stream;
  std::array<char, 65'536> room{};
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(member.packed.data()));  // NOLINT
  stream.avail_in = static_cast<uInt>(member.packed.size());
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) throw not_a_zip(member.name + " is damaged");
    output.write({room.data(), room.size() - stream.avail_out});
  }
  if (stream.avail_in != 0) throw not_a_zip(member.name + " has more than its content");
}

}  // namespace

void unpack(std::string_view archive, const std::filesystem::path& folder) {
  for (const auto& member : sim::lambda::read_archive(archive)) {
    const auto path = folder / member.name;
    std::filesystem::create_directories(member.folder ? path : path.parent_path());
    if (member.folder) continue;
    Output output(path, member);
    if (member.deflated) {
      inflate_into(output, member);
    } else {
      output.write(member.packed);
    }
    output.finish();
  }
}

}  // namespace process
