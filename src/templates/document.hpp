// The text of a template as one JSON document: YAML's short tags (!Ref, !Sub, ...) become the long
// form, and every value keeps the line it stood on. Pure.
#pragma once

#include <boost/json/value.hpp>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "templates/problem.hpp"

namespace templates {

namespace json = boost::json;

// Lines by path: "/Resources/Vpc/Properties/CidrBlock".
class Positions {
 public:
  void set(std::string path, int line) { lines_.emplace(std::move(path), line); }
  // The line of the value, or of the nearest one around it; 0 when nothing is known.
  int line(std::string_view path) const;

 private:
  std::map<std::string, int, std::less<>> lines_;
};

struct Document {
  json::value root;
  Positions positions;
  std::vector<Problem> problems;  // syntax, aliases, duplicate keys, null values, unknown tags
};

// Never throws for bad text: what is wrong is in `problems`. JSON when the first character is '{'.
Document parse(std::string_view text, const std::string& file);

// Whether CloudFormation has a function of this long name ("Ref", "Condition", "Fn::Sub", ...).
bool is_function(std::string_view name);

}  // namespace templates
