// As much of EC2 as one strike asks of it, in its wire format: two route tables, a NAT gateway, its
// address and an internet gateway, which go when they are told to. It does not try to be AWS (the
// embedded AWS does): it stands still while the function is measured.
#pragma once

#include <string>

#include "tests/driver/server.hpp"

namespace bench {

class Aws {
 public:
  driver::Response answer(const driver::Request& request);

  bool struck() const;                             // everything is gone
  const std::string& put() const { return put_; }  // the answer to CloudFormation, empty before it

  // The event that asks for the strike; `endpoint` ("localhost:1234") also takes the answer.
  static std::string event(const std::string& endpoint);

 private:
  std::string describe(const std::string& action);
  std::string route_tables() const;
  std::string nat_gateways();

  bool private_route_ = true;
  bool public_route_ = true;
  std::string nat_state_ = "available";
  bool address_ = true;
  bool attached_ = true;
  bool gateway_ = true;
  std::string put_;
};

}  // namespace bench
