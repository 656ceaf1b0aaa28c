// What S3's tests share: an S3 on virtual time and a client that skips the signatures.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "sim/s3/s3.hpp"

namespace sim::s3 {

class Client : public ::testing::Test {
 protected:
  http::Response send(std::string method, std::string url, std::string body = {},
                      http::Headers headers = {}) {
    http::Request request{std::move(method), http::Url::parse(url), std::move(headers),
                          std::move(body)};
    http::Response response;
    runtime->run([](S3& service, http::Request in, http::Response& out) -> Task<void> {
      const bool presigned = is_presigned(in.url);
      out = co_await service.handle({}, std::move(in), presigned);
    }(s3, std::move(request), response));
    return response;
  }

  // What stands in the first such element of an answer.
  static std::string element(const http::Response& response, const std::string& name) {
    const auto open = response.body.find("<" + name + ">");
    if (open == std::string::npos) return {};
    const auto from = open + name.size() + 2;
    return response.body.substr(from, response.body.find('<', from) - from);
  }
  static std::string code(const http::Response& response) { return element(response, "Code"); }

  void pass(base::Duration duration) {
    runtime->run([](base::Clock& clock, base::Duration by) -> Task<void> {
      co_await clock.sleep_for(by);
    }(runtime->clock(), duration));
  }

  std::unique_ptr<base::Runtime> runtime =
      base::virtual_runtime(*base::parse_iso8601("2026-11-22T15:39:54Z"));
  S3 s3{Context{*runtime}, SigningKey{"AKIDEXAMPLE", "secret", ""}};
  const std::string bucket = "https://my-bucket.s3.ap-northeast-1.amazonaws.com";
};

}  // namespace sim::s3
