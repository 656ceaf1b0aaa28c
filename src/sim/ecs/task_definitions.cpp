// Task definitions: read, checked for Fargate, and shown as they were given.
#include <charconv>

#include "sim/ecs/ecs.hpp"

namespace sim::ecs {

namespace {

[[noreturn]] void refuse(const std::string& text) {
  throw Error("ClientException", text);
}

struct Size {
  int cpu, low, high, step;  // CPU units; MiB
};

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
constexpr Size sizes[] = {{512, 1024, 4096, 1024},    {1024, 2048, 8192, 1024},
                          {2048, 4096, 16384, 1024},  {4096, 8192, 30720, 1024},
                          {8192, 16384, 61440, 4096}, {16384, 32768, 122880, 8192}};

bool fargate_has(int cpu, int memory) {
  if (cpu == 256) return memory == 512 || memory == 1024 || memory == 2048;
  return std::ranges::any_of(sizes, [&](const Size& one) {
    return one.cpu == cpu && memory >= one.low && memory <= one.high && memory % one.step == 0;
  });
}

// "256" or ".25 vCPU" in units of a 1024th, "512" or "0.5 GB" in MiB; 0 for anything else.
int units(const std::string& text, std::string_view word) {
  double number = 0;
  const auto* last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, number);
  if (failure != std::errc()) return 0;
  std::string_view rest(end, static_cast<std::size_t>(last - end));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.empty()) return static_cast<int>(number);
  const bool same =
      rest.size() == word.size() && std::ranges::equal(rest, word, [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == b;
      });
  return same ? static_cast<int>(number * 1024) : 0;
}

std::string number_or_text(const Fields& in, std::string_view name) {
  const auto text = in.text(name);
  if (text.empty())
    refuse(fmt::format("Fargate requires that '{}' be defined at the task level.", name));
  return text;
}

}  // namespace

std::string Ecs::role_arn(const std::string& name_or_arn) const {
  if (name_or_arn.starts_with("arn:")) return name_or_arn;
  if (const auto role = iam_.role(name_or_arn)) return role->arn;
  return fmt::format("arn:{}:iam::{}:role/{}", context_.partition, context_.account, name_or_arn);
}

std::vector<Container> Ecs::read_containers(const Fields& in, bool has_execution_role) const {
  std::vector<Container> containers;
  for (const auto& value : in.list("containerDefinitions")) {
    if (!value.is_object()) throw Error("SerializationException", "A container is a structure.");
    const Fields one(value.get_object(), "ClientException");
    one.unsupported("container definitions",
                    {"repositoryCredentials", "secrets", "dependsOn", "healthCheck", "mountPoints",
                     "volumesFrom", "firelensConfiguration", "credentialSpecs"});
    Container container{one.required("name"), one.required("image"), one.flag("essential", true)};
    const bool private_image = parse_reference(container.image).registry == Registry::ecr_private;
    if (private_image && !has_execution_role) {
      refuse("Fargate requires task definition to have execution role ARN to support ECR images.");
    }
    if (one.has("logConfiguration")) {
      const Fields log(one.object("logConfiguration"), "ClientException");
      const auto driver = log.required("logDriver");
      if (driver != "awslogs") {
        throw Error("NotImplemented", fmt::format("The embedded AWS has no log driver {}.", driver),
                    501);
      }
      if (!has_execution_role) {
        refuse(
            "Fargate requires task definition to have execution role ARN to support log driver "
            "awslogs.");
      }
      const Fields options(log.object("options"), "ClientException");
      container.log_group = options.text("awslogs-group");
      container.log_prefix = options.text("awslogs-stream-prefix");
      container.creates_log_group = options.text("awslogs-create-group") == "true";
      if (container.log_group.empty() || options.text("awslogs-region").empty() ||
          container.log_prefix.empty()) {
        refuse(
            "Log driver awslogs requires options: awslogs-group, awslogs-region, "
            "awslogs-stream-prefix");
      }
    }
    containers.push_back(std::move(container));
  }
  if (containers.empty()) refuse("Container list cannot be empty.");
  if (std::ranges::none_of(containers, &Container::essential)) {
    refuse("At least one container must be marked as essential.");
  }
  return containers;
}

json::object Ecs::register_task_definition(const Call& call) {
  const Fields in(call.input, "ClientException");
  in.unsupported("RegisterTaskDefinition", {"volumes", "placementConstraints", "ipcMode", "pidMode",
                                            "proxyConfiguration", "inferenceAccelerators"});
  TaskDefinition made;
  made.family = in.required("family");
  made.execution_role = in.text("executionRoleArn");
  made.task_role = in.text("taskRoleArn");
  const auto compatibilities = in.texts("requiresCompatibilities");
  if (compatibilities != std::vector<std::string>{"FARGATE"}) {
    throw Error("NotImplemented",
                "The embedded AWS has no task definitions but those that require FARGATE.", 501);
  }
  if (in.text("networkMode") != "awsvpc") {
    refuse("Fargate only supports network mode 'awsvpc'.");
  }
  made.containers = read_containers(in, !made.execution_role.empty());
  const auto cpu = number_or_text(in, "cpu");
  const auto memory = number_or_text(in, "memory");
  made.cpu = std::to_string(units(cpu, "vcpu"));
  made.memory = std::to_string(units(memory, "gb"));
  if (!fargate_has(units(cpu, "vcpu"), units(memory, "gb"))) {
    refuse(
        fmt::format("No Fargate configuration exists for given values: {} CPU, {} memory. See "
                    "the Amazon ECS documentation for the valid values.",
                    cpu, memory));
  }
  made.revision = ++revisions_[made.family];
  const auto name = fmt::format("{}:{}", made.family, made.revision);
  made.arn = arn("task-definition", name);

  made.shown = call.input;
  made.shown.erase("tags");
  made.shown["taskDefinitionArn"] = made.arn;
  made.shown["revision"] = made.revision;
  made.shown["cpu"] = made.cpu;
  made.shown["memory"] = made.memory;
  made.shown["compatibilities"] = {"EC2", "FARGATE"};
  made.shown["registeredAt"] = epoch_seconds(context_.now());
  for (auto& one : made.shown.at("containerDefinitions").as_array()) {
    auto& container = one.as_object();
    for (const char* list : {"portMappings", "environment", "mountPoints", "volumesFrom"}) {
      container.emplace(list, json::array());
    }
    container.emplace("essential", true);
    container.emplace("cpu", 0);
  }
  definitions_[name] = std::move(made);
  return {{"taskDefinition",
           describe_task_definition(
               Call{{}, "ecs", "DescribeTaskDefinition", {{"taskDefinition", name}}, {}})
               .at("taskDefinition")},
          {"tags", in.list("tags")}};
}

// "family" (its latest active revision), "family:revision", or an ARN.
TaskDefinition& Ecs::definition(const std::string& name) {
  const auto id = id_of(name);
  auto found = definitions_.find(id);
  if (!id.contains(':')) {
    for (int revision = revisions_.contains(id) ? revisions_.at(id) : 0; revision > 0; --revision) {
      found = definitions_.find(fmt::format("{}:{}", id, revision));
      if (found != definitions_.end() && found->second.active) break;
      found = definitions_.end();
    }
  }
  if (found == definitions_.end()) {
    throw Error("ClientException", "Unable to describe task definition.");
  }
  return found->second;
}

json::object Ecs::describe_task_definition(const Call& call) {
  const Fields in(call.input, "ClientException");
  const auto& found = definition(in.required("taskDefinition"));
  auto shown = found.shown;
  shown["status"] = found.active ? "ACTIVE" : "INACTIVE";
  return {{"taskDefinition", std::move(shown)}};
}

json::object Ecs::deregister_task_definition(const Call& call) {
  const Fields in(call.input, "ClientException");
  const auto name = in.required("taskDefinition");
  if (!id_of(name).contains(':')) throw Error("ClientException", "Revision is missing.");
  definition(name).active = false;
  return describe_task_definition(call);
}

json::object Ecs::list_task_definitions(const Call& call) {
  const Fields in(call.input, "ClientException");
  in.unsupported("ListTaskDefinitions", {"nextToken", "maxResults", "sort"});
  const auto prefix = in.text("familyPrefix");
  const bool active = in.text("status", "ACTIVE") == "ACTIVE";
  json::array arns;
  for (const auto& [_, one] : definitions_) {
    if (one.active == active && (prefix.empty() || one.family == prefix)) {
      arns.push_back(json::value(one.arn));
    }
  }
  return {{"taskDefinitionArns", std::move(arns)}};
}

}  // namespace sim::ecs
