// Client VPN endpoints. No subnet may be associated any more when one is deleted. There is no ACM
// here: a certificate is known by the form of its ARN.
// https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/cvpn-working-endpoint.html
#include "sim/ec2/client_vpn.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "sim/ec2/cidr.hpp"
#include "sim/ec2/filters.hpp"
#include "sim/ec2/table.hpp"
#include "sim/ec2/tags.hpp"
#include "sim/ec2/tokens.hpp"

namespace sim::ec2 {

ClientVpn& named_client_vpn(Estate& estate, const Call& call) {
  return estate.get(estate.model.client_vpns, kind::client_vpn,
                    required(call.input, "ClientVpnEndpointId"));
}

ClientVpn& changing_client_vpn(Estate& estate, const Call& call) {
  auto& endpoint = named_client_vpn(estate, call);
  if (!endpoint.delete_called) return endpoint;
  throw Error("IncorrectState", fmt::format("Endpoint {} is being deleted", endpoint.id));
}

json::object vpn_status(std::string_view code) {
  return {{"code", code}};
}

namespace {

constexpr std::ptrdiff_t quota = 5;  // endpoints per Region, the default quota

std::string dns_name(const Estate& estate, const ClientVpn& endpoint) {
  return fmt::format("*.{}.prod.clientvpn.{}.amazonaws.com", endpoint.id, estate.context.region);
}

json::object view(const Estate& estate, const ClientVpn& endpoint) {
  json::array networks;
  for (const auto& one : endpoint.associations) {
    networks.push_back(json::object{{"networkId", one.subnet}, {"networkType", "vpc"}});
  }
  json::object shown{{"clientVpnEndpointId", endpoint.id},
                     {"description", endpoint.description},
                     {"status", vpn_status(client_vpn_state(endpoint, estate.now()))},
                     {"creationTime", base::iso8601(endpoint.created)},
                     {"dnsName", dns_name(estate, endpoint)},
                     {"clientCidrBlock", endpoint.client_cidr},
                     {"dnsServer", array_of(endpoint.dns_servers)},
                     {"splitTunnel", endpoint.split_tunnel},
                     {"vpnProtocol", "openvpn"},
                     {"transportProtocol", endpoint.transport},
                     {"vpnPort", endpoint.port},
                     {"associatedTargetNetwork", std::move(networks)},
                     {"serverCertificateArn", endpoint.certificate},
                     {"authenticationOptions", json::parse(endpoint.authentication)},
                     {"connectionLogOptions", json::parse(endpoint.logging)},
                     {"sessionTimeoutHours", endpoint.session_hours},
                     {"securityGroupIdSet", array_of(endpoint.groups)},
                     {"tagSet", tag_set(endpoint.tags)}};
  if (!endpoint.vpc.empty()) shown["vpcId"] = endpoint.vpc;
  if (endpoint.portal) {
    shown["selfServicePortalUrl"] =
        "https://self-service.clientvpn.amazonaws.com/endpoints/" + endpoint.id;
  }
  if (endpoint.delete_called) shown["deletionTime"] = base::iso8601(*endpoint.delete_called);
  return shown;
}

constexpr Field<ClientVpn> fields[] = {
    {"endpoint-id", [](const Estate&, const ClientVpn& e) -> Texts { return {e.id}; }},
    {"transport-protocol",
     [](const Estate&, const ClientVpn& e) -> Texts { return {e.transport}; }},
};

// 10.0.0.0/22: between /12 and /22.
std::string read_client_cidr(const Call& call) {
  const auto given = required(call.input, "ClientCidrBlock");
  const auto cidr = parse_cidr(given);
  if (cidr && cidr->bits >= 12 && cidr->bits <= 22 && cidr_text(*cidr) == given) return given;
  throw invalid_value(fmt::format(
      "Value ({}) for parameter clientCidrBlock is invalid. It must be a CIDR block between /12 "
      "and /22.",
      given));
}

std::string checked_certificate(const Estate& estate, const std::string& arn) {
  const auto ours = fmt::format("arn:{}:acm:{}:", estate.context.partition, estate.context.region);
  if (arn.starts_with(ours) && arn.contains(":certificate/")) return arn;
  throw invalid_value(fmt::format("Certificate {} does not exist", arn));
}

// One method; there are no directories and no identity providers here.
std::string read_authentication(const Estate& estate, const Call& call) {
  const auto methods = objects(call.input, "Authentication");
  if (methods.empty()) throw missing_parameter("Authentication");
  json::array shown;
  for (const auto& method : methods) {
    const auto type = required(method, "Type");
    if (type == "directory-service-authentication" || type == "federated-authentication") {
      throw Error("UnsupportedOperation",
                  fmt::format("The embedded EC2 has no Client VPN endpoints with {}.", type));
    }
    if (type != "certificate-authentication") {
      throw invalid_value(fmt::format("Value ({}) for parameter type is invalid.", type));
    }
    const auto chain =
        required(object(method, "MutualAuthentication"), "ClientRootCertificateChainArn");
    json::object certificate{{"clientRootCertificateChain", checked_certificate(estate, chain)}};
    shown.push_back(json::object{{"type", type}, {"mutualAuthentication", std::move(certificate)}});
  }
  return json::serialize(shown);
}

std::string read_logging(const Call& call) {
  if (!has(call.input, "ConnectionLogOptions")) throw missing_parameter("ConnectionLogOptions");
  const auto options = object(call.input, "ConnectionLogOptions");
  json::object shown{{"Enabled", flag(options, "Enabled", false)}};
  if (shown["Enabled"].as_bool()) {
    shown["CloudwatchLogGroup"] = required(options, "CloudwatchLogGroup");
    shown["CloudwatchLogStream"] = text(options, "CloudwatchLogStream");
  }
  return json::serialize(shown);
}

void read_session(const Call& call, ClientVpn& endpoint) {
  const auto& input = call.input;
  if (has(input, "TransportProtocol")) endpoint.transport = text(input, "TransportProtocol");
  endpoint.port = number(input, "VpnPort").value_or(endpoint.port);
  endpoint.session_hours = number(input, "SessionTimeoutHours").value_or(endpoint.session_hours);
  endpoint.split_tunnel = flag(input, "SplitTunnel", endpoint.split_tunnel);
  const auto portal = text(input, "SelfServicePortal");
  const auto wrong = [](std::string_view name, auto value) {
    return invalid_value(fmt::format("Value ({}) for parameter {} is invalid.", value, name));
  };
  if (endpoint.transport != "udp" && endpoint.transport != "tcp") {
    throw wrong("transportProtocol", endpoint.transport);
  }
  if (endpoint.port != 443 && endpoint.port != 1194) throw wrong("vpnPort", endpoint.port);
  if (const auto h = endpoint.session_hours; h != 8 && h != 10 && h != 12 && h != 24) {
    throw wrong("sessionTimeoutHours", h);
  }
  if (!portal.empty() && portal != "enabled" && portal != "disabled") {
    throw wrong("selfServicePortal", portal);
  }
  if (!portal.empty()) endpoint.portal = portal == "enabled";
}

Texts checked_dns_servers(Texts servers) {
  if (servers.size() > 2) {
    throw invalid_value("A Client VPN endpoint can have up to two DNS servers.");
  }
  for (const auto& server : servers) {
    if (parse_ip(server)) continue;
    throw invalid_value(fmt::format("Value ({}) for parameter dnsServers is invalid.", server));
  }
  return servers;
}

void read_network(Estate& estate, const Call& call, ClientVpn& endpoint) {
  endpoint.groups = texts(call.input, "SecurityGroupId");
  const auto vpc = text(call.input, "VpcId");
  if (vpc.empty()) {
    if (!endpoint.groups.empty()) throw missing_parameter("VpcId");
    return;
  }
  endpoint.vpc = estate.vpc(vpc).id;
  for (const auto& id : endpoint.groups) {
    if (estate.group(id).vpc == vpc) continue;
    throw invalid_value(
        fmt::format("Security group {} and VPC {} belong to different networks.", id, vpc));
  }
  if (endpoint.groups.empty()) endpoint.groups = {estate.vpc(vpc).default_group};
}

json::object create(Estate& estate, const Call& call) {
  const auto answer = [&](const ClientVpn& endpoint) {
    return json::object{{"clientVpnEndpointId", endpoint.id},
                        {"status", vpn_status(client_vpn_state(endpoint, estate.now()))},
                        {"dnsName", dns_name(estate, endpoint)}};
  };
  if (const auto before = made_before(estate, call); !before.empty()) {
    return answer(estate.get(estate.model.client_vpns, kind::client_vpn, before));
  }
  ClientVpn endpoint;
  endpoint.description = text(call.input, "Description");
  endpoint.client_cidr = read_client_cidr(call);
  endpoint.certificate = checked_certificate(estate, required(call.input, "ServerCertificateArn"));
  endpoint.authentication = read_authentication(estate, call);
  endpoint.logging = read_logging(call);
  read_session(call, endpoint);
  endpoint.dns_servers = checked_dns_servers(texts(call.input, "DnsServers"));
  read_network(estate, call, endpoint);
  auto tags = tags_for(call, kind::client_vpn.type);
  if (std::ssize(estate.model.client_vpns) >= quota) {
    throw Error("ClientVpnEndpointLimitExceeded",
                "The maximum number of Client VPN endpoints has been reached.");
  }
  estate.stamp(endpoint, kind::client_vpn, std::move(tags));
  remember(estate, call, endpoint.id);
  const auto id = endpoint.id;
  return answer(estate.model.client_vpns[id] = std::move(endpoint));
}

// [I] What is associated stays in its VPC; its interfaces keep their groups.
json::object modify(Estate& estate, const Call& call) {
  auto& endpoint = changing_client_vpn(estate, call);
  const auto& input = call.input;
  ClientVpn after = endpoint;
  if (has(input, "ServerCertificateArn")) {
    after.certificate = checked_certificate(estate, text(input, "ServerCertificateArn"));
  }
  if (has(input, "ConnectionLogOptions")) after.logging = read_logging(call);
  if (has(input, "Description")) after.description = text(input, "Description");
  read_session(call, after);
  if (has(input, "DnsServers")) {
    const auto servers = object(input, "DnsServers");
    after.dns_servers = flag(servers, "Enabled", true)
                            ? checked_dns_servers(texts(servers, "CustomDnsServers"))
                            : Texts();
  }
  const auto vpc = text(input, "VpcId");
  if (!vpc.empty() && vpc != endpoint.vpc && !endpoint.associations.empty()) {
    throw invalid_value(
        fmt::format("Endpoint {} has associations in {}", endpoint.id, endpoint.vpc));
  }
  if (!vpc.empty() || has(input, "SecurityGroupId")) read_network(estate, call, after);
  endpoint = std::move(after);
  return {{"return", true}};
}

json::object remove(Estate& estate, const Call& call) {
  auto& endpoint = named_client_vpn(estate, call);
  // https://github.com/hashicorp/terraform-provider-aws/issues/14115
  if (!endpoint.associations.empty()) {
    Texts ids;
    for (const auto& one : endpoint.associations) ids.push_back(one.id);
    throw Error("ClientVpnEndpointAssociationExists",
                fmt::format("The endpoint that you're trying to delete has associations {}",
                            fmt::join(ids, ", ")));
  }
  if (!endpoint.delete_called) {
    endpoint.delete_called = estate.now();
    endpoint.deleted = estate.now() + estate.draw(estate.knobs.vpn_delete);
  }
  return {{"status", vpn_status(client_vpn_state(endpoint, estate.now()))}};
}

json::object describe_endpoints(Estate& estate, const Call& call) {
  static const Description<ClientVpn> description{
      "clientVpnEndpoint", "ClientVpnEndpointId", kind::client_vpn, 1000, fields, view};
  return describe(estate, call, estate.model.client_vpns, description);
}

std::vector<Access> on_endpoint(const Estate& estate, const Call& call) {
  return Gate(estate, call).on(text(call.input, "ClientVpnEndpointId"));
}

std::vector<Access> modify_access(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .on(text(call.input, "ClientVpnEndpointId"))
      .on(text(call.input, "VpcId"))
      .on_all(texts(call.input, "SecurityGroupId"));
}

std::vector<Access> create_access(const Estate& estate, const Call& call) {
  return Gate(estate, call)
      .fresh(kind::client_vpn.type)
      .on(text(call.input, "VpcId"))
      .on_all(texts(call.input, "SecurityGroupId"));
}

}  // namespace

void add_client_vpn_operations(Estate& estate, Table& table) {
  add(estate, table,
      {{"CreateClientVpnEndpoint",
        "ClientCidrBlock ServerCertificateArn Authentication ConnectionLogOptions DnsServers "
        "TransportProtocol VpnPort Description SplitTunnel ClientToken TagSpecification "
        "SecurityGroupId VpcId SelfServicePortal SessionTimeoutHours",
        create, create_access},
       {"ModifyClientVpnEndpoint",
        "ClientVpnEndpointId ServerCertificateArn ConnectionLogOptions DnsServers VpnPort "
        "Description SplitTunnel SecurityGroupId VpcId SelfServicePortal SessionTimeoutHours",
        modify, modify_access},
       {"DeleteClientVpnEndpoint", "ClientVpnEndpointId", remove, on_endpoint},
       {"DescribeClientVpnEndpoints", "ClientVpnEndpointId Filter MaxResults NextToken",
        describe_endpoints}});
}

}  // namespace sim::ec2
