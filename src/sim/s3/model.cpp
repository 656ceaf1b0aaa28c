#include "sim/s3/model.hpp"

namespace sim::s3 {

namespace {

// The version that a write or a delete outside versioning replaces.
void drop_null_version(std::vector<Version>& versions) {
  std::erase_if(versions, [](const Version& one) { return one.id == "null"; });
}

}  // namespace

const Object* Bucket::current(const std::string& key) const {
  const auto found = keys.find(key);
  if (found == keys.end() || found->second.front().delete_marker) return nullptr;
  return &found->second.front().object;
}

Bucket& Store::bucket(const std::string& name) {
  const auto found = buckets.find(name);
  if (found == buckets.end()) {
    throw Error("NoSuchBucket", "The specified bucket does not exist", 404);
  }
  return found->second;
}

Upload& Store::upload(Bucket& bucket, const std::string& key, const std::string& id) {
  const auto found = bucket.uploads.find(id);
  if (found == bucket.uploads.end() || found->second.key != key) {
    throw Error("NoSuchUpload",
                "The specified upload does not exist. The upload ID may be invalid, or the upload "
                "may have been aborted or completed.",
                404);
  }
  return found->second;
}

std::string Store::bucket_arn(const std::string& name) const {
  return fmt::format("arn:{}:s3:::{}", context.partition, name);
}

bool Store::allowed(const Principal& caller, const std::string& action,
                    const std::string& resource) const {
  return !neighbours.allowed || neighbours.allowed(caller, {action, resource});
}

void Store::encrypt(const Bucket& bucket, Object& object) {
  if (object.encryption.empty()) {
    const auto found = bucket.configurations.find("encryption");
    const bool kms = found != bucket.configurations.end() && found->second.contains(kms_algorithm);
    object.encryption = kms ? kms_algorithm : "AES256";
  }
  if (object.encryption != kms_algorithm) return;
  const auto parts = object.etag.find('-');
  object.etag = random.hex(32) + (parts == std::string::npos ? "" : object.etag.substr(parts));
}

std::string Store::managed_key() const {
  return fmt::format("arn:{}:kms:{}:{}:key/{}", context.partition, context.region, context.account,
                     context.random("s3.managed-key").uuid());
}

std::string Store::write(Bucket& into, const std::string& key, Object object) {
  object.modified = context.now();
  auto& versions = into.keys[key];
  Version version{.object = std::move(object)};
  if (into.versioning == Versioning::enabled) {
    version.id = random.hex(32);
  } else {
    drop_null_version(versions);
  }
  versions.insert(versions.begin(), std::move(version));
  changed.notify();
  return versions.front().id;
}

std::optional<std::string> Store::remove(Bucket& from, const std::string& key) {
  if (from.versioning == Versioning::never) {
    if (from.keys.erase(key) > 0) changed.notify();
    return std::nullopt;
  }
  auto& versions = from.keys[key];
  Version marker{.delete_marker = true, .object = {}};
  marker.object.modified = context.now();
  if (from.versioning == Versioning::enabled) {
    marker.id = random.hex(32);
  } else {
    drop_null_version(versions);
  }
  versions.insert(versions.begin(), std::move(marker));
  changed.notify();
  return versions.front().id;
}

bool Store::remove_version(Bucket& from, const std::string& key, const std::string& id) {
  const auto found = from.keys.find(key);
  if (found == from.keys.end()) return false;
  auto& versions = found->second;
  const auto version = std::ranges::find(versions, id, &Version::id);
  if (version == versions.end()) return false;
  const bool marker = version->delete_marker;
  versions.erase(version);
  if (versions.empty()) from.keys.erase(found);
  changed.notify();
  return marker;
}

}  // namespace sim::s3
