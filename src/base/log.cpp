#include "base/log.hpp"

#include <fmt/format.h>
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

namespace {

// As boost::json::serialize, but a number reads 51.264 and not 5.1264E1: people read these lines.
// Three decimals are enough for every quantity that we log.
void append(std::string& out, const boost::json::value& value) {
  if (value.is_double()) {
    std::string number = fmt::format("{:.3f}", value.get_double());
    number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
    out += number;
  } else if (value.is_object()) {
    out += '{';
    for (const auto& [key, member] : value.get_object()) {
      if (!out.ends_with('{')) out += ',';
      out += boost::json::serialize(key);
      out += ':';
      append(out, member);
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (const auto& element : value.get_array()) {
      if (!out.ends_with('[')) out += ',';
      append(out, element);
    }
    out += ']';
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

std::string line(Instant now, Level level, std::string_view event,
                 const boost::json::object& fields) {
  boost::json::object record;
  record["time"] = iso8601(now);
  record["level"] = name(level);
  record["event"] = event;
  for (const auto& [key, value] : fields) record[key] = value;
  std::string text;
  append(text, record);
  return text;
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
