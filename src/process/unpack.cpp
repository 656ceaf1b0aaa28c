#include "process/unpack.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "process/keeper.hpp"
#include "sim/lambda/archive.hpp"

namespace process {

namespace {

using sim::lambda::ArchiveMember;
using sim::lambda::not_a_zip;

// What is written between two turns of the others: some 10 ms of work.
constexpr std::size_t slice = 4 * 1024 * 1024;
// A file costs as much as this many bytes.
constexpr std::size_t price_of_file = 16 * 1024;

// Lets the others have their turn after every slice of work.
class Turns {
 public:
  explicit Turns(base::Clock& clock) : clock_(clock) {}

  base::Task<void> after(std::size_t work) {
    done_ += work;
    if (done_ < slice) co_return;
    done_ = 0;
    co_await clock_.sleep_for(base::Duration::zero());
  }

 private:
  base::Clock& clock_;
  std::size_t done_ = 0;
};

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

base::Task<void> inflate_into(Output& output, const ArchiveMember& member, Turns& turns) {
  Inflater inflater;
  auto& stream = inflater.stream;
  std::vector<char> room(65'536);
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(member.packed.data()));  // NOLINT
  stream.avail_in = static_cast<uInt>(member.packed.size());
  int state = Z_OK;
  while (state != Z_STREAM_END) {
    stream.next_out = reinterpret_cast<Bytef*>(room.data());
    stream.avail_out = static_cast<uInt>(room.size());
    state = inflate(&stream, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END) throw not_a_zip(member.name + " is damaged");
    const auto size = room.size() - stream.avail_out;
    output.write({room.data(), size});
    co_await turns.after(size);
  }
  if (stream.avail_in != 0) throw not_a_zip(member.name + " has more than its content");
}

base::Task<void> copy_into(Output& output, std::string_view content, Turns& turns) {
  while (!content.empty()) {
    const auto part = content.substr(0, slice);
    output.write(part);
    content.remove_prefix(part.size());
    co_await turns.after(part.size());
  }
}

}  // namespace

base::Task<void> unpack(base::Runtime& runtime, std::string_view archive,
                        std::filesystem::path folder) {
  Turns turns(runtime.clock());
  for (const auto& member : sim::lambda::read_archive(archive)) {
    const auto path = folder / member.name;
    std::filesystem::create_directories(member.folder ? path : path.parent_path());
    if (member.folder) continue;
    Output output(path, member);
    if (member.deflated) {
      co_await inflate_into(output, member, turns);
    } else {
      co_await copy_into(output, member.packed, turns);
    }
    output.finish();
    co_await turns.after(price_of_file);
  }
}

}  // namespace process
