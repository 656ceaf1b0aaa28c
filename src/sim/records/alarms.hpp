// CloudWatch's alarms: their state, their history and whom they tell. No metric is kept, so an
// alarm sees missing data alone, and changes by SetAlarmState.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-concepts.html
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "sim/records/records.hpp"

namespace sim::records {

// Lives as long as the functions of the book's table that share it.
class Alarms : public std::enable_shared_from_this<Alarms> {
 public:
  // `caller` must outlive the runtime's tasks.
  Alarms(Caller& caller, Range looks) : caller_(caller), looks_range_(looks) {}

  Type type();
  Type composite_type();
  // The operations beside the table. `book` holds what both types describe.
  void add_to(Book& book);

 private:
  void configure(Book& book, const Record* before, Record& alarm);
  // Says what it sees after a while, unless it is configured or set anew before.
  void look_later(Book& book, const std::string& name);
  void look(Book& book, Record& alarm);
  void enter(Book& book, Record& alarm, std::string_view state, std::string reason,
             std::string data, int depth = 0);
  Task<void> tell(Context context, Record alarm, std::string old_state);
  void note(const Context& context, const Record& alarm, std::string_view type, std::string summary,
            json::object data);
  // composite_alarms.cpp
  static Record* find(Book& book, const std::string& name_or_arn);  // of either kind
  bool rule_holds(Book& book, const Record& composite) const;
  void check_rule(Book& book, const Record& composite) const;  // throws Error
  void tell_composites(Book& book, const Record& changed, int depth);
  void evaluate(Book& book, Record& composite);
  json::object describe(Book& book, const Call& call);
  json::object history(Book& book, const Call& call) const;
  json::object set_state(Book& book, const Call& call);

  Caller& caller_;
  Range looks_range_;
  std::map<std::string, base::Instant> looks_ = {};  // when each looks next
  std::deque<json::object> history_ = {};            // oldest first
};

}  // namespace sim::records
