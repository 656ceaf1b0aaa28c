#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <pugixml.hpp>
#include <set>

#include "sim/wire/decode.hpp"
#include "sim/wire/encode.hpp"
#include "sim/wire/lambda_routes.hpp"
#include "sim/wire/suite_test.hpp"

namespace sim::wire {
namespace {

std::string nested_text(const char* form) {
  return json::serialize(nested(http::parse_query(form), "ec2"));
}

TEST(Form, lists_and_structures_nest_as_their_names_say) {
  // Names as the aws CLI sends them.
  EXPECT_EQ(nested_text("Filter.1.Name=state&Filter.1.Value.1=available&Filter.1.Value.2=pending"),
            R"({"Filter":[{"Name":"state","Value":["available","pending"]}]})");
  EXPECT_EQ(nested_text("Parameters.member.1.ParameterKey=A&Parameters.member.1.ParameterValue=1"),
            R"({"Parameters":[{"ParameterKey":"A","ParameterValue":"1"}]})");
  EXPECT_EQ(nested_text("NatGatewayId.2=nat-2&NatGatewayId.10=nat-10&NatGatewayId.1=nat-1"),
            R"({"NatGatewayId":["nat-1","nat-2","nat-10"]})");
  EXPECT_EQ(nested_text("A=1%2B1+2&B="), R"({"A":"1+1 2","B":""})");
}

struct Hostile {
  const char* what;
  std::string form;
};

TEST(Form, hostile_input_is_refused_in_the_services_words) {
  std::string many;
  for (int i = 0; i < 5000; ++i) many += "A." + std::to_string(i) + "=1&";
  const Hostile rows[] = {{"too many", many},
                          {"too deep", "A.B.C.D.E.F.G.H.I.J.K.L.M.N.O.P.Q.R=1"},
                          {"broken UTF-8", "A=%FF%FE"},
                          {"a truncated character", "A=%E3%81"},
                          {"a control character", "A=%00"}};
  for (const auto& row : rows) {
    try {
      nested(http::parse_query(row.form), "iam");
      FAIL() << row.what;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "MalformedInput") << row.what;
    }
  }
}

http::Request request_of(const std::string& body, http::Headers headers = {}) {
  http::Request request;
  request.method = "POST";
  request.headers = std::move(headers);
  request.body = body;
  return request;
}

TEST(Json, deep_or_broken_bodies_are_refused) {
  for (const auto& body : {std::string(100, '['), std::string("{"), std::string("[]"),
                           "{\"a\":" + std::string(80, '[') + std::string(80, ']') + "}"}) {
    try {
      decode("ecs", request_of(body, {{"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.X"}}));
      FAIL() << body;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "SerializationException");
    }
  }
}

TEST(Lambda, paths_become_actions_with_their_parameters) {
  auto request = request_of("{\"x\":1}", {{"X-Amz-Invocation-Type", "Event"}});
  request.url.target = "/2015-03-31/functions/my%3Afn/invocations?Qualifier=7";
  const auto invoke = decode("lambda", request);
  EXPECT_EQ(invoke.action, "Invoke");
  EXPECT_EQ(
      json::serialize(invoke.input),
      R"({"Payload":"{\"x\":1}","InvocationType":"Event","Qualifier":"7","FunctionName":"my:fn"})");
  request = request_of("{\"Timeout\":3}");
  request.method = "PUT";
  request.url.target = "/2015-03-31/functions/f/configuration";
  const auto update = decode("lambda", request);
  EXPECT_EQ(update.action, "UpdateFunctionConfiguration");
  EXPECT_EQ(json::serialize(update.input), R"({"Timeout":3,"FunctionName":"f"})");
  request.url.target = "/2015-03-31/nothing";
  EXPECT_THROW(decode("lambda", request), Error);
  EXPECT_EQ(lambda_status("CreateFunction"), 201);
}

Call call_of(const std::string& service, const std::string& action) {
  return {{}, service, action, {}, "id-1"};
}

TEST(Encode, each_protocol_dresses_the_output_in_its_own_way) {
  const json::object output = {{"set", json::array{json::object{{"a", "<&>"}, {"b", true}}}},
                               {"none", json::array()},
                               {"nil", nullptr},
                               {"n", 1.5}};
  EXPECT_EQ(encode(call_of("ec2", "Do"), output).body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<DoResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>id-1"
            "</requestId><set><item><a>&lt;&amp;&gt;</a><b>true</b></item></set><none/><n>1.5</n>"
            "</DoResponse>");
  EXPECT_EQ(
      encode(call_of("iam", "Do"), output).body,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<DoResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><DoResult><set><member>"
      "<a>&lt;&amp;&gt;</a><b>true</b></member></set><none/><n>1.5</n></DoResult>"
      "<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></DoResponse>");
  const auto json = encode(call_of("ecs", "Do"), output);
  EXPECT_EQ(json.headers.get("content-type"), "application/x-amz-json-1.1");
  EXPECT_EQ(json.headers.get("x-amzn-requestid"), "id-1");
  const auto invoked =
      encode(call_of("lambda", "Invoke"),
             {{"StatusCode", 202}, {"Payload", "p"}, {"FunctionError", "Unhandled"}});
  EXPECT_EQ(invoked.status, 202);
  EXPECT_EQ(invoked.body, "p");
  EXPECT_EQ(invoked.headers.get("x-amz-function-error"), "Unhandled");
}

TEST(Encode, errors_carry_code_message_and_status_where_clients_look) {
  const Error error("Some.Code", "a < b", 409);
  EXPECT_NE(
      encode_error("ec2", error, "r")
          .body.find(
              "<Response><Errors><Error><Code>Some.Code</Code><Message>a &lt; b</Message></Error>"
              "</Errors><RequestID>r</RequestID></Response>"),
      std::string::npos);
  EXPECT_NE(encode_error("sts", error, "r").body.find("<Error><Type>Sender</Type><Code>Some.Code"),
            std::string::npos);
  EXPECT_EQ(encode_error("ecs", error, "r").body, R"({"__type":"Some.Code","message":"a < b"})");
  EXPECT_EQ(encode_error("lambda", error, "r").headers.get("x-amzn-errortype"), "Some.Code");
  EXPECT_NE(encode_error("s3", error, "r").body.find("<Error><Code>Some.Code</Code>"),
            std::string::npos);
  EXPECT_EQ(encode_error("s3", error, "r").status, 409);
}

TEST(Encode, what_xml_cannot_carry_is_replaced) {
  EXPECT_EQ(xml_escape(std::string("a\x01z\r")), "a\xEF\xBF\xBDz&#xD;");
}

// --- the published protocol suites ---

json::array cases_of(const char* file) {
  json::array out;
  for (const auto& group : json::parse(text_of(suite("protocols") / file)).as_array()) {
    for (const auto& each : group.at("cases").as_array()) out.push_back(each);
  }
  return out;
}

bool suite_is_missing() {
  return !std::filesystem::is_directory(suite("protocols"));
}
constexpr const char* where =
    "AWS's protocol suites are not here; set FALSEWORK_CONFORMANCE to their parent folder";

void flatten(const json::value& value, const std::string& name, std::set<std::string>& out) {
  if (const auto* members = value.if_object()) {
    for (const auto& [key, each] : *members) {
      flatten(each, name.empty() ? std::string(key) : name + "." + std::string(key), out);
    }
  } else if (const auto* list = value.if_array()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      flatten((*list)[i], name + "." + std::to_string(i + 1), out);
    }
  } else {
    out.insert(name + "=" + std::string(value.as_string()));
  }
}

TEST(Protocols, every_ec2_request_of_the_suite_is_read_without_loss) {
  if (suite_is_missing()) GTEST_SKIP() << where;
  int checked = 0;
  for (const auto& each : cases_of("input/ec2.json")) {
    const auto& serialized = each.at("serialized").as_object();
    const auto* body = serialized.if_contains("body");
    if (body == nullptr || !body->as_string().starts_with("Action=")) continue;  // compressed
    SCOPED_TRACE(std::string(each.at("id").as_string()));
    const auto form = http::parse_query(body->as_string());
    std::set<std::string> expected;
    for (const auto& [name, value] : form) {
      if (name != "Action" && name != "Version") expected.insert(name + "=" + value);
    }
    const auto call = decode("ec2", request_of(std::string(body->as_string())));
    EXPECT_EQ(call.action, form.front().second);
    std::set<std::string> read;
    flatten(call.input, "", read);
    EXPECT_EQ(read, expected);
    ++checked;
  }
  EXPECT_GE(checked, 25);
}

TEST(Protocols, every_json_request_of_the_suite_is_read_without_loss) {
  if (suite_is_missing()) GTEST_SKIP() << where;
  int checked = 0;
  for (const auto& each : cases_of("input/json.json")) {
    const auto& serialized = each.at("serialized").as_object();
    const auto* headers = serialized.if_contains("headers");
    const auto* body = serialized.if_contains("body");
    if (headers == nullptr || body == nullptr) continue;
    const auto* target = headers->as_object().if_contains("X-Amz-Target");
    json::error_code failure;
    const auto expected = json::parse(body->as_string(), failure);
    if (target == nullptr || failure || !expected.is_object()) continue;
    SCOPED_TRACE(std::string(each.at("id").as_string()));
    const std::string name(target->as_string());
    const auto call =
        decode("ecs", request_of(std::string(body->as_string()), {{"X-Amz-Target", name}}));
    EXPECT_EQ(call.action, name.substr(name.rfind('.') + 1));
    EXPECT_EQ(json::value(call.input), expected);
    ++checked;
  }
  EXPECT_GE(checked, 20);
}

// An element as our outputs say it; nothing where the suite uses what EC2's own API never does
// (flattened lists, attributes).
std::optional<json::value> output_of(pugi::xml_node element) {
  json::object members;
  json::array items;
  bool elements = false;
  for (const auto& child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    elements = true;
    auto value = output_of(child);
    if (!value) return std::nullopt;
    if (std::string_view(child.name()) == "item") {
      items.push_back(std::move(*value));
    } else if (!members.emplace(child.name(), std::move(*value)).second) {
      return std::nullopt;
    }
  }
  if (!elements) return json::value(element.text().as_string());
  if (!items.empty()) return members.empty() ? std::optional<json::value>(items) : std::nullopt;
  return members;
}

TEST(Protocols, the_suites_ec2_answers_are_written_element_for_element) {
  if (suite_is_missing()) GTEST_SKIP() << where;
  int checked = 0;
  for (const auto& each : cases_of("output/ec2.json")) {
    const auto& response = each.at("response").as_object();
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(std::string(response.at("body").as_string()).c_str()));
    auto root = document.document_element();
    if (response.at("status_code").as_int64() != 200) continue;
    SCOPED_TRACE(std::string(each.at("id").as_string()));
    const std::string request_id = root.child("requestId").text().as_string();
    root.remove_child("requestId");
    auto output = output_of(root);
    if (!output) continue;
    if (!output->is_object()) output->emplace_object();
    const std::string name = root.name();
    auto call = call_of("ec2", name.substr(0, name.size() - std::string("Response").size()));
    call.request_id = request_id;
    pugi::xml_document written;
    ASSERT_TRUE(written.load_string(encode(call, output->as_object()).body.c_str()));
    auto written_root = written.document_element();
    EXPECT_STREQ(written_root.name(), root.name());
    EXPECT_STREQ(written_root.child("requestId").text().as_string(), request_id.c_str());
    written_root.remove_child("requestId");
    auto again = output_of(written_root);
    ASSERT_TRUE(again);
    if (!again->is_object()) again->emplace_object();
    EXPECT_EQ(*again, *output);
    ++checked;
  }
  EXPECT_GE(checked, 15);
}

TEST(Protocols, the_suites_errors_are_written_as_ec2_and_json_write_them) {
  if (suite_is_missing()) GTEST_SKIP() << where;
  for (const auto& each : cases_of("output/ec2.json")) {
    if (each.at("id") != "Ec2InvalidGreetingError") continue;
    pugi::xml_document expected, written;
    expected.load_string(std::string(each.at("response").at("body").as_string()).c_str());
    written.load_string(encode_error("ec2", Error("InvalidGreeting", "Hi"), "foo-id").body.c_str());
    EXPECT_EQ(output_of(written.document_element()), output_of(expected.document_element()));
  }
  const auto body = json::parse(encode_error("ecs", Error("InvalidGreeting", "Hi"), "r").body);
  EXPECT_EQ(body.at("__type"), "InvalidGreeting");
}

TEST(Decode, services_of_the_query_protocol_are_spoken_to_in_json_as_well) {
  http::Request request;
  request.method = "POST";
  request.headers = {{"X-Amz-Target", "AmazonSQS.CreateQueue"}};
  request.body = R"({"QueueName":"q","Attributes":{"DelaySeconds":"1"}})";
  ASSERT_TRUE(prefers_json("sqs", request));
  const auto call = decode("sqs", request);
  EXPECT_EQ(call.action, "CreateQueue");
  EXPECT_EQ(call.input.at("Attributes").at("DelaySeconds"), "1");
  const auto answer = encode_error_as_json(Error("QueueDoesNotExist", "none"), "id");
  EXPECT_EQ(answer.headers.get("x-amzn-query-error"), "QueueDoesNotExist;Sender");
  EXPECT_NE(answer.body.find(R"("__type":"QueueDoesNotExist")"), std::string::npos);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  EXPECT_FALSE(prefers_json("sqs", request));
}

struct VersionRow {
  const char* service;
  const char* body;
  const char* code;  // nullptr: accepted
};

constexpr VersionRow versions[] = {
    {"ec2", "Action=DescribeVpcs&Version=2016-11-15", nullptr},
    {"ec2", "Version=2014-10-01&Action=DescribeVpcs", nullptr},
    {"ec2", "Action=DescribeVpcs&Version=2030-01-01", "NoSuchVersion"},
    {"iam", "Action=ListUsers&Version=2010-05-08", nullptr},
    {"iam", "Action=ListUsers&Version=2011-06-15", "InvalidAction"},
    {"iam", "Action=ListUsers", nullptr},
    {"iam", "Action=X&MyVersion=1&Version=2010-05-08", nullptr},
};

TEST(Decode, a_version_that_the_service_does_not_have_is_refused) {
  for (const auto& row : versions) {
    http::Request request;
    request.method = "POST";
    request.body = row.body;
    std::string code;
    try {
      check_version(decode(row.service, request), request);
    } catch (const Error& error) {
      code = error.code;
    }
    EXPECT_EQ(code, row.code == nullptr ? "" : row.code) << row.body;
  }
}

}  // namespace
}  // namespace sim::wire
