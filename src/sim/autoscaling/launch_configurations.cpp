// Launch configurations: what instances are made of, fixed from their creation on.
// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateLaunchConfiguration.html
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/contains.hpp"
#include "sim/autoscaling/autoscaling.hpp"
#include "sim/core/images.hpp"

namespace sim::autoscaling {

json::object AutoScaling::create_configuration(const Call& call) {
  const Fields in(call.input, "ValidationError");
  LaunchConfiguration one;
  one.name = in.required("LaunchConfigurationName");
  if (configurations_.contains(one.name)) {
    throw Error("AlreadyExists",
                fmt::format("Launch Configuration by this name already exists - A launch "
                            "configuration already exists with the name {}",
                            one.name));
  }
  const auto image = in.text("ImageId");
  if (image.empty() || in.text("InstanceType").empty()) {
    throw invalid(
        "Valid requests must contain either the InstanceID parameter or both the ImageId and "
        "InstanceType parameters.");
  }
  if (find_image(image) == nullptr) {
    throw invalid(
        fmt::format("AMI {} is invalid: The image id '[{}]' does not exist", image, image));
  }
  const auto profile = in.text("IamInstanceProfile");
  if (!profile.empty() && !iam_.instance_profile(profile)) {
    throw invalid(fmt::format("Invalid IamInstanceProfile: {}", profile));
  }
  if (configurations_.size() >= static_cast<std::size_t>(knobs_.configurations)) {
    throw Error("LimitExceeded", "You have reached the maximum number of launch configurations.");
  }
  one.arn = arn("launchConfiguration", random_.uuid(), one.name);
  one.given = call.input;
  one.created = context_.now();
  configurations_[one.name] = std::move(one);
  return {};
}

json::object AutoScaling::describe_configurations(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto names = in.texts("LaunchConfigurationNames");
  json::array all;
  for (const auto& [name, one] : configurations_) {
    if (!names.empty() && !base::contains(names, name)) continue;
    json::object view = one.given;
    const Fields given(one.given);
    const Fields monitoring(given.object("InstanceMonitoring"));
    view["LaunchConfigurationARN"] = one.arn;
    view["CreatedTime"] = base::iso8601(one.created);
    view["InstanceMonitoring"] = json::object{{"Enabled", monitoring.text("Enabled", "true")}};
    view["EbsOptimized"] = given.text("EbsOptimized", "false");
    for (const auto* text : {"KeyName", "UserData", "KernelId", "RamdiskId"}) {
      view[text] = given.text(text);
    }
    for (const auto* list : {"SecurityGroups", "BlockDeviceMappings"})
      view[list] = given.list(list);
    view["ClassicLinkVPCSecurityGroups"] = json::array();
    all.push_back(std::move(view));
  }
  return page_of(in, "LaunchConfigurations", std::move(all), 50, 100);
}

json::object AutoScaling::delete_configuration(const Call& call) {
  const Fields in(call.input, "ValidationError");
  const auto one = in.required("LaunchConfigurationName");
  if (!configurations_.contains(one)) {
    throw invalid(fmt::format(
        "Launch configuration name not found - Launch configuration {} not found", one));
  }
  for (const auto& [key, group] : groups_) {
    if (group->gone || group->configuration != one) continue;
    throw Error("ResourceInUse",
                fmt::format("Cannot delete launch configuration {} because it is attached to "
                            "AutoScalingGroup {}",
                            one, group->name));
  }
  configurations_.erase(one);
  return {};
}

}  // namespace sim::autoscaling
