"""EC2: everything about networks, with its waiters and the refusals of a strike in a wrong order."""
import time

import clients


def run(on):
    ec2 = on.ec2
    for describe in ("AccountAttributes", "AvailabilityZones", "Regions", "InstanceTypes",
                     "PrefixLists", "VpcEndpointServices"):
        getattr(ec2, "Describe" + describe)()
    vpc = ec2.CreateVpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.wait("vpc_available", VpcIds=[vpc])
    ec2.DescribeVpcs(VpcIds=[vpc])
    ec2.ModifyVpcAttribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ec2.DescribeVpcAttribute(VpcId=vpc, Attribute="enableDnsHostnames")
    block = ec2.AssociateVpcCidrBlock(VpcId=vpc, CidrBlock="10.1.0.0/16")
    ec2.DisassociateVpcCidrBlock(
        AssociationId=block["CidrBlockAssociation"]["AssociationId"])
    subnet = ec2.CreateSubnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    ec2.wait("subnet_available", SubnetIds=[subnet])
    ec2.ModifySubnetAttribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    ec2.DescribeSubnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    ec2.CreateTags(Resources=[vpc, subnet], Tags=[{"Key": "Name", "Value": "one"}])
    ec2.DescribeTags(Filters=[{"Name": "resource-id", "Values": [vpc]}])
    ec2.DeleteTags(Resources=[subnet], Tags=[{"Key": "Name"}])
    gateways(on, vpc, subnet)
    groups(on, vpc)
    lists_and_acls(on, vpc, subnet)
    interfaces(on, subnet)
    endpoints(on, vpc)
    peering(on, vpc)
    options(on, vpc)
    vpn(on, vpc)
    ways_in(on, subnet)
    until_it_goes(on, "DependencyViolation", lambda to: to.DeleteSubnet(SubnetId=subnet))
    ec2.DeleteVpc(VpcId=vpc)
    ec2.refused("InvalidVpcID.NotFound").DescribeVpcs(VpcIds=[vpc])


def gateways(on, vpc, subnet):
    ec2 = on.ec2
    internet = ec2.CreateInternetGateway()["InternetGateway"]["InternetGatewayId"]
    ec2.AttachInternetGateway(InternetGatewayId=internet, VpcId=vpc)
    ec2.wait("internet_gateway_exists", InternetGatewayIds=[internet])
    ec2.DescribeInternetGateways()
    table = ec2.CreateRouteTable(VpcId=vpc)["RouteTable"]["RouteTableId"]
    everywhere = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    ec2.CreateRoute(**everywhere, GatewayId=internet)
    link = ec2.AssociateRouteTable(RouteTableId=table, SubnetId=subnet)["AssociationId"]
    ec2.DescribeRouteTables()
    other = ec2.CreateRouteTable(VpcId=vpc)["RouteTable"]["RouteTableId"]
    link = ec2.ReplaceRouteTableAssociation(AssociationId=link, RouteTableId=other)[
        "NewAssociationId"]
    ec2.DisassociateRouteTable(AssociationId=link)
    address = ec2.AllocateAddress(Domain="vpc")["AllocationId"]
    ec2.DescribeAddresses()
    nat = ec2.CreateNatGateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.wait("nat_gateway_available", NatGatewayIds=[nat])
    ec2.DescribeNatGateways(NatGatewayIds=[nat])
    more = ec2.AllocateAddress(Domain="vpc")["AllocationId"]
    ec2.AssociateNatGatewayAddress(NatGatewayId=nat, AllocationIds=[more])
    time.sleep(60)
    addresses = ec2.DescribeNatGateways(NatGatewayIds=[nat])["NatGateways"][0][
        "NatGatewayAddresses"]
    links = [one["AssociationId"] for one in addresses if one["AllocationId"] == more]
    ec2.DisassociateNatGatewayAddress(NatGatewayId=nat, AssociationIds=links or ["eipassoc-0"],
                                      MaxDrainDurationSeconds=1)
    ec2.ReplaceRoute(**everywhere, NatGatewayId=nat)
    # The wrong order: each of these must wait for the gateway.
    ec2.refused("AuthFailure").ReleaseAddress(AllocationId=address)
    ec2.refused("DependencyViolation").DetachInternetGateway(InternetGatewayId=internet, VpcId=vpc)
    ec2.DeleteRoute(**everywhere)
    ec2.refused("InvalidRoute.NotFound").DeleteRoute(**everywhere)
    private_gateway(on, subnet)
    ec2.DeleteNatGateway(NatGatewayId=nat)
    ec2.wait("nat_gateway_deleted", NatGatewayIds=[nat])
    until_it_goes(on, "AuthFailure", lambda to: to.ReleaseAddress(AllocationId=address))
    until_it_goes(on, "AuthFailure", lambda to: to.ReleaseAddress(AllocationId=more))
    until_it_goes(on, "DependencyViolation", lambda to: to.DetachInternetGateway(
        InternetGatewayId=internet, VpcId=vpc))
    ec2.DeleteInternetGateway(InternetGatewayId=internet)
    for one in (table, other):
        ec2.DeleteRouteTable(RouteTableId=one)
    only = ec2.CreateEgressOnlyInternetGateway(VpcId=vpc)["EgressOnlyInternetGateway"][
        "EgressOnlyInternetGatewayId"]
    ec2.DescribeEgressOnlyInternetGateways()
    ec2.DeleteEgressOnlyInternetGateway(EgressOnlyInternetGatewayId=only)


def private_gateway(on, subnet):
    ec2 = on.ec2
    nat = ec2.CreateNatGateway(SubnetId=subnet, ConnectivityType="private")["NatGateway"][
        "NatGatewayId"]
    ec2.wait("nat_gateway_available", NatGatewayIds=[nat])
    ec2.AssignPrivateNatGatewayAddress(NatGatewayId=nat, PrivateIpAddressCount=1)
    time.sleep(60)
    addresses = ec2.DescribeNatGateways(NatGatewayIds=[nat])["NatGateways"][0][
        "NatGatewayAddresses"]
    ec2.UnassignPrivateNatGatewayAddress(
        NatGatewayId=nat, PrivateIpAddresses=[one["PrivateIp"] for one in addresses[1:]])
    ec2.DeleteNatGateway(NatGatewayId=nat)


def ways_in(on, subnet):
    """EC2 Instance Connect Endpoints and Client VPN."""
    ec2 = on.ec2
    way = ec2.CreateInstanceConnectEndpoint(SubnetId=subnet)["InstanceConnectEndpoint"][
        "InstanceConnectEndpointId"]
    ec2.DescribeInstanceConnectEndpoints(InstanceConnectEndpointIds=[way])
    until_it_goes(on, "IncorrectState",
                  lambda to: to.ModifyInstanceConnectEndpoint(InstanceConnectEndpointId=way,
                                                              PreserveClientIp=True))
    until_it_goes(on, "IncorrectState",
                  lambda to: to.DeleteInstanceConnectEndpoint(InstanceConnectEndpointId=way))
    certificate = "arn:aws:acm:ap-northeast-1:123456789012:certificate/one"
    vpn = {"ClientVpnEndpointId": ec2.CreateClientVpnEndpoint(
        ClientCidrBlock="172.16.0.0/22", ServerCertificateArn=certificate,
        AuthenticationOptions=[{
            "Type": "certificate-authentication",
            "MutualAuthentication": {"ClientRootCertificateChainArn": certificate}}],
        ConnectionLogOptions={"Enabled": False})["ClientVpnEndpointId"]}
    ec2.ModifyClientVpnEndpoint(**vpn, Description="ours", VpnPort=1194)
    link = ec2.AssociateClientVpnTargetNetwork(**vpn, SubnetId=subnet)["AssociationId"]
    ec2.DescribeClientVpnEndpoints(ClientVpnEndpointIds=[vpn["ClientVpnEndpointId"]])
    ec2.DescribeClientVpnTargetNetworks(**vpn, AssociationIds=[link])
    ec2.AuthorizeClientVpnIngress(**vpn, TargetNetworkCidr="10.0.0.0/16", AuthorizeAllGroups=True)
    ec2.DescribeClientVpnAuthorizationRules(**vpn)
    ec2.RevokeClientVpnIngress(**vpn, TargetNetworkCidr="10.0.0.0/16", RevokeAllGroups=True)
    route = {"DestinationCidrBlock": "0.0.0.0/0", "TargetVpcSubnetId": subnet}
    until_it_goes(on, "InvalidClientVpnActiveAssociationNotFound",
                  lambda to: to.CreateClientVpnRoute(**vpn, **route))
    ec2.DescribeClientVpnRoutes(**vpn)
    ec2.DeleteClientVpnRoute(**vpn, **route)
    ec2.refused("ClientVpnEndpointAssociationExists").DeleteClientVpnEndpoint(**vpn)
    ec2.DisassociateClientVpnTargetNetwork(**vpn, AssociationId=link)
    until_it_goes(on, "ClientVpnEndpointAssociationExists",
                  lambda to: to.DeleteClientVpnEndpoint(**vpn))


def until_it_goes(on, code, call):
    """AWS lets go of an address only some seconds after its gateway."""
    for _ in range(100):
        try:
            return call(Bare(on))
        except clients.Unknown:
            break
        except clients.Refused as refusal:
            if refusal.code != code:
                raise
            time.sleep(10)
    return call(on.ec2)


class Bare:
    """Calls without a line in the report, unless they succeed."""

    def __init__(self, on):
        self._on = on

    def __getattr__(self, operation):
        def call(**parameters):
            answer = self._on.client.call("ec2", operation, parameters)
            return self._on.case("ec2:" + operation, "ec2:" + operation, None, lambda: answer)
        return call


def groups(on, vpc):
    ec2 = on.ec2
    group = ec2.CreateSecurityGroup(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    ec2.wait("security_group_exists", GroupIds=[group])
    rule = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
             "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    made = ec2.AuthorizeSecurityGroupIngress(GroupId=group, IpPermissions=rule)
    ec2.refused("InvalidPermission.Duplicate").AuthorizeSecurityGroupIngress(
        GroupId=group, IpPermissions=rule)
    ids = [one["SecurityGroupRuleId"] for one in made["SecurityGroupRules"]]
    ec2.DescribeSecurityGroupRules(SecurityGroupRuleIds=ids)
    said = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
             "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "all"}]}]
    ec2.UpdateSecurityGroupRuleDescriptionsIngress(GroupId=group, IpPermissions=said)
    ec2.ModifySecurityGroupRules(GroupId=group, SecurityGroupRules=[
        {"SecurityGroupRuleId": one, "SecurityGroupRule": {
            "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv4": "0.0.0.0/0"}}
        for one in ids])
    ec2.RevokeSecurityGroupIngress(GroupId=group, SecurityGroupRuleIds=ids)
    ec2.AuthorizeSecurityGroupEgress(GroupId=group, IpPermissions=rule)
    ec2.UpdateSecurityGroupRuleDescriptionsEgress(GroupId=group, IpPermissions=said)
    ec2.RevokeSecurityGroupEgress(GroupId=group, IpPermissions=rule)
    ec2.DescribeSecurityGroups(GroupIds=[group])
    ec2.DeleteSecurityGroup(GroupId=group)


def lists_and_acls(on, vpc, subnet):
    ec2 = on.ec2
    made = ec2.CreateManagedPrefixList(PrefixListName="ours", MaxEntries=5, AddressFamily="IPv4",
                                       Entries=[{"Cidr": "10.9.0.0/16"}])["PrefixList"]
    ids = {"PrefixListId": made["PrefixListId"]}
    ec2.DescribeManagedPrefixLists()
    ec2.GetManagedPrefixListEntries(**ids)
    on.client.call("ec2", "DescribeManagedPrefixLists", {})
    ec2.ModifyManagedPrefixList(**ids, CurrentVersion=1, AddEntries=[{"Cidr": "10.8.0.0/16"}])
    until_it_goes(on, "IncorrectState", lambda to: to.DeleteManagedPrefixList(**ids))
    acl = ec2.CreateNetworkAcl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 100, "Egress": False}
    allow = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
    ec2.CreateNetworkAclEntry(**entry, **allow)
    ec2.ReplaceNetworkAclEntry(**entry, **{**allow, "RuleAction": "deny"})
    ec2.DeleteNetworkAclEntry(**entry)
    found = ec2.DescribeNetworkAcls(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    default, link = None, None
    for one in found["NetworkAcls"]:
        for each in one["Associations"]:
            if each["SubnetId"] == subnet:
                default, link = one["NetworkAclId"], each["NetworkAclAssociationId"]
    link = ec2.ReplaceNetworkAclAssociation(AssociationId=link, NetworkAclId=acl)[
        "NewAssociationId"]
    on.client.call("ec2", "ReplaceNetworkAclAssociation",
                   {"AssociationId": link, "NetworkAclId": default})
    ec2.DeleteNetworkAcl(NetworkAclId=acl)


def interfaces(on, subnet):
    ec2 = on.ec2
    one = ec2.CreateNetworkInterface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    ids = {"NetworkInterfaceId": one}
    ec2.wait("network_interface_available", NetworkInterfaceIds=[one])
    ec2.ModifyNetworkInterfaceAttribute(**ids, SourceDestCheck={"Value": False})
    ec2.DescribeNetworkInterfaceAttribute(**ids, Attribute="sourceDestCheck")
    ec2.DescribeNetworkInterfaces()
    ec2.DeleteNetworkInterface(**ids)
    address = ec2.AllocateAddress()["AllocationId"]
    ec2.ModifyAddressAttribute(AllocationId=address, DomainName="host.example.com")
    ec2.DescribeAddressesAttribute(AllocationIds=[address], Attribute="domain-name")
    ec2.ResetAddressAttribute(AllocationId=address, Attribute="domain-name")
    ec2.ReleaseAddress(AllocationId=address)


def endpoints(on, vpc):
    ec2 = on.ec2
    made = ec2.CreateVpcEndpoint(VpcId=vpc, ServiceName="com.amazonaws.ap-northeast-1.s3",
                                 VpcEndpointType="Gateway")["VpcEndpoint"]["VpcEndpointId"]
    table = on.client.call("ec2", "DescribeRouteTables", {})["RouteTables"][0]["RouteTableId"]
    ec2.ModifyVpcEndpoint(VpcEndpointId=made, AddRouteTableIds=[table])
    ec2.DescribeVpcEndpoints(VpcEndpointIds=[made])
    ec2.DeleteVpcEndpoints(VpcEndpointIds=[made])


def peering(on, vpc):
    ec2 = on.ec2
    other = ec2.CreateVpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    for answer in ("AcceptVpcPeeringConnection", "RejectVpcPeeringConnection"):
        made = ec2.CreateVpcPeeringConnection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]
        ids = {"VpcPeeringConnectionId": made["VpcPeeringConnectionId"]}
        ec2.wait("vpc_peering_connection_exists",
                 VpcPeeringConnectionIds=[ids["VpcPeeringConnectionId"]])
        until_it_goes(on, "InvalidStateTransition", lambda to: getattr(to, answer)(**ids))
        if answer.startswith("Accept"):
            ec2.DescribeVpcPeeringConnections()
            ec2.DeleteVpcPeeringConnection(**ids)
            ec2.wait("vpc_peering_connection_deleted",
                     VpcPeeringConnectionIds=[ids["VpcPeeringConnectionId"]])
    ec2.DeleteVpc(VpcId=other)


def vpn(on, vpc):
    ec2 = on.ec2
    gateway = ec2.CreateVpnGateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    pair = {"VpnGatewayId": gateway, "VpcId": vpc}
    ec2.AttachVpnGateway(**pair)
    time.sleep(30)
    on.check("ec2 attached", ec2.DescribeVpnGateways(VpnGatewayIds=[gateway])["VpnGateways"][0][
        "VpcAttachments"][0]["State"] == "attached")
    table = ec2.CreateRouteTable(VpcId=vpc)["RouteTable"]["RouteTableId"]
    both = {"RouteTableId": table, "GatewayId": gateway}
    ec2.EnableVgwRoutePropagation(**both)
    end = ec2.CreateCustomerGateway(Type="ipsec.1", IpAddress="198.51.100.7", BgpAsn=65000)[
        "CustomerGateway"]["CustomerGatewayId"]
    ec2.wait("customer_gateway_available", CustomerGatewayIds=[end])
    ec2.DescribeCustomerGateways(CustomerGatewayIds=[end])
    made = ec2.CreateVpnConnection(
        Type="ipsec.1", CustomerGatewayId=end, VpnGatewayId=gateway,
        Options={"StaticRoutesOnly": True, "TunnelOptions": [{"PreSharedKey": "abc.DEF_1"}]})
    connection = made["VpnConnection"]["VpnConnectionId"]
    ec2.wait("vpn_connection_available", VpnConnectionIds=[connection])
    route = {"VpnConnectionId": connection, "DestinationCidrBlock": "192.168.0.0/16"}
    ec2.CreateVpnConnectionRoute(**route)
    time.sleep(120)
    origins = [one["Origin"] for one in ec2.DescribeRouteTables(RouteTableIds=[table])[
        "RouteTables"][0]["Routes"]]
    on.check("ec2 propagated route", "EnableVgwRoutePropagation" in origins, origins)
    found = ec2.DescribeVpnConnections(VpnConnectionIds=[connection])["VpnConnections"][0]
    on.check("ec2 tunnels", [one["Status"] for one in found["VgwTelemetry"]] == ["UP", "UP"])
    ec2.DeleteVpnConnectionRoute(**route)
    ec2.DisableVgwRoutePropagation(**both)
    ec2.DeleteRouteTable(RouteTableId=table)
    ec2.refused("IncorrectState").DeleteVpnGateway(VpnGatewayId=gateway)
    ec2.DeleteVpnConnection(VpnConnectionId=connection)
    ec2.wait("vpn_connection_deleted", VpnConnectionIds=[connection])
    ec2.DeleteCustomerGateway(CustomerGatewayId=end)
    ec2.DetachVpnGateway(**pair)
    time.sleep(30)
    ec2.DeleteVpnGateway(VpnGatewayId=gateway)


def options(on, vpc):
    ec2 = on.ec2
    made = ec2.CreateDhcpOptions(DhcpConfigurations=[
        {"Key": "domain-name", "Values": ["example.com"]}])["DhcpOptions"]["DhcpOptionsId"]
    ec2.AssociateDhcpOptions(DhcpOptionsId=made, VpcId=vpc)
    ec2.DescribeDhcpOptions()
    ec2.AssociateDhcpOptions(DhcpOptionsId="default", VpcId=vpc)
    ec2.DeleteDhcpOptions(DhcpOptionsId=made)
    on.s3.CreateBucket(Bucket="flow-logs",
                       CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    log = ec2.CreateFlowLogs(ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL",
                             LogDestinationType="s3", LogDestination="arn:aws:s3:::flow-logs")
    ec2.DescribeFlowLogs()
    ec2.DeleteFlowLogs(FlowLogIds=[one for one in log["FlowLogIds"]])
    on.s3.DeleteBucket(Bucket="flow-logs")
