// The embedded AWS as a server's inside: one world that follows the machine's clock.
//
// The world lives on a stepped runtime. Whatever comes from outside (a request, something a Lambda
// process does) first moves the world to the present, is written to the journal when there is one,
// and then happens. So the world is a function of its settings and of that record: living through
// the record again leads to the same ids, states and answers, and a restart goes on where the last
// process was, however it ended. While nobody ran it, AWS's time went on all the same.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/stepped_runtime.hpp"
#include "http/transport.hpp"
#include "local/journal.hpp"
#include "sim/lambda/process.hpp"
#include "sim/world/world.hpp"

namespace local {

struct HostSettings {
  sim::world::WorldSettings world = {};
  // What was chosen about this world, as its user chose it ("--seed 1 --speed 10"): a state file is
  // read only with the same.
  std::string choices = {};
  std::optional<std::filesystem::path> state = {};
  // Told while the state file is lived through: how many of its requests are behind and how many
  // there are.
  std::function<void(std::int64_t done, std::int64_t all)> progress = {};
  // Told of each task of the world's that a mistake in the embedded AWS has ended.
  std::function<void(std::string_view what)> failed = {};
};

class Host final : public http::Transport {
 public:
  // Lives through what the state file holds, when there is one. `outside` is the machine's own
  // runtime; `launcher` starts Lambda's processes on it. Both must outlive this, and this must
  // outlive outside.run(). Throws StateError: the file is of another world, or leads to other
  // answers than it did (it was written by another version of this program).
  Host(base::Runtime& outside, sim::lambda::Launcher& launcher, HostSettings settings);
  ~Host() override;

  // Opens for business: clients reach this world at `endpoint` ("http://127.0.0.1:4566"). Lambda
  // processes that the last run left behind are gone from here on.
  void open(const std::string& endpoint);

  // One request from outside, from a task of the outside runtime. As World::send; the request's
  // timeout is the server's business and ignored. Throws TransportError for an injected lost reply,
  // StateError when the journal cannot be written: nothing has happened then, or the answer to what
  // has happened is lost.
  base::Task<http::Response> send(http::Request request) override;

  // The key of the account's root user.
  const sim::iam::Key& root_key() const { return root_; }
  // For looking only: what is changed or drawn here is in no journal.
  sim::world::World& world() { return *world_; }
  // How many requests were lived through again.
  std::int64_t restored() const { return restored_; }
  // The bytes of the state file; 0 without one.
  std::uint64_t state_size() const { return journal_ ? journal_->size() : 0; }

 private:
  class Processes;
  struct Exchange;
  using Shared = std::shared_ptr<Exchange>;

  void restore(std::vector<Record> records,
               const std::function<void(std::int64_t, std::int64_t)>& progress);
  void compare(const Record& answer);
  // Moves the world to the present, records this, lets it happen, sees to the next wake-up.
  void enter(Record record, const Shared& exchange);
  void happen(const Record& record, const Shared& exchange);
  base::Task<void> perform(http::Transport& by, http::Request request, Shared exchange);
  // The exchange's answer, once there is one. Rethrows its failure.
  static base::Task<http::Response> outcome(Shared exchange);
  void note(std::int64_t request, const http::Response& response);
  void advance(base::Instant when);
  void follow();
  void arm();

  base::Runtime& outside_;
  std::optional<Journal> journal_;
  std::unique_ptr<base::SteppedRuntime> inside_;
  std::unique_ptr<Processes> processes_;
  std::unique_ptr<sim::world::World> world_;
  sim::iam::Key root_;
  std::function<void(std::string_view)> failed_;
  std::optional<base::Instant> armed_;
  bool restoring_ = false;
  std::int64_t requests_ = 0, restored_ = 0, exchanges_ = 0;
  std::map<std::int64_t, Shared> open_;            // those whose answer is still to come
  std::map<std::int64_t, std::uint32_t> answers_;  // while restoring: checksums by request
};

}  // namespace local
