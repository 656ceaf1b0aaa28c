"""ECS: a service that becomes steady, and a task of its own. The subnet is public."""


def run(on):
    ec2, ecs = on.ec2, on.ecs
    on.logs.CreateLogGroup(logGroupName="tasks")
    vpc = ec2.CreateVpc(CidrBlock="10.4.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.CreateSubnet(VpcId=vpc, CidrBlock="10.4.0.0/24")["Subnet"]["SubnetId"]
    internet = ec2.CreateInternetGateway()["InternetGateway"]["InternetGatewayId"]
    ec2.AttachInternetGateway(InternetGatewayId=internet, VpcId=vpc)
    table = ec2.DescribeRouteTables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][
        0]["RouteTableId"]
    ec2.CreateRoute(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=internet)
    role = on.iam.CreateRole(RoleName="task", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    on.iam.AttachRolePolicy(
        RoleName="task",
        PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy")
    cluster = ecs.CreateCluster(clusterName="ours")["cluster"]["clusterArn"]
    ecs.DescribeClusters(clusters=[cluster])
    ecs.UpdateCluster(cluster=cluster,
                      settings=[{"name": "containerInsights", "value": "disabled"}])
    ecs.UpdateClusterSettings(cluster=cluster,
                              settings=[{"name": "containerInsights", "value": "disabled"}])
    ecs.PutClusterCapacityProviders(cluster=cluster, capacityProviders=["FARGATE"],
                                    defaultCapacityProviderStrategy=[])
    ecs.DescribeCapacityProviders()
    ecs.ListContainerInstances(cluster=cluster)
    ecs.DescribeContainerInstances(cluster=cluster, containerInstances=[
        "11111111222233334444555555555555"])
    ecs.TagResource(resourceArn=cluster, tags=[{"key": "a", "value": "b"}])
    ecs.ListTagsForResource(resourceArn=cluster)
    ecs.UntagResource(resourceArn=cluster, tagKeys=["a"])
    ecs.PutAccountSettingDefault(name="containerInsights", value="disabled")
    ecs.PutAccountSetting(name="containerInsights", value="disabled")
    ecs.ListAccountSettings()
    ecs.DeleteAccountSetting(name="containerInsights")
    ecs.ListClusters()
    definition = ecs.RegisterTaskDefinition(
        family="web", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256",
        memory="512", executionRoleArn=role,
        containerDefinitions=[{"name": "web", "image": "nginx:latest", "essential": True}])[
            "taskDefinition"]["taskDefinitionArn"]
    ecs.DescribeTaskDefinition(taskDefinition=definition)
    ecs.ListTaskDefinitions()
    network = {"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}}
    ecs.CreateService(cluster=cluster, serviceName="web", taskDefinition=definition,
                      desiredCount=1, launchType="FARGATE", networkConfiguration=network)
    ecs.wait("services_stable", cluster=cluster, services=["web"])
    ecs.DescribeServices(cluster=cluster, services=["web"])
    ecs.ListServices(cluster=cluster)
    ecs.UpdateService(cluster=cluster, service="web", desiredCount=2)
    ecs.wait("services_stable", cluster=cluster, services=["web"])
    tasks = ecs.ListTasks(cluster=cluster)["taskArns"]
    on.check("two tasks run", len(list(tasks)) == 2, tasks)
    task = ecs.RunTask(cluster=cluster, taskDefinition=definition, launchType="FARGATE",
                       networkConfiguration=network)["tasks"][0]["taskArn"]
    ecs.wait("tasks_running", cluster=cluster, tasks=[task])
    ecs.DescribeTasks(cluster=cluster, tasks=[task])
    ecs.StopTask(cluster=cluster, task=task)
    ecs.wait("tasks_stopped", cluster=cluster, tasks=[task])
    ecs.refused("ClusterContainsServicesException").DeleteCluster(cluster=cluster)
    ecs.UpdateService(cluster=cluster, service="web", desiredCount=0)
    ecs.wait("services_stable", cluster=cluster, services=["web"])
    ecs.DeleteService(cluster=cluster, service="web")
    ecs.wait("services_inactive", cluster=cluster, services=["web"])
    ecs.ListTaskDefinitionFamilies()
    ecs.DeregisterTaskDefinition(taskDefinition=definition)
    ecs.DeleteTaskDefinitions(taskDefinitions=[definition])
    ecs.DeleteCluster(cluster=cluster)
    ecs.refused("ClusterNotFoundException").ListTasks(cluster="none")
    on.logs.DeleteLogGroup(logGroupName="tasks")


TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
 "Principal": {"Service": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"]}}]}"""
