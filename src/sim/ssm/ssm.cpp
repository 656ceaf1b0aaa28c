#include "sim/ssm/ssm.hpp"

#include <algorithm>

namespace sim::ssm {

namespace {

std::vector<Access> anything(const Fields&) {
  return {{"", "*"}};
}

// The keys about tags: those that a resource has, and those that a request brings.
void add_tag_keys(Access& access, const std::map<std::string, std::string>* tags,
                  const Fields& in) {
  if (tags != nullptr) {
    for (const auto& [key, value] : *tags) access.context["aws:ResourceTag/" + key] = value;
  }
  for (const auto& [key, value] : tags_in(in)) access.context["aws:RequestTag/" + key] = value;
}

}  // namespace

Ssm::Ssm(Context context, ec2::Ec2& ec2, ecs::Ecs& ecs, iam::Iam& iam, Knobs knobs)
    : context_(std::move(context)),
      ec2_(ec2),
      parameters_(context_),
      documents_(context_),
      agents_(context_, ec2, ecs, iam, knobs),
      commands_(context_, agents_, documents_, knobs),
      associations_(context_, ec2, agents_, documents_, commands_, knobs) {
  documents_.set_associated([this](const std::string& name) { return associations_.uses(name); });
  add_parameters();
  add_documents();
  add_commands();
  add_associations();
  add_tags();
}

void Ssm::add_parameters() {
  const auto named = [this](const std::string& action, const char* member, auto run) {
    add(action, run, [this, member](const Fields& in) -> std::vector<Access> {
      return {{"", parameters_.arn(in.text(member)), parameters_.context_of(in.text(member), in)}};
    });
  };
  const auto each_named = [this](const Fields& in) {
    std::vector<Access> accesses;
    for (const auto& one : in.texts("Names")) {
      accesses.push_back({"", parameters_.arn(one), parameters_.context_of(one, in)});
    }
    return accesses;
  };
  const auto run = [this](auto operation) {
    return [this, operation](const Fields& in) { return (parameters_.*operation)(in); };
  };
  named("PutParameter", "Name", [this](const Call& call) { return parameters_.put(call); });
  named("GetParameter", "Name", run(&Parameters::get));
  named("GetParametersByPath", "Path", run(&Parameters::get_by_path));
  named("GetParameterHistory", "Name", run(&Parameters::history));
  named("DeleteParameter", "Name", run(&Parameters::remove));
  named("LabelParameterVersion", "Name", run(&Parameters::label));
  named("UnlabelParameterVersion", "Name", run(&Parameters::unlabel));
  add("GetParameters", run(&Parameters::get_several), each_named);
  add("DeleteParameters", run(&Parameters::remove_several), each_named);
  add("DescribeParameters", run(&Parameters::describe), anything);
}

void Ssm::add_documents() {
  const auto named = [this](const std::string& action, auto operation) {
    add(
        action, [this, operation](const Fields& in) { return (documents_.*operation)(in); },
        [this](const Fields& in) -> std::vector<Access> { return {document(in, "Name")}; });
  };
  named("CreateDocument", &Documents::create);
  named("UpdateDocument", &Documents::update);
  named("UpdateDocumentDefaultVersion", &Documents::update_default_version);
  named("DeleteDocument", &Documents::remove);
  named("DescribeDocument", &Documents::describe);
  named("GetDocument", &Documents::get);
  named("ListDocumentVersions", &Documents::list_versions);
  add("ListDocuments", [this](const Fields& in) { return documents_.list(in); }, anything);
}

void Ssm::add_commands() {
  add(
      "SendCommand", [this](const Fields& in) { return commands_.send(in); },
      [this](const Fields& in) {
        std::vector<Access> accesses{document(in, "DocumentName")};
        for (const auto& id : Commands::targets(in)) accesses.push_back(instance(id));
        return accesses;
      });
  const auto run = [this](auto operation) {
    return [this, operation](const Fields& in) { return (commands_.*operation)(in); };
  };
  add("GetCommandInvocation", run(&Commands::get_invocation), anything);
  add("ListCommands", run(&Commands::list), anything);
  add("ListCommandInvocations", run(&Commands::list_invocations), anything);
  add("CancelCommand", run(&Commands::cancel), anything);
  add(
      "DescribeInstanceInformation",
      [this](const Fields& in) { return agents_.describe_instance_information(in); }, anything);
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
void Ssm::add_associations() {
  const auto run = [this](auto operation) {
    return [this, operation](const Fields& in) { return (associations_.*operation)(in); };
  };
  // Those that name what an association is made of.
  const auto made = [this](const Fields& in) {
    std::vector<Access> accesses;
    if (in.has("Name")) accesses.push_back(document(in, "Name"));
    if (in.has("InstanceId")) accesses.push_back(instance(in.text("InstanceId")));
    for (const auto& id : named_instances(read_targets(in))) accesses.push_back(instance(id));
    return accesses;
  };
  const auto named = [this, made](const Fields& in) {
    auto accesses = in.has("AssociationId") ? std::vector<Access>() : made(in);
    if (in.has("AssociationId")) accesses.push_back(association(in.text("AssociationId"), in));
    return accesses;
  };
  add("CreateAssociation", run(&Associations::create), [this, made](const Fields& in) {
    auto accesses = made(in);
    accesses.push_back(association("*", in));
    return accesses;
  });
  add("CreateAssociationBatch", run(&Associations::create_batch), [made](const Fields& in) {
    std::vector<Access> accesses;
    for (const auto& entry : in.list("Entries")) {
      if (!entry.is_object()) continue;
      std::ranges::move(made(Fields(entry.get_object())), std::back_inserter(accesses));
    }
    return accesses;
  });
  add("UpdateAssociation", run(&Associations::update), [this, made](const Fields& in) {
    auto accesses = made(in);
    accesses.push_back(association(in.text("AssociationId"), in));
    // "A user must be granted permission to call the DescribeAssociation API operation."
    accesses.push_back(accesses.back());
    accesses.back().action = "ssm:DescribeAssociation";
    return accesses;
  });
  add("UpdateAssociationStatus", run(&Associations::update_status), made);
  add("DescribeAssociation", run(&Associations::describe), named);
  add("DeleteAssociation", run(&Associations::remove), named);
  add("ListAssociations", run(&Associations::list), anything);
  add("ListAssociationVersions", run(&Associations::list_versions), named);
  add("DescribeAssociationExecutions", run(&Associations::executions), named);
  add("DescribeAssociationExecutionTargets", run(&Associations::execution_targets), named);
  add("StartAssociationsOnce", run(&Associations::start_once), [this](const Fields& in) {
    std::vector<Access> accesses;
    for (const auto& id : in.texts("AssociationIds")) accesses.push_back(association(id, in));
    return accesses;
  });
  const auto on_instance = [this](const Fields& in) -> std::vector<Access> {
    return {instance(in.text("InstanceId"))};
  };
  add("DescribeEffectiveInstanceAssociations", run(&Associations::effective), on_instance);
  add("DescribeInstanceAssociationsStatus", run(&Associations::instance_status), on_instance);
}

Access Ssm::document(const Fields& in, std::string_view member) {
  const auto name = in.text(member);
  Access access{"", documents_.arn(name), {{"ssm:DocumentType", "Command"}}};
  add_tag_keys(access, documents_.tags(name), in);
  return access;
}

Access Ssm::instance(const std::string& id) const {
  Access access{"", fmt::format("arn:{}:ec2:{}:{}:instance/{}", context_.partition, context_.region,
                                context_.account, id)};
  if (const auto view = ec2_.instance(id)) {
    for (const auto& [key, value] : view->tags) {
      access.context["aws:ResourceTag/" + key] = value;
      access.context["ssm:resourceTag/" + key] = value;
    }
  }
  return access;
}

Access Ssm::association(const std::string& id, const Fields& in) {
  Access access{"", associations_.arn(id)};
  add_tag_keys(access, associations_.tags(id), in);
  return access;
}

void Ssm::add(const std::string& action, std::function<json::object(const Call&)> run,
              Accesses access) {
  operations_[action] = {
      .run = at_once(std::move(run)),
      .access = [action, access = std::move(access)](const Call& call) {
        std::vector<Access> accesses;
        try {
          accesses = access(Fields(call.input));
        } catch (const Error&) {  // of the wrong type: refused by the operation itself
        }
        if (accesses.empty()) accesses = {{"", "*"}};
        for (auto& one : accesses) {
          if (one.action.empty()) one.action = "ssm:" + action;
        }
        return accesses;
      }};
}

void Ssm::add(const std::string& action, std::function<json::object(const Fields&)> run,
              Accesses access) {
  add(
      action,
      [run = std::move(run)](const Call& call) -> json::object { return run(Fields(call.input)); },
      std::move(access));
}

}  // namespace sim::ssm
