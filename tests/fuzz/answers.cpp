// Whole answers of AWS, read by our client: every call that reads more than an error.
#include "aws/cloudformation/cloudformation.hpp"
#include "aws/ec2/ec2.hpp"
#include "aws/ecs/ecs.hpp"
#include "aws/lambda/lambda.hpp"
#include "aws/logs/logs.hpp"
#include "aws/s3/s3.hpp"
#include "aws/ssm/ssm.hpp"
#include "aws/sts/sts.hpp"
#include "base/runtime.hpp"
#include "targets.hpp"

namespace fuzz {

namespace {

// Says the same to everything, but not for ever: a page may name the next without end.
class Parrot final : public http::Transport {
 public:
  Parrot(int status, std::string_view body) : status_(status), body_(body) {}

  base::Task<http::Response> send(http::Request) override {
    require(++calls_ < 100, "a call ends when the answers do");
    co_return http::Response{calls_ < 20 ? status_ : 400, {}, std::string(body_)};
  }

 private:
  int status_;
  std::string_view body_;
  int calls_ = 0;
};

class Silence final : public base::Log {
  void write(base::Level, std::string_view, boost::json::object) override {}
};

base::Task<void> call(aws::Client& client, std::size_t which) {
  using namespace aws;
  switch (which) {
    case 0:
      co_await ec2::find_nat_gateways(client, {NatGatewayId{"nat-1"}});
      break;
    case 1:
      co_await ec2::find_addresses(client, {AllocationId{"eipalloc-1"}});
      break;
    case 2:
      co_await ec2::find_internet_gateways(client, {InternetGatewayId{"igw-1"}});
      break;
    case 3:
      co_await ec2::route_tables_of(client, {VpcId{"vpc-1"}});
      break;
    case 4:
      co_await ec2::network_interfaces_of(client, VpcId{"vpc-1"});
      break;
    case 5:
      co_await ec2::instance_statuses(client, {InstanceId{"i-1"}});
      break;
    case 6:
      co_await cloudformation::describe_stack(client, "s");
      break;
    case 7:
      co_await cloudformation::stack_events(client, "s");
      break;
    case 8:
      co_await cloudformation::stack_resources(client, "s");
      break;
    case 9:
      co_await s3::list_objects(client, "b", "");
      break;
    case 10:
      co_await sts::caller_identity(client);
      break;
    case 11:
      co_await ecs::find_service(client,
                                 aws::ecs::ServiceArn{"arn:aws:ecs:eu-west-1:1:service/c/s"});
      break;
    case 12:
      co_await ecs::tasks_of(client, aws::ecs::ServiceArn{"arn:aws:ecs:eu-west-1:1:service/c/s"});
      break;
    case 13:
      co_await ssm::instance_information(client, {});
      break;
    case 14:
      co_await ssm::command_invocation(client, "c", InstanceId{"i-1"});
      break;
    case 15:
      co_await logs::filter_log_events(client, {});
      break;
    default:
      co_await lambda::find_function(client, "f");
  }
}

}  // namespace

void run_answers(std::string_view input) {
  constexpr std::array statuses{200, 400, 503};
  const auto which = choose(input, 17);
  Parrot parrot(statuses[choose(input, statuses.size())], input);
  const auto runtime = base::virtual_runtime(base::Instant(std::chrono::seconds(1'790'000'000)));
  base::SeededRandom random(7);
  Silence silence;
  http::System system{runtime->clock(), random, silence, parrot};
  aws::Client client(
      system,
      {.credentials = {"AKIDEXAMPLE", "not-a-secret", ""}, .region = "eu-west-1", .endpoint = {}});
  try {
    runtime->run(call(client, which));
  } catch (const aws::ServiceError& error) {
    require(!error.code.empty(), "a refusal has a code");
  }
}

}  // namespace fuzz
