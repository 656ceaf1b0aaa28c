// A fresh moto server for each test, over a real socket, and our client for it. MOTO_ENDPOINT says
// where it listens ("http://127.0.0.1:5000"); without it every test is skipped. All that the server
// holds is thrown away before each test.
//
// Where moto is not what AWS is, a test expects moto's answer and says so: "moto:".
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "aws/client.hpp"
#include "base/runtime.hpp"
#include "http/socket_transport.hpp"

namespace moto {

struct Stage {
  explicit Stage(const std::string& endpoint);

  template <class T>
  T run(base::Task<T> task) {
    std::optional<T> result;
    runtime->run(store(std::move(task), result));
    return std::move(*result);
  }
  void run(base::Task<void> task) { runtime->run(std::move(task)); }

  std::unique_ptr<base::Runtime> runtime = base::real_runtime();
  base::SeededRandom random{1};
  base::NoLog log;
  std::unique_ptr<http::SocketTransport> transport = http::socket_transport(runtime->io(), {});
  http::System system{runtime->clock(), random, log, *transport};
  aws::Client client;

 private:
  template <class T>
  static base::Task<void> store(base::Task<T> task, std::optional<T>& result) {
    result.emplace(co_await std::move(task));
  }
};

class Moto : public testing::Test {
 protected:
  void SetUp() override;

  aws::Client& client() { return stage_->client; }
  template <class T>
  auto run(base::Task<T> task) {
    return stage_->run(std::move(task));
  }
  // The error code that `task` ends in; "none" when it succeeds.
  template <class T>
  std::string refusal(base::Task<T> task) {
    try {
      run(std::move(task));
    } catch (const aws::ServiceError& error) {
      return error.code;
    }
    return "none";
  }

  // What our client has no call for: the text of the answer's first element of that name.
  std::string ec2(const std::string& operation, http::Query parameters,
                  const std::string& wanted = {});
  boost::json::object json(const std::string& service, const std::string& target,
                           const std::string& operation, boost::json::object input);

  // A VPC of its own, with one subnet and its internet gateway attached.
  struct Network {
    std::string vpc;
    std::string subnet;
    std::string gateway;
  };
  Network network();

 private:
  std::unique_ptr<Stage> stage_;
};

}  // namespace moto
