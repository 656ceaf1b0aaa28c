// One running `falsework local`: what it says, and how it ends. Ended with the object.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.hpp"
#include "tests/driver/process.hpp"

namespace local_test {

class Program {
 public:
  // `falsework local --port 0 ARGUMENTS...` in an environment of its own: HOME and TMPDIR are a new
  // folder, or TMPDIR alone is. A --port among the arguments replaces the 0.
  explicit Program(std::vector<std::string> arguments = {}, bool home = true);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  // Its first line, without the newline; empty when none comes in ten seconds.
  const std::string& ready();
  std::uint16_t port();
  std::string url();
  // The export lines, unquoted.
  std::map<std::string, std::string> exports() const;
  // For our own client.
  aws::Settings settings();

  std::string errors() const;  // all of its standard error so far
  const std::string& folder() const { return folder_; }
  void send(int signal) const { process_->send(signal); }
  // Its exit code, or the negative signal that ended it; nothing when it still runs after `limit`.
  std::optional<int> wait(std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    return process_->wait(limit);
  }

 private:
  std::string folder_;
  std::optional<driver::Process> process_;
  std::optional<std::string> ready_;
};

// An answer, or why there is none.
struct Reply {
  int status = 0;
  http::Headers headers;
  std::string body;
  std::string error;
};

// Sends one request as it is, over a socket. `trust`: the bundle for https.
Reply send(http::Request request, const std::string& trust = {});
// Signed with the program's own key, `skew` off the machine's clock.
http::Request signed_request(Program& program, const std::string& service, http::Request request,
                             std::chrono::seconds skew = {});
http::Request query(Program& program, const std::string& version, const std::string& action);
http::Request json(Program& program, const std::string& target, const std::string& body = "{}");

}  // namespace local_test
