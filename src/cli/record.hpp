// What CloudFormation told about a deployment: every event of the root stack and of its nested
// stacks, as moments of the story and as a directory from logical names to ids. Pure.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aws/cloudformation/cloudformation.hpp"
#include "cli/document.hpp"

namespace cli {

class Record {
 public:
  Record(std::string root_id, base::Instant start);

  // Events of one stack, oldest first; those already known are skipped.
  void add(const std::vector<aws::cloudformation::StackEvent>& events);

  // The root's id and those of all nested stacks seen so far.
  std::vector<std::string> stacks() const;
  // Whether that stack may have events that are not known yet. A nested one that has come to its
  // end has none until its parent begins something with it.
  bool may_have_news(const std::string& stack) const;
  // The newest event of that stack; "" when there is none.
  std::string last_event(const std::string& stack) const;

  struct Built {
    std::string logical_name;
    std::string id;
    std::string type;
    std::string stack;   // the logical name of its nested stack; the root's own name
    std::string status;  // of its newest event
    std::string reason;
  };
  // In the order in which their creation began.
  const std::vector<Built>& resources() const { return resources_; }
  std::vector<Built> of_type(std::string_view type) const;
  std::optional<Built> first(std::string_view type) const;
  bool complete(std::string_view type) const;  // there are some, and all are CREATE_COMPLETE

  // The first thing that failed for a reason of its own: "NatGateway (AWS::EC2::NatGateway): ...".
  std::string first_failure() const;
  const std::vector<Moment>& moments() const { return moments_; }

 private:
  void note(const aws::cloudformation::StackEvent& event);
  void note_stack(const aws::cloudformation::StackEvent& event);
  void note_resource(const aws::cloudformation::StackEvent& event);
  Moment moment(const aws::cloudformation::StackEvent& event) const;
  std::string name_of_stack(const std::string& id, const std::string& otherwise) const;

  std::string root_;
  base::Instant start_;
  std::set<std::string> seen_;
  std::map<std::string, std::string> last_;
  std::vector<std::string> stacks_;
  std::map<std::string, std::string> stack_names_;  // by id
  std::map<std::string, std::string> statuses_;     // of stacks by their own events, by id
  std::map<std::string, base::Instant> began_;      // by stack, name and verb
  std::map<std::string, int> counts_;               // resources completed, by stack
  std::vector<Built> resources_;
  std::vector<Moment> moments_;
  std::string first_failure_;
};

}  // namespace cli
