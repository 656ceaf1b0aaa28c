#include "sim/ec2/tokens.hpp"

#include <boost/json/serialize.hpp>

#include "sim/ec2/input.hpp"

namespace sim::ec2 {
namespace {

std::string key_of(const Call& call) {
  const auto token = text(call.input, "ClientToken");
  return token.empty() ? token : call.action + " " + token;
}

std::string request_of(const Call& call) {
  auto input = call.input;
  input.erase("DryRun");
  return json::serialize(input);
}

}  // namespace

std::string made_before(const Estate& estate, const Call& call) {
  const auto found = estate.model.tokens.find(key_of(call));
  if (found == estate.model.tokens.end()) return {};
  if (found->second.request != request_of(call)) {
    throw Error("IdempotentParameterMismatch",
                "The client token you have provided is associated with a resource created with "
                "different parameters.");
  }
  return found->second.id;
}

void remember(Estate& estate, const Call& call, const std::string& id) {
  const auto key = key_of(call);
  if (!key.empty()) estate.model.tokens[key] = {request_of(call), id};
}

}  // namespace sim::ec2
