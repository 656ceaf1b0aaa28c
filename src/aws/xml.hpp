// The few steps that reading EC2's and query's XML takes.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <vector>

#include "aws/protocol.hpp"

namespace aws::xml {

using protocol::text;

// The "item" (EC2) or "member" (query) children of a list.
inline std::vector<pugi::xml_node> items(pugi::xml_node list, const char* name = "item") {
  std::vector<pugi::xml_node> out;
  for (const auto item : list.children(name)) out.push_back(item);
  return out;
}

// An id, or nothing when the element is absent or empty.
template <class Id>
std::optional<Id> optional_id(pugi::xml_node node, const char* child) {
  auto value = text(node, child);
  if (value.empty()) return std::nullopt;
  return Id{std::move(value)};
}

}  // namespace aws::xml
