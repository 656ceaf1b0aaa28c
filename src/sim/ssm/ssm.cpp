#include "sim/ssm/ssm.hpp"

namespace sim::ssm {

Ssm::Ssm(Context context, ec2::Ec2& ec2, ecs::Ecs& ecs, iam::Iam& iam, Knobs knobs)
    : context_(std::move(context)),
      ec2_(ec2),
      ecs_(ecs),
      iam_(iam),
      knobs_(knobs),
      random_(context_.random("ssm")),
      parameters_(context_) {
  add_parameters();
  add("SendCommand", &Ssm::send_command, [this](const Fields& in) {
    std::vector<Access> accesses{{"", fmt::format("arn:{}:ssm:{}::document/{}", context_.partition,
                                                  context_.region, in.text("DocumentName"))}};
    for (const auto& id : targets(in)) {
      accesses.push_back({"", fmt::format("arn:{}:ec2:{}:{}:instance/{}", context_.partition,
                                          context_.region, context_.account, id)});
    }
    return accesses;
  });
  const auto anything = [](const Fields&) -> std::vector<Access> { return {{"", "*"}}; };
  add("GetCommandInvocation", &Ssm::get_command_invocation, anything);
  add("ListCommands", &Ssm::list_commands, anything);
  add("ListCommandInvocations", &Ssm::list_command_invocations, anything);
  add("CancelCommand", &Ssm::cancel_command, anything);
  add("DescribeInstanceInformation", &Ssm::describe_instance_information, anything);
  const auto document = [this](const Fields& in) -> std::vector<Access> {
    return {{"", fmt::format("arn:{}:ssm:{}::document/{}", context_.partition, context_.region,
                             in.text("Name"))}};
  };
  add("DescribeDocument", &Ssm::describe_document, document);
  add("GetDocument", &Ssm::get_document, document);
  add("ListDocuments", &Ssm::list_documents, anything);
}

void Ssm::add_parameters() {
  const auto named = [this](const std::string& action, const char* member, auto run) {
    add(
        action, [run](const Call& call) { return run(call); },
        [this, member](const Fields& in) -> std::vector<Access> {
          return {
              {"", parameters_.arn(in.text(member)), parameters_.context_of(in.text(member), in)}};
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
    return [this, operation](const Call& call) {
      return (parameters_.*operation)(Fields(call.input));
    };
  };
  named("PutParameter", "Name", [this](const Call& call) { return parameters_.put(call); });
  named("GetParameter", "Name", run(&Parameters::get));
  named("GetParametersByPath", "Path", run(&Parameters::get_by_path));
  named("GetParameterHistory", "Name", run(&Parameters::history));
  named("DeleteParameter", "Name", run(&Parameters::remove));
  named("LabelParameterVersion", "Name", run(&Parameters::label));
  named("UnlabelParameterVersion", "Name", run(&Parameters::unlabel));
  named("AddTagsToResource", "ResourceId", run(&Parameters::add_tags));
  named("RemoveTagsFromResource", "ResourceId", run(&Parameters::remove_tags));
  named("ListTagsForResource", "ResourceId", run(&Parameters::list_tags));
  add("GetParameters", run(&Parameters::get_several), each_named);
  add("DeleteParameters", run(&Parameters::remove_several), each_named);
  add("DescribeParameters", run(&Parameters::describe),
      [](const Fields&) -> std::vector<Access> { return {{"", "*"}}; });
}

void Ssm::add(const std::string& action, std::function<json::object(const Call&)> run,
              std::function<std::vector<Access>(const Fields&)> access) {
  operations_[action] = {
      .run = at_once(std::move(run)),
      .access = [action, access = std::move(access)](const Call& call) {
        std::vector<Access> accesses;
        try {
          accesses = access(Fields(call.input));
        } catch (const Error&) {  // of the wrong type: refused by the operation itself
          accesses = {{"", "*"}};
        }
        for (auto& one : accesses) one.action = "ssm:" + action;
        return accesses;
      }};
}

void Ssm::add(const std::string& action, Run run,
              std::function<std::vector<Access>(const Fields&)> access) {
  add(action, [this, run](const Call& call) { return (this->*run)(call); }, std::move(access));
}

base::Duration Ssm::draw(Range range) {
  return base::Duration(random_.integer(range.low.count(), range.high.count()));
}

}  // namespace sim::ssm
