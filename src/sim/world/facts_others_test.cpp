// facts §5 and §1: services that bootstrap-only resources may live in and that the embedded AWS
// does not have. "An operation that does not exist answers NotImplemented with its name", never
// success.
#include "sim/world/stack_test.hpp"

namespace sim::world {
namespace {

struct Row {
  const char* fact;
  const char* service;
  const char* operation;
};

constexpr Row rows[] = {
    // "RDS instance | DeleteDBInstance (SkipFinalSnapshot...)"
    {"RDS instance", "rds", "DeleteDBInstance"},
    {"RDS instance", "rds", "DeleteDBCluster"},
    {"RDS instance", "rds", "DescribeDBInstances"},
    // "DMS instance | DeleteReplicationInstance": "tasks must be deleted first"
    {"DMS instance", "dms", "DeleteReplicationInstance"},
    {"DMS instance", "dms", "DeleteReplicationTask"},
    // "CodeBuild project | DeleteProject"
    {"CodeBuild project", "codebuild", "DeleteProject"},
    // "Cloud Control API ... DeleteResource(TypeName, Identifier[, RoleArn, ...])"
    {"Cloud Control API", "cloudcontrolapi", "DeleteResource"},
    {"Cloud Control API", "cloudcontrolapi", "GetResource"},
    {"Cloud Control API", "cloudcontrolapi", "GetResourceRequestStatus"},
    // CAPA's order: "... → IGW → carrier GW → egress-only IGW ..."
    {"carrier gateway", "ec2", "CreateCarrierGateway"},
    {"carrier gateway", "ec2", "DeleteCarrierGateway"},
    {"carrier gateway", "ec2", "DescribeCarrierGateways"},
    // "used by ENI/instance, referenced by another SG, or VPC-associated"
    {"group of several VPCs", "ec2", "AssociateSecurityGroupVpc"},
    {"group of several VPCs", "ec2", "DisassociateSecurityGroupVpc"},
    {"group of several VPCs", "ec2", "DescribeSecurityGroupVpcAssociations"},
    // "NATs with attached appliances (network-firewall-proxy)"
    {"NAT appliances", "network-firewall", "CreateProxy"},
    {"NAT appliances", "network-firewall", "UpdateProxy"},
    {"NAT appliances", "network-firewall", "DescribeProxy"},
    {"NAT appliances", "network-firewall", "DeleteProxy"},
    {"NAT appliances", "network-firewall", "DeleteFirewall"},
};

class Others : public StackTest {};

TEST_F(Others, each_of_their_operations_is_refused_by_its_name) {
  for (const auto& row : rows) {
    try {
      call(row.service, row.operation, {});
      ADD_FAILURE() << row.fact << ": " << row.operation << " succeeded";
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "NotImplemented") << row.fact;
      EXPECT_EQ(error.status, 501) << row.fact;
      const auto name = fmt::format("{}:{}", row.service, row.operation);
      EXPECT_EQ(std::string(error.what()),
                row.service == std::string("ec2")
                    ? fmt::format("The embedded AWS has no operation {}.", name)
                    : fmt::format("The embedded AWS has no service {}, and no operation {}.",
                                  row.service, name));
    }
  }
}

}  // namespace
}  // namespace sim::world
