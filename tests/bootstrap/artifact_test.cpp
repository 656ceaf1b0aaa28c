// The function as it ships, for both architectures: one file that needs no other, small, and alive:
// it asks for work, answers a bad event with an error or a response, and asks again.
#include <elf.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "elf.hpp"
#include "tests/driver/process.hpp"
#include "tests/driver/server.hpp"

namespace {

struct Architecture {
  std::string name;
  int machine;
  std::string emulator;  // where this machine is another
};

void PrintTo(const Architecture& architecture, std::ostream* out) {
  *out << architecture.name;
}

class Artifact : public testing::TestWithParam<Architecture> {
 protected:
  static std::filesystem::path packages() { return FALSEWORK_SOURCE_DIR "/build/package"; }
  static std::string program() { return packages() / GetParam().name / "bootstrap"; }

  void SetUp() override {
    if (!std::filesystem::exists(program())) {
      GTEST_SKIP() << program() << " is not built: ./dev package";
    }
  }
};

bool on_path(const std::string& program) {
  return std::filesystem::exists("/usr/bin/" + program);
}

std::vector<std::string> function_environment(const std::string& api) {
  return {"AWS_LAMBDA_RUNTIME_API=" + api, "AWS_REGION=ap-northeast-1",
          "AWS_ACCESS_KEY_ID=AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY=secret", "_HANDLER=bootstrap"};
}

TEST_P(Artifact, needs_no_other_file) {
  const auto facts = elf::read(program());
  EXPECT_EQ(facts.machine, GetParam().machine);
  EXPECT_EQ(facts.interpreter, "");
  EXPECT_FALSE(facts.dynamic);
  EXPECT_TRUE(facts.executable) << "position independent: relocations cost start-up time";
}

TEST_P(Artifact, fits_in_a_package_of_3_MB) {
  const auto zip = packages() / ("falsework-" + GetParam().name + ".zip");
  ASSERT_TRUE(std::filesystem::exists(zip)) << zip;
  EXPECT_LE(std::filesystem::file_size(zip), 3'000'000U);
}

TEST_P(Artifact, answers_a_bad_event_and_asks_again) {
  std::vector<std::string> command{program()};
  const bool native = elf::read("/proc/self/exe").machine == GetParam().machine;
  if (!native && !on_path(GetParam().emulator))
    GTEST_SKIP() << GetParam().emulator << " is not here";
  if (!native) command.insert(command.begin(), GetParam().emulator);

  int asked = 0;
  std::vector<std::string> answers;
  driver::Server api([&](const driver::Request& request) -> std::optional<driver::Response> {
    if (request.method == "GET" && request.target == "/2018-06-01/runtime/invocation/next") {
      if (++asked > 1) return std::nullopt;
      return driver::Response{200,
                              {{"Lambda-Runtime-Aws-Request-Id", "r-1"},
                               {"Lambda-Runtime-Deadline-Ms", "4102444800000"},
                               {"Lambda-Runtime-Invoked-Function-Arn",
                                "arn:aws:lambda:ap-northeast-1:123456789012:function:f"}},
                              R"({"no": "custom resource event"})"};
    }
    answers.push_back(request.method + " " + request.target);
    return driver::Response{202, {}, R"({"status":"OK"})"};
  });
  const driver::Process process(command, function_environment(api.address()));
  EXPECT_TRUE(driver::pump({&api}, [&] { return asked > 1; }, 30'000));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0] == "POST /2018-06-01/runtime/invocation/r-1/error" ||
              answers[0] == "POST /2018-06-01/runtime/invocation/r-1/response")
      << answers[0];
}

INSTANTIATE_TEST_SUITE_P(Architectures, Artifact,
                         testing::Values(Architecture{"x86_64", EM_X86_64, "qemu-x86_64-static"},
                                         Architecture{"arm64", EM_AARCH64, "qemu-aarch64-static"}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
