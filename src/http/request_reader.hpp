// Bytes of one connection in, requests out: the reading half of the server, without I/O. What two
// readers could understand differently is refused, so that nothing can be smuggled past whoever
// checked a signature (RFC 9112, section 11.2). Beast's parser is too kind for that: it takes
// folded fields, "0x1" for the last chunk, and trailers for header fields.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.hpp"

namespace http {

struct RequestLimits {
  std::uint32_t header_bytes = 64 * 1024;
  std::uint64_t body_bytes = 64 * 1024 * 1024;
};

class RequestReader {
 public:
  // idle: nothing of the next message yet. whole: take() it. refused: nothing more is read.
  enum class State { idle, head, body, whole, refused };
  struct Problem {
    int status = 400;
    std::string why;
  };

  // `scheme` and `authority` are the connection's own; the latter stands in for the Host that
  // HTTP/1.0 may leave out.
  RequestReader(std::string scheme, std::string authority, RequestLimits limits = {});

  // What is given beyond a whole message waits for the next.
  void give(std::string_view bytes);
  State state() const { return state_; }
  // The client waits for a word before it sends its body; true once a message.
  bool take_expectation();
  // Only when whole.
  Request take();
  // Whether this message (whole or refused) is the connection's last; ask before take().
  bool last() const { return last_; }
  const Problem& problem() const { return problem_; }

 private:
  // Where in a chunked body the reader is.
  enum class Chunk { size, data, end, trailer };

  void advance();
  bool find_end_of_head();
  bool end_line(std::string_view line);
  bool read_request_line(std::string_view line);
  bool read_field(std::string_view line);
  void end_head();
  bool accept_framing();
  bool accept_target();
  void read_body();
  void read_chunks();
  bool read_chunk_line(std::string_view line);
  void refuse(int status, std::string why);

  std::string scheme_;
  std::string authority_;
  RequestLimits limits_;
  State state_ = State::idle;
  Problem problem_;
  bool last_ = false;
  bool expectation_ = false;

  std::string pending_;
  // Of the head that is being looked through.
  std::size_t scanned_ = 0;
  std::size_t line_ = 0;
  std::size_t lines_ = 0;
  // The message so far.
  Request request_;
  bool old_ = false;  // HTTP/1.0
  bool chunked_ = false;
  Chunk chunk_ = Chunk::size;
  std::uint64_t missing_ = 0;  // of the body, or of the chunk
  std::size_t trailer_bytes_ = 0;
};

}  // namespace http
