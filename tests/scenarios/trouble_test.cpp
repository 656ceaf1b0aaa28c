// The function under trouble: refused and lost calls, and the same event twice.
#include "cfn/bootstrap.hpp"
#include "tests/scenarios/story.hpp"

namespace scenarios {
namespace {

// Hands the first event out a second time: Lambda promises at least one delivery, not one.
class Twice final : public http::Transport {
 public:
  explicit Twice(http::Transport& inner) : inner_(inner) {}

  base::Task<http::Response> send(http::Request request) override {
    const auto path = std::string(request.url.path());
    if (path.ends_with("/invocation/next") && first_ && !replayed_) {
      replayed_ = true;
      co_return *first_;
    }
    // Lambda has taken the first answer; to the second there is no invocation any more.
    if (replayed_ && !swallowed_ && path.ends_with("/response")) {
      swallowed_ = true;
      co_return http::Response{.status = 202, .headers = {}, .body = {}};
    }
    auto response = co_await inner_.send(std::move(request));
    if (path.ends_with("/invocation/next") && !first_) first_ = response;
    co_return response;
  }

 private:
  http::Transport& inner_;
  std::optional<http::Response> first_;
  bool replayed_ = false;
  bool swallowed_ = false;
};

class Lines final : public base::Log {
 public:
  Lines(base::Clock& clock, std::function<void(std::string_view)> output)
      : clock_(clock), output_(std::move(output)) {}
  void write(base::Level level, std::string_view event, boost::json::object fields) override {
    output_(base::line(clock_.now(), level, event, fields));
  }

 private:
  base::Clock& clock_;
  std::function<void(std::string_view)> output_;
};

class TwiceLauncher final : public sim::lambda::Launcher {
 public:
  explicit TwiceLauncher(base::Clock& clock) : clock_(clock) {}
  base::Task<int> run(sim::lambda::Process process) override {
    Twice transport(process.transport);
    Lines log(clock_, process.output);
    http::System system{clock_, process.random, log, transport};
    co_return co_await cfn::bootstrap(system, process.environment);
  }

 private:
  base::Clock& clock_;
};

std::size_t count(const cli::Document& document, std::string_view event) {
  return static_cast<std::size_t>(
      std::ranges::count_if(document.timeline, [&](const cli::Moment& moment) {
        const auto* told = moment.detail.if_contains("event");
        return told != nullptr && told->is_string() && told->as_string() == event;
      }));
}

TEST(Trouble, strikes_once_when_the_event_is_delivered_twice) {
  apps::Environment environment(seeded(3));
  TwiceLauncher launcher(environment.runtime().clock());
  environment.world().set_launcher(launcher);
  const auto document = environment.play(apps::fargate_nginx(3, false));
  EXPECT_TRUE(cli::holds(document)) << failures_of(document);
  EXPECT_EQ(count(document, "request.received"), 2U);
  EXPECT_EQ(count(document, "piece.removing"), 6U);
  EXPECT_EQ(count(document, "piece.struck"), 6U);
}

struct Weather {
  const char* name;
  sim::world::Faults faults;
};

class InBadWeather : public testing::TestWithParam<Weather> {};

TEST_P(InBadWeather, every_check_still_holds_on_five_seeds) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    auto settings = seeded(seed);
    settings.faults = GetParam().faults;
    const auto document = play(settings);
    EXPECT_TRUE(cli::holds(document)) << seed << ": " << failures_of(document);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Trouble, InBadWeather,
    testing::Values(Weather{"throttled", {.throttle = 0.1}}, Weather{"errors", {.error = 0.1}},
                    Weather{"slow", {.slow = 0.1}}, Weather{"lost_replies", {.lost_reply = 0.1}},
                    Weather{"all_at_once",
                            {.throttle = 0.05, .error = 0.05, .slow = 0.05, .lost_reply = 0.05}}),
    [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace scenarios
