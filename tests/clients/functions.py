"""Lambda, its logs, and SSM's parameters. The function is a shell script as `bootstrap`."""
import io
import json
import time
import zipfile

from containers import TRUST

BOOTSTRAP = """#!/bin/sh
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while true; do
  curl -sS -D /tmp/headers.$$ -o /tmp/event.$$ "$api/next"
  id=$(tr -d '\\r' </tmp/headers.$$ | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
  curl -sS -X POST --data-binary @/tmp/event.$$ "$api/$id/response"
done
"""


def archive():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as file:
        entry = zipfile.ZipInfo("bootstrap", (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o755 << 16
        file.writestr(entry, BOOTSTRAP)
    return data.getvalue()


def in_a_vpc(on, role):
    """Its interface holds the subnet for half an hour after it, which nobody waits for here."""
    lambda_, ec2 = getattr(on, "lambda"), on.ec2
    vpc = ec2.CreateVpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.CreateSubnet(VpcId=vpc, CidrBlock="10.7.0.0/24")["Subnet"]["SubnetId"]
    group = ec2.CreateSecurityGroup(VpcId=vpc, GroupName="inside", Description="of a function")[
        "GroupId"]
    given = dict(FunctionName="inside", Runtime="provided.al2023", Role=role, Handler="x",
                 Code={"ZipFile": archive()},
                 VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})
    lambda_.refused("InvalidParameterValueException").CreateFunction(**given)
    policy = {"RoleName": "echo", "PolicyArn":
              "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"}
    on.iam.AttachRolePolicy(**policy)
    time.sleep(600)
    lambda_.CreateFunction(**given)
    lambda_.wait("function_active_v2", FunctionName="inside")
    shown = lambda_.GetFunctionConfiguration(FunctionName="inside")["VpcConfig"]
    on.check("the function stands in its VPC", shown["VpcId"] == vpc, shown)
    lambda_.DeleteFunction(FunctionName="inside")
    ec2.refused("DependencyViolation").DeleteSubnet(SubnetId=subnet)
    on.iam.DetachRolePolicy(**policy)


def run(on):
    lambda_ = getattr(on, "lambda")
    role = on.iam.CreateRole(RoleName="echo", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    on.iam.wait("role_exists", RoleName="echo")
    time.sleep(600)  # a new role is not known everywhere at once
    name = {"FunctionName": "echo"}
    made = lambda_.CreateFunction(**name, Runtime="provided.al2023", Role=role, Handler="x",
                                  Code={"ZipFile": archive()}, Timeout=30)
    lambda_.wait("function_exists", **name)
    lambda_.wait("function_active_v2", **name)
    lambda_.GetFunction(**name)
    lambda_.GetFunctionConfiguration(**name)
    lambda_.ListFunctions()
    lambda_.GetAccountSettings()
    answer = lambda_.Invoke(**name, Payload=b'{"a": 1}')
    on.check("the function answers with its event",
             json.loads(answer["Payload"] if answer.get("Payload") else b"null") == {"a": 1},
             answer.get("Payload"))
    in_a_vpc(on, role)
    lambda_.UpdateFunctionConfiguration(**name, Timeout=20)
    lambda_.wait("function_updated_v2", **name)
    lambda_.UpdateFunctionCode(**name, ZipFile=archive())
    lambda_.wait("function_updated_v2", **name)
    version = lambda_.PublishVersion(**name)["Version"]
    lambda_.ListVersionsByFunction(**name)
    alias = {**name, "Name": "live"}
    lambda_.CreateAlias(**alias, FunctionVersion=str(version))
    lambda_.UpdateAlias(**alias, Description="what is live")
    lambda_.GetAlias(**alias)
    lambda_.ListAliases(**name)
    lambda_.DeleteAlias(**alias)
    arn = made["FunctionArn"]
    lambda_.TagResource(Resource=arn, Tags={"a": "b"})
    lambda_.ListTags(Resource=arn)
    lambda_.UntagResource(Resource=arn, TagKeys=["a"])
    lambda_.AddPermission(**name, StatementId="s", Action="lambda:InvokeFunction",
                          Principal="sns.amazonaws.com")
    lambda_.GetPolicy(**name)
    lambda_.RemovePermission(**name, StatementId="s")
    lambda_.PutFunctionConcurrency(**name, ReservedConcurrentExecutions=1)
    lambda_.GetFunctionConcurrency(**name)
    lambda_.DeleteFunctionConcurrency(**name)
    lambda_.PutFunctionEventInvokeConfig(**name, MaximumRetryAttempts=0)
    lambda_.UpdateFunctionEventInvokeConfig(**name, MaximumRetryAttempts=1)
    lambda_.GetFunctionEventInvokeConfig(**name)
    lambda_.ListFunctionEventInvokeConfigs(**name)
    lambda_.DeleteFunctionEventInvokeConfig(**name)
    lambda_.DeleteFunction(**name)
    lambda_.refused("ResourceNotFoundException").GetFunction(**name)
    on.iam.DeleteRole(RoleName="echo")
    logs(on)
    parameters(on)


def logs(on):
    logs_, group = on.logs, {"logGroupName": "ours"}
    stream = {**group, "logStreamName": "one"}
    logs_.CreateLogGroup(**group)
    logs_.refused("ResourceAlreadyExistsException").CreateLogGroup(**group)
    logs_.CreateLogStream(**stream)
    logs_.PutLogEvents(**stream, logEvents=[{"timestamp": int(time.time() * 1000),
                                             "message": "hello"}])
    logs_.GetLogEvents(**stream)
    logs_.FilterLogEvents(**group, filterPattern="hello")
    logs_.DescribeLogGroups()
    logs_.DescribeLogStreams(**group)
    logs_.TagLogGroup(**group, tags={"a": "b"})
    logs_.ListTagsLogGroup(**group)
    logs_.UntagLogGroup(**group, tags=["a"])
    arn = {"resourceArn": "arn:aws:logs:ap-northeast-1:123456789012:log-group:ours"}
    logs_.TagResource(**arn, tags={"a": "b"})
    logs_.ListTagsForResource(**arn)
    logs_.UntagResource(**arn, tagKeys=["a"])
    logs_.PutRetentionPolicy(**group, retentionInDays=7)
    logs_.DeleteRetentionPolicy(**group)
    logs_.PutMetricFilter(**group, filterName="errors", filterPattern="ERROR",
                          metricTransformations=[{"metricName": "errors", "metricValue": "1",
                                                  "metricNamespace": "ours"}])
    logs_.DescribeMetricFilters(**group)
    logs_.DeleteMetricFilter(**group, filterName="errors")
    logs_.PutSubscriptionFilter(
        **group, filterName="all", filterPattern="",
        destinationArn="arn:aws:kinesis:ap-northeast-1:123456789012:stream/none",
        roleArn="arn:aws:iam::123456789012:role/none")
    logs_.DescribeSubscriptionFilters(**group)
    logs_.DeleteSubscriptionFilter(**group, filterName="all")
    logs_.DeleteLogStream(**stream)
    logs_.DeleteLogGroup(**group)


def parameters(on):
    ssm = on.ssm
    ssm.PutParameter(Name="/ours/one", Value="1", Type="String")
    ssm.refused("ParameterAlreadyExists").PutParameter(Name="/ours/one", Value="1", Type="String")
    ssm.GetParameters(Names=["/ours/one", "/ours/none"])
    ssm.GetParametersByPath(Path="/ours")
    ssm.DescribeParameters()
    ssm.GetParameterHistory(Name="/ours/one")
    ssm.LabelParameterVersion(Name="/ours/one", ParameterVersion=1, Labels=["live"])
    ssm.UnlabelParameterVersion(Name="/ours/one", ParameterVersion=1, Labels=["live"])
    who = {"ResourceType": "Parameter", "ResourceId": "/ours/one"}
    ssm.AddTagsToResource(**who, Tags=[{"Key": "a", "Value": "b"}])
    ssm.ListTagsForResource(**who)
    ssm.RemoveTagsFromResource(**who, TagKeys=["a"])
    ssm.DeleteParameters(Names=["/ours/none"])
    ssm.DeleteParameter(Name="/ours/one")
    ssm.refused("ParameterNotFound").GetParameter(Name="/ours/one")
