"""EC2 Auto Scaling: groups of instances that keep their size."""
import time


def run(on):
    scaling = on.autoscaling
    vpc = on.ec2.CreateVpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    subnet = on.ec2.CreateSubnet(VpcId=vpc, CidrBlock="10.6.0.0/24")["Subnet"]["SubnetId"]
    image = on.ssm.GetParameter(
        Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")[
            "Parameter"]["Value"]
    template = on.ec2.CreateLaunchTemplate(LaunchTemplateName="groups", LaunchTemplateData={
        "ImageId": image, "InstanceType": "t3.micro"})["LaunchTemplate"]["LaunchTemplateId"]
    configuration = {"LaunchConfigurationName": "groups"}
    scaling.CreateLaunchConfiguration(**configuration, ImageId=image, InstanceType="t3.micro")
    scaling.DescribeLaunchConfigurations(LaunchConfigurationNames=["groups"])
    group = {"AutoScalingGroupName": "ours"}
    scaling.CreateAutoScalingGroup(
        **group, MinSize=0, MaxSize=3, VPCZoneIdentifier=subnet,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"},
        Tags=[{"Key": "Name", "Value": "ours", "PropagateAtLaunch": True}])
    scaling.refused("AlreadyExists").CreateAutoScalingGroup(
        **group, MinSize=0, MaxSize=3, VPCZoneIdentifier=subnet, **configuration)
    scaling.DescribeAccountLimits()
    tags(scaling)
    policies(scaling, group)
    hooks(scaling, group)
    targets(on, group, vpc)
    members(on, group)
    scaling.refused("ResourceInUse").DeleteAutoScalingGroup(**group)
    scaling.DeleteAutoScalingGroup(**group, ForceDelete=True)
    for _ in range(60):
        left = scaling.DescribeAutoScalingGroups(AutoScalingGroupNames=["ours"])
        if not list(left["AutoScalingGroups"]):
            break
        time.sleep(10)
    scaling.DeleteLaunchConfiguration(**configuration)


def tags(scaling):
    own = {"ResourceId": "ours", "ResourceType": "auto-scaling-group", "Key": "a"}
    scaling.CreateOrUpdateTags(Tags=[{**own, "Value": "b", "PropagateAtLaunch": False}])
    scaling.DescribeTags(Filters=[{"Name": "auto-scaling-group", "Values": ["ours"]}])
    scaling.DeleteTags(Tags=[own])


def policies(scaling, group):
    scaling.PutScalingPolicy(**group, PolicyName="cpu", PolicyType="TargetTrackingScaling",
                             TargetTrackingConfiguration={
                                 "PredefinedMetricSpecification": {
                                     "PredefinedMetricType": "ASGAverageCPUUtilization"},
                                 "TargetValue": 50.0})
    scaling.DescribePolicies(**group)
    scaling.DeletePolicy(**group, PolicyName="cpu")


def hooks(scaling, group):
    hook = {**group, "LifecycleHookName": "wait"}
    scaling.PutLifecycleHook(**hook, LifecycleTransition="autoscaling:EC2_INSTANCE_LAUNCHING",
                             HeartbeatTimeout=300)
    scaling.DescribeLifecycleHooks(**group)
    scaling.SetDesiredCapacity(**group, DesiredCapacity=1)
    id = waited(scaling, "Pending:Wait")
    scaling.CompleteLifecycleAction(**hook, InstanceId=id, LifecycleActionResult="CONTINUE")
    scaling.DeleteLifecycleHook(**hook)


def waited(scaling, state):
    """The instance that has come into the state."""
    for _ in range(60):
        for one in scaling.DescribeAutoScalingInstances()["AutoScalingInstances"]:
            if one["LifecycleState"] == state:
                return one["InstanceId"]
        time.sleep(5)
    return "none"


def targets(on, group, vpc):
    made = on.elasticloadbalancing.CreateTargetGroup(
        Name="groups", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]["TargetGroupArn"]
    ours = {**group, "TargetGroupARNs": [made]}
    on.autoscaling.AttachLoadBalancerTargetGroups(**ours)
    on.autoscaling.DescribeLoadBalancerTargetGroups(**group)
    on.autoscaling.DetachLoadBalancerTargetGroups(**ours)


def members(on, group):
    scaling = on.autoscaling
    id = waited(scaling, "InService")
    scaling.SetInstanceProtection(**group, InstanceIds=[id], ProtectedFromScaleIn=True)
    scaling.SetInstanceHealth(InstanceId=id, HealthStatus="Healthy")
    scaling.DescribeScalingActivities(**group)
    scaling.SuspendProcesses(**group, ScalingProcesses=["Launch"])
    scaling.ResumeProcesses(**group)
    scaling.UpdateAutoScalingGroup(**group, MaxSize=4)
    scaling.DetachInstances(**group, InstanceIds=[id], ShouldDecrementDesiredCapacity=True)
    for _ in range(60):
        left = scaling.DescribeAutoScalingInstances(InstanceIds=[id])["AutoScalingInstances"]
        if not list(left):
            break
        time.sleep(2)
    scaling.AttachInstances(**group, InstanceIds=[id])
    waited(scaling, "InService")
    scaling.TerminateInstanceInAutoScalingGroup(InstanceId=id,
                                                ShouldDecrementDesiredCapacity=False)
    waited(scaling, "InService")
