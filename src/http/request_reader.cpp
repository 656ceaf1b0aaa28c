#include "http/request_reader.hpp"

#include <cassert>
#include <charconv>
#include <stdexcept>

namespace http {

namespace {

// More fields than these belong to nobody who means well.
constexpr std::size_t most_fields = 500;
// The line before a chunk: a size, and extensions that nobody uses.
constexpr std::size_t most_chunk_line = 1024;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_made_of(std::string_view text, std::string_view others) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

bool is_token(std::string_view text) {
  return is_made_of(text, "!#$%&'*+-.^_`|~");
}

// A registered name or an address, with or without a port.
bool is_authority(std::string_view text) {
  return is_made_of(text, "-._~:[]");
}

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f';
}

bool is_visible(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

std::size_t count(const Headers& headers, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [&](const Headers::Field& field) { return same_name(field.first, name); }));
}

// Whether one of the comma's parts is that word.
bool lists(std::string_view value, std::string_view word) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    if (same_name(trimmed(value.substr(0, comma)), word)) return true;
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
  }
  return false;
}

// Digits and nothing else: no sign, no prefix, no space.
std::optional<std::uint64_t> number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || !is_alphanumeric(digits.front()) || error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

RequestReader::RequestReader(std::string scheme, std::string authority, RequestLimits limits)
    : scheme_(std::move(scheme)), authority_(std::move(authority)), limits_(limits) {}

void RequestReader::give(std::string_view bytes) {
  if (state_ == State::refused) return;
  pending_.append(bytes);
  advance();
}

bool RequestReader::take_expectation() {
  return std::exchange(expectation_, false);
}

Request RequestReader::take() {
  assert(state_ == State::whole);
  auto request = std::exchange(request_, {});
  state_ = State::idle;
  if (!last_) advance();
  return request;
}

void RequestReader::refuse(int status, std::string why) {
  state_ = State::refused;
  problem_ = {status, std::move(why)};
  last_ = true;
  expectation_ = false;
  request_ = {};
  pending_.clear();
}

void RequestReader::advance() {
  if (state_ == State::idle) {
    // Some clients send an empty line after a body (RFC 9112, section 2.2).
    while (pending_.starts_with("\r\n")) pending_.erase(0, 2);
    if (pending_.empty() || pending_ == "\r") return;
    state_ = State::head;
    scanned_ = line_ = lines_ = 0;
  }
  if (state_ == State::head && find_end_of_head()) end_head();
  if (state_ == State::body) read_body();
}

// Looks at every byte once, however slowly they come. Afterwards scanned_ is behind the empty line.
bool RequestReader::find_end_of_head() {
  for (; scanned_ < pending_.size(); ++scanned_) {
    if (scanned_ >= limits_.header_bytes) {
      refuse(lines_ == 0 ? 414 : 431, "The header is too large.");
      return false;
    }
    const char c = pending_[scanned_];
    const bool after_return = scanned_ > line_ && pending_[scanned_ - 1] == '\r';
    if (after_return != (c == '\n')) {
      refuse(400, "A line does not end with CR LF.");
      return false;
    }
    if (c == '\n') {
      const auto line = std::string_view(pending_).substr(line_, scanned_ - 1 - line_);
      line_ = scanned_ + 1;
      if (line.empty()) {
        ++scanned_;
        return true;
      }
      if (!end_line(line)) return false;
    } else if (is_control(c) && c != '\r') {
      refuse(400, "The header holds a control character.");
      return false;
    }
  }
  return false;
}

bool RequestReader::end_line(std::string_view line) {
  return lines_++ == 0 ? read_request_line(line) : read_field(line);
}

// RFC 9112, section 3: method SP target SP version.
bool RequestReader::read_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  const auto version = last == std::string_view::npos ? "" : line.substr(last + 1);
  const auto target = last == first ? "" : line.substr(first + 1, last - first - 1);
  if (first == std::string_view::npos || !is_token(line.substr(0, first))) {
    refuse(400, "The request line has no method.");
  } else if (target.empty() || !is_visible(target) || target.find('#') != std::string_view::npos) {
    refuse(400, "The target is missing or holds a character that does not belong there.");
  } else if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool other = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.';
    refuse(other ? 505 : 400, "The server speaks HTTP/1.1.");
  } else {
    request_.method = line.substr(0, first);
    request_.url.target = target;
    request_.timeout.reset();
    old_ = version == "HTTP/1.0";
  }
  return state_ == State::head;
}

bool RequestReader::read_field(std::string_view line) {
  const auto colon = line.find(':');
  if (lines_ > most_fields + 1) {
    refuse(431, "The header has too many fields.");
  } else if (line.front() == ' ' || line.front() == '\t') {
    refuse(400, "A header field is folded over two lines.");
  } else if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    refuse(400, "A header field has no proper name.");
  } else {
    request_.headers.add(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return state_ == State::head;
}

void RequestReader::end_head() {
  pending_.erase(0, scanned_);
  last_ = old_ || lists(request_.headers.get("Connection").value_or(""), "close");
  if (accept_framing() && accept_target()) state_ = State::body;
}

// Exactly one way to tell where the body ends.
bool RequestReader::accept_framing() {
  const auto& headers = request_.headers;
  const auto length = headers.get("Content-Length");
  const auto coding = headers.get("Transfer-Encoding");
  if (length && coding) {
    refuse(400, "The request has both Content-Length and Transfer-Encoding.");
  } else if (count(headers, "Content-Length") > 1 || count(headers, "Transfer-Encoding") > 1) {
    refuse(400, "The request tells the length of its body twice.");
  } else if (length && !number(*length, 10)) {
    refuse(400, "Content-Length is not a number.");
  } else if (coding && old_) {
    refuse(400, "HTTP/1.0 has no Transfer-Encoding.");
  } else if (coding && !same_name(*coding, "chunked")) {
    refuse(501, "The only Transfer-Encoding is chunked.");
  }
  if (state_ == State::refused) return false;
  chunked_ = coding.has_value();
  chunk_ = Chunk::size;
  trailer_bytes_ = 0;
  missing_ = length ? number(*length, 10).value_or(0) : 0;
  if (missing_ > limits_.body_bytes) {
    refuse(413, "The body is too large.");
    return false;
  }
  const auto expected = headers.get("Expect");
  if (!expected || old_) return true;
  if (!same_name(*expected, "100-continue")) {
    refuse(417, "The only Expect is 100-continue.");
    return false;
  }
  expectation_ = chunked_ || missing_ > 0;
  return true;
}

// RFC 9112, section 3.2: origin, absolute and asterisk form.
bool RequestReader::accept_target() {
  const std::string target = request_.url.target;
  const auto hosts = count(request_.headers, "Host");
  std::string authority(request_.headers.get("Host").value_or(authority_));
  if (request_.method == "CONNECT") {
    refuse(501, "The server is no proxy.");
  } else if (hosts > 1 || (hosts == 0 && !old_)) {
    refuse(400, "The request must have exactly one Host.");
  } else if (target == "*" ? request_.method != "OPTIONS" : !target.starts_with('/')) {
    const auto begin = target.find("://");
    const auto end = target.find_first_of("/?", begin == std::string::npos ? 0 : begin + 3);
    if (begin == std::string::npos ||
        !(target.starts_with("http:") || target.starts_with("https:"))) {
      refuse(400, "The target is neither a path nor a URL.");
      return false;
    }
    authority = target.substr(begin + 3, end == std::string::npos ? end : end - begin - 3);
    request_.url.target = end == std::string::npos ? "/" : target.substr(end);
    if (request_.url.target.starts_with('?')) request_.url.target.insert(0, 1, '/');
    // Section 3.2.2: the received Host does not count.
    request_.headers.set("Host", authority);
  }
  if (state_ == State::refused) return false;
  try {
    if (!is_authority(authority)) throw std::invalid_argument("URL: the host is not a name");
    auto url = Url::parse(scheme_ + "://" + authority);
    url.target = std::move(request_.url.target);
    request_.url = std::move(url);
  } catch (const std::invalid_argument& error) {
    refuse(400, std::string("The Host is malformed: ") + error.what() + ".");
    return false;
  }
  return true;
}

void RequestReader::read_body() {
  if (chunked_) {
    read_chunks();
  } else {
    const auto size = std::min<std::uint64_t>(missing_, pending_.size());
    request_.body.append(pending_, 0, size);
    pending_.erase(0, size);
    missing_ -= size;
    if (missing_ == 0) state_ = State::whole;
  }
  if (state_ == State::whole) expectation_ = false;
}

// RFC 9112, section 7.1.
void RequestReader::read_chunks() {
  std::size_t at = 0;
  while (state_ == State::body && at < pending_.size()) {
    if (chunk_ == Chunk::data) {
      const auto size = std::min<std::uint64_t>(missing_, pending_.size() - at);
      request_.body.append(pending_, at, size);
      at += size;
      missing_ -= size;
      if (missing_ == 0) chunk_ = Chunk::end;
      continue;
    }
    const auto end = pending_.find_first_of("\r\n", at);
    // Even half a line tells when it is too long, or where nothing may stand.
    const auto length = (end == std::string::npos ? pending_.size() : end) - at;
    if (length > most_chunk_line) return refuse(431, "A chunk's header or a trailer is too long.");
    if (chunk_ == Chunk::end && length > 0) return refuse(400, "A chunk is longer than it says.");
    if (end == std::string::npos || end + 1 == pending_.size()) {
      if (end != std::string::npos && pending_[end] == '\n') {
        return refuse(400, "A chunk's line does not end with CR LF.");
      }
      break;
    }
    if (pending_[end] != '\r' || pending_[end + 1] != '\n') {
      return refuse(400, "A chunk's line does not end with CR LF.");
    }
    if (!read_chunk_line(std::string_view(pending_).substr(at, length))) return;
    at = end + 2;
  }
  pending_.erase(0, at);
}

// Trailers are read and dropped: nobody here may act on them.
bool RequestReader::read_chunk_line(std::string_view line) {
  // Spaces may stand before the ';' of an extension.
  auto digits = line.substr(0, line.find(';'));
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  trailer_bytes_ += chunk_ == Chunk::trailer ? line.size() + 2 : 0;
  if (std::ranges::any_of(line, is_control)) {
    refuse(400, "A chunk's line holds a control character.");
  } else if (trailer_bytes_ > limits_.header_bytes) {
    refuse(431, "The trailer is too large.");
  } else if (chunk_ == Chunk::end) {
    chunk_ = Chunk::size;
  } else if (chunk_ == Chunk::trailer) {
    if (line.empty()) state_ = State::whole;
  } else if (const auto size = number(digits, 16); !size) {
    refuse(400, "A chunk's size is not a number.");
  } else if (*size > limits_.body_bytes - request_.body.size()) {
    refuse(413, "The body is too large.");
  } else {
    missing_ = *size;
    chunk_ = *size == 0 ? Chunk::trailer : Chunk::data;
  }
  return state_ != State::refused;
}

}  // namespace http
