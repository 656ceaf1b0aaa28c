// What CloudFormation needs of S3: templates to read, and the object a custom resource answers
// with.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/async.hpp"
#include "base/time.hpp"

namespace sim::s3 {
class S3;
}

namespace sim::cloudformation {

class Objects {
 public:
  virtual ~Objects() = default;
  virtual std::optional<std::string> get(const std::string& bucket, const std::string& key) = 0;
  virtual std::string presign_put(const std::string& bucket, const std::string& key,
                                  base::Duration lifetime) = 0;
  // Notified after every write.
  virtual base::Signal& changed() = 0;
};

// `s3` must outlive the result.
std::unique_ptr<Objects> objects_in(s3::S3& s3);

}  // namespace sim::cloudformation
