#include "aws.hpp"

namespace bench {
namespace {

constexpr std::string_view vpc = "vpc-0123456789abcdef0";
constexpr std::string_view private_table = "rtb-0aaaaaaaaaaaaaaaa";
constexpr std::string_view public_table = "rtb-0bbbbbbbbbbbbbbbb";
constexpr std::string_view nat = "nat-0123456789abcdef0";
constexpr std::string_view address = "eipalloc-0123456789abcdef0";
constexpr std::string_view gateway = "igw-0123456789abcdef0";

// One field of the form-encoded body; our values need no decoding.
std::string field(const std::string& body, const std::string& name) {
  const auto form = "&" + body;
  const auto at = form.find("&" + name + "=");
  if (at == form.npos) return {};
  const auto start = at + name.size() + 2;
  return form.substr(start, form.find('&', start) - start);
}

std::string route_table(std::string_view id, bool route, std::string_view target) {
  return fmt::format(
      "<item><routeTableId>{}</routeTableId><vpcId>{}</vpcId><routeSet><item>"
      "<destinationCidrBlock>10.0.0.0/16</destinationCidrBlock><gatewayId>local</gatewayId>"
      "<state>active</state><origin>CreateRouteTable</origin></item>{}</routeSet></item>",
      id, vpc,
      route ? fmt::format("<item><destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>{}"
                          "<state>active</state><origin>CreateRoute</origin></item>",
                          target)
            : "");
}

}  // namespace

bool Aws::struck() const {
  return !private_route_ && !public_route_ && nat_state_ == "deleted" && !address_ && !gateway_;
}

driver::Response Aws::answer(const driver::Request& request) {
  if (request.method == "PUT") {
    put_ = request.body;
    return {};
  }
  const auto action = field(request.body, "Action");
  driver::Response done{200, {{"Content-Type", "text/xml;charset=UTF-8"}}, describe(action)};
  if (field(request.body, "DryRun") == "true") {
    return {412,
            {{"Content-Type", "text/xml;charset=UTF-8"}},
            "<Response><Errors><Error><Code>DryRunOperation</Code><Message>Request would have "
            "succeeded, but DryRun flag is set.</Message></Error></Errors><RequestID>r</RequestID>"
            "</Response>"};
  }
  if (action == "DeleteRoute") {
    (field(request.body, "RouteTableId") == private_table ? private_route_ : public_route_) = false;
  } else if (action == "DeleteNatGateway") {
    nat_state_ = "deleting";
  } else if (action == "ReleaseAddress") {
    address_ = false;
  } else if (action == "DetachInternetGateway") {
    attached_ = false;
  } else if (action == "DeleteInternetGateway") {
    gateway_ = false;
  }
  return done;
}

std::string Aws::route_tables() const {
  return "<routeTableSet>" +
         route_table(private_table, private_route_,
                     fmt::format("<natGatewayId>{}</natGatewayId>", nat)) +
         route_table(public_table, public_route_,
                     fmt::format("<gatewayId>{}</gatewayId>", gateway)) +
         "</routeTableSet>";
}

// Deleting is seen once, then it is deleted.
std::string Aws::nat_gateways() {
  const auto state = nat_state_;
  if (state == "deleting") nat_state_ = "deleted";
  return fmt::format(
      "<natGatewaySet><item><natGatewayId>{}</natGatewayId><vpcId>{}</vpcId><state>{}</state>"
      "<connectivityType>public</connectivityType><natGatewayAddressSet><item>"
      "<allocationId>{}</allocationId><publicIp>203.0.113.1</publicIp><isPrimary>true</isPrimary>"
      "<status>succeeded</status></item></natGatewayAddressSet></item></natGatewaySet>",
      nat, vpc, state, address);
}

std::string Aws::describe(const std::string& action) {
  std::string set = "<return>true</return>";
  if (action == "DescribeRouteTables") set = route_tables();
  if (action == "DescribeNatGateways") set = nat_gateways();
  if (action == "DescribeAddresses") {
    set = !address_ ? "<addressesSet/>"
                    : fmt::format(
                          "<addressesSet><item><allocationId>{}</allocationId>"
                          "<publicIp>203.0.113.1</publicIp><domain>vpc</domain></item>"
                          "</addressesSet>",
                          address);
  }
  if (action == "DescribeInternetGateways") {
    set = !gateway_ ? "<internetGatewaySet/>"
                    : fmt::format(
                          "<internetGatewaySet><item><internetGatewayId>{}"
                          "</internetGatewayId><attachmentSet>{}</attachmentSet></item>"
                          "</internetGatewaySet>",
                          gateway,
                          attached_ ? fmt::format("<item><vpcId>{}</vpcId>"
                                                  "<state>available</state></item>",
                                                  vpc)
                                    : "");
  }
  if (action == "DescribeNetworkInterfaces") set = "<networkInterfaceSet/>";
  return fmt::format(
      "<{0}Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>r</requestId>{1}"
      "</{0}Response>",
      action, set);
}

std::string Aws::event(const std::string& endpoint) {
  return fmt::format(
      R"({{"RequestType":"Create","RequestId":"request-1","ResponseURL":"https://{}/answer?Expires=4102444800&Signature=none","StackId":"arn:aws:cloudformation:ap-northeast-1:123456789012:stack/bench/00000000-0000-0000-0000-000000000000","LogicalResourceId":"Strike","ResourceType":"Custom::Falsework","ServiceToken":"arn:aws:lambda:ap-northeast-1:123456789012:function:f","ResourceProperties":{{"ServiceToken":"arn:aws:lambda:ap-northeast-1:123456789012:function:f","Temporary":["{}|0.0.0.0/0","{}|0.0.0.0/0","{}","{}","{}"]}}}})",
      endpoint, private_table, public_table, nat, address, gateway);
}

}  // namespace bench
