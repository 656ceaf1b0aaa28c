#include "sim/s3/operations.hpp"

#include <pugixml.hpp>

#include "sim/core/fields.hpp"
#include "sim/s3/digest.hpp"

namespace sim::s3 {

namespace {

void append(Xml& xml, std::string_view name, const json::value& value);

// S3 flattens its lists: "Rules" are <Rule> elements side by side; only TagSet has an element of
// its own around its tags.
void append_list(Xml& xml, std::string_view name, const json::array& list) {
  if (name == "TagSet") {
    xml.open(name);
    for (const auto& item : list) append(xml, "Tag", item);
    xml.close(name);
    return;
  }
  if (name.ends_with('s')) name.remove_suffix(1);
  for (const auto& item : list) append(xml, name, item);
}

void append(Xml& xml, std::string_view name, const json::value& value) {
  if (value.is_null()) return;
  if (const auto* list = value.if_array()) return append_list(xml, name, *list);
  if (const auto* members = value.if_object()) {
    xml.open(name);
    for (const auto& [key, member] : *members) append(xml, key, member);
    xml.close(name);
    return;
  }
  xml.leaf(name, value.is_string() ? std::string(value.get_string()) : json::serialize(value));
}

// Members that are no part of a body.
bool is_address(std::string_view name) {
  return name == "Bucket" || name == "Key" || name == "VersionId" || name == "Prefix" ||
         name == "ACL";
}

std::string root_of(std::string_view member) {
  return member == "Tagging" || member.ends_with("Configuration") || member == "Delete" ||
                 member == "OwnershipControls"
             ? std::string(member)
             : std::string();
}

std::string body_of(const Route& route, const json::object& input) {
  for (const auto& [name, value] : input) {
    if (is_address(name) || name == "ContentType" || name == "MaxKeys" ||
        name == "ContinuationToken") {
      continue;
    }
    if (name == "Body" || name == "Policy") {
      if (!value.is_string()) throw Error("SerializationException", "The value is not a string.");
      return std::string(value.get_string());
    }
    const auto root = root_of(name);
    if (root.empty() || !value.is_object()) {
      throw Error(
          "NotImplemented",
          fmt::format("The embedded AWS has no {} for s3:{}.", std::string_view(name), route.name),
          501);
    }
    Xml content;
    for (const auto& [key, member] : value.get_object()) append(content, key, member);
    return Xml::document(root, content);
  }
  return {};
}

// The members of an XML answer; elements that repeat become lists.
json::value value_of(const pugi::xml_node& node) {
  const auto elements = node.children();
  const bool leaf = std::ranges::none_of(
      elements, [](const auto& child) { return child.type() == pugi::node_element; });
  if (leaf) return json::value(node.child_value());
  json::object out;
  for (const auto& child : elements) {
    auto value = value_of(child);
    auto* there = out.if_contains(child.name());
    if (there == nullptr) {
      out[child.name()] = std::move(value);
    } else if (there->is_array()) {
      there->get_array().push_back(std::move(value));
    } else {
      json::array list;
      list.push_back(std::move(*there));
      list.push_back(std::move(value));
      *there = std::move(list);
    }
  }
  return out;
}

}  // namespace

http::Request request_of(const Store& store, const Route& route, const json::object& input) {
  const Fields fields(input);
  http::Request request;
  request.method = route.method;
  request.url.host = fmt::format("s3.{}.amazonaws.com", store.context.region);
  request.url.target = "/";
  if (route.on != On::service) {
    request.url.target += http::percent_encode(fields.required("Bucket"));
  }
  if (route.on == On::object) {
    request.url.target += "/" + http::percent_encode(fields.required("Key"), true);
  }
  http::Query query;
  if (!route.sub_resource.empty()) query.emplace_back(route.sub_resource, "");
  if (fields.has("VersionId")) query.emplace_back("versionId", fields.text("VersionId"));
  if (fields.has("Prefix")) query.emplace_back("prefix", fields.text("Prefix"));
  if (fields.has("ContinuationToken")) {
    query.emplace_back("continuation-token", fields.text("ContinuationToken"));
  }
  if (route.name == "ListObjectsV2") query.emplace_back("list-type", "2");
  if (!query.empty()) request.url.target += "?" + http::format_query(query);
  request.body = body_of(route, input);
  if (route.name == "CreateBucket" && request.body.empty() && store.context.region != "us-east-1") {
    Xml location;
    location.leaf("LocationConstraint", store.context.region);
    request.body = Xml::document("CreateBucketConfiguration", location);
  }
  if (fields.has("ACL")) request.headers.set("x-amz-acl", fields.text("ACL"));
  if (fields.has("ContentType")) request.headers.set("Content-Type", fields.text("ContentType"));
  if (route.name == "DeleteObjects") {
    request.headers.set("Content-MD5", base64(md5(request.body)));
  }
  return request;
}

json::object output_of(const Route& route, const http::Response& response) {
  json::object out;
  if (route.name == "GetObject") {
    out["Body"] = response.body;
    out["ContentType"] = std::string(response.headers.get("Content-Type").value_or(""));
  } else if (route.name == "GetBucketPolicy") {
    out["Policy"] = response.body;
  } else if (!response.body.empty()) {
    pugi::xml_document document;
    document.load_buffer(response.body.data(), response.body.size());
    auto value = value_of(document.document_element());
    if (value.is_object()) {
      out = std::move(value.get_object());
    } else if (route.name == "GetBucketLocation") {
      out["LocationConstraint"] = std::move(value);
    }
  }
  if (const auto etag = response.headers.get("ETag")) out["ETag"] = *etag;
  if (const auto version = response.headers.get("x-amz-version-id")) out["VersionId"] = *version;
  return out;
}

}  // namespace sim::s3
