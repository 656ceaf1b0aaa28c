// `falsework local` from outside: what it prints, how it ends, whom it lets in.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "aws/protocol.hpp"
#include "base/runtime.hpp"
#include "local/journal.hpp"
#include "local/messages.hpp"
#include "sim/cloudformation/zip.hpp"
#include "sim/s3/digest.hpp"
#include "tests/local/program.hpp"

namespace local_test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

const std::string ec2 = "2016-11-15";
const std::string sts = "2011-06-15";

TEST(Local, it_says_when_it_is_ready_and_what_to_paste) {
  Program program({"--seed", "5", "--region", "eu-west-1"});
  EXPECT_THAT(program.ready(), MatchesRegex("ready http://127\\.0\\.0\\.1:[0-9]+"));
  const auto variables = program.exports();
  EXPECT_EQ(variables.at("AWS_ENDPOINT_URL"), program.url());
  EXPECT_THAT(variables.at("AWS_ACCESS_KEY_ID"), MatchesRegex("AKIA[A-Z0-9]{16}"));
  EXPECT_EQ(variables.at("AWS_SECRET_ACCESS_KEY").size(), 40U);
  EXPECT_EQ(variables.at("AWS_DEFAULT_REGION"), "eu-west-1");
  EXPECT_EQ(variables.size(), 4U) << program.errors();
}

TEST(Local, the_same_seed_has_the_same_key) {
  Program one({"--seed", "5"});
  Program same({"--seed", "5"});
  Program other({"--seed", "6"});
  const auto key = [](Program& program) {
    program.ready();
    return program.exports().at("AWS_SECRET_ACCESS_KEY");
  };
  EXPECT_EQ(key(one), key(same));
  EXPECT_NE(key(one), key(other));
}

TEST(Local, quiet_prints_the_ready_line_only) {
  Program program({"--quiet"});
  EXPECT_THAT(program.ready(), HasSubstr("ready http"));
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
  EXPECT_EQ(program.errors(), "");
}

TEST(Local, programs_get_one_document_when_ready) {
  Program program({"--json", "--quiet"});
  const auto document = boost::json::parse(program.ready()).as_object();
  const std::string url(document.at("ready").as_string());
  EXPECT_THAT(url, HasSubstr("http://127.0.0.1:"));
  EXPECT_EQ(document.at("environment").at("AWS_ENDPOINT_URL").as_string(), url);
}

TEST(Local, wrong_usage_says_what_would_be_right) {
  struct Row {
    std::vector<std::string> arguments;
    const char* said;
  };
  for (const auto& [arguments, said] : std::vector<Row>{
           {{"--fault", "rain=0.1"}, "nat-stuck"},
           {{"--fault", "throttle=1.1"}, "throttle"},
           {{"--fault", "throttle=-0.1"}, "lost-reply"},
           {{"--fault", "throttle=nan"}, "lag"},
           {{"--fault", "throttle=0.1x"}, "0 to 1"},
           {{"--fault", "throttle"}, "NAME=RATE"},
           {{"--speed", "0"}, "--speed"},
           {{"--speed", "-1"}, "--speed"},
           {{"--speed", "inf"}, "--speed"},
           {{"--speed", "fast"}, "--speed"},
           {{"--port", "65536"}, "--port"},
           {{"--port", "-1"}, "--port"},
           {{"--seed", "x"}, "--seed"},
           {{"--region", "the moon"}, "--region"},
           {{"--account", "1234"}, "--account"},
           {{"--unknown"}, "--unknown"},
       }) {
    Program program(arguments);
    EXPECT_EQ(program.wait(), 2) << testing::PrintToString(arguments);
    EXPECT_THAT(program.errors(), HasSubstr(said)) << testing::PrintToString(arguments);
    EXPECT_EQ(program.ready(), "") << testing::PrintToString(arguments);
  }
}

TEST(Local, a_port_that_is_taken_is_said_with_what_to_do) {
  Program first;
  Program second({"--port", std::to_string(first.port())});
  EXPECT_EQ(second.wait(), 1);
  EXPECT_THAT(second.errors(),
              AllOf(HasSubstr(std::to_string(first.port())), HasSubstr("choose another port")));
}

TEST(Local, a_signal_ends_it_within_a_second_and_nothing_stays) {
  for (const auto& [signal, code] : {std::pair{SIGTERM, 0}, {SIGINT, 130}}) {
    Program program;
    ASSERT_NE(program.ready(), "");
    ASSERT_EQ(send(signed_request(program, "sts", query(program, sts, "GetCallerIdentity"))).status,
              200);
    const auto begin = Steady::now();
    program.send(signal);
    EXPECT_EQ(program.wait(), code);
    EXPECT_LT(Steady::now() - begin, 1s);
    std::vector<std::string> left;
    for (const auto& entry : std::filesystem::directory_iterator(program.folder())) {
      left.push_back(entry.path().filename());
    }
    EXPECT_THAT(left, testing::ElementsAre("stderr"));
  }
}

std::string content_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A state file that takes a while to live through: one request, many times.
void write_long_state(const std::string& file) {
  http::Request request;
  {
    Program program({"--state", file});
    request = signed_request(program, "sts", query(program, sts, "GetCallerIdentity"));
    ASSERT_EQ(send(request).status, 200);
  }
  local::Journal journal(file);
  auto record = local::request_record("request", request);
  record.at = journal.take().back().at;
  for (int i = 0; i < 20'000; ++i) journal.append(record);
}

TEST(Local, a_signal_ends_it_while_it_lives_through_a_long_state_and_leaves_the_file_alone) {
  const auto file = testing::TempDir() + fmt::format("falsework-long-{}", ::getpid());
  std::filesystem::remove(file);
  write_long_state(file);
  const auto before = content_of(file);
  for (const auto& [signal, code] : {std::pair{SIGTERM, 0}, {SIGINT, 130}}) {
    Program program({"--state", file});
    for (int i = 0; i < 3000 && program.errors().empty(); ++i) ::usleep(10'000);
    EXPECT_EQ(program.errors(), fmt::format("# {}: living through its 20001 requests\n", file));
    const auto begin = Steady::now();
    program.send(signal);
    EXPECT_EQ(program.wait(), code);
    EXPECT_LT(Steady::now() - begin, 1s);
    EXPECT_THAT(program.errors(), testing::EndsWith("falsework: ended\n"));
    EXPECT_EQ(program.ready(), "");
    EXPECT_TRUE(content_of(file) == before);
  }
  std::filesystem::remove(file);
}

TEST(Local, signed_requests_over_a_socket_are_answered) {
  Program program;
  const auto identity =
      send(signed_request(program, "sts", query(program, sts, "GetCallerIdentity")));
  EXPECT_EQ(identity.status, 200) << identity.error;
  EXPECT_THAT(identity.body, HasSubstr("<Arn>arn:aws:iam::123456789012:root</Arn>"));
  const auto clusters = send(signed_request(
      program, "ecs", json(program, "AmazonEC2ContainerServiceV20141113.ListClusters")));
  EXPECT_EQ(clusters.status, 200) << clusters.body;
  EXPECT_THAT(clusters.body, HasSubstr("clusterArns"));
}

// The service's own error, in its own protocol:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
TEST(Local, what_AWS_would_refuse_is_refused_in_its_words) {
  Program program;
  auto tampered = signed_request(program, "ec2", query(program, ec2, "DescribeVpcs"));
  tampered.body += "&DryRun=true";
  auto foreign = signed_request(program, "ec2", query(program, ec2, "DescribeVpcs"));
  const std::string authorization(*foreign.headers.get("Authorization"));
  const auto at = authorization.find("AKIA");
  foreign.headers.set("Authorization", authorization.substr(0, at) + "AKIAIOSFODNN7EXAMPLE" +
                                           authorization.substr(at + 20));
  http::Request object;
  object.url = http::Url::parse(program.url() + "/private/key");
  auto bucket = object;
  bucket.method = "PUT";
  bucket.url.target = "/private";
  bucket.body =
      "<CreateBucketConfiguration><LocationConstraint>ap-northeast-1</LocationConstraint>"
      "</CreateBucketConfiguration>";
  ASSERT_EQ(send(signed_request(program, "s3", bucket)).status, 200);
  struct Row {
    const char* name;
    http::Request request;
    int status;
    const char* code;
  };
  for (const auto& [name, request, status, code] : std::vector<Row>{
           {"unknown operation, ec2",
            signed_request(program, "ec2", query(program, ec2, "DescribeUnicorns")), 501,
            "DescribeUnicorns"},
           {"unknown operation, json",
            signed_request(program, "ecs",
                           json(program, "AmazonEC2ContainerServiceV20141113.ListUnicorns")),
            501, "ListUnicorns"},
           {"unknown service",
            signed_request(program, "kinesis", json(program, "Kinesis_20131202.ListStreams")), 501,
            "NotImplemented"},
           {"unsigned, query", query(program, sts, "GetCallerIdentity"), 403,
            "MissingAuthenticationToken"},
           {"unsigned, json", json(program, "AmazonEC2ContainerServiceV20141113.ListClusters"), 400,
            "MissingAuthenticationTokenException"},
           {"unsigned, s3", object, 403, "AccessDenied"},
           {"unknown key", foreign, 401, "AuthFailure"},
           {"changed after signing", tampered, 401, "AuthFailure"},
           {"signed long ago, ec2",
            signed_request(program, "ec2", query(program, ec2, "DescribeVpcs"), -16min), 400,
            "RequestExpired"},
           {"signed tomorrow, sts",
            signed_request(program, "sts", query(program, sts, "GetCallerIdentity"), 24h), 403,
            "SignatureDoesNotMatch"},
           {"signed long ago, json",
            signed_request(program, "ecs",
                           json(program, "AmazonEC2ContainerServiceV20141113.ListClusters"),
                           -16min),
            400, "InvalidSignatureException"},
           {"signed long ago, s3", signed_request(program, "s3", object, -16min), 403,
            "RequestTimeTooSkewed"},
           {"a body that is no JSON",
            signed_request(program, "ecs",
                           json(program, "AmazonEC2ContainerServiceV20141113.ListClusters", "{")),
            400, "SerializationException"},
       }) {
    const auto reply = send(request);
    EXPECT_EQ(reply.status, status) << name << ": " << reply.error << reply.body;
    EXPECT_THAT(reply.body, HasSubstr(code)) << name;
  }
}

TEST(Local, an_oversized_body_is_refused_and_the_next_request_served) {
  Program program;
  http::Request request;
  request.method = "POST";
  request.url = http::Url::parse(program.url());
  request.body.assign(65 * 1024 * 1024, 'a');
  EXPECT_EQ(send(request).status, 413);
  EXPECT_EQ(send(signed_request(program, "sts", query(program, sts, "GetCallerIdentity"))).status,
            200);
}

// Local addresses of listening sockets: "0100007F:1E61" is 127.0.0.1, state 0A is LISTEN.
// https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
std::vector<std::string> listeners(const std::string& table, std::uint16_t port) {
  std::vector<std::string> found;
  std::ifstream file(table);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string number, local, remote, state;
    words >> number >> local >> remote >> state;
    if (state == "0A" && local.ends_with(fmt::format(":{:04X}", port))) found.push_back(local);
  }
  return found;
}

TEST(Local, nobody_beyond_loopback_can_reach_it) {
  Program program;
  EXPECT_THAT(listeners("/proc/net/tcp", program.port()),
              testing::ElementsAre(fmt::format("0100007F:{:04X}", program.port())));
  EXPECT_THAT(listeners("/proc/net/tcp6", program.port()), testing::IsEmpty());
}

class Sockets {
 public:
  explicit Sockets(std::uint16_t port) : port_(port) {}
  ~Sockets() {
    for (const int socket : open_) ::close(socket);
  }
  bool open() {
    open_.push_back(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(open_.back(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  void say(std::string_view text) const {
    for (const int socket : open_) ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  }

 private:
  std::uint16_t port_;
  std::vector<int> open_;
};

TEST(Local, a_thousand_connections_do_not_keep_it_from_answering) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  Program program;
  Sockets crowd(program.port());
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(crowd.open()) << i;
  crowd.say("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf");
  EXPECT_EQ(send(signed_request(program, "sts", query(program, sts, "GetCallerIdentity"))).status,
            200);
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 0);
}

TEST(Local, clients_that_verify_its_certificate_are_served) {
  Program program({"--https"});
  EXPECT_THAT(program.ready(), HasSubstr("ready https://127.0.0.1:"));
  const auto bundle = program.exports().at("AWS_CA_BUNDLE");
  const auto request = signed_request(program, "sts", query(program, sts, "GetCallerIdentity"));
  EXPECT_EQ(send(request, bundle).status, 200);
  const auto strange = send(request, "/etc/ssl/certs/ca-certificates.crt");
  EXPECT_EQ(strange.status, 0);
  EXPECT_THAT(strange.error, HasSubstr("not accepted"));
}

TEST(Local, without_a_home_there_is_no_place_for_a_certificate) {
  Program program({"--https"}, false);
  EXPECT_NE(program.wait(), 0);
  EXPECT_THAT(program.errors(), HasSubstr("set HOME or XDG_DATA_HOME"));
}

TEST(Local, a_lost_reply_is_a_closed_connection_after_the_effect) {
  Program program({"--fault", "lost-reply=1", "--speed", "100"});
  const auto reply =
      send(signed_request(program, "ec2", query(program, ec2, "CreateInternetGateway")));
  EXPECT_EQ(reply.status, 0);
  EXPECT_THAT(reply.error, HasSubstr("closed"));
}

TEST(Local, injected_throttling_is_the_services_own_error) {
  Program program({"--fault", "throttle=1"});
  const auto reply = send(signed_request(program, "ec2", query(program, ec2, "DescribeVpcs")));
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, HasSubstr("RequestLimitExceeded"));
}

TEST(Local, the_access_log_names_the_call_and_no_secret) {
  Program program({"--verbose"});
  auto request = signed_request(program, "sts", query(program, sts, "GetCallerIdentity"));
  ASSERT_EQ(send(request).status, 200);
  http::Request presigned;
  presigned.url = http::Url::parse(program.url() + "/bucket/key?X-Amz-Signature=hush");
  send(presigned);
  EXPECT_THAT(program.errors(),
              ContainsRegex("sts GetCallerIdentity arn:aws:iam::123456789012:root 200 [0-9.]+ ms"));
  EXPECT_THAT(program.errors(), HasSubstr("s3 GET /bucket/key - "));
  EXPECT_THAT(program.errors(), Not(HasSubstr("hush")));
  EXPECT_THAT(program.errors(), Not(HasSubstr("Signature")));
}

// A package whose bootstrap is this shell script, executable.
std::string package_of(const std::string& script) {
  auto zip = sim::cloudformation::zip_of("bootstrap", "#!/bin/sh\n" + script);
  const auto mode = zip.find("\xA4\x81");  // 0644 of a plain file
  zip.replace(mode, 2, "\xED\x81");        // 0755
  return sim::s3::base64(zip);
}

http::Request lambda(Program& program, const std::string& path, const std::string& body,
                     const std::string& invocation = "Event") {
  http::Request request;
  request.method = "POST";
  request.url = http::Url::parse(program.url() + "/2015-03-31/functions" + path);
  request.headers.set("X-Amz-Invocation-Type", invocation);
  request.body = body;
  return signed_request(program, "lambda", request);
}

// Asks again until that status comes; the last one.
int until(int status, const std::function<http::Request()>& request) {
  int last = 0;
  for (int i = 0; i < 100 && last != status; ++i) {
    if (i > 0) ::usleep(100'000);
    last = send(request()).status;
  }
  return last;
}

// The functions' processes that run for this program.
std::vector<pid_t> functions_of(const Program& program) {
  std::vector<pid_t> found;
  std::error_code ended;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ended)) {
    const auto id = std::atoi(entry.path().filename().c_str());
    const auto variable = "LAMBDA_TASK_ROOT=" + program.folder();
    if (id > 0 && content_of(entry.path() / "environ").contains(variable)) found.push_back(id);
  }
  return found;
}

TEST(Local, answers_to_AWS_names_and_to_nobody_elses) {
  Program program({"--state", testing::TempDir() + fmt::format("falsework-names-{}", ::getpid())});
  const auto asked_as = [&](const std::string& host, const http::Headers& headers) {
    http::Request request;
    request.url = http::Url::parse(program.url());
    request.headers = headers;
    request.headers.set("Host", host);
    return send(request).status;
  };
  EXPECT_EQ(asked_as("bucket.s3.ap-northeast-1.amazonaws.com", {}), 403);  // AccessDenied
  EXPECT_EQ(asked_as("bucket.localhost", {}), 403);
  EXPECT_EQ(asked_as("evil.example", {}), 421);
  const auto journal =
      content_of(testing::TempDir() + fmt::format("falsework-names-{}", ::getpid()));
  EXPECT_THAT(journal, HasSubstr("bucket.localhost"));
  EXPECT_THAT(journal, Not(HasSubstr("evil.example")));
  std::filesystem::remove(testing::TempDir() + fmt::format("falsework-names-{}", ::getpid()));
}

// A function of this package (base64), and the role that it needs.
void make_function(Program& program, const std::string& package, const std::string& architecture) {
  auto role = aws::protocol::query_request(
      "2010-05-08", "CreateRole",
      {{"RoleName", "runs"},
       {"AssumeRolePolicyDocument",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",)"
        R"("Principal":{"Service":"lambda.amazonaws.com"}}]})"}});
  role.url = http::Url::parse(program.url());
  ASSERT_EQ(send(signed_request(program, "iam", role)).status, 200);
  const auto function =
      boost::json::serialize(boost::json::object{{"FunctionName", "f"},
                                                 {"Runtime", "provided.al2023"},
                                                 {"Handler", "bootstrap"},
                                                 {"Architectures", {architecture}},
                                                 {"Role", "arn:aws:iam::123456789012:role/runs"},
                                                 {"Code", {{"ZipFile", package}}}});
  // As long as the new role cannot be assumed.
  ASSERT_EQ(until(201, [&] { return lambda(program, "", function); }), 201);
}

TEST(Local, its_functions_end_with_it_however_it_ends) {
  for (const int signal : {SIGTERM, SIGKILL}) {
    Program program({"--speed", "50"});
    ASSERT_NE(program.ready(), "");
    make_function(program, package_of("sleep 1000 &\nsetsid sleep 1000\n"), "x86_64");
    // As long as the new function is Pending.
    ASSERT_EQ(until(202, [&] { return lambda(program, "/f/invocations", "{}"); }), 202);
    for (int i = 0; i < 1000 && functions_of(program).size() < 3; ++i) ::usleep(10'000);
    ASSERT_EQ(functions_of(program).size(), 3U) << program.errors();
    program.send(signal);
    ASSERT_TRUE(program.wait());
    for (int i = 0; i < 200 && !functions_of(program).empty(); ++i) ::usleep(10'000);
    EXPECT_TRUE(functions_of(program).empty()) << "after signal " << signal;
  }
}

// The shipped function, which `./dev package` builds; on another processor under qemu.
TEST(Local, a_function_for_arm64_runs) {
  const std::string package = FALSEWORK_SOURCE_DIR "/build/package/falsework-arm64.zip";
  if (!std::filesystem::exists(package)) GTEST_SKIP() << package << " is not built: ./dev package";
#if !defined(__aarch64__)
  if (!std::filesystem::exists("/usr/bin/qemu-aarch64-static")) {
    GTEST_SKIP() << "qemu-aarch64-static is not here";
  }
#endif
  Program program({"--speed", "50"});
  ASSERT_NE(program.ready(), "");
  make_function(program, sim::s3::base64(content_of(package)), "arm64");
  const auto invoke = [&] {
    return lambda(program, "/f/invocations", R"({"no": "custom resource event"})",
                  "RequestResponse");
  };
  ASSERT_EQ(until(200, invoke), 200) << program.errors();
  // Its own words about such an event, not the runtime's about such a package.
  const auto answer = send(invoke()).body;
  EXPECT_THAT(answer, HasSubstr("errorType"));
  EXPECT_THAT(answer, Not(HasSubstr("Runtime.")));
}

TEST(Local, a_world_survives_kills_at_any_moment) {
  const auto file = testing::TempDir() + fmt::format("falsework-state-{}", ::getpid());
  std::filesystem::remove(file);
  std::vector<std::string> made;
  for (int life = 0; life < 3; ++life) {
    Program program({"--state", file, "--speed", "20"});
    ASSERT_NE(program.ready(), "") << program.errors();
    const auto listed =
        send(signed_request(program, "ec2", query(program, ec2, "DescribeInternetGateways")));
    for (const auto& id : made) EXPECT_THAT(listed.body, HasSubstr(id)) << life;
    const auto reply =
        send(signed_request(program, "ec2", query(program, ec2, "CreateInternetGateway")));
    ASSERT_EQ(reply.status, 200) << reply.body;
    const auto begin = reply.body.find("igw-");
    made.push_back(reply.body.substr(begin, reply.body.find('<', begin) - begin));
    program.send(SIGKILL);
    EXPECT_EQ(program.wait(), -SIGKILL);
  }
  Program other({"--state", file, "--speed", "20", "--seed", "9"});
  EXPECT_EQ(other.wait(), 1);
  EXPECT_THAT(other.errors(), HasSubstr("--seed 1 "));
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace local_test
