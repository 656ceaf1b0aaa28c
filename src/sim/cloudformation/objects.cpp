#include "sim/cloudformation/objects.hpp"

#include "sim/s3/s3.hpp"

namespace sim::cloudformation {

namespace {

class S3Objects final : public Objects {
 public:
  explicit S3Objects(s3::S3& s3) : s3_(s3) {}

  std::optional<std::string> get(const std::string& bucket, const std::string& key) override {
    auto object = s3_.get(bucket, key);
    if (!object) return std::nullopt;
    return std::move(object->body);
  }
  std::string presign_put(const std::string& bucket, const std::string& key,
                          base::Duration lifetime) override {
    return s3_.presign_put(bucket, key, lifetime);
  }
  base::Signal& changed() override { return s3_.changed(); }

 private:
  s3::S3& s3_;
};

}  // namespace

std::unique_ptr<Objects> objects_in(s3::S3& s3) {
  return std::make_unique<S3Objects>(s3);
}

}  // namespace sim::cloudformation
