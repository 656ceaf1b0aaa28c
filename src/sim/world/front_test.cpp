#include "sim/world/front.hpp"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "sim/wire/signature.hpp"

namespace sim::world {
namespace {

using namespace std::chrono_literals;
constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

// Remembers what it was asked; "Wait" takes two seconds, "Break" fails as no service should.
class Recorder final : public Service {
 public:
  explicit Recorder(base::Clock& clock) {
    operations_["Do"] = {
        at_once([this](const Call& call) {
          ++done;
          return json::object{{"seen", json::serialize(call.input)}};
        }),
        [](const Call& call) {
          return std::vector<Access>{
              {"ec2:Do", "arn:aws:ec2:::thing/" + std::string(call.input.at("Id").as_string())}};
        }};
    operations_["Wait"] = {[this, &clock](Call) { return wait(this, &clock); }};
    operations_["Break"] = {
        at_once([](const Call&) -> json::object { throw std::runtime_error("a bug"); })};
    operations_["Type"] = {at_once(
        [](const Call& call) { return json::object{{"n", call.input.at("Id").as_array()}}; })};
  }
  std::string_view name() const override { return "ec2"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }
  void throttle(const Call& call) override {
    ++throttled;
    agent = call.user_agent;
  }

  int done = 0;
  int throttled = 0;
  std::string agent;

 private:
  static Task<json::object> wait(Recorder* self, base::Clock* clock) {
    co_await clock->sleep_for(2s);
    ++self->done;
    co_return json::object();
  }
  std::map<std::string, Operation, std::less<>> operations_;
};

class FrontTest : public testing::Test {
 protected:
  FrontTest() { front_.add(service_); }

  http::Request request(const std::string& body, const std::string& service = "ec2") {
    http::Request out;
    out.method = "POST";
    out.url.host = service + ".ap-northeast-1.amazonaws.com";
    out.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    out.body = body;
    sign(out, key_, service);
    return out;
  }

  void sign(http::Request& out, const iam::Key& key, const std::string& service) {
    const auto time = base::iso8601_basic(runtime_->clock().now());
    out.headers.set("X-Amz-Date", time);
    std::string names = "host;x-amz-date";
    if (!key.session_token.empty()) {
      out.headers.set("X-Amz-Security-Token", key.session_token);
      names = "host;x-amz-date;x-amz-security-token";
    }
    const auto header = [&](const std::string& signature) {
      return "AWS4-HMAC-SHA256 Credential=" + key.access_key_id + "/" + time.substr(0, 8) +
             "/ap-northeast-1/" + service + "/aws4_request, SignedHeaders=" + names +
             ", Signature=" + signature;
    };
    out.headers.set("Authorization", header("0"));
    const auto claim = *wire::claim_of(out, service);
    const auto text = wire::string_to_sign(claim, wire::canonical_request(out, claim, {}));
    out.headers.set("Authorization",
                    header(wire::signature(wire::signing_key(claim, key.secret), text)));
  }

  // A call from inside.
  void call(Front& front, const Principal& caller) {
    runtime_->run([](Front& to, Principal by) -> base::Task<void> {
      co_await to.call(std::move(by), "ec2", "Do", {{"Id", "a"}});
    }(front, caller));
  }

  // "200 BODY", or "no answer".
  std::string send(http::Request given) {
    std::string out;
    runtime_->run(run(front_, std::move(given), out));
    return out;
  }

  std::unique_ptr<base::Runtime> runtime_ = base::virtual_runtime(start);
  Context context_{*runtime_};
  iam::Iam iam_{context_};
  s3::S3 objects_{context_, signing_key()};
  Recorder service_{runtime_->clock()};
  Front front_{context_, iam_, objects_, {}, {}};
  iam::Key key_ = iam_.root_key();

 private:
  s3::SigningKey signing_key() {
    const auto key = iam_.service_key("cloudformation.amazonaws.com");
    return {key.access_key_id, key.secret, key.session_token};
  }
  static base::Task<void> run(Front& front, http::Request given, std::string& out) {
    try {
      const auto response = co_await front.send(std::move(given));
      out = std::to_string(response.status) + " " + response.body;
    } catch (const http::TransportError&) {
      out = "no answer";
    }
  }
};

TEST_F(FrontTest, a_signed_request_is_performed_after_a_round_trip_and_counted) {
  auto asked = request("Action=Do&Version=2016-11-15&Id=a");
  asked.headers.set("User-Agent", "console.ec2.amazonaws.com");
  const auto answer = send(std::move(asked));
  EXPECT_TRUE(answer.starts_with("200 ")) << answer;
  EXPECT_NE(answer.find("<DoResponse"), std::string::npos);
  EXPECT_NE(answer.find("{&quot;Id&quot;:&quot;a&quot;}"), std::string::npos) << answer;
  const auto took = runtime_->clock().now() - start;
  EXPECT_GE(took, 20ms);
  EXPECT_LE(took, 90ms);
  EXPECT_EQ(service_.throttled, 1);
  EXPECT_EQ(service_.agent, "console.ec2.amazonaws.com");
  EXPECT_EQ(front_.calls("arn:aws:iam::123456789012:root"), 1);
}

// facts §6: "Per account per Region, each API action has its own token bucket"; AWS's own calls are
// not the account's.
TEST_F(FrontTest, calls_from_inside_are_throttled_in_the_account_s_name) {
  Front without(context_, iam_, objects_, {}, {}, false);
  without.add(service_);
  struct Row {
    Front& front;
    Principal::Kind kind;
    const char* arn;
    int throttled;
  };
  const Row rows[] = {{front_, Principal::Kind::root, "arn:aws:iam::123456789012:root", 1},
                      {front_, Principal::Kind::service, "ecs.amazonaws.com", 0},
                      {without, Principal::Kind::root, "arn:aws:iam::123456789012:root", 0}};
  for (const auto& row : rows) {
    service_.throttled = 0;
    call(row.front, {row.kind, row.arn, {}, {}});
    EXPECT_EQ(service_.throttled, row.throttled) << row.arn;
  }
}

TEST_F(FrontTest, a_forged_or_unsigned_request_has_no_effect) {
  auto forged = request("Action=Do&Id=a");
  forged.body += "b";
  EXPECT_TRUE(send(forged).starts_with("401 ")) << "AuthFailure";
  auto bare = request("Action=Do&Id=a");
  bare.headers.remove("Authorization");
  EXPECT_TRUE(send(bare).starts_with("403 "));
  EXPECT_EQ(service_.done, 0);
}

TEST_F(FrontTest, what_no_policy_allows_is_refused_and_a_dry_run_tells_so_without_effect) {
  key_ = iam_.create_user_key("alice");
  const auto refused = send(request("Action=Do&Id=a"));
  EXPECT_TRUE(refused.starts_with("403 "));
  EXPECT_NE(refused.find("<Code>UnauthorizedOperation</Code>"), std::string::npos);
  EXPECT_NE(send(request("Action=Do&Id=a&DryRun=true")).find("UnauthorizedOperation"),
            std::string::npos);
  key_ = iam_.root_key();
  const auto dry = send(request("Action=Do&Id=a&DryRun=true"));
  EXPECT_TRUE(dry.starts_with("412 "));
  EXPECT_NE(dry.find("<Code>DryRunOperation</Code>"), std::string::npos);
  EXPECT_EQ(service_.done, 0);
}

TEST_F(FrontTest, unknown_operations_and_services_are_named_and_never_succeed) {
  EXPECT_NE(send(request("Action=Nothing")).find("no operation ec2:Nothing"), std::string::npos);
  // Whatever its protocol is: this one names its operations by method and path.
  const auto unknown = send(request("", "apigateway"));
  EXPECT_TRUE(unknown.starts_with("501 ")) << unknown;
  EXPECT_NE(unknown.find("no service apigateway"), std::string::npos) << unknown;
  const auto form = send(request("Action=DeleteDBInstance&Version=2014-10-31", "rds"));
  EXPECT_TRUE(form.starts_with("501 ")) << form;
  EXPECT_NE(form.find("no operation rds:DeleteDBInstance"), std::string::npos) << form;
  auto other = request("{}", "kms");
  other.headers.set("X-Amz-Target", "TrentService.ListKeys");
  other.headers.remove("Authorization");
  sign(other, key_, "kms");
  // The target is not among the signed headers, and that is checked first.
  EXPECT_NE(send(other).find("InvalidSignatureException"), std::string::npos);
}

TEST_F(FrontTest, a_bug_or_a_wrong_type_is_an_answer_too) {
  EXPECT_TRUE(send(request("Action=Break")).starts_with("500 "));
  EXPECT_TRUE(send(request("Action=Type&Id=a")).starts_with("400 "));
}

TEST_F(FrontTest, a_call_that_times_out_has_its_effect_all_the_same) {
  auto patient = request("Action=Wait");
  patient.timeout = 1s;
  EXPECT_EQ(send(patient), "no answer");
  EXPECT_EQ(service_.done, 0);
  auto later = request("Action=Wait");
  EXPECT_TRUE(send(later).starts_with("200 "));
  EXPECT_EQ(service_.done, 2);
}

TEST_F(FrontTest, faults_strike_before_the_effect_or_after_it_as_they_say) {
  front_.set_faults({.throttle = 1});
  EXPECT_NE(send(request("Action=Do&Id=a")).find("RequestLimitExceeded"), std::string::npos);
  front_.set_faults({.error = 1});
  EXPECT_TRUE(send(request("Action=Do&Id=a")).starts_with("503 "));
  EXPECT_EQ(service_.done, 0);
  front_.set_faults({.lost_reply = 1});
  EXPECT_EQ(send(request("Action=Do&Id=a")), "no answer");
  EXPECT_EQ(service_.done, 1);
}

TEST_F(FrontTest, other_hosts_do_not_exist) {
  for (const auto* host : {"registry-1.docker.io", "evillocalhost", "localhost.evil.example",
                           "ec2.amazonaws.com.evil.example"}) {
    auto elsewhere = request("Action=Do&Id=a");
    elsewhere.url.host = host;
    EXPECT_EQ(send(elsewhere), "no answer") << host;
  }
}

TEST_F(FrontTest, a_presigned_url_takes_one_object_and_no_other_content_type) {
  const std::string bucket = "cloudformation-custom-resource-response-apnortheast1";
  http::Request put;
  put.method = "PUT";
  put.url = http::Url::parse(objects_.presign_put(bucket, "answer", 1h));
  put.body = "{}";
  auto typed = put;
  typed.headers.set("Content-Type", "application/json");
  EXPECT_TRUE(send(typed).starts_with("403 "));
  EXPECT_FALSE(objects_.get(bucket, "answer"));
  auto other = put;
  other.url.target.replace(1, 6, "others");
  EXPECT_TRUE(send(other).starts_with("403 "));
  EXPECT_TRUE(send(put).starts_with("200 "));
  EXPECT_EQ(objects_.get(bucket, "answer")->body, "{}");
}

}  // namespace
}  // namespace sim::world
