// The log: one fact a line, a stable dotted event name and its fields, never a secret.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace base {

enum class Level { info, warn, error };

std::string_view name(Level level);

class Log {
 public:
  virtual ~Log() = default;
  virtual void write(Level level, std::string_view event, boost::json::object fields) = 0;

  void info(std::string_view event, boost::json::object fields = {});
  void warn(std::string_view event, boost::json::object fields = {});
  void error(std::string_view event, boost::json::object fields = {});
};

// Writes {"time","level","event",...fields} as one line to a file descriptor (2 for Lambda).
class LineLog final : public Log {
 public:
  LineLog(const Clock& clock, int descriptor) : clock_(clock), descriptor_(descriptor) {}
  void write(Level level, std::string_view event, boost::json::object fields) override;

 private:
  const Clock& clock_;
  int descriptor_;
};

// The line itself, without its newline.
std::string line(Instant now, Level level, std::string_view event,
                 const boost::json::object& fields);

// Writes nothing.
class NoLog final : public Log {
 public:
  void write(Level, std::string_view, boost::json::object) override {}
};

}  // namespace base
