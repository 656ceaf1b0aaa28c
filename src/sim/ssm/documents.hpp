// The documents that exist: AWS's own that the embedded AWS knows, and the account's, of type
// Command, with their versions.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents.html
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sim/core/call.hpp"
#include "sim/core/context.hpp"
#include "sim/core/fields.hpp"
#include "sim/ssm/document.hpp"

namespace sim::ssm {

class Documents {
 public:
  explicit Documents(Context context);

  struct Version {
    int number = 1;
    std::string name = {};  // its VersionName
    std::string content = {}, format = "JSON";
    Document document = {};
    base::Instant created = {};
  };
  struct Entry {
    bool amazon = false;
    std::vector<std::string> platforms = {};
    std::string display_name = {}, target_type = {};
    std::vector<Version> versions = {};  // oldest first, never empty
    int default_version = 1;
    std::map<std::string, std::string> tags = {};
  };

  // Each takes and gives the members of the operation of its name.
  json::object create(const Fields& in);
  json::object update(const Fields& in);
  json::object update_default_version(const Fields& in);
  json::object remove(const Fields& in);
  json::object describe(const Fields& in) const;
  json::object get(const Fields& in) const;
  json::object list(const Fields& in) const;
  json::object list_versions(const Fields& in) const;

  // By name or ARN. `version` is a number, $DEFAULT, $LATEST; empty means the default. The result
  // is valid until the document changes. Throws Error InvalidDocument, InvalidDocumentVersion,
  // NotImplemented for a document of AWS's that the embedded AWS does not have.
  const Version& find(const std::string& name, const std::string& version = {}) const;
  // AWS's documents have no account in their ARN. `name` may be an ARN itself.
  std::string arn(const std::string& name) const;
  // Null when there is no such document of the account's.
  std::map<std::string, std::string>* tags(const std::string& name);

  // Says whether a document has associations, and so may not be deleted.
  void set_associated(std::function<bool(const std::string&)> ask) { associated_ = std::move(ask); }

 private:
  const Entry& entry(const std::string& name) const;
  Entry& own(const std::string& name);
  Version read(const Fields& in, int number) const;
  json::object identity(const std::string& name, const Version& version) const;
  json::object described(const std::string& name, const Version& version) const;

  Context context_;
  std::map<std::string, Entry> entries_;
  std::function<bool(const std::string&)> associated_ = [](const std::string&) { return false; };
};

}  // namespace sim::ssm
