#include "sim/ssm/ssm.hpp"

namespace sim::ssm {

namespace {

std::vector<Access> anything(const Fields&) {
  return {{"", "*"}};
}

}  // namespace

Ssm::Ssm(Context context, ec2::Ec2& ec2, ecs::Ecs& ecs, iam::Iam& iam, Knobs knobs)
    : context_(std::move(context)),
      parameters_(context_),
      documents_(context_),
      agents_(context_, ec2, ecs, iam, knobs),
      commands_(context_, agents_, documents_, knobs) {
  add_parameters();
  add_documents();
  add_commands();
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

Access Ssm::document(const Fields& in, std::string_view member) const {
  return {"", documents_.arn(in.text(member))};
}

Access Ssm::instance(const std::string& id) const {
  return {"", fmt::format("arn:{}:ec2:{}:{}:instance/{}", context_.partition, context_.region,
                          context_.account, id)};
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
