// One row for each resource type: a minimal template that makes it and what is documented to come
// out of it. For the table test only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sim::world {

struct TypeRow {
  std::string_view type;
  std::string_view others = {};      // resources it needs, as YAML below "Resources:"
  std::string_view properties = {};  // of X, the one that is looked at; YAML, one line each
  std::string_view ref = {};         // what !Ref X matches
  // "Arn arn:aws:sns:.*": what each !GetAtt matches, one a line. All attributes must be here.
  std::string_view attributes = {};
  // Property lines that take the place of those of the same name: an update without, one with
  // replacement. Empty: the type has no such property.
  std::string_view changed = {}, replaced = {};
};

// X with its properties, those in `instead` taking the place of others, and all that is looked at
// as outputs.
std::string template_of(const TypeRow& row, std::string_view instead = {});

// By type. Split by service, so that each file can be read at once.
std::vector<TypeRow> all_rows();
std::vector<TypeRow> network_rows();
std::vector<TypeRow> ec2_rows();
std::vector<TypeRow> ec2_rows();
std::vector<TypeRow> container_rows();
std::vector<TypeRow> service_rows();
std::vector<TypeRow> scaling_rows();

}  // namespace sim::world
