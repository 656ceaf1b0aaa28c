// Bodies that travel in chunks of their own ("aws-chunked"), with signatures and trailers.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.hpp"

namespace sim::wire {

struct Chunk {
  std::string_view data;
  std::string_view signature;  // empty: unsigned
};

struct Chunks {
  std::vector<Chunk> chunks;                                  // the last of them is empty
  std::vector<std::pair<std::string, std::string>> trailers;  // lower-case names
  std::string trailer_signature;
};

// True when x-amz-content-sha256 says that the body is one.
bool is_chunked(const http::Request& request);

// The parts of such a body; they point into it. Throws Error IncompleteBody.
Chunks chunks_of(const http::Request& request);

// Makes a chunked request a plain one: the data is its body, the trailers are headers, and
// Content-Encoding no longer names aws-chunked. Leaves others as they are.
void unchunk(http::Request& request);

}  // namespace sim::wire
