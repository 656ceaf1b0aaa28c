// A small story for the renderers' tests: the article's network, five pieces, one wait.
#pragma once

#include "cli/document.hpp"

namespace cli {

inline Topology sample_network(bool struck) {
  Topology topology;
  topology.vpc = "vpc-0a4c1f2b3d5e6f708";
  topology.cidr = "10.0.0.0/16";
  const Route local{"10.0.0.0/16", "local", "active"};
  topology.subnets = {
      {"subnet-client", "ClientSubnet", "10.0.2.0/24", "rtb-0main", {local}},
      {"subnet-public", "PublicSubnet", "10.0.1.0/24", "rtb-0c0ffee0c0ffee001", {local}},
      {"subnet-container", "ContainerSubnet", "10.0.3.0/24", "rtb-0decade0decade002", {local}}};
  topology.nodes = {
      {"i-090a6eb7047448e04", "instance", "Client", "subnet-client", "10.0.2.17", "running"},
      {"vpce-0aa", "endpoint", "ssm", "subnet-client", "", "available"},
      {"vpce-0bb", "endpoint", "ssmmessages", "subnet-client", "", "available"},
      {"vpce-0cc", "endpoint", "ec2messages", "subnet-client", "", "available"},
      {"7f3c0a1b2c3d", "task", "nginx", "subnet-container", "10.0.3.171", "RUNNING"}};
  if (!struck) {
    topology.subnets[1].routes.push_back({"0.0.0.0/0", "igw-079babd830354ac3a", "active"});
    topology.subnets[2].routes.push_back({"0.0.0.0/0", "nat-0cbbcb99b52367f68", "active"});
    topology.nodes.push_back(
        {"igw-079babd830354ac3a", "internet_gateway", "InternetGateway", "", "", "attached"});
    topology.nodes.push_back({"nat-0cbbcb99b52367f68", "nat_gateway", "NatGateway", "subnet-public",
                              "10.0.1.44", "available"});
    topology.nodes.push_back({"eipalloc-0d1e2f3a4b5c6d7e8", "elastic_ip", "Address",
                              "subnet-public", "54.248.104.49", "associated"});
  }
  return topology;
}

inline Document sample() {
  Document document;
  document.version = "0.1.0";
  document.seed = 1;
  document.region = "ap-northeast-1";
  document.account = "123456789012";
  document.stack = "fargate-nginx";
  document.before = sample_network(false);
  document.after = sample_network(true);
  document.virtual_seconds = 412.7;
  document.strike_seconds = 48.9;
  document.minimum_seconds = 48.2;
  document.api_calls = 41;
  document.strike = {262.1,
                     262.9,
                     311.8,
                     {{"rtb-0decade0decade002|0.0.0.0/0",
                       "route",
                       "RouteToNatGateway",
                       263.1,
                       263.3,
                       {},
                       0,
                       "nat-0cbbcb99b52367f68",
                       "it points at the NAT gateway",
                       false},
                      {"rtb-0c0ffee0c0ffee001|0.0.0.0/0",
                       "route",
                       "RouteToInternet",
                       263.1,
                       263.2,
                       {},
                       0,
                       "igw-079babd830354ac3a",
                       "it points at the internet gateway",
                       false},
                      {"nat-0cbbcb99b52367f68",
                       "nat_gateway",
                       "NatGateway",
                       263.3,
                       310.2,
                       {{"the NAT gateway to be deleted", "deleting", 263.6, 46.6}},
                       0,
                       "",
                       "",
                       false},
                      {"eipalloc-0d1e2f3a4b5c6d7e8",
                       "elastic_ip",
                       "Address",
                       310.2,
                       311.6,
                       {{"its address to be let go", "AuthFailure", 310.3, 1.2}},
                       2,
                       "nat-0cbbcb99b52367f68",
                       "it is the NAT gateway's",
                       false},
                      {"igw-079babd830354ac3a",
                       "internet_gateway",
                       "InternetGateway",
                       310.2,
                       311.7,
                       {{"the VPC's last mapped address", "DependencyViolation", 310.3, 1.0}},
                       1,
                       "",
                       "",
                       false}},
                     {{"Struck", 5}, {"Seconds", 48.9}, {"MonthlySavingUSD", "48.91"}},
                     ""};
  document.saving.hourly = base::Money::micro_dollars(67'000);
  document.saving.monthly = base::Money::micro_dollars(48'910'000);
  document.saving.prices = {
      {"nat-0cbbcb99b52367f68", "NAT gateway", base::Money::micro_dollars(62'000)},
      {"eipalloc-0d1e2f3a4b5c6d7e8", "public IPv4 address", base::Money::micro_dollars(5'000)}};
  document.checks = {
      {"the function's log names every deletion",
       true,
       "/aws/lambda/fargate-nginx-falsework has a piece.struck line for each of the 5 pieces.",
       {}},
      {"both default routes are gone",
       true,
       "rtb-0decade0decade002 and rtb-0c0ffee0c0ffee001 hold only 10.0.0.0/16 -> local.",
       {}},
      {"the NAT gateway is deleted", true, "nat-0cbbcb99b52367f68 reads \"deleted\".", {}},
      {"the client still gets nginx's page",
       true,
       "curl http://10.0.3.171 on i-090a6eb7047448e04 answered \"Welcome to nginx!\".",
       {{"http_status", 200}}}};
  document.leftovers = {{"no VPC of the stack is left", true, "DescribeVpcs found none.", {}}};
  const auto moment = [](double at, const char* phase, const char* source, const char* subject,
                         const char* text, bool headline) {
    return Moment{at, phase, source, subject, text, headline, {}};
  };
  document.timeline = {
      moment(0, "build", "stack", "fargate-nginx", "fargate-nginx is being created", true),
      moment(2.1, "build", "resource", "Vpc", "Vpc is being created", false),
      moment(121.4, "build", "resource", "NatGateway", "NAT gateway nat-0cbbcb99b52367f68 stands",
             true),
      moment(201.9, "build", "task", "7f3c0a1b2c3d",
             "task 7f3c0a1b2c3d pulled nginx from Docker Hub in 8.1 s", true),
      moment(262.9, "strike", "function", "", "readiness holds: the service is steady", true),
      moment(263.3, "strike", "function", "nat-0cbbcb99b52367f68",
             "NAT gateway nat-0cbbcb99b52367f68 is being removed", true),
      moment(311.8, "strike", "function", "", "5 pieces struck in 48.9 s", true),
      moment(330.0, "delete", "stack", "fargate-nginx", "fargate-nginx is being deleted", true)};
  return document;
}

}  // namespace cli
