#include "sim/s3/access.hpp"

#include "sim/s3/objects.hpp"

namespace sim::s3 {

namespace {

using Context = std::map<std::string, std::string>;

void add_header(const Input& input, const char* name, Context& context) {
  if (auto value = input.header(name); !value.empty()) {
    context[std::string("s3:") + name] = std::move(value);
  }
}

Context request_keys(const Input& input) {
  Context context;
  for (const auto* name : {"x-amz-acl", "x-amz-copy-source", "x-amz-metadata-directive",
                           "x-amz-server-side-encryption", "x-amz-storage-class"}) {
    add_header(input, name, context);
  }
  for (const auto* name : {"prefix", "delimiter", "max-keys"}) {
    if (input.has(name)) context[std::string("s3:") + name] = input.parameter(name);
  }
  if (input.has("versionId")) context["s3:VersionId"] = input.parameter("versionId");
  for (const auto& [key, value] : http::parse_query(input.header("x-amz-tagging"))) {
    context["s3:RequestObjectTag/" + key] = value;
  }
  const bool presigned = input.has("X-Amz-Signature") || input.has("Signature");
  context["s3:authType"] = presigned ? "REST-QUERY-STRING" : "REST-HEADER";
  return context;
}

void add_object_tags(const Store& store, const std::string& bucket, const std::string& key,
                     Context& context) {
  const auto found = store.buckets.find(bucket);
  if (found == store.buckets.end()) return;
  const auto* object = found->second.current(key);
  if (object == nullptr) return;
  for (const auto& [name, value] : object->tags) context["s3:ExistingObjectTag/" + name] = value;
}

// With a version named, the permission is another one.
std::string versioned(const Input& input, std::string_view action) {
  constexpr std::array both = std::to_array<std::string_view>(
      {"s3:GetObject", "s3:DeleteObject", "s3:GetObjectTagging", "s3:PutObjectTagging",
       "s3:DeleteObjectTagging", "s3:GetObjectAcl", "s3:GetObjectAttributes"});
  if (!input.has("versionId") || std::ranges::find(both, action) == both.end()) {
    return std::string(action);
  }
  std::string out(action);
  return out.insert(out.find("Object") + 6, "Version");
}

std::vector<Access> object_accesses(const Store& store, const Route& route, const Input& input) {
  const auto arn = store.bucket_arn(input.at.bucket) + "/" + input.at.key;
  auto context = request_keys(input);
  add_object_tags(store, input.at.bucket, input.at.key, context);
  std::vector<Access> out = {{versioned(input, route.action), arn, context}};
  if (route.action == "s3:GetObjectAttributes") {
    out.push_back({versioned(input, "s3:GetObject"), arn, context});
  }
  if (route.method == "PUT" && route.action == "s3:PutObject") {
    if (!input.header("x-amz-tagging").empty()) {
      out.push_back({"s3:PutObjectTagging", arn, context});
    }
    if (!input.header("x-amz-acl").empty()) out.push_back({"s3:PutObjectAcl", arn, context});
    if (const auto source = source_of(input)) {
      Context of_source;
      add_object_tags(store, source->bucket, source->key, of_source);
      out.push_back({source->version.empty() ? "s3:GetObject" : "s3:GetObjectVersion",
                     store.bucket_arn(source->bucket) + "/" + source->key, of_source});
    }
  }
  return out;
}

}  // namespace

std::vector<Access> accesses(const Store& store, const Route& route, const Input& input) {
  // Decided for each object by itself: the answer says which were denied.
  if (route.name == "DeleteObjects") return {};
  switch (route.on) {
    case On::service:
      return {{std::string(route.action), "*"}};
    case On::bucket:
      return {{std::string(route.action), store.bucket_arn(input.at.bucket), request_keys(input)}};
    case On::object:
      break;
  }
  return object_accesses(store, route, input);
}

}  // namespace sim::s3
