#include "tests/moto/moto.hpp"

#include "aws/protocol.hpp"

namespace moto {

namespace {

base::Task<void> forget_all(http::Transport& transport, std::string endpoint) {
  http::Request request;
  request.method = "POST";
  request.url = http::Url::parse(endpoint + "/moto-api/reset");
  const auto response = co_await transport.send(std::move(request));
  if (response.status != 200) {
    throw std::runtime_error(fmt::format("no moto server: HTTP {}", response.status));
  }
}

}  // namespace

Stage::Stage(const std::string& endpoint)
    : client(system, {.credentials = {"AKIAIOSFODNN7EXAMPLE", "not-a-secret", "a-token"},
                      .region = "eu-west-1",
                      .endpoint = http::Url::parse(endpoint)}) {
  run(forget_all(*transport, endpoint));
}

void Moto::SetUp() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the tests have one thread
  const char* endpoint = std::getenv("MOTO_ENDPOINT");
  if (endpoint == nullptr) {
    GTEST_SKIP() << "MOTO_ENDPOINT does not say where a moto server listens: ./dev conformance";
  }
  stage_ = std::make_unique<Stage>(endpoint);
}

std::string Moto::ec2(const std::string& operation, http::Query parameters,
                      const std::string& wanted) {
  const auto document = run(client().query("ec2", "2016-11-15", operation, std::move(parameters)));
  const auto node = document.find_node([&](pugi::xml_node one) { return one.name() == wanted; });
  if (!wanted.empty() && node.empty()) {
    throw std::runtime_error(fmt::format("{}: the answer has no {}", operation, wanted));
  }
  return node.text().get();
}

boost::json::object Moto::json(const std::string& service, const std::string& target,
                               const std::string& operation, boost::json::object input) {
  return run(client().json(service, target, operation, std::move(input)));
}

Moto::Network Moto::network() {
  Network made;
  made.vpc = ec2("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}}, "vpcId");
  made.subnet =
      ec2("CreateSubnet", {{"VpcId", made.vpc}, {"CidrBlock", "10.0.1.0/24"}}, "subnetId");
  made.gateway = ec2("CreateInternetGateway", {}, "internetGatewayId");
  ec2("AttachInternetGateway", {{"InternetGatewayId", made.gateway}, {"VpcId", made.vpc}});
  return made;
}

}  // namespace moto
