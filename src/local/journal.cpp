#include "local/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/crc.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <optional>

namespace local {

namespace json = boost::json;

namespace {

std::uint32_t checksum_of(const Record& record, std::string_view fields) {
  boost::crc_32_type crc;
  const auto at = std::to_string(record.at.time_since_epoch().count());
  for (const std::string_view part : {std::string_view(at), std::string_view(record.kind), fields,
                                      std::string_view(record.body)}) {
    crc.process_bytes(part.data(), part.size());
  }
  return crc.checksum();
}

std::string text_of(const Record& record) {
  const json::object line{{"at", record.at.time_since_epoch().count()},
                          {"kind", record.kind},
                          {"fields", record.fields},
                          {"body", record.body.size()},
                          {"crc", checksum_of(record, json::serialize(record.fields))}};
  return json::serialize(line) + "\n" + record.body + "\n";
}

// What the line of a record says.
struct Head {
  Record record;  // without its body
  std::size_t body = 0;
  std::int64_t checksum = 0;
};

std::optional<Head> head_of(std::string_view text) {
  json::parse_options options;
  options.allow_invalid_utf8 = true;  // header fields are any bytes
  boost::system::error_code malformed;
  const auto value = json::parse(text, malformed, {}, options);
  if (malformed || !value.is_object()) return std::nullopt;
  const auto& line = value.get_object();
  const auto* at = line.if_contains("at");
  const auto* kind = line.if_contains("kind");
  const auto* fields = line.if_contains("fields");
  const auto* body = line.if_contains("body");
  const auto* crc = line.if_contains("crc");
  if (!at || !at->is_int64() || !kind || !kind->is_string() || !fields || !fields->is_object() ||
      !body || !body->is_int64() || body->get_int64() < 0 || !crc || !crc->is_int64()) {
    return std::nullopt;
  }
  return Head{{base::Instant(base::Duration(at->get_int64())), std::string(kind->get_string()),
               fields->get_object()},
              static_cast<std::size_t>(body->get_int64()),
              crc->get_int64()};
}

enum class Found { whole, cut, damaged };

// The record at the beginning of `text`, which it is taken from when it is whole.
Found read_record(std::string_view& text, Record& record) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return Found::cut;
  auto head = head_of(text.substr(0, end));
  if (!head) return Found::damaged;
  const auto rest = text.substr(end + 1);
  if (head->body >= rest.size()) return Found::cut;
  record = std::move(head->record);
  record.body = rest.substr(0, head->body);
  if (rest[head->body] != '\n' ||
      checksum_of(record, json::serialize(record.fields)) != head->checksum) {
    return Found::damaged;
  }
  text = rest.substr(head->body + 1);
  return Found::whole;
}

// A damaged length can make a record look cut short that others stand behind.
bool holds_record(std::string_view text) {
  constexpr std::string_view begin = "\n{\"at\":";
  for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at + 1)) {
    auto rest = text.substr(at + 1);
    Record record;
    if (read_record(rest, record) == Found::whole) return true;
  }
  return false;
}

}  // namespace

std::uint32_t checksum(std::string_view text) {
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

Journal::Journal(std::filesystem::path file) : file_(std::move(file)) {
  const auto name = file_.string();
  descriptor_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) {
    throw StateError(fmt::format("{}: cannot be opened: {}", name, std::strerror(errno)));
  }
  try {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      throw StateError(name +
                       ": another falsework is using it; stop that one, or give another file");
    }
    keep_to_owner();
    read();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

Journal::~Journal() {
  ::close(descriptor_);
}

void Journal::keep_to_owner() const {
  const auto name = file_.string();
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    throw StateError(name + ": is not a regular file");
  }
  if (status.st_uid != ::geteuid()) {
    throw StateError(name + ": belongs to another user; give another file");
  }
  if ((status.st_mode & 077U) != 0 && ::fchmod(descriptor_, 0600) != 0) {
    throw StateError(fmt::format("{}: cannot be kept from others: {}", name, std::strerror(errno)));
  }
}

void Journal::read() {
  const auto name = file_.string();
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) throw StateError(name + ": cannot be read");
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  for (std::size_t got = 0; got < text.size();) {
    const auto count =
        ::pread(descriptor_, text.data() + got, text.size() - got, static_cast<::off_t>(got));
    if (count <= 0) throw StateError(name + ": cannot be read");
    got += static_cast<std::size_t>(count);
  }
  std::string_view rest = text;
  auto found = Found::whole;
  while (!rest.empty() && found == Found::whole) {
    Record record;
    found = read_record(rest, record);
    if (found == Found::whole) found_.push_back(std::move(record));
  }
  if (found_.empty() && !text.empty()) {
    throw StateError(name + ": is not a state file of falsework local; give another file");
  }
  size_ = text.size() - rest.size();
  if (found == Found::damaged || (found == Found::cut && holds_record(rest))) {
    throw StateError(
        fmt::format("{}: is damaged at byte {}; it was left as it is: give another file, or a copy "
                    "of its first {} bytes, which lead to the world as it was until then",
                    name, size_, size_));
  }
  if (!rest.empty() && ::ftruncate(descriptor_, static_cast<::off_t>(size_)) != 0) {
    throw StateError(fmt::format("{}: cannot be written: {}", name, std::strerror(errno)));
  }
}

void Journal::append(const Record& record) {
  const auto text = text_of(record);
  for (std::size_t written = 0; written < text.size();) {
    const auto count = ::pwrite(descriptor_, text.data() + written, text.size() - written,
                                static_cast<::off_t>(size_ + written));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const auto reason = std::string(std::strerror(errno));
      // What was written of it has no whole record; reading would drop it as well.
      [[maybe_unused]] const int cut = ::ftruncate(descriptor_, static_cast<::off_t>(size_));
      throw StateError(fmt::format("{}: cannot be written: {}", file_.string(), reason));
    }
    written += static_cast<std::size_t>(count);
  }
  size_ += text.size();
}

}  // namespace local
