#include "sim/s3/s3.hpp"

#include "sim/s3/access.hpp"
#include "sim/s3/digest.hpp"
#include "sim/s3/input.hpp"
#include "sim/s3/operations.hpp"

namespace sim::s3 {

namespace {

Error not_implemented(const Input& input) {
  const auto sub = sub_resource(input.query);
  return {"NotImplemented",
          fmt::format("The embedded AWS has no operation s3:{} {}{}.", input.request.method,
                      input.request.url.path(), sub.empty() ? "" : "?" + sub),
          501};
}

// Expected to be this account's, or none of the caller's business.
void check_expected_owner(const Store& store, const Input& input) {
  for (const auto* name : {"x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"}) {
    const auto owner = input.header(name);
    if (!owner.empty() && owner != store.context.account) {
      throw Error("AccessDenied", "Access Denied", 403);
    }
  }
}

}  // namespace

S3::S3(Context context, SigningKey key)
    : key_(std::move(key)), store_{context, {}, context.random("s3.request")} {
  for (const auto routes : {bucket_routes(), object_routes(), listing_routes(), upload_routes(),
                            configuration_routes()}) {
    for (const auto& route : routes) {
      sim::Operation operation;
      operation.run = at_once([this, &route](const Call& call) {
        return output_of(route, perform(call.caller, request_of(store_, route, call.input)));
      });
      // A call that cannot even be made into a request is refused when it runs.
      operation.access = [this, &route](const Call& call) -> std::vector<Access> {
        try {
          return access(request_of(store_, route, call.input));
        } catch (const Error&) {
          return {{std::string(route.action), "*"}};
        }
      };
      operations_.emplace(route.name, std::move(operation));
    }
  }
}

std::vector<Access> S3::access(const http::Request& request) const {
  const Input input(request);
  const auto* route = route_of(input);
  if (route == nullptr) return {};
  try {
    return accesses(store_, *route, input);
  } catch (const Error&) {
    return {{std::string(route->action), "*"}};
  }
}

http::Response S3::perform(const Principal& caller, const http::Request& request) {
  const Input input(request, caller);
  const auto* route = route_of(input);
  if (route == nullptr) throw not_implemented(input);
  check_expected_owner(store_, input);
  auto response = route->run(store_, input);
  response.headers.set("x-amz-request-id", store_.random.hex(16));
  return response;
}

Task<http::Response> S3::handle(Principal caller, http::Request request, bool presigned) {
  http::Response response;
  try {
    if (presigned) check_expiry(request.url, store_.context.now());
    response = perform(caller, request);
  } catch (const Error& error) {
    response = refusal(error, request);
  }
  co_return response;
}

http::Response S3::refusal(const Error& error, const http::Request& request) {
  const auto at = address_of(request.url);
  const std::string id = store_.random.hex(16);
  http::Response response{
      error.status, {{"Content-Type", "application/xml"}, {"x-amz-request-id", id}}, {}};
  if (!at.bucket.empty() && store_.buckets.contains(at.bucket)) {
    response.headers.set("x-amz-bucket-region", store_.context.region);
  }
  if (request.method == "HEAD") return response;  // no body: clients see only the status
  Xml xml;
  xml.leaf("Code", error.code).leaf("Message", error.what());
  // Clients sign again for the region that they are told here.
  if (error.code == "AuthorizationHeaderMalformed") xml.leaf("Region", store_.context.region);
  if (!at.bucket.empty()) xml.leaf("BucketName", at.bucket);
  if (!at.key.empty()) xml.leaf("Key", at.key);
  xml.leaf("RequestId", id).leaf("HostId", base64(sha256(id)));
  response.body =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>{}</Error>", xml.text());
  return response;
}

std::optional<std::string> S3::policy_for(const std::string& arn, const Principal& caller) const {
  const auto prefix = store_.bucket_arn("");
  if (!arn.starts_with(prefix)) return std::nullopt;
  const auto name = arn.substr(prefix.size());
  const auto found = store_.buckets.find(name.substr(0, name.find('/')));
  if (found == store_.buckets.end() || found->second.policy.empty()) return std::nullopt;
  if (caller.kind == Principal::Kind::anonymous && blocks(found->second, "RestrictPublicBuckets")) {
    return std::nullopt;
  }
  return found->second.policy;
}

void S3::put(const std::string& bucket, const std::string& key, std::string body) {
  auto& into =
      store_.buckets.try_emplace(bucket, Bucket{.created = store_.context.now()}).first->second;
  Object object{std::move(body), {}, "binary/octet-stream", {}};
  object.etag = hex(md5(object.body));
  store_.write(into, key, std::move(object));
}

std::optional<Object> S3::get(const std::string& bucket, const std::string& key) const {
  const auto found = store_.buckets.find(bucket);
  if (found == store_.buckets.end()) return std::nullopt;
  const auto* object = found->second.current(key);
  if (object == nullptr) return std::nullopt;
  return *object;
}

http::Url S3::own_object(const std::string& bucket, const std::string& key) {
  const auto& context = store_.context;
  store_.buckets.try_emplace(bucket, Bucket{.created = context.now(), .internal = true});
  const auto path = "/" + http::percent_encode(key, true);
  auto object = endpoint_.value_or(http::Url{});
  if (endpoint_) {
    object.target = "/" + bucket + path;
  } else {
    object.host = fmt::format("{}.s3.{}.amazonaws.com", bucket, context.region);
    object.target = path;
  }
  return object;
}

std::string S3::presign_put(const std::string& bucket, const std::string& key,
                            base::Duration lifetime) {
  return s3::presign_put(key_, store_.context.region, own_object(bucket, key), store_.context.now(),
                         lifetime);
}

std::string S3::lend(const std::string& bucket, const std::string& key, const std::string& body,
                     base::Duration lifetime) {
  const auto object = own_object(bucket, key);
  if (store_.buckets.at(bucket).current(key) == nullptr) put(bucket, key, body);
  return s3::presign_get(key_, store_.context.region, object, store_.context.now(), lifetime);
}

}  // namespace sim::s3
