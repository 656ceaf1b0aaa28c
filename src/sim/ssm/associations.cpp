#include "sim/ssm/associations.hpp"

#include <algorithm>
#include <set>

#include "sim/ssm/parameters.hpp"

namespace sim::ssm {

namespace {

constexpr std::size_t most_associations = 2'000;
constexpr std::size_t most_association_versions = 1'000;

bool is_instance_id(std::string_view id) {
  return id.starts_with("i-") && (id.size() == 10 || id.size() == 19);
}

}  // namespace

Associations::Associations(Context context, ec2::Ec2& ec2, Agents& agents,
                           const Documents& documents, Commands& commands, Knobs knobs)
    : context_(std::move(context)),
      ec2_(ec2),
      agents_(agents),
      documents_(documents),
      commands_(commands),
      knobs_(knobs),
      random_(context_.random("ssm.associations")) {}

std::string Associations::arn(const std::string& id) const {
  return fmt::format("arn:{}:ssm:{}:{}:association/{}", context_.partition, context_.region,
                     context_.account, id);
}

std::map<std::string, std::string>* Associations::tags(const std::string& id) {
  const auto found = associations_.find(id);
  return found == associations_.end() ? nullptr : &found->second.tags;
}

bool Associations::uses(const std::string& document) const {
  return std::ranges::any_of(associations_, [&](const auto& one) {
    return documents_.arn(one.second.current().document) == documents_.arn(document);
  });
}

const Association& Associations::find(const std::string& id) const {
  const auto found = associations_.find(id);
  if (found == associations_.end()) throw Error("AssociationDoesNotExist", "");
  return found->second;
}

const Association& Associations::named(const Fields& in) const {
  if (const auto id = in.text("AssociationId"); !id.empty()) return find(id);
  const auto document = in.required("Name");
  const auto instance = in.required("InstanceId");
  for (const auto& [id, one] : associations_) {
    if (one.instance == instance && one.current().document == document) return one;
  }
  throw Error("AssociationDoesNotExist", "");
}

void Associations::check_instance(const std::string& id) const {
  const auto view = is_instance_id(id) ? ec2_.instance(id) : std::nullopt;
  if (view && view->state != "terminated" && view->state != "shutting-down") return;
  throw Error(
      "InvalidInstanceId",
      fmt::format("Instances [[{}]] not in a valid state for account {}", id, context_.account));
}

// Everything is checked against the document that it names now.
AssociationVersion Associations::read(const std::string& operation, const Fields& in) const {
  auto version = read_association(operation, in);
  for (const auto& id : named_instances(version.targets)) {
    if (id == "*" || (is_instance_id(id) && ec2_.instance(id))) continue;
    throw Error("InvalidTarget", fmt::format("The target {} does not exist.", id));
  }
  version.created = context_.now();
  return version;
}

const Association& Associations::add(const std::string& operation, const Fields& in) {
  const auto document = in.required("Name");
  auto version = read(operation, in);
  const auto& found = documents_.find(document, version.document_version);
  read_values(found.document, version.parameters);
  const auto instance = in.text("InstanceId");
  if (!instance.empty()) {
    if (!version.targets.empty()) {
      throw Error("InvalidTarget", "InstanceId and Targets cannot be given together.");
    }
    check_instance(instance);
    for (const auto& [id, one] : associations_) {
      if (one.instance != instance || one.current().document != document) continue;
      throw Error("AssociationAlreadyExists", "The specified association already exists.");
    }
    version.targets = {{"InstanceIds", {instance}}};
  }
  if (version.targets.empty()) throw Error("InvalidTarget", "There is no target.");
  if (associations_.size() >= most_associations) {
    throw Error("AssociationLimitExceeded", "You can have at most 2,000 active associations.");
  }
  const auto now = context_.now();
  Association made{.id = random_.uuid(),
                   .instance = instance,
                   .created = now,
                   .updated = now,
                   .tags = tags_in(in)};
  if (!instance.empty()) {
    made.status = {{"Date", epoch_seconds(now)},
                   {"Name", "Associated"},
                   {"Message", "Associated with " + document}};
  }
  made.versions.push_back(std::move(version));
  const auto id = made.id;
  auto& kept = associations_[id] = std::move(made);
  context_.runtime.spawn(live(id, 1));
  return kept;
}

json::object Associations::create(const Fields& in) {
  const auto& made = add("CreateAssociation", in);
  return {{"AssociationDescription", described(made, made.current())}};
}

// Each entry succeeds or fails by itself; what is not implemented stops all of them beforehand.
json::object Associations::create_batch(const Fields& in) {
  const auto& entries = in.list("Entries");
  if (entries.empty()) {
    throw Error("ValidationException",
                "1 validation error detected: Value '[]' at 'entries' failed to satisfy "
                "constraint: Member must have length greater than or equal to 1");
  }
  std::set<std::string> instances;
  for (const auto& entry : entries) {
    if (!entry.is_object()) throw Error("SerializationException", "An entry is a structure.");
    const auto instance = Fields(entry.get_object()).text("InstanceId");
    if (!instance.empty() && !instances.insert(instance).second) {
      throw Error("DuplicateInstanceId",
                  "You can't specify a managed node ID in more than one association.");
    }
    try {
      const Fields in_entry(entry.get_object());
      read_association("CreateAssociationBatch", in_entry);
      documents_.find(in_entry.text("Name"));
    } catch (const Error& error) {
      if (error.code == "NotImplemented") throw;  // any other is said of its entry below
    }
  }
  json::array successful, failed;
  for (const auto& entry : entries) {
    try {
      const auto& made = add("CreateAssociationBatch", Fields(entry.get_object()));
      successful.push_back(described(made, made.current()));
    } catch (const Error& error) {
      if (error.status >= 500) throw;
      const std::string text = error.what();
      failed.push_back(
          json::object{{"Entry", entry},
                       {"Message", text.empty() ? error.code : error.code + ": " + text},
                       {"Fault", "Client"}});
    }
  }
  return {{"Successful", std::move(successful)}, {"Failed", std::move(failed)}};
}

// "The system removes all optional parameters from the request and overwrites the association with
// null values for those parameters." Document and targets stay.
json::object Associations::update(const Fields& in) {
  auto& association = associations_.at(find(in.required("AssociationId")).id);
  const auto& old = association.current();
  if (const auto base = in.text("AssociationVersion", "$LATEST");
      base != "$LATEST" && base != std::to_string(old.number)) {
    throw Error("InvalidAssociationVersion",
                fmt::format("Version {} is not the latest version of the association.", base));
  }
  auto version = read("UpdateAssociation", in);
  if (version.document.empty()) version.document = old.document;
  if (version.targets.empty()) version.targets = old.targets;
  const auto& found = documents_.find(version.document, version.document_version);
  read_values(found.document, version.parameters);
  if (association.versions.size() >= most_association_versions) {
    throw Error("AssociationVersionLimitExceeded",
                "You have reached the maximum number versions allowed for an association.");
  }
  version.number = old.number + 1;
  association.versions.push_back(std::move(version));
  association.updated = context_.now();
  association.associated = false;
  context_.runtime.spawn(live(association.id, association.current().number));
  return {{"AssociationDescription", described(association, association.current())}};
}

json::object Associations::update_status(const Fields& in) {
  const auto document = in.required("Name");
  const auto instance = in.required("InstanceId");
  documents_.find(document);
  check_instance(instance);
  auto& association = associations_.at(named(in).id);
  const auto& given = in.object("AssociationStatus");
  const Fields status(given);
  const auto name = status.required("Name");
  status.required("Message");
  if (name != "Pending" && name != "Success" && name != "Failed") {
    throw Error("ValidationException",
                fmt::format("1 validation error detected: Value '{}' at 'associationStatus.name' "
                            "failed to satisfy constraint: Member must satisfy enum value set: "
                            "[Pending, Success, Failed]",
                            name));
  }
  if (Fields(association.status).text("Name") == name) {
    throw Error("StatusUnchanged", "The updated status is the same as the current status.");
  }
  association.status = given;
  return {{"AssociationDescription", described(association, association.current())}};
}

json::object Associations::remove(const Fields& in) {
  associations_.erase(std::string(named(in).id));
  return {};
}

json::object Associations::start_once(const Fields& in) {
  const auto ids = in.texts("AssociationIds");
  if (ids.empty() || ids.size() > 10) {
    throw Error("ValidationException",
                "1 validation error detected: Value at 'associationIds' failed to satisfy "
                "constraint: Member must have length from 1 to 10");
  }
  for (const auto& id : ids) find(id);
  for (const auto& id : ids) {
    auto& association = associations_.at(id);
    auto instances = matching(ec2_, association.current().targets);
    std::erase_if(instances, [&](const auto& one) { return !agents_.online(one); });
    if (!instances.empty()) start(association, std::move(instances));
  }
  return {};
}

}  // namespace sim::ssm
