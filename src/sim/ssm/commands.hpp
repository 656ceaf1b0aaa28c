// Run Command: commands, and what became of them on each instance. Associations run their documents
// through it, too.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/ssm/agents.hpp"
#include "sim/ssm/documents.hpp"

namespace sim::ssm {

class Commands {
 public:
  Commands(Context context, Agents& agents, const Documents& documents, Knobs knobs);

  // Each takes and gives the members of the operation of its name.
  json::object send(const Fields& in);
  json::object get_invocation(const Fields& in) const;
  json::object list(const Fields& in) const;
  json::object list_invocations(const Fields& in) const;
  json::object cancel(const Fields& in);

  // InstanceIds, and Targets with the key InstanceIds.
  static std::vector<std::string> targets(const Fields& in);

  // A command for an association's run: its id. Nothing happens on an instance before `run`.
  // Throws Error as SendCommand does.
  std::string prepare(const std::string& document, const std::string& version,
                      const json::object& parameters, const std::vector<std::string>& instances);
  // Delivers the command to one instance, and returns when it has ended there.
  Task<void> run(std::string command, std::string instance);
  // The command must have been prepared for the instance.
  const Invocation& invocation(const std::string& command, const std::string& instance) const;

 private:
  struct Command {
    std::string id = {}, document, version, comment = {};
    bool of_association = false;
    json::object parameters = {};
    std::vector<Step> steps = {};
    std::map<std::string, Invocation> invocations = {};  // by instance
    base::Instant requested = {};
  };

  Command planned(const std::string& document, const std::string& version,
                  const json::object& parameters, const std::vector<std::string>& instances);
  json::object shown(const Command& command) const;

  Context context_;
  Agents& agents_;
  const Documents& documents_;
  Knobs knobs_;
  base::SeededRandom random_;
  std::map<std::string, Command> commands_;
};

}  // namespace sim::ssm
