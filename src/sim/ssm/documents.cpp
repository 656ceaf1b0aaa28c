#include "sim/ssm/documents.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "sim/core/words.hpp"
#include "sim/ssm/aws_documents.hpp"
#include "sim/ssm/parameters.hpp"
#include "templates/text.hpp"

namespace sim::ssm {

namespace {

constexpr std::size_t most_bytes = 65'536;
constexpr std::size_t most_document_versions = 1'000;
constexpr std::size_t most_documents = 500;

std::string bare(const std::string& name) {
  const auto at = name.starts_with("arn:") ? name.find(":document/") : std::string::npos;
  return at == std::string::npos ? name : name.substr(at + 10);
}

bool is_reserved(const std::string& name) {
  const auto lower = templates::lower(name);
  return lower.starts_with("aws") || lower.starts_with("amazon") || lower.starts_with("amzn");
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("the digest could not be computed");
  }
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", out.at(i));
  return hex;
}

void check_document_name(const std::string& name) {
  const bool valid = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.").contains(c);
  });
  if (!valid || name.size() < 3 || name.size() > 128) {
    throw Error("ValidationException",
                fmt::format("1 validation error detected: Value '{}' at 'name' failed to satisfy "
                            "constraint: Member must satisfy regular expression pattern: "
                            "^[a-zA-Z0-9_\\-.]{{3,128}}$",
                            name));
  }
  if (is_reserved(name)) {
    throw Error("ValidationException",
                fmt::format("The document name {} begins with a prefix reserved for AWS.", name));
  }
}

// A document in which only Windows can run a step is for Windows alone, and so on.
std::vector<std::string> platforms_of(const Document& document) {
  std::vector<std::string> platforms;
  const auto any = [&](std::string_view action) {
    return std::ranges::any_of(document.steps,
                               [&](const Step& step) { return step.action == action; });
  };
  const bool shell = any("aws:runShellScript");
  if (!shell || any("aws:runPowerShellScript")) platforms.emplace_back("Windows");
  if (shell || !any("aws:runPowerShellScript")) {
    platforms.emplace_back("Linux");
    platforms.emplace_back("MacOS");
  }
  return platforms;
}

json::array tag_list(const std::map<std::string, std::string>& tags) {
  json::array list;
  for (const auto& [key, value] : tags) list.push_back({{"Key", key}, {"Value", value}});
  return list;
}

}  // namespace

Documents::Documents(Context context) : context_(std::move(context)) {
  for (const auto& known : aws_documents()) {
    Version version{.content = std::string(known.content),
                    .document = read_document(known.content, "JSON"),
                    .created = context_.now()};
    entries_[std::string(known.name)] = {
        .amazon = true, .platforms = words_of(known.platforms), .versions = {std::move(version)}};
  }
}

std::string Documents::arn(const std::string& name) const {
  if (name.starts_with("arn:")) return name;
  const auto found = entries_.find(name);
  const bool amazon = found == entries_.end() ? is_reserved(name) : found->second.amazon;
  return fmt::format("arn:{}:ssm:{}:{}:document/{}", context_.partition, context_.region,
                     amazon ? "" : context_.account, name);
}

const Documents::Entry& Documents::entry(const std::string& name) const {
  const auto found = entries_.find(bare(name));
  if (found != entries_.end()) return found->second;
  if (is_reserved(bare(name))) {
    throw Error("NotImplemented", fmt::format("The embedded AWS has no document {}.", bare(name)),
                501);
  }
  throw Error("InvalidDocument", "Document with name " + name + " does not exist.");
}

Documents::Entry& Documents::own(const std::string& name) {
  if (entry(name).amazon) {
    throw Error("InvalidDocument", "Document with name " + name + " is not yours.");
  }
  return entries_.at(bare(name));
}

const Documents::Version& Documents::find(const std::string& name,
                                          const std::string& version) const {
  const auto& found = entry(name);
  if (version == "$LATEST") return found.versions.back();
  const auto wanted =
      version.empty() || version == "$DEFAULT" ? std::to_string(found.default_version) : version;
  for (const auto& one : found.versions) {
    if (std::to_string(one.number) == wanted) return one;
  }
  throw Error("InvalidDocumentVersion",
              fmt::format("Document version {} of {} does not exist.", version, bare(name)));
}

std::map<std::string, std::string>* Documents::tags(const std::string& name) {
  const auto found = entries_.find(bare(name));
  return found == entries_.end() || found->second.amazon ? nullptr : &found->second.tags;
}

Documents::Version Documents::read(const Fields& in, int number) const {
  const auto content = in.required("Content");
  if (content.size() > most_bytes) {
    throw Error("MaxDocumentSizeExceeded", "The size limit of a document is 64 KB.");
  }
  const auto format = in.text("DocumentFormat", "JSON");
  if (format != "JSON" && format != "YAML") {
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no documents in the format {}.", format), 501);
  }
  return {number, in.text("VersionName"),         content,
          format, read_document(content, format), context_.now()};
}

json::object Documents::create(const Fields& in) {
  in.unsupported("CreateDocument", {"Requires", "Attachments"});
  const auto name = in.required("Name");
  check_document_name(name);
  if (const auto type = in.text("DocumentType", "Command"); type != "Command") {
    throw Error("NotImplemented",
                fmt::format("The embedded AWS has no documents of type {}.", type), 501);
  }
  auto version = read(in, 1);
  if (entries_.contains(name)) {
    throw Error("DocumentAlreadyExists", "The specified document already exists.");
  }
  if (entries_.size() >= most_documents + aws_documents().size()) {
    throw Error("DocumentLimitExceeded", "You can have at most 500 active SSM documents.");
  }
  auto platforms = platforms_of(version.document);
  auto& made = entries_[name] = {.platforms = std::move(platforms),
                                 .display_name = in.text("DisplayName"),
                                 .target_type = in.text("TargetType"),
                                 .versions = {std::move(version)},
                                 .tags = tags_in(in)};
  auto out = described(name, made.versions.back());
  out["Status"] = "Creating";
  return {{"DocumentDescription", std::move(out)}};
}

json::object Documents::update(const Fields& in) {
  in.unsupported("UpdateDocument", {"Attachments"});
  const auto name = in.required("Name");
  auto& found = own(name);
  const auto& latest = found.versions.back();
  const auto base = in.text("DocumentVersion", "$LATEST");
  if (base != "$LATEST" && base != std::to_string(latest.number)) {
    throw Error("InvalidDocumentVersion",
                fmt::format("Document version {} is not the latest one.", base));
  }
  auto version = read(in, latest.number + 1);
  if (version.document.schema == "1.2") {
    throw Error("InvalidDocumentSchemaVersion",
                "Only documents of schema version 2.0 or later can be updated.");
  }
  for (const auto& one : found.versions) {
    if (one.content == version.content) {
      throw Error("DuplicateDocumentContent",
                  "The content of the document matches another version of it.");
    }
    if (!version.name.empty() && one.name == version.name) {
      throw Error("DuplicateDocumentVersionName",
                  fmt::format("The version name {} is in use already.", version.name));
    }
  }
  if (found.versions.size() >= most_document_versions) {
    throw Error("DocumentVersionLimitExceeded", "The document has too many versions.");
  }
  if (in.has("DisplayName")) found.display_name = in.text("DisplayName");
  if (in.has("TargetType")) found.target_type = in.text("TargetType");
  found.platforms = platforms_of(version.document);
  found.versions.push_back(std::move(version));
  auto out = described(name, found.versions.back());
  out["Status"] = "Updating";
  return {{"DocumentDescription", std::move(out)}};
}

json::object Documents::update_default_version(const Fields& in) {
  const auto name = in.required("Name");
  const auto& version = find(name, in.required("DocumentVersion"));
  own(name).default_version = version.number;
  json::object out{{"Name", name}, {"DefaultVersion", std::to_string(version.number)}};
  if (!version.name.empty()) out["DefaultVersionName"] = version.name;
  return {{"Description", std::move(out)}};
}

json::object Documents::remove(const Fields& in) {
  in.unsupported("DeleteDocument", {"DocumentVersion", "VersionName", "Force"});
  const auto name = in.required("Name");
  own(name);
  if (associated_(bare(name))) {
    throw Error(
        "AssociatedInstances",
        "You must disassociate a document from all managed nodes before you can delete it.");
  }
  entries_.erase(bare(name));
  return {};
}

json::object Documents::identity(const std::string& name, const Version& version) const {
  const auto& of = entry(name);
  json::object out{{"Name", bare(name)},
                   {"Owner", of.amazon ? "Amazon" : context_.account},
                   {"CreatedDate", epoch_seconds(version.created)},
                   {"PlatformTypes", json::array(of.platforms.begin(), of.platforms.end())},
                   {"DocumentVersion", std::to_string(version.number)},
                   {"DocumentType", "Command"},
                   {"SchemaVersion", version.document.schema},
                   {"DocumentFormat", version.format},
                   {"Tags", tag_list(of.tags)}};
  if (!of.display_name.empty()) out["DisplayName"] = of.display_name;
  if (!of.target_type.empty()) out["TargetType"] = of.target_type;
  if (!version.name.empty()) out["VersionName"] = version.name;
  return out;
}

json::object Documents::described(const std::string& name, const Version& version) const {
  const auto& of = entry(name);
  auto out = identity(name, version);
  json::array parameters;
  for (const auto& one : version.document.parameters) {
    // The API knows these two types only.
    json::object parameter{{"Name", one.name},
                           {"Type", one.type == "StringList" ? "StringList" : "String"}};
    if (!one.description.empty()) parameter["Description"] = one.description;
    if (one.fallback) {
      const auto& values = *one.fallback;
      parameter["DefaultValue"] =
          one.type == "StringList"
              ? json::value(json::serialize(json::array(values.begin(), values.end())))
              : json::value(values.empty() ? std::string() : values.front());
    }
    parameters.push_back(std::move(parameter));
  }
  out["Hash"] = sha256(version.content);
  out["HashType"] = "Sha256";
  out["Status"] = "Active";
  if (!version.document.description.empty()) out["Description"] = version.document.description;
  out["Parameters"] = std::move(parameters);
  out["LatestVersion"] = std::to_string(of.versions.back().number);
  out["DefaultVersion"] = std::to_string(of.default_version);
  return out;
}

json::object Documents::describe(const Fields& in) const {
  in.unsupported("DescribeDocument", {"VersionName"});
  const auto name = in.required("Name");
  return {{"Document", described(name, find(name, in.text("DocumentVersion")))}};
}

json::object Documents::get(const Fields& in) const {
  in.unsupported("GetDocument", {"VersionName"});
  const auto name = in.required("Name");
  const auto& version = find(name, in.text("DocumentVersion"));
  if (const auto format = in.text("DocumentFormat", version.format); format != version.format) {
    throw Error("NotImplemented",
                fmt::format("The embedded AWS shows a document only as it was written, in {}.",
                            version.format),
                501);
  }
  json::object out{{"Name", bare(name)},
                   {"CreatedDate", epoch_seconds(version.created)},
                   {"DocumentVersion", std::to_string(version.number)},
                   {"Status", "Active"},
                   {"DocumentType", "Command"},
                   {"DocumentFormat", version.format},
                   {"Content", version.content}};
  if (!version.name.empty()) out["VersionName"] = version.name;
  return out;
}

}  // namespace sim::ssm
