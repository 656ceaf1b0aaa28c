// The text of a template as one JSON document: YAML's short tags (!Ref, !Sub, ...) become the long
// form, and every value keeps the line it stood on. Pure.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
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
  // The first line given for a path stays.
  void set(std::string path, int line) { lines_.emplace(std::move(path), line); }
  // The line of the value, or of the nearest one around it; 0 when nothing is known.
  int line(std::string_view path) const;

 private:
  std::map<std::string, int, std::less<>> lines_;
};

struct Document {
  json::value root;
  bool short_tags = false;  // a function is written as YAML's tag (!Ref)
  Positions positions;
  std::vector<Problem> problems;  // syntax, aliases, duplicate keys, null values, unknown tags
};

// Never throws for bad text: what is wrong is in `problems`. JSON when the first character is '{'.
// YAML is version 1.1 without what CloudFormation leaves out of it: aliases, hash merges, and the
// tags binary, omap, pairs, set and timestamp.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
Document parse(std::string_view text, const std::string& file);

// A document is nested no deeper; deeper ones are attacks on the reader.
constexpr std::size_t max_depth = 100;

// The path of a member or element. Paths of documents made to exhaust the reader end early: they
// then name the nearest value around.
std::string below(const std::string& path, std::string_view key);
std::string below(const std::string& path, std::size_t index);

// Whether CloudFormation has a function of this long name ("Ref", "Condition", "Fn::Sub", ...).
bool is_function(std::string_view name);
// Whether it gives true or false: those of conditions, and those of rules beside them.
bool is_boolean_function(std::string_view name);

}  // namespace templates
