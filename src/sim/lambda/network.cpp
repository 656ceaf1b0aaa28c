// Functions in a VPC. Lambda makes one network interface for a subnet and a set of security groups,
// which all functions there share, and keeps it for a while after the last of them has gone.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
#include "sim/lambda/lambda.hpp"

namespace sim::lambda {

namespace {

Error invalid(const std::string& text) {
  return {"InvalidParameterValueException", text};
}

// EC2's refusal in Lambda's words.
// https://github.com/motdotla/node-lambda/issues/162
Error refused(std::string_view action, const Error& error) {
  return invalid(fmt::format("Error occurred while {}. EC2 Error Code: {}. EC2 Error Message: {}",
                             action, error.code, error.what()));
}

}  // namespace

void Lambda::check_network(const Call& call, Function& function) const {
  auto& network = function.network;
  if (network.subnets.empty()) return;
  if (ec2_ == nullptr) {
    throw Error("NotImplemented", "This embedded Lambda has no network beside it.", 501);
  }
  // The caller has to see what it names, and the role to make the interface.
  for (const auto* action : {"DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"}) {
    if (iam_.decide(call.caller, {fmt::format("ec2:{}", action), "*"}) == iam::Decision::allowed) {
      continue;
    }
    throw Error("AccessDeniedException",
                fmt::format("Your access has been denied by EC2, please make sure your request "
                            "credentials have permission to {}. EC2 Error Code: "
                            "UnauthorizedOperation. EC2 Error Message: You are not authorized to "
                            "perform this operation.",
                            action),
                403);
  }
  std::string vpc;
  for (const auto& id : network.subnets) {
    std::string of;
    try {
      of = ec2_->vpc_of_subnet(id);
    } catch (const Error& error) {
      throw refused("DescribeSubnets", error);
    }
    if (!vpc.empty() && of != vpc) throw invalid("Provided subnets must belong to the same VPC.");
    vpc = of;
  }
  for (const auto& id : network.groups) {
    std::string of;
    try {
      of = ec2_->vpc_of_group(id);
    } catch (const Error& error) {
      throw refused("DescribeSecurityGroups", error);
    }
    if (of != vpc) {
      throw invalid("Provided security groups must belong to the VPC of the subnets.");
    }
  }
  for (const auto* action :
       {"CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"}) {
    if (iam_.role_allows(function.role, fmt::format("ec2:{}", action), "*")) continue;
    throw invalid(fmt::format(
        "The provided execution role does not have permissions to call {} on EC2", action));
  }
  network.vpc = vpc;
}

bool Lambda::enter_network(Function& function) {
  bool made = false;
  auto& network = function.network;
  network.exhausted = false;
  for (const auto& subnet : network.subnets) {
    const auto place = std::pair(subnet, network.groups);
    const auto found = interfaces_.find(place);
    if (found != interfaces_.end() && ec2_->interface(found->second.id)) {
      ec2_->end_managed_interface(found->second.id, std::nullopt);
      found->second.leaving = false;
      continue;
    }
    const auto role = iam_.role(function.role);
    try {
      const auto id = ec2_->create_managed_interface(
          {.subnet = subnet,
           .groups = network.groups,
           .description = fmt::format("AWS Lambda VPC ENI-{}-{}", function.name, random_.uuid()),
           .requester_id = fmt::format("{}:{}", role ? role->id : "", function.name),
           .owner_service = "lambda",
           .type = "lambda"});
      interfaces_[place] = {id};
      made = true;
    } catch (const Error& error) {
      if (error.code != "InsufficientFreeAddressesInSubnet") throw;
      network.exhausted = true;
    }
  }
  return made;
}

void Lambda::leave_networks() {
  std::set<std::pair<std::string, std::vector<std::string>>> needed;
  const auto need = [&](const Function& function) {
    for (const auto& subnet : function.network.subnets) {
      needed.emplace(subnet, function.network.groups);
    }
  };
  for (const auto& [name, function] : functions_) need(*function);
  for (const auto& [name, versions] : versions_) {
    for (const auto& [number, function] : versions) need(*function);
  }
  for (auto& [place, interface] : interfaces_) {
    if (interface.leaving || needed.contains(place)) continue;
    interface.leaving = true;
    ec2_->end_managed_interface(interface.id, context_.now() + draw(knobs_.network_kept));
  }
}

}  // namespace sim::lambda
