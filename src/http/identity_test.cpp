#include "http/identity.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/runtime.hpp"
#include "http/server.hpp"
#include "http/socket_transport.hpp"

namespace http {
namespace {

using namespace std::chrono_literals;

std::string fresh_folder() {
  static int number = 0;
  auto folder = fmt::format("{}falsework-identity-{}-{}", testing::TempDir(), ::getpid(), number++);
  std::filesystem::remove_all(folder);
  return folder;
}

base::Task<Response> hello(Request) {
  Response response;
  response.body = "hello";
  co_return response;
}

// What a client that trusts `trust` gets from a server with `identity`: the body, or the reason why
// there is none.
std::string answer(const TlsIdentity& identity, const std::string& trust, const std::string& host) {
  std::string result;
  const auto runtime = base::real_runtime();
  Listen where;
  where.tls = identity;
  const auto server = serve(*runtime, where, hello);
  const auto transport = socket_transport(runtime->io(), {trust});
  Request request;
  request.url = Url::parse(fmt::format("https://{}:{}/", host, server->port()));
  const auto ask = [](Transport& through, Request what, std::string& into) -> base::Task<void> {
    try {
      into = (co_await through.send(std::move(what))).body;
    } catch (const TransportError& error) {
      into = error.what();
    }
  };
  runtime->run(ask(*transport, request, result));
  return result;
}

base::Instant machine_time() {
  return base::real_runtime()->clock().now();
}

TEST(Identity, clients_that_trust_its_authority_are_served) {
  const auto kept = kept_identity(fresh_folder(), machine_time());
  EXPECT_EQ(answer(kept.tls, kept.authority_file, "127.0.0.1"), "hello");
  EXPECT_EQ(answer(kept.tls, kept.authority_file, "localhost"), "hello");
  const auto other = kept_identity(fresh_folder(), machine_time());
  EXPECT_THAT(answer(kept.tls, other.authority_file, "localhost"),
              testing::HasSubstr("not accepted"));
}

TEST(Identity, it_is_used_again_until_a_month_before_its_end) {
  const auto folder = fresh_folder();
  const auto now = machine_time();
  const auto first = kept_identity(folder, now);
  EXPECT_EQ(kept_identity(folder, now + std::chrono::days(366)).tls.key_pem, first.tls.key_pem);
  EXPECT_NE(kept_identity(folder, now + std::chrono::days(368)).tls.key_pem, first.tls.key_pem);
}

TEST(Identity, a_broken_file_is_replaced) {
  const auto folder = fresh_folder();
  const auto first = kept_identity(folder, machine_time());
  for (const char* name : {"/authority.pem", "/identity.pem"}) {
    std::ofstream(folder + name) << "nonsense";
    const auto next = kept_identity(folder, machine_time());
    EXPECT_NE(next.tls.key_pem, first.tls.key_pem);
    EXPECT_EQ(answer(next.tls, next.authority_file, "127.0.0.1"), "hello");
  }
}

TEST(Identity, only_its_owner_may_read_the_key_and_the_authority_has_none) {
  const auto folder = fresh_folder();
  const auto kept = kept_identity(folder, machine_time());
  struct stat status{};
  ASSERT_EQ(::stat((folder + "/identity.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  std::ifstream file(kept.authority_file);
  const std::string authority(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(authority, testing::Not(testing::HasSubstr("PRIVATE")));
}

std::string refusal_of(const std::string& folder) {
  try {
    kept_identity(folder, machine_time());
    return "none";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(Identity, a_folder_in_which_others_may_write_is_refused) {
  for (const ::mode_t mode : {0777U, 0770U, 0702U}) {
    const auto folder = fresh_folder();
    std::filesystem::create_directory(folder);
    ASSERT_EQ(::chmod(folder.c_str(), mode), 0);
    EXPECT_EQ(refusal_of(folder),
              folder + ": others may write there; take that from them: chmod go-w");
    EXPECT_TRUE(std::filesystem::is_empty(folder));
  }
}

TEST(Identity, a_folder_that_is_a_link_or_another_users_is_refused) {
  const auto folder = fresh_folder(), link = fresh_folder();
  std::filesystem::create_directory(folder);
  std::filesystem::create_symlink(folder, link);
  EXPECT_EQ(refusal_of(link), link + ": is no folder");
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a folder away";
  ASSERT_EQ(::chown(folder.c_str(), 1, 1), 0);
  EXPECT_EQ(refusal_of(folder), folder + ": belongs to another user, who could read what is sent");
}

TEST(Identity, a_link_in_the_place_of_a_draft_is_not_followed) {
  const auto folder = fresh_folder(), target = fresh_folder();
  std::filesystem::create_directory(folder);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  std::ofstream(target) << "precious";
  std::filesystem::create_symlink(target, fmt::format("{}/identity.pem.{}", folder, ::getpid()));
  kept_identity(folder, machine_time());
  std::ifstream file(target);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "precious");
}

TEST(Identity, a_folder_that_cannot_be_made_is_named) {
  try {
    kept_identity("/proc/falsework", machine_time());
    FAIL() << "made a folder in /proc";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("/proc/falsework: "));
  }
}

}  // namespace
}  // namespace http
