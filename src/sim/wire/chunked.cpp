#include "sim/wire/chunked.hpp"

#include <charconv>

#include "sim/core/call.hpp"
#include "sim/wire/text.hpp"

namespace sim::wire {

namespace {

constexpr std::string_view hash_header = "x-amz-content-sha256";

[[noreturn]] void incomplete() {
  throw Error("IncompleteBody",
              "The request body terminated unexpectedly or its chunks cannot be read.");
}

// Up to the end of the line, which is taken too.
std::string_view line(std::string_view& text) {
  const auto end = text.find("\r\n");
  if (end == std::string_view::npos) incomplete();
  const auto out = text.substr(0, end);
  text.remove_prefix(end + 2);
  return out;
}

std::size_t size_in(std::string_view header) {
  const auto digits = header.substr(0, header.find(';'));
  std::size_t size = 0;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (digits.empty() || failure != std::errc() || end != digits.data() + digits.size()) {
    incomplete();
  }
  return size;
}

void read_trailers(std::string_view text, Chunks& into) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (one.empty()) continue;
    const auto colon = one.find(':');
    if (colon == std::string_view::npos) incomplete();
    auto value = one.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    auto name = lower(one.substr(0, colon));
    if (name == "x-amz-trailer-signature") {
      into.trailer_signature = value;
    } else {
      into.trailers.emplace_back(std::move(name), value);
    }
  }
}

}  // namespace

bool is_chunked(const http::Request& request) {
  return request.headers.get(hash_header).value_or("").starts_with("STREAMING-");
}

Chunks chunks_of(const http::Request& request) {
  Chunks out;
  std::string_view rest = request.body;
  std::size_t total = 0;
  while (true) {
    const auto header = line(rest);
    const auto size = size_in(header);
    if (size > rest.size()) incomplete();
    constexpr std::string_view mark = "chunk-signature=";
    const auto at = header.find(mark);
    const auto signature =
        at == std::string_view::npos ? std::string_view() : header.substr(at + mark.size());
    out.chunks.push_back({rest.substr(0, size), signature});
    rest.remove_prefix(size);
    total += size;
    if (size == 0) break;
    if (!line(rest).empty()) incomplete();
  }
  read_trailers(rest, out);
  const auto promised = request.headers.get("x-amz-decoded-content-length");
  if (promised && *promised != std::to_string(total)) {
    throw Error("IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP "
                "header");
  }
  return out;
}

void unchunk(http::Request& request) {
  if (!is_chunked(request)) return;
  const auto parts = chunks_of(request);
  std::string body;
  for (const auto& chunk : parts.chunks) body += chunk.data;
  for (const auto& [name, value] : parts.trailers) request.headers.set(name, value);
  request.body = std::move(body);
  std::string encoding(request.headers.get("content-encoding").value_or(""));
  for (const std::string_view chunked : {"aws-chunked,", "aws-chunked"}) {
    if (encoding.starts_with(chunked)) encoding.erase(0, chunked.size());
  }
  if (encoding.empty()) {
    request.headers.remove("content-encoding");
  } else {
    request.headers.set("content-encoding", encoding);
  }
}

}  // namespace sim::wire
