"""CloudFormation: a stack's whole life, change sets, drift, and the aws CLI's own commands."""
import json
import os
import time

TEMPLATE = {
    "Parameters": {"Value": {"Type": "String", "Default": "one"}},
    "Resources": {
        "Parameter": {"Type": "AWS::SSM::Parameter",
                      "Properties": {"Name": "/stack/one", "Type": "String",
                                     "Value": {"Ref": "Value"}}},
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.6.0.0/16"}}},
    "Outputs": {"Vpc": {"Value": {"Ref": "Vpc"}, "Export": {"Name": "the-vpc"}}}}
NAME = {"StackName": "ours"}


def run(on):
    cf = on.cloudformation
    body = {"TemplateBody": json.dumps(TEMPLATE)}
    cf.ValidateTemplate(**body)
    cf.refused("ValidationError").CreateStack(**NAME, TemplateBody='{"Resources": {}}')
    cf.CreateStack(**NAME, **body)
    cf.wait("stack_exists", **NAME)
    cf.wait("stack_create_complete", **NAME)
    cf.refused("AlreadyExistsException").CreateStack(**NAME, **body)
    cf.DescribeStacks(**NAME)
    cf.DescribeStackEvents(**NAME)
    cf.DescribeStackResources(**NAME)
    cf.DescribeStackResource(**NAME, LogicalResourceId="Vpc")
    cf.ListStackResources(**NAME)
    cf.ListStacks()
    cf.ListExports()
    cf.GetTemplate(**NAME)
    drift(on)
    other = {"Parameters": [{"ParameterKey": "Value", "ParameterValue": "two"}]}
    cf.UpdateStack(**NAME, **body, **other)
    cf.wait("stack_update_complete", **NAME)
    cf.refused("ValidationError").UpdateStack(**NAME, **body, **other)
    change_sets(on, body)
    more(on)
    policies(on, body)
    cf.DeleteStack(**NAME)
    cf.wait("stack_delete_complete", **NAME)
    cf.refused("ValidationError").DescribeStacks(**NAME)
    failing(on)
    waiting(on)
    importing(on)
    trees(on)
    watched(on)
    commands(on)


def drift(on):
    cf = on.cloudformation
    on.ssm.PutParameter(Name="/stack/one", Value="drifted", Type="String", Overwrite=True)
    detection = {"StackDriftDetectionId": cf.DetectStackDrift(**NAME)["StackDriftDetectionId"]}
    time.sleep(60)
    found = cf.DescribeStackDriftDetectionStatus(**detection)
    on.check("the stack has drifted", found["StackDriftStatus"] == "DRIFTED", found)
    cf.DescribeStackResourceDrifts(**NAME)
    cf.DetectStackResourceDrift(**NAME, LogicalResourceId="Parameter")


def change_sets(on, body):
    cf = on.cloudformation
    one = {**NAME, "ChangeSetName": "one"}
    values = [{"ParameterKey": "Value", "ParameterValue": "three"}]
    cf.CreateChangeSet(**one, **body, Parameters=values)
    cf.wait("change_set_create_complete", **one)
    cf.DescribeChangeSet(**one)
    cf.ListChangeSets(**NAME)
    cf.ExecuteChangeSet(**one)
    cf.wait("stack_update_complete", **NAME)
    two = {**NAME, "ChangeSetName": "two"}
    cf.CreateChangeSet(**two, **body, Parameters=[{"ParameterKey": "Value",
                                                   "ParameterValue": "four"}])
    cf.wait("change_set_create_complete", **two)
    cf.DeleteChangeSet(**two)
    cf.refused("ChangeSetNotFound").DescribeChangeSet(**two)


def more(on):
    """What the engine offers beyond the life of a stack."""
    cf = on.cloudformation
    offered = on.operations("cloudformation")
    if "GetTemplateSummary" in offered:
        cf.GetTemplateSummary(**NAME)
    if "ListImports" in offered:
        cf.refused("ValidationError").ListImports(ExportName="the-vpc")
    if "UpdateTerminationProtection" in offered:
        cf.UpdateTerminationProtection(**NAME, EnableTerminationProtection=True)
        cf.refused("ValidationError").DeleteStack(**NAME)
        cf.UpdateTerminationProtection(**NAME, EnableTerminationProtection=False)
    if "CancelUpdateStack" in offered:
        cf.refused("ValidationError").CancelUpdateStack(**NAME)
    if "ContinueUpdateRollback" in offered:
        cf.refused("ValidationError").ContinueUpdateRollback(**NAME)
    if "RollbackStack" in offered:
        cf.refused("ValidationError").RollbackStack(**NAME)
    if "DescribeAccountLimits" in offered:
        cf.DescribeAccountLimits()
    if "EstimateTemplateCost" in offered:
        cf.EstimateTemplateCost(TemplateBody=json.dumps(TEMPLATE))


def policies(on, body):
    cf = on.cloudformation
    allow = {"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}
    guarded = json.dumps({"Statement": [allow, {
        "Effect": "Deny", "Principal": "*", "Action": "Update:Modify",
        "Resource": "LogicalResourceId/Parameter"}]})
    cf.SetStackPolicy(**NAME, StackPolicyBody=guarded)
    found = cf.GetStackPolicy(**NAME)["StackPolicyBody"]
    on.check("the stack policy is kept", str(found) == guarded, found)
    cf.refused("ValidationError").SetStackPolicy(**NAME, StackPolicyBody="[]")
    values = [{"ParameterKey": "Value", "ParameterValue": "denied"}]
    cf.UpdateStack(**NAME, **body, Parameters=values)
    time.sleep(120)
    found = cf.DescribeStacks(**NAME)["Stacks"][0]["StackStatus"]
    on.check("a stack policy takes an update back", found == "UPDATE_ROLLBACK_COMPLETE", found)
    cf.UpdateStack(**NAME, **body, Parameters=values,
                   StackPolicyDuringUpdateBody=json.dumps({"Statement": [allow]}))
    cf.wait("stack_update_complete", **NAME)


def waiting(on):
    """A wait condition that is told that all is well."""
    cf = on.cloudformation
    cf.CreateStack(StackName="waits", TemplateBody=json.dumps({"Resources": {"Ready": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "CreationPolicy": {"ResourceSignal": {"Timeout": "PT12H"}}}}}))
    signal = {"StackName": "waits", "LogicalResourceId": "Ready", "UniqueId": "1",
              "Status": "SUCCESS"}
    cf.SignalResource(**signal)
    cf.wait("stack_create_complete", StackName="waits")
    cf.refused("ValidationError").SignalResource(**signal)
    cf.DeleteStack(StackName="waits")
    cf.wait("stack_delete_complete", StackName="waits")


def importing(on):
    """A VPC that is there already becomes part of a new stack, and outlives it."""
    cf = on.cloudformation
    vpc = on.ec2.CreateVpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    body = json.dumps({"Resources": {"Vpc": {
        "Type": "AWS::EC2::VPC", "DeletionPolicy": "Retain",
        "Properties": {"CidrBlock": "10.9.0.0/16"}}}})
    imports = {"StackName": "imported", "ChangeSetName": "imports"}
    cf.refused("ValidationError").CreateChangeSet(**imports, ChangeSetType="IMPORT",
                                                  TemplateBody=body)
    cf.CreateChangeSet(**imports, ChangeSetType="IMPORT", TemplateBody=body, ResourcesToImport=[
        {"ResourceType": "AWS::EC2::VPC", "LogicalResourceId": "Vpc",
         "ResourceIdentifier": {"VpcId": vpc}}])
    cf.wait("change_set_create_complete", **imports)
    cf.ExecuteChangeSet(**imports)
    cf.wait("stack_import_complete", StackName="imported")
    cf.DeleteStack(StackName="imported")
    cf.wait("stack_delete_complete", StackName="imported")
    on.ec2.DeleteVpc(VpcId=vpc)


def trees(on):
    """A change set for a stack and the one in it, from a template in S3."""
    cf, s3 = on.cloudformation, on.s3
    s3.CreateBucket(Bucket="templates-of-trees", CreateBucketConfiguration={
        "LocationConstraint": "ap-northeast-1"})
    s3.PutObject(Bucket="templates-of-trees", Key="child.json", Body=json.dumps({"Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.8.0.0/16"}}}}).encode())
    tree = {"StackName": "tree", "ChangeSetName": "all"}
    cf.CreateChangeSet(**tree, ChangeSetType="CREATE", IncludeNestedStacks=True,
                       TemplateBody=json.dumps({"Resources": {"Child": {
                           "Type": "AWS::CloudFormation::Stack", "Properties": {
                               "TemplateURL": "https://templates-of-trees.s3.amazonaws.com/"
                                              "child.json"}}}}))
    cf.wait("change_set_create_complete", **tree)
    change = cf.DescribeChangeSet(**tree)["Changes"][0]["ResourceChange"]
    child = cf.DescribeChangeSet(ChangeSetName=change["ChangeSetId"])
    on.check("the nested change set has a root", "RootChangeSetId" in child, child)
    cf.refused("InvalidChangeSetStatus").DeleteChangeSet(ChangeSetName=change["ChangeSetId"])
    cf.ExecuteChangeSet(**tree)
    cf.wait("stack_create_complete", StackName="tree")
    cf.DeleteStack(StackName="tree")
    cf.wait("stack_delete_complete", StackName="tree")
    s3.DeleteObject(Bucket="templates-of-trees", Key="child.json")
    s3.DeleteBucket(Bucket="templates-of-trees")


def watched(on):
    """An alarm that is missing takes the stack back."""
    cf = on.cloudformation
    cf.CreateStack(StackName="watched", TemplateBody=json.dumps({"Resources": {"Vpc": {
        "Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.7.0.0/16"}}}}),
        RollbackConfiguration={"MonitoringTimeInMinutes": 1, "RollbackTriggers": [{
            "Type": "AWS::CloudWatch::Alarm",
            "Arn": "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:none"}]})
    time.sleep(120)
    found = cf.DescribeStacks(StackName="watched")["Stacks"][0]
    on.check("a missing alarm rolls back", found["StackStatus"] == "ROLLBACK_COMPLETE", found)
    cf.DeleteStack(StackName="watched")
    cf.wait("stack_delete_complete", StackName="watched")


def failing(on):
    cf = on.cloudformation
    cf.CreateStack(StackName="bad", TemplateBody=json.dumps({"Resources": {"Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}}}))
    time.sleep(150)
    found = cf.DescribeStacks(StackName="bad")["Stacks"][0]["StackStatus"]
    on.check("a stack that fails is rolled back", found == "ROLLBACK_COMPLETE", found)
    cf.DeleteStack(StackName="bad")
    cf.wait("stack_delete_complete", StackName="bad")


def commands(on):
    on.s3.CreateBucket(Bucket="templates-of-the-driver",
                       CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    child = os.path.join(on.folder, "child.json")
    root = os.path.join(on.folder, "root.json")
    packed = os.path.join(on.folder, "packed.json")
    with open(child, "w", encoding="utf-8") as file:
        json.dump(TEMPLATE, file)
    with open(root, "w", encoding="utf-8") as file:
        json.dump({"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack",
                                           "Properties": {"TemplateURL": "child.json"}}}}, file)
    if on.client.endpoint is not None:
        on.count.leave_out("aws cloudformation package",
                           "it uploads to AWS itself unless AWS_ENDPOINT_URL says otherwise")
    else:
        on.command("cloudformation", "package", "--template-file", root, "--s3-bucket",
                   "templates-of-the-driver", "--output-template-file", packed, "--use-json")
    on.command("cloudformation", "deploy", "--template-file", child, "--stack-name", "deployed",
               "--parameter-overrides", "Value=five")
    on.command("cloudformation", "deploy", "--template-file", child, "--stack-name", "deployed",
               "--parameter-overrides", "Value=six", "--no-fail-on-empty-changeset")
    on.command("cloudformation", "delete-stack", "--stack-name", "deployed")
    on.command("cloudformation", "wait", "stack-delete-complete", "--stack-name", "deployed")
    on.command("s3", "rm", "s3://templates-of-the-driver", "--recursive")
    on.s3.DeleteBucket(Bucket="templates-of-the-driver")
