// Templates with mistakes, given to the command itself: exit code 2, one message a problem with
// file, line and logical id, and nothing begun.
#include <sys/wait.h>

#include <cstdio>
#include <fstream>

#include "tests/scenarios/story.hpp"

namespace scenarios {
namespace {

struct Run {
  int exit_code = -1;
  std::string out;  // both streams
};

Run command(const std::string& arguments) {
  Run run;
  FILE* pipe = ::popen((FALSEWORK_COMMAND " " + arguments + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return run;
  char block[4096];
  for (std::size_t read; (read = std::fread(block, 1, sizeof block, pipe)) > 0;) {
    run.out.append(block, read);
  }
  const int status = ::pclose(pipe);
  run.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

struct Mistake {
  const char* name;
  std::string text;
  std::vector<std::string> said;  // all of these are in the message
};

class BadTemplate : public testing::TestWithParam<Mistake> {};

TEST_P(BadTemplate, is_named_with_file_line_and_logical_id_and_creates_nothing) {
  const std::string path = testing::TempDir() + "falsework-" + GetParam().name + ".yaml";
  std::ofstream(path) << GetParam().text;
  const auto run = command("demo --template " + path);
  EXPECT_EQ(run.exit_code, 2) << run.out;
  for (const auto& part : GetParam().said) {
    EXPECT_NE(run.out.find(part), std::string::npos) << "\"" << part << "\" is not in\n" << run.out;
  }
  EXPECT_NE(run.out.find(path + ":"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("nothing was created"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("is being created"), std::string::npos) << run.out;
}

const std::string vpc = "Resources:\n  Vpc:\n    Type: AWS::EC2::VPC\n    Properties:\n";

INSTANTIATE_TEST_SUITE_P(
    BadInput, BadTemplate,
    testing::Values(
        Mistake{"syntax", "Resources:\n  Vpc: [\n", {":"}},
        Mistake{"function", vpc + "      CidrBlock: !Reff Cidr\n", {":5", "Reff"}},
        Mistake{"dangling", vpc + "      CidrBlock: !Ref Cidr\n", {":5", "Vpc", "Cidr"}},
        Mistake{"cycle",
                "Resources:\n"
                "  A:\n    Type: AWS::EC2::InternetGateway\n    DependsOn: B\n"
                "  B:\n    Type: AWS::EC2::InternetGateway\n    DependsOn: A\n",
                {"A", "B"}},
        Mistake{
            "parameter",
            "Parameters:\n  Wanted:\n    Type: String\n" + vpc + "      CidrBlock: !Ref Wanted\n",
            {"Wanted"}},
        Mistake{
            "type", "Resources:\n  X:\n    Type: AWS::EC2::Nonsense\n", {":3", "X", "Nonsense"}}),
    [](const auto& instance) { return instance.param.name; });

TEST(BadInput, a_missing_parameter_is_refused_before_anything_is_made) {
  auto script = apps::fargate_nginx(1, false);
  script.templates["root.yaml"] =
      "Parameters:\n  Wanted:\n    Type: String\n" + vpc + "      CidrBlock: !Ref Wanted\n";
  apps::Environment environment(seeded(1));
  const auto document = environment.play(script);
  EXPECT_FALSE(cli::holds(document));
  EXPECT_NE(document.failure.find("ValidationError"), std::string::npos) << document.failure;
  EXPECT_TRUE(document.checks.empty());
}

TEST(BadInput, a_template_that_does_not_exist_is_bad_usage) {
  const auto run = command("demo --template /does/not/exist.yaml");
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_NE(run.out.find("cannot be read"), std::string::npos);
}

TEST(Command, knows_its_version) {
  for (const auto* asked : {"version", "--version"}) {
    EXPECT_EQ(command(asked).out, "falsework " FALSEWORK_VERSION "\n");
    EXPECT_EQ(command(asked).exit_code, 0);
  }
}

TEST(Command, says_what_is_wrong_with_its_arguments_and_what_would_be_right) {
  struct Case {
    const char* arguments;
    const char* said;
  };
  for (const auto& [arguments, said] :
       {Case{"", "Usage: falsework"},
        {"demolish", "falsework: there is no 'demolish'; there are: demo, local, version\n"},
        {"demo --seed x", "falsework: --seed: 'x' is not a number it takes\nTry: falsework demo"},
        {"local --port 70000", "falsework: --port: Value 70000 not in range 0 to 65535\n"},
        {"demo --sed 1", "falsework: The following arguments were not expected: 1 --sed\n"}}) {
    const auto run = command(arguments);
    EXPECT_EQ(run.exit_code, 2) << arguments;
    EXPECT_NE(run.out.find(said), std::string::npos) << arguments << ": " << run.out;
  }
  EXPECT_EQ(command("--help").exit_code, 0);
}

}  // namespace
}  // namespace scenarios
