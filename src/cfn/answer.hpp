// What CloudFormation is told about one request. Pure.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "cfn/event.hpp"

namespace cfn {

// A longer body fails the resource with "Response object is too long".
inline constexpr std::size_t longest_answer = 4096;

struct Answer {
  bool success = false;
  std::string reason{};        // required when it failed
  boost::json::object data{};  // for Fn::GetAtt: strings and integers

  static Answer succeeded(boost::json::object data) { return {true, {}, std::move(data)}; }
  static Answer failed(std::string reason) { return {false, std::move(reason), {}}; }
};

// Problems as an answer's Reason and the log tell them, in one line.
std::string joined(const std::vector<std::string>& problems);

// The body to PUT: valid UTF-8, at most 4096 bytes. What is too long loses the end of its Reason
// first, then the ends of its longest Data.
std::string body(const ReturnAddress& sender, const Answer& answer);

}  // namespace cfn
