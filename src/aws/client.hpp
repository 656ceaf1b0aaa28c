// The AWS client: one signed call at a time, sent, retried as the SDKs' standard mode does, and its
// errors turned into values of one type. Holds no state but its retry quota and signing keys.
// Calls may run concurrently.
//
// Retried here: throttling codes, transient codes, HTTP 500/502/503/504 and lost connections.
// Never retried here (the caller owns them): AuthFailure, DependencyViolation, *.NotFound, ...
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <pugixml.hpp>
#include <stdexcept>
#include <string>

#include "aws/credentials.hpp"
#include "aws/sigv4.hpp"
#include "http/system.hpp"

namespace aws {

// AWS refused, or every retry was used up. `what()` reads
// "ec2 ReleaseAddress: AuthFailure: You do not have permission ... (request id ...)".
class ServiceError : public std::runtime_error {
 public:
  ServiceError(std::string service, std::string operation, std::string code, std::string message,
               int status, std::string request_id);
  std::string service;
  std::string operation;
  // "AuthFailure"; decide on this one, with aws/errors.hpp. Four are our own: NoResponse
  // (connection lost, refused or timed out; status 0), NoSecureConnection (TLS failed: the
  // certificate is not accepted, say), UnreadableReply (success, but not XML or JSON) and "HTTP
  // 503" (no code at all).
  std::string code;
  std::string message;
  int status;
  std::string request_id;
};

struct Settings {
  Credentials credentials;
  std::string region;
  // Replaces every service's own endpoint, e.g. "http://127.0.0.1:4566" (AWS_ENDPOINT_URL).
  std::optional<http::Url> endpoint;
  int attempts = 3;
};

class Client {
 public:
  Client(http::System& system, Settings settings);

  const std::string& region() const { return settings_.region; }
  http::System& system() { return system_; }
  const Settings& settings() const { return settings_; }

  // No new attempt starts after this moment, and none lasts longer. Nothing: no limit but the
  // attempts.
  void set_deadline(std::optional<base::Instant> deadline) { deadline_ = deadline; }

  // EC2 and query protocols: form parameters in, an XML document out (its root element is the
  // response). `version` is the API's, e.g. "2016-11-15".
  base::Task<pugi::xml_document> query(std::string service, std::string version,
                                       std::string operation, http::Query parameters);
  // JSON 1.1: `target` is the X-Amz-Target prefix, e.g. "AmazonEC2ContainerServiceV20141113".
  base::Task<boost::json::object> json(std::string service, std::string target,
                                       std::string operation, boost::json::object input);
  // REST: the request as given, signed for `service`; the URL's host is filled in when empty.
  base::Task<http::Response> rest(std::string service, std::string operation,
                                  http::Request request);

 private:
  base::Task<http::Response> send(std::string service, std::string operation,
                                  http::Request request);
  // One attempt's: signed at this moment, and ended by the deadline.
  http::Request prepared(http::Request request, const std::string& service,
                         const std::string& operation);

  http::System& system_;
  Settings settings_;
  std::optional<base::Instant> deadline_;
  sigv4::Keys keys_;
  int quota_ = 500;  // retry tokens, shared by all calls of this client
};

}  // namespace aws
