// The small notation in which the tables of types are written, so that one type is a few lines:
//   members   "Name! Port:number Scheme:internal|internet-facing VpcId:@vpc Tags:tags"
//             `!` required; after the colon what it must be: text (the default), number, flag,
//             list, map, tags, any, one of some words, or a reference that must exist.
//   patterns  "topic/{Name}", "fs-0{hex:16}"
// Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::records {

struct Member {
  enum class Kind { text, number, flag, list, map, tags, any, word, reference };
  std::string name;
  Kind kind = Kind::text;
  bool required = false;
  std::vector<std::string> words = {};  // Kind::word
  std::string refers = {};              // Kind::reference: "vpc"
};

std::vector<Member> parse_members(std::string_view grammar);

}  // namespace sim::records
