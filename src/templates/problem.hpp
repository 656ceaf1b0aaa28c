// One thing wrong with a template, where it is, and what CloudFormation would say about it.
#pragma once

#include <string>
#include <vector>

namespace templates {

struct Problem {
  enum class Kind {
    syntax,            // not YAML, not JSON, or beyond what CloudFormation reads of them
    format,            // the document's shape: sections, members, sizes
    function,          // an intrinsic function that does not exist or is used wrongly
    unresolved,        // a name that nothing in the template has
    circular,          // resources that wait for each other
    unsupported_type,  // a resource type the caller does not have
    parameter,         // a value that is missing or not allowed
    default_value,     // a Default that is no string: stops those who rely on it
    property,          // a property the type does not have, or must have: AWS notices on creation
  };
  std::string file;
  int line = 0;  // 1 is the first; 0 when it is about no single line
  std::string logical_id;
  std::string text;
  Kind kind = Kind::format;
  // unresolved: the missing name; circular: the members, comma separated; syntax: the reader's own
  // words, which CloudFormation does not pass on
  std::string subject;
  std::string section;  // "Resources", "Outputs", "Conditions", ...
};

// "network.yaml:12: NatGateway: Ref names Addres, which ..."
std::string describe(const Problem& problem);

// The one message CloudFormation's ValidationError carries for these problems: the first kind that
// stops it, merged as AWS merges it. Empty when nothing stops it (property and default_value
// problems do not).
std::string refusal(const std::vector<Problem>& problems);

}  // namespace templates
