// The record of everything that came into the embedded AWS from outside, in its order: written
// before it has any effect, so that after a kill at any moment the same world can be lived through
// again up to the last thing it saw. One file, one writer, append only.
//
// A record is a line of JSON and, behind it, the body's bytes and a newline. The line carries the
// body's length and a checksum of both; a last record that a kill cut short is dropped when
// reading.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace local {

// The state file cannot be used; the text says which, why, and what to do.
class StateError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Record {
  base::Instant at;
  std::string kind;  // "world", "endpoint", "request", "answer", "runtime", "output", ...
  boost::json::object fields = {};
  std::string body = {};
};

class Journal {
 public:
  // Opens or makes the file (readable by its owner only from here on: requests carry secrets),
  // locks it, reads what it holds, and cuts off a last record that a kill cut short. Throws
  // StateError: no such folder, in use by another process, another user's, not a state file,
  // damaged; the file is then as it was before.
  explicit Journal(std::filesystem::path file);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // What was there when it was opened, in order. To be taken once.
  std::vector<Record> take() { return std::move(found_); }
  // Survives the end of this process from here on. Throws StateError when it cannot be written (a
  // full disk); the file is then as it was before.
  void append(const Record& record);

  const std::filesystem::path& file() const { return file_; }
  std::uint64_t size() const { return size_; }

 private:
  void keep_to_owner() const;
  void read();

  std::filesystem::path file_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::vector<Record> found_;
};

// CRC-32 of all of it.
std::uint32_t checksum(std::string_view text);

}  // namespace local
