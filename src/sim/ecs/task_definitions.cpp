// Task definitions: read, checked for Fargate, and shown as they were given.
#include <charconv>

#include "sim/ecs/ecs.hpp"
#include "sim/ecs/health.hpp"
#include "sim/ecs/pages.hpp"

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
  constexpr double most = 1'000'000;  // far above any size, and a number in every unit
  if (failure != std::errc() || !(number >= 0 && number <= most)) return 0;
  std::string_view rest(end, static_cast<std::size_t>(last - end));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  if (rest.empty()) return static_cast<int>(number);
  const bool same =
      rest.size() == word.size() && std::ranges::equal(rest, word, [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == b;
      });
  return same ? static_cast<int>(number * 1024) : 0;
}

const char* status_of(const TaskDefinition& one) {
  if (one.deleting) return "DELETE_IN_PROGRESS";
  return one.active ? "ACTIVE" : "INACTIVE";
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
                    {"repositoryCredentials", "secrets", "mountPoints", "volumesFrom",
                     "firelensConfiguration", "credentialSpecs"});
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
    read_health(one, container);
    containers.push_back(std::move(container));
  }
  if (containers.empty()) refuse("Container list cannot be empty.");
  if (std::ranges::none_of(containers, &Container::essential)) {
    refuse("At least one container must be marked as essential.");
  }
  check_dependencies(containers);
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

  made.tags = in.list("tags");
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
  shown["status"] = status_of(found);
  json::object out{{"taskDefinition", std::move(shown)}};
  const auto include = in.texts("include");
  if (std::ranges::find(include, "TAGS") != include.end()) out["tags"] = found.tags;
  return out;
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
  const auto prefix = in.text("familyPrefix");
  const auto status = in.text("status", "ACTIVE");
  const auto sort = in.text("sort", "ASC");
  if ((status != "ACTIVE" && status != "INACTIVE" && status != "DELETE_IN_PROGRESS") ||
      (sort != "ASC" && sort != "DESC")) {
    throw Error("ClientException", "The status or the sort order is not valid.");
  }
  // By family, then by revision as a number.
  std::vector<const TaskDefinition*> found;
  for (const auto& [_, one] : definitions_) {
    const bool wanted = status_of(one) == status;
    if (wanted && (prefix.empty() || one.family == prefix)) found.push_back(&one);
  }
  std::ranges::sort(
      found, {}, [](const TaskDefinition* one) { return std::pair(one->family, one->revision); });
  if (sort == "DESC") std::ranges::reverse(found);
  std::vector<std::string> arns;
  for (const auto* one : found) arns.push_back(one->arn);
  return page_of("taskDefinitionArns", arns, in);
}

json::object Ecs::list_families(const Call& call) {
  const Fields in(call.input, "ClientException");
  const auto prefix = in.text("familyPrefix");
  const auto status = in.text("status", "ALL");
  std::set<std::string> names;
  for (const auto& [family, _] : revisions_) {
    const bool active = std::ranges::any_of(definitions_, [&](const auto& entry) {
      return entry.second.family == family && entry.second.active;
    });
    const bool wanted = status == "ALL" || (active ? status == "ACTIVE" : status == "INACTIVE");
    if (wanted && family.starts_with(prefix)) names.insert(family);
  }
  return page_of("families", {names.begin(), names.end()}, in);
}

// Only inactive ones, and those that nothing uses: their deletion is a state of its own.
json::object Ecs::delete_task_definitions(const Call& call) {
  const Fields in(call.input, "ClientException");
  const auto wanted = in.texts("taskDefinitions");
  if (wanted.empty() || wanted.size() > 10) {
    throw Error("ClientException", "Between 1 and 10 task definitions can be deleted at once.");
  }
  json::array deleted, failures;
  for (const auto& name : wanted) {
    const auto id = id_of(name);
    const auto found = definitions_.find(id);
    const auto fail = [&](const char* reason, const char* detail) {
      failures.push_back(json::object{
          {"arn", arn("task-definition", id)}, {"reason", reason}, {"detail", detail}});
    };
    if (found == definitions_.end()) {
      fail("TASK_DEFINITION_NOT_FOUND", "The specified task definition was not found.");
    } else if (found->second.active) {
      fail("TASK_DEFINITION_IS_ACTIVE",
           "The specified task definition is still in ACTIVE status. Please deregister the target "
           "and try again.");
    } else {
      found->second.deleting = true;
      auto shown = found->second.shown;
      shown["status"] = status_of(found->second);
      deleted.push_back(std::move(shown));
    }
  }
  return {{"taskDefinitions", std::move(deleted)}, {"failures", std::move(failures)}};
}

}  // namespace sim::ecs
