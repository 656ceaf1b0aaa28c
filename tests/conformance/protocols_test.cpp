// The EC2 and JSON protocols against AWS's suites (boto/botocore's tests). Our client has no
// service models: callers name parameters themselves. So the suites' shapes are read here, by the
// test, and what is checked is the client's own part: requests as they leave, envelopes, errors.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "aws/client.hpp"
#include "aws/protocol.hpp"
#include "base/runtime.hpp"
#include "suite.hpp"

namespace conformance {
namespace {

namespace json = boost::json;

constexpr base::Instant start{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};

class OneAnswer final : public http::Transport {
 public:
  base::Task<http::Response> send(http::Request request) override {
    asked = std::move(request);
    co_return answer;
  }
  http::Request asked;
  http::Response answer;
};

template <class T>
base::Task<void> store(base::Task<T> task, std::optional<T>& result,
                       std::optional<aws::ServiceError>& error) {
  try {
    result.emplace(co_await std::move(task));
  } catch (const aws::ServiceError& refusal) {
    error = refusal;
  }
}

struct Stage {
  std::unique_ptr<base::Runtime> runtime = base::virtual_runtime(start);
  base::SeededRandom random{1};
  base::NoLog log;
  OneAnswer transport;
  http::System system{runtime->clock(), random, log, transport};
  std::optional<aws::ServiceError> error;

  aws::Client client(const json::object& group) {
    aws::Settings settings{.credentials = {"AKID", "secret", ""},
                           .region = "us-east-1",
                           .endpoint = {},
                           .attempts = 1};
    if (const auto* endpoint = group.if_contains("clientEndpoint")) {
      settings.endpoint = http::Url::parse(std::string_view(endpoint->as_string()));
    }
    return {system, settings};
  }
  template <class T>
  std::optional<T> run(base::Task<T> task) {
    std::optional<T> result;
    runtime->run(store(std::move(task), result, error));
    return result;
  }
};

std::string text(const json::value& value) {
  return std::string(value.as_string());
}

// Calls `check(group, case)` for each case that is not in `left_out`; returns how many.
template <class Check>
int for_each_case(const std::string& file, const std::set<std::string>& left_out, Check check) {
  int count = 0;
  const auto groups = json::parse(read(suite("protocols") / file));
  for (const auto& group : groups.as_array()) {
    for (const auto& item : group.as_object().at("cases").as_array()) {
      const auto id = text(item.as_object().at("id"));
      if (left_out.contains(id)) continue;
      SCOPED_TRACE(id);
      check(group.as_object(), item.as_object());
      ++count;
    }
  }
  return count;
}

// EC2's rules for names: queryName, else locationName or the member's name with a capital.
// https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#query-key-resolution
std::string ec2_name(std::string_view member, const json::object& reference) {
  if (const auto* name = reference.if_contains("queryName")) return text(*name);
  std::string name(member);
  if (const auto* location = reference.if_contains("locationName")) name = text(*location);
  if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                    reinterpret_cast<const unsigned char*>(bytes.data()),
                                    static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string scalar(const json::value& value, std::string_view type) {
  if (value.is_string()) return type == "blob" ? base64(text(value)) : text(value);
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  if (value.is_int64()) return std::to_string(value.as_int64());
  return fmt::format("{}", value.as_double());
}

void add(http::Query& query, const std::string& name, const json::value& value,
         const json::object& shape, const json::object& shapes) {
  const auto type = text(shape.at("type"));
  const auto shape_of = [&](const json::value& reference) -> const json::object& {
    return shapes.at(reference.as_object().at("shape").as_string()).as_object();
  };
  if (type == "structure") {
    const auto& members = shape.at("members").as_object();
    for (const auto& [member, content] : value.as_object()) {
      const auto& reference = members.at(member).as_object();
      const auto own = ec2_name(member, reference);
      add(query, name.empty() ? own : name + '.' + own, content, shape_of(reference), shapes);
    }
  } else if (type == "list") {
    int number = 0;
    for (const auto& item : value.as_array()) {
      add(query, fmt::format("{}.{}", name, ++number), item, shape_of(shape.at("member")), shapes);
    }
  } else {
    query.emplace_back(name, scalar(value, type));
  }
}

TEST(Ec2Protocol, requests_leave_as_the_suite_says) {
  SKIP_WITHOUT(suite("protocols"));
  const std::set<std::string> left_out{
      // Disputed by the suite's own users.
      "Ec2Lists", "Ec2TimestampsInput", "Ec2QueryEndpointTraitWithHostLabel",
      // No operation of ours has a host prefix, compresses its body or fills in tokens by itself.
      "Ec2QueryEndpointTrait", "SDKAppliedContentEncoding_ec2Query",
      "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_ec2Query",
      "Ec2ProtocolIdempotencyTokenAutoFill"};
  const int count = for_each_case(
      "input/ec2.json", left_out, [](const json::object& group, const json::object& item) {
        const auto& given = item.at("given").as_object();
        const auto& metadata = group.at("metadata").as_object();
        http::Query parameters;
        if (const auto* input = given.if_contains("input")) {
          const auto& shapes = group.at("shapes").as_object();
          add(parameters, "", item.at("params"),
              shapes.at(input->as_object().at("shape").as_string()).as_object(), shapes);
        }
        Stage stage;
        stage.transport.answer.body = "<Reply/>";
        auto client = stage.client(group);
        stage.run(client.query("ec2", text(metadata.at("apiVersion")), text(given.at("name")),
                               parameters));
        const auto& expected = item.at("serialized").as_object();
        EXPECT_EQ(stage.transport.asked.method, text(expected.at("method")));
        EXPECT_EQ(stage.transport.asked.url.target, text(expected.at("uri")));
        EXPECT_EQ(stage.transport.asked.body, text(expected.at("body")));
        EXPECT_TRUE(stage.transport.asked.headers.get("Content-Type")
                        ->starts_with("application/x-www-form-urlencoded"));
      });
  EXPECT_GE(count, 20);
}

http::Response response_of(const json::object& item) {
  const auto& given = item.at("response").as_object();
  http::Response out;
  out.status = static_cast<int>(given.at("status_code").as_int64());
  if (const auto* headers = given.if_contains("headers")) {
    for (const auto& [name, value] : headers->as_object()) out.headers.add(name, text(value));
  }
  if (const auto* body = given.if_contains("body")) out.body = text(*body);
  return out;
}

// The answer's elements as the shape describes them, scalars as their texts.
json::value read_xml(pugi::xml_node node, const json::object& shape, const json::object& shapes);

json::value read_list(pugi::xml_node parent, const std::string& name, const json::object& reference,
                      const json::object& shape, const json::object& shapes) {
  const auto& member = shape.at("member").as_object();
  const auto& member_shape = shapes.at(member.at("shape").as_string()).as_object();
  const auto* item_name = member.if_contains("locationName");
  const bool flat = shape.contains("flattened") || reference.contains("flattened");
  json::array out;
  const auto list = flat ? parent : parent.child(name.c_str());
  const auto items = flat ? name : item_name != nullptr ? text(*item_name) : "member";
  for (const auto item : list.children(items.c_str())) {
    out.push_back(read_xml(item, member_shape, shapes));
  }
  return out;
}

json::value read_xml(pugi::xml_node node, const json::object& shape, const json::object& shapes) {
  if (text(shape.at("type")) != "structure") return json::string(node.text().get());
  json::object out;
  const auto* members = shape.if_contains("members");
  if (members == nullptr) return out;
  for (const auto& [member, value] : members->as_object()) {
    const auto& reference = value.as_object();
    const auto& inner = shapes.at(reference.at("shape").as_string()).as_object();
    std::string name(member);
    if (const auto* location = reference.if_contains("locationName")) name = text(*location);
    if (!node.child(name.c_str())) continue;
    if (text(inner.at("type")) == "list") {
      out[member] = read_list(node, name, reference, inner, shapes);
    } else if (text(inner.at("type")) != "map") {
      out[member] = read_xml(node.child(name.c_str()), inner, shapes);
    }
  }
  return out;
}

// Scalars as texts, as XML has them; maps left out, since EC2 has none.
json::value as_texts(const json::value& value) {
  if (value.is_object()) {
    json::object out;
    for (const auto& [key, inner] : value.as_object()) {
      if (key != "fooEnumMap" && key != "intEnumMap") out[key] = as_texts(inner);
    }
    return out;
  }
  if (value.is_array()) {
    json::array out;
    for (const auto& inner : value.as_array()) out.push_back(as_texts(inner));
    return out;
  }
  return json::string(scalar(value, "string"));
}

TEST(Ec2Protocol, answers_and_errors_are_read_as_the_suite_says) {
  SKIP_WITHOUT(suite("protocols"));
  // Ours reads neither blobs nor any time but ISO 8601 in UTC, which is what EC2 itself sends.
  const std::set<std::string> left_out{"Ec2XmlLists",
                                       "Ec2ComplexError",
                                       "Ec2QueryDateTimeWithNegativeOffset",
                                       "Ec2QueryDateTimeWithPositiveOffset",
                                       "Ec2QueryDateTimeWithFractionalSeconds",
                                       "Ec2XmlBlobs",
                                       "Ec2XmlTimestamps",
                                       "Ec2XmlTimestampsWithDateTimeFormat",
                                       "Ec2XmlTimestampsWithDateTimeOnTargetFormat",
                                       "Ec2XmlTimestampsWithEpochSecondsFormat",
                                       "Ec2XmlTimestampsWithEpochSecondsOnTargetFormat",
                                       "Ec2XmlTimestampsWithHttpDateFormat",
                                       "Ec2XmlTimestampsWithHttpDateOnTargetFormat"};
  const int count = for_each_case(
      "output/ec2.json", left_out, [](const json::object& group, const json::object& item) {
        Stage stage;
        stage.transport.answer = response_of(item);
        auto client = stage.client(group);
        const auto document = stage.run(client.query("ec2", "2020-01-08", "Operation", {}));
        if (const auto* code = item.if_contains("errorCode")) {
          ASSERT_TRUE(stage.error);
          EXPECT_EQ(stage.error->code, text(*code));
          EXPECT_EQ(stage.error->message, text(item.at("errorMessage")));
          EXPECT_EQ(stage.error->request_id, "foo-id");
          return;
        }
        ASSERT_TRUE(document);
        const auto* output = item.at("given").as_object().if_contains("output");
        if (output == nullptr) return;
        const auto& shapes = group.at("shapes").as_object();
        const auto& shape = shapes.at(output->as_object().at("shape").as_string()).as_object();
        EXPECT_EQ(read_xml(document->document_element(), shape, shapes),
                  as_texts(item.at("result")));
      });
  EXPECT_GE(count, 15);
}

TEST(Ec2Protocol, times_are_read_as_the_suite_says) {
  SKIP_WITHOUT(suite("protocols"));
  int count = 0;
  for_each_case("output/ec2.json", {}, [&](const json::object&, const json::object& item) {
    const auto id = text(item.at("id"));
    if (id != "Ec2XmlTimestamps" && id != "Ec2QueryDateTimeWithFractionalSeconds") return;
    const auto document = aws::protocol::parse_xml(response_of(item).body);
    const auto time = base::parse_iso8601(document->document_element().first_child().text().get());
    ASSERT_TRUE(time);
    EXPECT_NEAR(base::seconds(time->time_since_epoch()),
                item.at("result").as_object().begin()->value().to_number<double>(), 1e-3);
    ++count;
  });
  EXPECT_EQ(count, 2);
}

TEST(JsonProtocol, requests_leave_as_the_suite_says) {
  SKIP_WITHOUT(suite("protocols"));
  const std::set<std::string> left_out{
      "AwsJson11EndpointTrait", "AwsJson11EndpointTraitWithHostLabel",
      "SDKAppliedContentEncoding_awsJson1_1",
      "SDKAppendsGzipAndIgnoresHttpProvidedEncoding_awsJson1_1",
      // These turn the parameters into something else by the model: blobs, times, nulls.
      "AwsJson11SerializeBlobUnionValue", "serializes_blob_shapes",
      "serializes_timestamp_shapes_with_iso8601_timestampformat",
      "serializes_timestamp_shapes_with_httpdate_timestampformat",
      "AwsJson11StructuresDontSerializeNullValues"};
  const int count = for_each_case(
      "input/json.json", left_out, [](const json::object& group, const json::object& item) {
        const auto& metadata = group.at("metadata").as_object();
        Stage stage;
        auto client = stage.client(group);
        stage.run(client.json("ecs", text(metadata.at("targetPrefix")),
                              text(item.at("given").as_object().at("name")),
                              item.at("params").as_object()));
        const auto& expected = item.at("serialized").as_object();
        const auto& asked = stage.transport.asked;
        EXPECT_EQ(asked.method, text(expected.at("method")));
        EXPECT_EQ(asked.url.target, text(expected.at("uri")));
        for (const auto& [name, value] : expected.at("headers").as_object()) {
          EXPECT_EQ(asked.headers.get(name), text(value)) << name;
        }
        if (const auto* body = expected.if_contains("body")) {
          EXPECT_EQ(json::parse(asked.body), json::parse(text(*body)));
        }
      });
  EXPECT_GE(count, 40);
}

TEST(JsonProtocol, answers_and_errors_are_read_as_the_suite_says) {
  SKIP_WITHOUT(suite("protocols"));
  const std::set<std::string> left_out{
      // Left to the model: blobs, times as texts, nulls, a union's type, members it does not know.
      "AwsJson11DateTimeWithNegativeOffset",
      "AwsJson11DateTimeWithPositiveOffset",
      "AwsJson11DateTimeWithFractionalSeconds",
      "handles_unexpected_json_output",
      "AwsJson11DeserializeBlobUnionValue",
      "AwsJson11DeserializeIgnoreType",
      "AwsJson11StructuresDontDeserializeNullValues",
      "parses_blob_shapes",
      "parses_iso8601_timestamps",
      "parses_httpdate_timestamps"};
  const int count = for_each_case(
      "output/json.json", left_out, [](const json::object& group, const json::object& item) {
        Stage stage;
        stage.transport.answer = response_of(item);
        auto client = stage.client(group);
        const auto object = stage.run(client.json("ecs", "JsonProtocol", "Operation", {}));
        if (const auto* code = item.if_contains("errorCode")) {
          ASSERT_TRUE(stage.error);
          EXPECT_EQ(stage.error->code, text(*code));
          if (const auto* message = item.if_contains("errorMessage")) {
            EXPECT_EQ(stage.error->message, text(*message));
          }
          return;
        }
        ASSERT_TRUE(object);
        EXPECT_EQ(json::value(*object), item.at("result"));
      });
  EXPECT_GE(count, 40);
}

}  // namespace
}  // namespace conformance
