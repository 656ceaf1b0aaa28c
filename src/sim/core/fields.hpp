// Reads the members of a JSON request. A member of the wrong type is refused as AWS's JSON
// protocols do (SerializationException); one that is missing, with the service's own code.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.hpp"

namespace sim {

class Fields {
 public:
  // `members` must outlive this. `missing_code` refuses a required member that is not there.
  explicit Fields(const json::object& members, std::string missing_code = "ValidationException")
      : members_(members), missing_code_(std::move(missing_code)) {}

  bool has(std::string_view name) const;  // present and not null
  std::string text(std::string_view name, std::string fallback = {}) const;
  std::string required(std::string_view name) const;
  // Numbers in quotes are taken too, as AWS's own deserializers do.
  std::int64_t integer(std::string_view name, std::int64_t fallback) const;
  bool flag(std::string_view name, bool fallback = false) const;
  // Empty when missing.
  const json::array& list(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  const json::object& object(std::string_view name) const;

  // Refuses a member whose meaning the embedded AWS cannot honour, when it is given.
  void unsupported(std::string_view operation, std::initializer_list<std::string_view> names) const;

 private:
  const json::object& members_;
  std::string missing_code_;
};

// A point in time as the JSON protocols write it: seconds since 1970, to the millisecond.
double epoch_seconds(base::Instant instant);

}  // namespace sim
