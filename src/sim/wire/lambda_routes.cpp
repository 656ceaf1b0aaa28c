#include "sim/wire/lambda_routes.hpp"

#include <array>

namespace sim::wire {

namespace {

struct Row {
  std::string_view method;
  std::string_view path;  // {Name} stands for one segment
  std::string_view action;
  int status;
};

constexpr std::array rows = {
    Row{"POST", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy",
        "AddLayerVersionPermission", 201},
    Row{"POST", "/2015-03-31/functions/{FunctionName}/policy", "AddPermission", 201},
    Row{"POST", "/2015-03-31/functions/{FunctionName}/aliases", "CreateAlias", 201},
    Row{"POST", "/2015-03-31/event-source-mappings", "CreateEventSourceMapping", 202},
    Row{"POST", "/2015-03-31/functions", "CreateFunction", 201},
    Row{"POST", "/2021-10-31/functions/{FunctionName}/url", "CreateFunctionUrlConfig", 201},
    Row{"DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "DeleteAlias", 204},
    Row{"DELETE", "/2015-03-31/event-source-mappings/{UUID}", "DeleteEventSourceMapping", 202},
    Row{"DELETE", "/2015-03-31/functions/{FunctionName}", "DeleteFunction", 200},
    Row{"DELETE", "/2017-10-31/functions/{FunctionName}/concurrency", "DeleteFunctionConcurrency",
        204},
    Row{"DELETE", "/2019-09-25/functions/{FunctionName}/event-invoke-config",
        "DeleteFunctionEventInvokeConfig", 204},
    Row{"DELETE", "/2021-10-31/functions/{FunctionName}/url", "DeleteFunctionUrlConfig", 204},
    Row{"DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", "DeleteLayerVersion",
        204},
    Row{"DELETE", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
        "DeleteProvisionedConcurrencyConfig", 204},
    Row{"GET", "/2016-08-19/account-settings", "GetAccountSettings", 200},
    Row{"GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "GetAlias", 200},
    Row{"GET", "/2015-03-31/event-source-mappings/{UUID}", "GetEventSourceMapping", 200},
    Row{"GET", "/2015-03-31/functions/{FunctionName}", "GetFunction", 200},
    Row{"GET", "/2019-09-30/functions/{FunctionName}/concurrency", "GetFunctionConcurrency", 200},
    Row{"GET", "/2015-03-31/functions/{FunctionName}/configuration", "GetFunctionConfiguration",
        200},
    Row{"GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config",
        "GetFunctionEventInvokeConfig", 200},
    Row{"GET", "/2021-10-31/functions/{FunctionName}/url", "GetFunctionUrlConfig", 200},
    Row{"GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", "GetLayerVersion", 200},
    Row{"GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy",
        "GetLayerVersionPolicy", 200},
    Row{"GET", "/2015-03-31/functions/{FunctionName}/policy", "GetPolicy", 200},
    Row{"GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
        "GetProvisionedConcurrencyConfig", 200},
    Row{"GET", "/2021-07-20/functions/{FunctionName}/runtime-management-config",
        "GetRuntimeManagementConfig", 200},
    Row{"POST", "/2015-03-31/functions/{FunctionName}/invocations", "Invoke", 200},
    Row{"GET", "/2015-03-31/functions/{FunctionName}/aliases", "ListAliases", 200},
    Row{"GET", "/2015-03-31/event-source-mappings", "ListEventSourceMappings", 200},
    Row{"GET", "/2019-09-25/functions/{FunctionName}/event-invoke-config/list",
        "ListFunctionEventInvokeConfigs", 200},
    Row{"GET", "/2021-10-31/functions/{FunctionName}/urls", "ListFunctionUrlConfigs", 200},
    Row{"GET", "/2015-03-31/functions", "ListFunctions", 200},
    Row{"GET", "/2018-10-31/layers/{LayerName}/versions", "ListLayerVersions", 200},
    Row{"GET", "/2018-10-31/layers", "ListLayers", 200},
    Row{"GET", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
        "ListProvisionedConcurrencyConfigs", 200},
    Row{"GET", "/2017-03-31/tags/{Resource}", "ListTags", 200},
    Row{"GET", "/2015-03-31/functions/{FunctionName}/versions", "ListVersionsByFunction", 200},
    Row{"POST", "/2018-10-31/layers/{LayerName}/versions", "PublishLayerVersion", 201},
    Row{"POST", "/2015-03-31/functions/{FunctionName}/versions", "PublishVersion", 201},
    Row{"PUT", "/2017-10-31/functions/{FunctionName}/concurrency", "PutFunctionConcurrency", 200},
    Row{"PUT", "/2019-09-25/functions/{FunctionName}/event-invoke-config",
        "PutFunctionEventInvokeConfig", 200},
    Row{"PUT", "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
        "PutProvisionedConcurrencyConfig", 202},
    Row{"PUT", "/2021-07-20/functions/{FunctionName}/runtime-management-config",
        "PutRuntimeManagementConfig", 200},
    Row{"DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}",
        "RemoveLayerVersionPermission", 204},
    Row{"DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}", "RemovePermission",
        204},
    Row{"POST", "/2017-03-31/tags/{Resource}", "TagResource", 204},
    Row{"DELETE", "/2017-03-31/tags/{Resource}", "UntagResource", 204},
    Row{"PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", "UpdateAlias", 200},
    Row{"PUT", "/2015-03-31/event-source-mappings/{UUID}", "UpdateEventSourceMapping", 202},
    Row{"PUT", "/2015-03-31/functions/{FunctionName}/code", "UpdateFunctionCode", 200},
    Row{"PUT", "/2015-03-31/functions/{FunctionName}/configuration", "UpdateFunctionConfiguration",
        200},
    Row{"POST", "/2019-09-25/functions/{FunctionName}/event-invoke-config",
        "UpdateFunctionEventInvokeConfig", 200},
    Row{"PUT", "/2021-10-31/functions/{FunctionName}/url", "UpdateFunctionUrlConfig", 200},
};

std::string_view segment(std::string_view& path) {
  const auto slash = path.find('/');
  const auto out = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return out;
}

bool matches(std::string_view pattern, std::string_view path, http::Query& parameters) {
  parameters.clear();
  pattern.remove_prefix(1);
  path.remove_prefix(1);
  while (!pattern.empty()) {
    if (path.empty()) return false;
    const auto wanted = segment(pattern);
    const auto given = segment(path);
    if (wanted.starts_with('{')) {
      parameters.emplace_back(wanted.substr(1, wanted.size() - 2), http::percent_decode(given));
    } else if (wanted != given) {
      return false;
    }
  }
  return path.empty();
}

}  // namespace

std::optional<LambdaRoute> lambda_route(std::string_view method, std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  LambdaRoute route;
  for (const auto& row : rows) {
    if (row.method != method || !matches(row.path, path, route.parameters)) continue;
    route.action = row.action;
    return route;
  }
  return std::nullopt;
}

int lambda_status(std::string_view action) {
  for (const auto& row : rows) {
    if (row.action == action) return row.status;
  }
  return 200;
}

}  // namespace sim::wire
