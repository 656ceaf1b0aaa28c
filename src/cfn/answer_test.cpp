#include "cfn/answer.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/utf8.hpp"

namespace cfn {
namespace {

const ReturnAddress sender{"https://bucket/?secret", "arn:aws:cloudformation:r:1:stack/s/1", "req",
                           "Falsework", "falsework-1"};

boost::json::object read(const std::string& text) {
  return boost::json::parse(text).as_object();
}

TEST(Answer, repeats_the_request_and_carries_data) {
  const auto answer = read(body(sender, Answer::succeeded({{"Struck", 6}})));
  EXPECT_EQ(answer.at("Status"), "SUCCESS");
  EXPECT_EQ(answer.at("StackId").as_string(), sender.stack_id);
  EXPECT_EQ(answer.at("RequestId"), "req");
  EXPECT_EQ(answer.at("LogicalResourceId"), "Falsework");
  EXPECT_EQ(answer.at("PhysicalResourceId"), "falsework-1");
  EXPECT_EQ(answer.at("Data").at("Struck"), 6);
}

TEST(Answer, a_failure_always_has_a_reason_and_never_the_url) {
  const auto text = body(sender, Answer::failed(""));
  EXPECT_FALSE(read(text).at("Reason").as_string().empty());
  EXPECT_EQ(text.find("secret"), std::string::npos);
}

TEST(Answer, a_long_reason_is_cut_to_exactly_the_limit_between_characters) {
  std::string reason;
  for (int i = 0; i < 3000; ++i) reason += "é\"";
  const auto text = body(sender, Answer::failed(reason));
  EXPECT_LE(text.size(), longest_answer);
  EXPECT_GT(text.size(), longest_answer - 8);
  EXPECT_EQ(base::valid_utf8(text), text);
  EXPECT_TRUE(std::string(read(text).at("Reason").as_string()).ends_with("..."));
}

TEST(Answer, the_reason_is_cut_before_the_data) {
  Answer answer = Answer::failed(std::string(4000, 'r'));
  answer.data = {{"Pieces", std::string(2000, 'p')}, {"Struck", 6}};
  const auto cut = read(body(sender, answer));
  EXPECT_EQ(cut.at("Data").at("Pieces").as_string().size(), 2000U);
  EXPECT_LT(cut.at("Reason").as_string().size(), 2000U);
}

TEST(Answer, long_data_is_cut_where_it_is_longest) {
  Answer answer = Answer::succeeded(
      {{"Pieces", std::string(9000, 'p')}, {"MonthlySavingUSD", "48.91"}, {"Struck", 6}});
  const auto text = body(sender, answer);
  EXPECT_LE(text.size(), longest_answer);
  EXPECT_EQ(read(text).at("Data").at("MonthlySavingUSD"), "48.91");
  EXPECT_GT(read(text).at("Data").at("Pieces").as_string().size(), 3000U);
}

TEST(Answer, an_exact_fit_is_not_cut) {
  const auto bare = body(sender, Answer::failed("x")).size();
  const std::string reason(longest_answer - bare + 1, 'x');
  EXPECT_EQ(body(sender, Answer::failed(reason)).size(), longest_answer);
  EXPECT_EQ(read(body(sender, Answer::failed(reason))).at("Reason").as_string(), reason);
}

TEST(Answer, invalid_bytes_from_elsewhere_do_not_spoil_it) {
  EXPECT_EQ(read(body(sender, Answer::failed("\xFF!"))).at("Reason"), "\uFFFD!");
}

}  // namespace
}  // namespace cfn
