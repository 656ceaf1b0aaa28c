// An SSM document of type Command, read: its parameters, its steps, and the steps with the
// parameters filled in. Pure.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::ssm {

namespace json = boost::json;

struct DocumentParameter {
  std::string name, type, description;
  std::optional<std::vector<std::string>> fallback = {};  // nothing: it must be given
  std::vector<std::string> allowed_values = {};
  std::string allowed_pattern = {};
};

struct Step {
  std::string action;  // "aws:runShellScript"
  std::string name;
  json::object inputs = {};
  bool for_linux = true;  // its precondition, if any, names Linux
};

struct Document {
  std::string schema, description;
  std::vector<DocumentParameter> parameters = {};
  std::vector<Step> steps = {};
};

// By name; one value for a String.
using Values = std::map<std::string, std::vector<std::string>>;

// `format` is JSON or YAML. Throws Error InvalidDocumentContent, InvalidDocumentSchemaVersion, or
// NotImplemented for what the embedded AWS cannot honour.
Document read_document(std::string_view content, std::string_view format);
// The values of the API's Parameters member. Throws Error InvalidParameters, NotImplemented.
Values read_values(const Document& document, const json::object& given);
// The document's steps with every {{ name }} replaced. `values` passed read_values.
std::vector<Step> filled_steps(const Document& document, const Values& values);
// The strings of a list; one scalar alone counts as a list of one.
std::vector<std::string> texts_of(const json::value& value);
// The lines of a step's script.
std::vector<std::string> script_of(const Step& step);

}  // namespace sim::ssm
