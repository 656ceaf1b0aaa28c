#include "cfn/bootstrap.hpp"

#include "cfn/handler.hpp"
#include "cfn/resource.hpp"

namespace cfn {

base::Task<int> bootstrap(http::System& system, Environment environment, lambda::Hooks hooks) {
  const auto api = environment.find("AWS_LAMBDA_RUNTIME_API");
  if (api == environment.end()) {
    system.log.error("lambda.init_failed",
                     {{"problem", "AWS_LAMBDA_RUNTIME_API is not set: this is no Lambda"}});
    co_return 2;
  }
  aws::Settings settings;
  const auto prepare_outside = std::exchange(hooks.prepare, nullptr);
  hooks.prepare = [&] {
    settings = aws::load_settings(environment);
    if (prepare_outside) prepare_outside();
  };
  const Begin begin = [&](Event event, ReturnAddress sender, base::Instant deadline) {
    return begin_falsework(system, settings, std::move(event), std::move(sender), deadline);
  };
  const lambda::Handler handler = [&](lambda::Invocation invocation) {
    return handle(system, std::move(invocation), begin);
  };
  co_return co_await lambda::run(system, api->second, handler, hooks);
}

}  // namespace cfn
