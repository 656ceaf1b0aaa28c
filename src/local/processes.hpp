// The world's view of Lambda's processes: each is started on the machine by the launcher, and all
// that it does comes into the world as a record. While a journal is lived through again nothing is
// started; the records alone tell what the processes did.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/runtime.hpp"
#include "local/host.hpp"

namespace local {

// One request and whoever waits for its answer. Shared by the world's task that performs it and by
// the connection's task that waits, either of which may end first.
struct Host::Exchange {
  std::int64_t id = 0;
  std::int64_t number = 0;  // of requests to the world; 0 for the Runtime API's
  std::optional<http::Response> response = {};
  std::exception_ptr failure = {};
  base::Signal ended = {};

  bool over() const { return response || failure; }
  void end(std::exception_ptr why) {
    if (over()) return;
    failure = std::move(why);
    ended.notify();
  }
};

class Host::Processes final : public sim::lambda::Launcher {
 public:
  using Enter = std::function<void(Record, const Shared&)>;

  struct One {
    explicit One(sim::lambda::Process process_) : process(std::move(process_)) {}
    // Its Runtime API owes this answer.
    void await(const Shared& exchange);
    // The process is over for the world, and for those who wait for its Runtime API.
    void end(int exit_code);

    sim::lambda::Process process;
    std::optional<int> code;
    base::Signal ended;
    std::vector<Shared> exchanges;
  };

  // All must outlive this.
  Processes(base::Runtime& outside, sim::lambda::Launcher& launcher, Enter enter)
      : outside_(outside), launcher_(launcher), enter_(std::move(enter)) {}

  // Inside the world.
  base::Task<int> run(sim::lambda::Process process) override;

  void replay(bool replaying) { replaying_ = replaying; }
  std::vector<int> running() const;
  // The process that a record is about; null when it has ended, or the record is about none.
  One* find(const Record& record);

 private:
  class Bridge;
  // On the machine.
  base::Task<void> live(int number);
  // False when the journal could not be written: nothing has happened.
  bool tell(Record record) const;

  base::Runtime& outside_;
  sim::lambda::Launcher& launcher_;
  Enter enter_;
  bool replaying_ = false;
  int started_ = 0;
  std::map<int, std::unique_ptr<One>> running_;
};

}  // namespace local
