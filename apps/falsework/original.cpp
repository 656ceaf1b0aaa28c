#include "apps/falsework/original.hpp"

#include <boost/json/serialize.hpp>

#include "aws/ec2/ec2.hpp"
#include "cfn/answer.hpp"
#include "cfn/event.hpp"
#include "lambda/loop.hpp"

namespace apps {

namespace {

using namespace std::chrono_literals;
namespace ec2 = aws::ec2;

// What the function is told by its environment variables.
struct Targets {
  aws::RouteTableId container_table;
  aws::RouteTableId public_table;
  aws::NatGatewayId gateway;
  aws::AllocationId address;
  aws::InternetGatewayId internet_gateway;
  aws::VpcId vpc;
};

Targets targets_of(const aws::Environment& environment) {
  return {{environment.at("CONTAINER_ROUTE_TABLE")}, {environment.at("PUBLIC_ROUTE_TABLE")},
          {environment.at("NAT_GATEWAY")},           {environment.at("EIP_ALLOCATION_ID")},
          {environment.at("INTERNET_GATEWAY")},      {environment.at("VPC")}};
}

// One call, told in the log in the words that the report reads.
base::Task<void> told(http::System& system, std::string id, std::string type,
                      base::Task<void> call) {
  const auto start = system.clock.now();
  system.log.info("piece.removing", {{"id", id}, {"type", type}});
  try {
    co_await std::move(call);
  } catch (const aws::ServiceError& error) {
    system.log.error("piece.refused",
                     {{"id", id}, {"type", type}, {"code", error.code}, {"for", ""}});
    throw;
  }
  system.log.info("piece.struck", {{"id", id},
                                   {"type", type},
                                   {"seconds", base::seconds(system.clock.now() - start)},
                                   {"already_gone", false},
                                   {"unseen", true}});
}

base::Task<void> rest(http::System& system, std::string gateway) {
  system.log.info("piece.waiting", {{"id", gateway},
                                    {"type", "nat_gateway"},
                                    {"for", "60 seconds, whatever happens"},
                                    {"state", "not looked at"}});
  co_await system.clock.sleep_for(60s);
}

base::Task<void> delete_gateway_and_sleep(http::System& system, aws::Client& client,
                                          aws::NatGatewayId id) {
  co_await ec2::delete_nat_gateway(client, id);
  co_await rest(system, id.value);
}

base::Task<void> take_down(http::System& system, aws::Client& client, Targets targets) {
  const std::string everywhere = "0.0.0.0/0";
  for (const auto& table : {targets.container_table, targets.public_table}) {
    co_await told(system, table.value + "|" + everywhere, "route",
                  ec2::delete_route(client, table, everywhere));
  }
  co_await told(system, targets.gateway.value, "nat_gateway",
                delete_gateway_and_sleep(system, client, targets.gateway));
  co_await told(system, targets.address.value, "elastic_ip",
                ec2::release_address(client, targets.address));
  co_await told(system, targets.internet_gateway.value + "|" + targets.vpc.value, "attachment",
                ec2::detach_internet_gateway(client, targets.internet_gateway, targets.vpc));
  co_await told(system, targets.internet_gateway.value, "internet_gateway",
                ec2::delete_internet_gateway(client, targets.internet_gateway));
}

// As the helper module of Python functions sends it: once, whatever comes of it.
base::Task<void> send(http::System& system, cfn::ReturnAddress sender, cfn::Answer answer,
                      std::string log_stream) {
  sender.physical_id = std::move(log_stream);
  answer.reason = "See the details in CloudWatch Log Stream: " + sender.physical_id;
  http::Request request;
  request.method = "PUT";
  request.url = http::Url::parse(sender.url);
  request.headers = {{"content-type", ""}};
  request.body = cfn::body(sender, answer);
  const auto bytes = request.body.size();
  co_await system.transport.send(std::move(request));
  system.log.info(
      "answer.sent",
      {{"status", answer.success ? "SUCCESS" : "FAILED"}, {"bytes", bytes}, {"attempts", 1}});
}

base::Task<cfn::Answer> work(http::System& system, aws::Client& client, Targets targets) {
  const auto start = system.clock.now();
  try {
    co_await take_down(system, client, std::move(targets));
  } catch (const std::exception& error) {
    system.log.error("strike.failed", {{"problem", error.what()}});
    co_return cfn::Answer::failed("");
  }
  system.log.info("strike.done",
                  {{"struck", 6}, {"seconds", base::seconds(system.clock.now() - start)}});
  co_return cfn::Answer::succeeded({});
}

base::Task<std::string> handle(http::System& system, const aws::Environment& environment,
                               lambda::Invocation invocation) {
  const auto reading = cfn::Event::parse(invocation.payload);
  if (!reading.sender || !reading.event) {
    throw lambda::HandlerError("Function.NoEvent", "This is no event of CloudFormation.");
  }
  system.log.info("request.received", {{"type", cfn::name(reading.event->type)}});
  auto answer = cfn::Answer::succeeded({});
  if (reading.event->type == cfn::RequestType::create) {
    // Five attempts: what boto3 does with throttled and lost calls unless it is told otherwise.
    auto settings = aws::load_settings(environment);
    settings.attempts = 5;
    aws::Client client(system, std::move(settings));
    answer = co_await work(system, client, targets_of(environment));
  }
  co_await send(system, *reading.sender, std::move(answer),
                environment.at("AWS_LAMBDA_LOG_STREAM_NAME"));
  co_return "null";
}

}  // namespace

base::Task<int> original(http::System& system, aws::Environment environment) {
  const lambda::Handler handler = [&](lambda::Invocation invocation) {
    return handle(system, environment, std::move(invocation));
  };
  co_return co_await lambda::run(system, environment.at("AWS_LAMBDA_RUNTIME_API"), handler);
}

}  // namespace apps
