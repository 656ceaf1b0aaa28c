#include "falsework/site.hpp"

#include "aws/errors.hpp"
#include "falsework/kind.hpp"

namespace falsework {

namespace {

// The ARNs on which `action` is needed: for what has an ARN, that; to remove a piece, its
// resources; EC2's looks know no resource.
std::vector<std::string> needed_on(std::string_view action, const Site& site, std::string_view id) {
  if (id.starts_with("arn:")) return {std::string(id)};
  if (action.starts_with("ec2:Describe")) return {"*"};
  std::vector<std::string> arns;
  const Kind* kind = kind_of(id);
  if (kind == nullptr) return arns;
  for (const Grant& grant : kind->removal_grants(std::string(id))) {
    if (grant.action == action) arns.push_back(site.ec2_arn(grant.resource));
  }
  return arns;
}

}  // namespace

Site Site::of_arn(std::string_view arn) {
  std::vector<std::string> parts;
  for (const auto part : std::views::split(arn, ':')) {
    parts.emplace_back(std::string_view(part));
  }
  Site site;
  if (parts.size() < 6 || parts[0] != "arn") return site;
  site.partition = parts[1];
  site.region = parts[3];
  site.account = parts[4];
  return site;
}

std::string Site::ec2_arn(std::string_view resource) const {
  if (resource == "*") return "*";
  return fmt::format("arn:{}:ec2:{}:{}:{}", partition, region, account, resource);
}

std::string explain(const aws::ServiceError& error, const Site& site, std::string_view id) {
  const std::string about = kind_of(id) == nullptr ? "" : fmt::format("{}: ", id);
  if (!aws::is_denied(error.code)) return about + error.what();
  const std::string action = error.service + ":" + error.operation;
  const auto arns = needed_on(action, site, id);
  const std::string on = arns.empty() ? "" : fmt::format(" on {}", fmt::join(arns, " and "));
  return fmt::format("{}the role may not call {}{}: allow it there ({})", about, action, on,
                     error.code);
}

}  // namespace falsework
