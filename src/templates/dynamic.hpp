// Dynamic references: {{resolve:SERVICE:...}} inside the strings of a template. Finds and parses
// them; fetching what they name is the engine's work. Pure.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace templates {

namespace json = boost::json;

struct DynamicReference {
  enum class Service { ssm, ssm_secure, secretsmanager };

  Service service = Service::ssm;
  std::string name;           // a parameter's or secret's name, or its ARN
  std::string version;        // ssm, ssm_secure: a number; empty: the latest
  std::string json_key;       // secretsmanager: empty: the whole secret
  std::string version_stage;  // secretsmanager; with version_id empty too: AWSCURRENT
  std::string version_id;     // secretsmanager
  std::size_t begin = 0;      // where it stands in the text, braces included
  std::size_t size = 0;
};

struct DynamicReading {
  std::vector<DynamicReference> references;  // in the order of the text
  std::vector<std::string> problems;         // CloudFormation's texts, one a malformed reference
};

// Whether the text holds something that begins as a dynamic reference does.
bool has_dynamic_reference(std::string_view text);

DynamicReading dynamic_references(std::string_view text);

// The text with each reference replaced by its value. `references` are those found in this text.
// What a value holds is not looked at again.
std::string with_dynamic_values(std::string_view text,
                                const std::vector<DynamicReference>& references,
                                const std::function<std::string(const DynamicReference&)>& value);

// A string inside a value that holds dynamic references.
struct DynamicPlace {
  std::string path;  // "/Environment/Variables/KEY", relative to the value
  std::string text;
  DynamicReading reading;
};
std::vector<DynamicPlace> dynamic_places(const json::value& value);

// Whether the property may hold an ssm-secure reference; `path` is relative to the properties.
// CloudFormation refuses all others: "SSM Secure reference is not supported in: [TYPE/Properties/
// PATH]".
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
bool accepts_secure_string(std::string_view type, std::string_view path);

}  // namespace templates
