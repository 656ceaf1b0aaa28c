#include "base/log.hpp"

#include <unistd.h>

#include <boost/json/serialize.hpp>

namespace base {

std::string_view name(Level level) {
  switch (level) {
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return "error";
}

void Log::info(std::string_view event, boost::json::object fields) {
  write(Level::info, event, std::move(fields));
}

void Log::warn(std::string_view event, boost::json::object fields) {
  write(Level::warn, event, std::move(fields));
}

void Log::error(std::string_view event, boost::json::object fields) {
  write(Level::error, event, std::move(fields));
}

std::string line(Instant now, Level level, std::string_view event,
                 const boost::json::object& fields) {
  boost::json::object record;
  record["time"] = iso8601(now);
  record["level"] = name(level);
  record["event"] = event;
  for (const auto& [key, value] : fields) record[key] = value;
  return boost::json::serialize(record);
}

void LineLog::write(Level level, std::string_view event, boost::json::object fields) {
  std::string text = line(clock_.now(), level, event, fields);
  text.push_back('\n');
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(descriptor_, rest.data(), rest.size());
    if (written <= 0) return;  // a full or closed log must not fail the work it describes
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace base
