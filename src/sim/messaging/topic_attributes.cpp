#include "sim/messaging/topic_attributes.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/core/words.hpp"

namespace sim::messaging {

Error invalid_parameter(const std::string& what) {
  return {"InvalidParameter", "Invalid parameter: " + what};
}

bool is_topic_attribute(std::string_view known, const std::string& name) {
  // Nothing is archived here, so nothing can be replayed.
  if (name == "ArchivePolicy" || name == "ReplayPolicy") {
    throw Error("NotImplemented", fmt::format("The embedded AWS has no {}.", name), 501);
  }
  return base::contains(words_of(known), name);
}

void flatten(std::string_view known, json::object& members) {
  const auto* given = members.if_contains("Attributes");
  if (given == nullptr) return;
  const json::object attributes = given->as_object();
  members.erase("Attributes");
  for (const auto& one : attributes) {
    const std::string name = one.key();
    if (!is_topic_attribute(known, name)) {
      throw invalid_parameter("Attributes Reason: Unknown attribute " + name);
    }
    members[name] =
        one.value().is_string() ? one.value() : json::value(json::serialize(one.value()));
  }
}

}  // namespace sim::messaging
