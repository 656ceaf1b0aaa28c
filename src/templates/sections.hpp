// The sections of a template, read one by one into a Reading: shapes, names, counts. Used by
// template.cpp only; names across sections are check.hpp's.
#pragma once

#include <string>
#include <string_view>

#include "templates/template.hpp"

namespace templates {

// Where the sections are read into, and how they complain.
struct SectionReader {
  Reading& reading;

  void problem(std::string_view path, std::string logical_id, Problem::Kind kind,
               std::string text) const;
  // "Template format error: " and the text.
  void format(std::string_view path, std::string logical_id, std::string text) const;
  // Null when absent; a wrong shape is a problem and reads as absent.
  const json::object* section(std::string_view name) const;
  void count(std::string_view what, std::size_t size, std::size_t limit) const;
  // A name of letters and digits, not too long. `what`: "Resource".
  void name(std::string_view what, const std::string& given, const std::string& path,
            const std::string& logical_id) const;
};

void read_top_level(const SectionReader& reader);
void read_parameter_section(const SectionReader& reader);
void read_mapping_section(const SectionReader& reader);
void read_rule_section(const SectionReader& reader);
void read_resource_section(const SectionReader& reader);
void read_output_section(const SectionReader& reader);

}  // namespace templates
