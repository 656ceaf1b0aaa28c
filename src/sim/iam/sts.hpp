// AWS Security Token Service: who am I, and credentials for a while.
#pragma once

#include "sim/iam/iam.hpp"

namespace sim::iam {

class Sts final : public Service {
 public:
  Sts(Context context, Iam& iam);

  std::string_view name() const override { return "sts"; }
  const std::map<std::string, Operation, std::less<>>& operations() const override {
    return operations_;
  }

 private:
  std::map<std::string, Operation, std::less<>> operations_;
};

}  // namespace sim::iam
