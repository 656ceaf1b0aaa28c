#include "local/host.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

#include "sim/cloudformation/zip.hpp"
#include "sim/s3/digest.hpp"
#include "sim/wire/sign_test.hpp"

namespace local {
namespace {

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25}};

// A Lambda process that answers every event with "ok N", after a second.
class Counter final : public sim::lambda::Launcher {
 public:
  explicit Counter(base::Clock& clock) : clock_(clock) {}

  base::Task<int> run(sim::lambda::Process process) override {
    ++started;
    const std::string api = "http://" + process.environment.at("AWS_LAMBDA_RUNTIME_API") +
                            "/2018-06-01/runtime/invocation/";
    for (int count = 1;; ++count) {
      http::Request next{"GET", http::Url::parse(api + "next"), {}, {}, std::nullopt};
      const auto event = co_await process.transport.send(std::move(next));
      process.output("event " + std::to_string(count));
      co_await clock_.sleep_for(std::chrono::seconds(1));
      http::Request answer{
          "POST",
          http::Url::parse(api + std::string(*event.headers.get("Lambda-Runtime-Aws-Request-Id")) +
                           "/response"),
          {},
          "\"ok " + std::to_string(count) + "\""};
      co_await process.transport.send(std::move(answer));
    }
  }

  int started = 0;

 private:
  base::Clock& clock_;
};

class HostTest : public testing::Test {
 protected:
  ~HostTest() override { std::filesystem::remove(file_); }

  // A world that lives as long as `story` does, on the same file as those before it.
  struct Life {
    explicit Life(base::Instant when, const std::filesystem::path& file)
        : outside(base::stepped_runtime(when)),
          launcher(outside->clock()),
          host(std::make_unique<Host>(*outside, launcher,
                                      HostSettings{{.seed = 3}, "--seed 3", file})) {
      host->open("http://127.0.0.1:4566");
    }
    std::unique_ptr<base::SteppedRuntime> outside;
    Counter launcher;
    std::unique_ptr<Host> host;
  };

  static std::string call(Life& life, const std::string& service, const std::string& method,
                          const std::string& target, const std::string& body) {
    http::Request request{
        method, http::Url::parse("http://127.0.0.1:4566" + target), {}, body, std::nullopt};
    request.headers.set("Host", "127.0.0.1:4566");
    sim::wire::sign(request, life.host->root_key(), service, life.outside->clock().now());
    std::string answer;
    life.outside->run(ask(*life.host, std::move(request), answer));
    return answer;
  }
  static std::string ec2(Life& life, const std::string& body) {
    return call(life, "ec2", "POST", "/", body + "&Version=2016-11-15");
  }
  static base::Task<void> ask(Host& host, http::Request request, std::string& answer) {
    const auto response = co_await host.send(std::move(request));
    answer = std::to_string(response.status) + " " + response.body;
  }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("falsework-host-" + std::to_string(::getpid()));
};

std::string id_in(const std::string& text, const std::string& prefix) {
  const auto at = text.find(prefix);
  return at == std::string::npos ? "" : text.substr(at, prefix.size() + 17);
}

TEST_F(HostTest, a_world_that_was_killed_goes_on_with_the_same_ids_and_its_time_went_on) {
  std::string vpc, address;
  {
    Life life(start, file_);
    vpc = id_in(ec2(life, "Action=CreateVpc&CidrBlock=10.0.0.0/16"), "vpc-");
    ASSERT_EQ(vpc.size(), 21U);
  }
  for (int restart = 1; restart <= 3; ++restart) {
    Life life(start + std::chrono::hours(restart), file_);
    EXPECT_GT(life.host->restored(), 0);
    EXPECT_NE(ec2(life, "Action=DescribeVpcs").find(vpc), std::string::npos);
    const auto subnet = ec2(life, "Action=CreateSubnet&CidrBlock=10.0." + std::to_string(restart) +
                                      ".0/24&VpcId=" + vpc);
    EXPECT_TRUE(subnet.starts_with("200 ")) << subnet;
    EXPECT_GE(life.host->world().context().now(), start + std::chrono::hours(restart));
  }
}

TEST_F(HostTest, a_world_killed_at_any_byte_of_its_journal_opens_again) {
  {
    Life life(start, file_);
    ec2(life, "Action=CreateVpc&CidrBlock=10.0.0.0/16");
    ec2(life, "Action=AllocateAddress&Domain=vpc");
    ec2(life, "Action=DescribeAddresses");
  }
  std::filesystem::path whole = file_;
  whole += ".whole";
  std::filesystem::copy_file(file_, whole);
  const auto size = std::filesystem::file_size(whole);
  for (auto length = size; length > 200; length -= 37) {
    std::filesystem::copy_file(whole, file_, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(file_, length);
    Life life(start + std::chrono::minutes(1), file_);
    EXPECT_TRUE(ec2(life, "Action=DescribeVpcs").starts_with("200 ")) << length;
  }
  std::filesystem::remove(whole);
}

TEST_F(HostTest, refuses_the_state_of_a_world_with_other_choices) {
  {
    Life life(start, file_);
  }
  const auto outside = base::stepped_runtime(start);
  Counter launcher(outside->clock());
  try {
    Host host(*outside, launcher, {{.seed = 4}, "--seed 4", file_});
    FAIL();
  } catch (const StateError& error) {
    EXPECT_NE(std::string(error.what()).find("made with: --seed 3"), std::string::npos);
  }
}

TEST_F(HostTest, refuses_a_state_that_now_leads_to_other_answers) {
  {
    Life life(start, file_);
    ec2(life, "Action=CreateVpc&CidrBlock=10.0.0.0/16");
  }
  const auto outside = base::stepped_runtime(start);
  Counter launcher(outside->clock());
  try {
    // Another world under the same name, as another version of the program would make it.
    Host host(*outside, launcher, {{.seed = 4}, "--seed 3", file_});
    FAIL();
  } catch (const StateError& error) {
    EXPECT_NE(std::string(error.what()).find("request 1 would now be answered otherwise"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(HostTest, a_function_answers_and_after_a_restart_a_new_process_of_it_does) {
  const auto invoke = [](Life& life) {
    return call(life, "lambda", "POST", "/2015-03-31/functions/count/invocations", "{}");
  };
  {
    Life life(start, file_);
    call(life, "iam", "POST", "/",
         "Action=CreateRole&Version=2010-05-08&RoleName=runs&AssumeRolePolicyDocument="
         "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C"
         "%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22"
         "sts%3AAssumeRole%22%7D%7D");
    life.outside->advance(start + std::chrono::minutes(1));
    const auto zip = sim::s3::base64(sim::cloudformation::zip_of("bootstrap", "x"));
    const auto made =
        call(life, "lambda", "POST", "/2015-03-31/functions",
             R"({"FunctionName":"count","Runtime":"provided.al2023","Handler":"bootstrap",)"
             R"("Role":"arn:aws:iam::123456789012:role/runs","Code":{"ZipFile":")" +
                 zip + "\"}}");
    ASSERT_TRUE(made.starts_with("201 ")) << made;
    life.outside->advance(start + std::chrono::minutes(2));
    EXPECT_EQ(invoke(life), "200 \"ok 1\"");
    EXPECT_EQ(invoke(life), "200 \"ok 2\"");
    EXPECT_EQ(life.launcher.started, 1);
  }
  Life life(start + std::chrono::minutes(3), file_);
  EXPECT_EQ(life.launcher.started, 0);  // what was lived through again starts nothing
  EXPECT_EQ(invoke(life), "200 \"ok 1\"");
  EXPECT_EQ(life.launcher.started, 1);
}

// Files of this process that grow beyond it are refused their bytes, as on a full disk.
class SmallDisk {
 public:
  explicit SmallDisk(std::uintmax_t bytes) : before_(::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &limit_);
    const ::rlimit small{bytes, limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    ::signal(SIGXFSZ, before_);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

 private:
  void (*before_)(int);
  ::rlimit limit_{};
};

TEST_F(HostTest, a_full_disk_fails_the_request_that_finds_it_and_no_other) {
  Life life(start, file_);
  const std::string look = "Action=DescribeVpcs";
  int failed = 0;
  for (std::uintmax_t room = 0; room < 2000; room += 20) {
    {
      const SmallDisk disk(std::filesystem::file_size(file_) + room);
      try {
        EXPECT_TRUE(ec2(life, look).starts_with("200 ")) << room;
      } catch (const StateError&) {
        ++failed;
      }
    }
    EXPECT_TRUE(ec2(life, look).starts_with("200 ")) << room;
  }
  EXPECT_GT(failed, 10);
  EXPECT_LT(failed, 100);
  life.host.reset();
  EXPECT_GT(Life(start + std::chrono::hours(1), file_).host->restored(), 100);
}

base::Task<void> fail() {
  throw std::runtime_error("a mistake");
  co_return;
}

TEST_F(HostTest, a_mistake_in_the_world_is_told_and_ends_no_request) {
  const auto outside = base::stepped_runtime(start);
  Counter launcher(outside->clock());
  std::string told;
  Host host(*outside, launcher,
            {.failed = [&](std::string_view what) { told += std::string(what) + ";"; }});
  host.open("http://127.0.0.1:4566");
  host.world().context().runtime.spawn(fail());
  host.world().context().runtime.spawn(fail());
  std::string answer;
  http::Request request{"GET", http::Url::parse("http://127.0.0.1:4566/"), {}, {}, std::nullopt};
  outside->run(ask(host, std::move(request), answer));
  EXPECT_EQ(answer.substr(0, 3), "403");
  EXPECT_EQ(told, "a mistake;");
}

}  // namespace
}  // namespace local
