"""The services that stacks need beside the large ones."""
import json
import time


def run(on):
    vpc = on.ec2.CreateVpc(CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"]
    internet = on.ec2.CreateInternetGateway()["InternetGateway"]["InternetGatewayId"]
    on.ec2.AttachInternetGateway(InternetGatewayId=internet, VpcId=vpc)
    subnets = [on.ec2.CreateSubnet(VpcId=vpc, CidrBlock=f"10.5.{i}.0/24",
                                   AvailabilityZone="ap-northeast-1" + zone)["Subnet"]["SubnetId"]
               for i, zone in enumerate("ac")]
    group = on.ec2.CreateSecurityGroup(GroupName="records", Description="r", VpcId=vpc)["GroupId"]
    balancers(on, vpc, subnets, group)
    files(on, subnets[0], group)
    discovery(on, vpc)
    messages(on)
    keys_and_secrets(on)
    alarms_and_rules(on)
    names_and_images(on, vpc)
    tables_and_scaling(on)


def tagged(service, who, arn, key="TagKeys", tags=None):
    service.TagResource(**{who: arn}, Tags=tags or [{"Key": "a", "Value": "b"}])
    service.UntagResource(**{who: arn}, **{key: ["a"]})


def balancers(on, vpc, subnets, group):
    elb = on.elasticloadbalancing
    one = elb.CreateLoadBalancer(Name="ours", Subnets=subnets, SecurityGroups=[group])[
        "LoadBalancers"][0]["LoadBalancerArn"]
    balancer = {"LoadBalancerArn": one}
    elb.wait("load_balancer_available", LoadBalancerArns=[one])
    elb.DescribeLoadBalancers()
    elb.ModifyLoadBalancerAttributes(**balancer, Attributes=[
        {"Key": "idle_timeout.timeout_seconds", "Value": "30"}])
    elb.SetIpAddressType(**balancer, IpAddressType="ipv4")
    elb.SetSecurityGroups(**balancer, SecurityGroups=[group])
    elb.SetSubnets(**balancer, Subnets=subnets)
    elb.AddTags(ResourceArns=[one], Tags=[{"Key": "a", "Value": "b"}])
    elb.RemoveTags(ResourceArns=[one], TagKeys=["a"])
    made = elb.CreateTargetGroup(Name="ours", Protocol="HTTP", Port=80, VpcId=vpc,
                                 TargetType="ip")["TargetGroups"][0]["TargetGroupArn"]
    target = {"TargetGroupArn": made}
    elb.DescribeTargetGroups()
    elb.ModifyTargetGroup(**target, HealthCheckPath="/health")
    elb.ModifyTargetGroupAttributes(**target, Attributes=[
        {"Key": "deregistration_delay.timeout_seconds", "Value": "1"}])
    elb.RegisterTargets(**target, Targets=[{"Id": "10.5.0.10", "Port": 80}])
    elb.DescribeTargetHealth(**target)
    elb.DeregisterTargets(**target, Targets=[{"Id": "10.5.0.10", "Port": 80}])
    forward = [{"Type": "forward", **target}]
    listener = {"ListenerArn": elb.CreateListener(
        **balancer, Protocol="HTTP", Port=80, DefaultActions=forward)["Listeners"][0][
            "ListenerArn"]}
    elb.DescribeListeners(**balancer)
    elb.ModifyListener(**listener, Port=81)
    certificates = {**listener, "Certificates": [{"CertificateArn": "arn:aws:acm:x"}]}
    elb.refused("InvalidConfigurationRequest").AddListenerCertificates(**certificates)
    elb.DescribeListenerCertificates(**listener)
    elb.RemoveListenerCertificates(**certificates)
    rule = {"RuleArn": elb.CreateRule(**listener, Priority=1, Actions=forward, Conditions=[
        {"Field": "path-pattern", "Values": ["/x"]}])["Rules"][0]["RuleArn"]}
    elb.DescribeRules(**listener)
    elb.ModifyRule(**rule, Actions=forward)
    elb.SetRulePriorities(RulePriorities=[{**rule, "Priority": 2}])
    elb.refused("ResourceInUse").DeleteTargetGroup(**target)
    elb.DeleteRule(**rule)
    elb.DeleteListener(**listener)
    elb.DeleteLoadBalancer(**balancer)
    elb.wait("load_balancers_deleted", LoadBalancerArns=[one])
    elb.DeleteTargetGroup(**target)


def files(on, subnet, group):
    efs = on.elasticfilesystem
    one = {"FileSystemId": efs.CreateFileSystem(CreationToken="ours")["FileSystemId"]}
    time.sleep(10)
    efs.DescribeFileSystems()
    efs.UpdateFileSystem(**one, ThroughputMode="elastic")
    efs.PutBackupPolicy(**one, BackupPolicy={"Status": "DISABLED"})
    efs.PutLifecycleConfiguration(**one, LifecyclePolicies=[{"TransitionToIA": "AFTER_7_DAYS"}])
    efs.PutFileSystemPolicy(**one, Policy="""{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "elasticfilesystem:ClientMount"}]}""")
    efs.TagResource(ResourceId=one["FileSystemId"], Tags=[{"Key": "a", "Value": "b"}])
    efs.ListTagsForResource(ResourceId=one["FileSystemId"])
    efs.UntagResource(ResourceId=one["FileSystemId"], TagKeys=["a"])
    point = {"AccessPointId": efs.CreateAccessPoint(**one, ClientToken="x")["AccessPointId"]}
    time.sleep(10)
    efs.DescribeAccessPoints(**one)
    efs.DeleteAccessPoint(**point)
    target = {"MountTargetId": efs.CreateMountTarget(**one, SubnetId=subnet,
                                                     SecurityGroups=[group])["MountTargetId"]}
    time.sleep(120)
    efs.DescribeMountTargets(**one)
    efs.ModifyMountTargetSecurityGroups(**target, SecurityGroups=[group])
    efs.refused("FileSystemInUse").DeleteFileSystem(**one)
    efs.DeleteMountTarget(**target)
    time.sleep(60)
    efs.DeleteFileSystem(**one)


def discovery(on, vpc):
    names = on.servicediscovery
    operation = {"OperationId": names.CreatePrivateDnsNamespace(Name="ours.local", Vpc=vpc)[
        "OperationId"]}
    time.sleep(90)
    found = names.GetOperation(**operation)["Operation"]
    one = found["Targets"]["NAMESPACE"]
    arn = names.GetNamespace(Id=one)["Namespace"]["Arn"]
    names.UpdatePrivateDnsNamespace(Id=one, Namespace={"Description": "ours"})
    service = names.CreateService(Name="web", NamespaceId=one, DnsConfig={
        "DnsRecords": [{"Type": "A", "TTL": 10}]})["Service"]["Id"]
    names.GetService(Id=service)
    names.UpdateService(Id=service, Service={"Description": "web"})
    names.refused("ResourceInUse").DeleteNamespace(Id=one)
    tagged(names, "ResourceARN", arn)
    names.ListTagsForResource(ResourceARN=arn)
    names.DeleteService(Id=service)
    names.DeleteNamespace(Id=one)


def messages(on):
    sns, sqs = on.sns, on.sqs
    topic = {"TopicArn": sns.CreateTopic(Name="ours")["TopicArn"]}
    sns.SetTopicAttributes(**topic, AttributeName="DisplayName", AttributeValue="ours")
    sns.GetTopicAttributes(**topic)
    tagged(sns, "ResourceArn", topic["TopicArn"])
    sns.ListTagsForResource(ResourceArn=topic["TopicArn"])
    sns.ListTopics()
    queue = {"QueueUrl": sqs.CreateQueue(QueueName="ours", Attributes={"DelaySeconds": "0"})[
        "QueueUrl"]}
    arn = sqs.GetQueueAttributes(**queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sqs.GetQueueUrl(QueueName="ours")
    sqs.ListQueues(QueueNamePrefix="ours")
    sqs.ListDeadLetterSourceQueues(**queue)
    sqs.SetQueueAttributes(**queue, Attributes={"VisibilityTimeout": "10"})
    found = sqs.GetQueueAttributes(**queue, AttributeNames=["All"])["Attributes"]
    on.check("a queue has the attributes that it was given", found["VisibilityTimeout"] == "10",
             found)
    sqs.TagQueue(**queue, Tags={"a": "b"})
    sqs.ListQueueTags(**queue)
    sqs.UntagQueue(**queue, TagKeys=["a"])
    link = {"SubscriptionArn": sns.Subscribe(**topic, Protocol="sqs", Endpoint=arn)[
        "SubscriptionArn"]}
    sns.GetSubscriptionAttributes(**link)
    sns.SetSubscriptionAttributes(**link, AttributeName="RawMessageDelivery",
                                  AttributeValue="true")
    sns.ListSubscriptions()
    sns.ListSubscriptionsByTopic(**topic)
    sns.refused("InvalidParameter").ConfirmSubscription(**topic, Token="none")
    sent_and_received(on, queue)
    published(on, topic, queue, arn)
    sqs.PurgeQueue(**queue)
    sns.Unsubscribe(**link)
    sns.DeleteTopic(**topic)
    sqs.DeleteQueue(**queue)
    sqs.refused("AWS.SimpleQueueService.NonExistentQueue").DeleteQueue(**queue)


ATTRIBUTES = {"a": {"DataType": "String", "StringValue": "x"},
              "n": {"DataType": "Number", "StringValue": "7"}}


def received(on, queue):
    """All messages there are. Clients compare the digests of what they send and receive."""
    return on.sqs.ReceiveMessage(**queue, WaitTimeSeconds=2, MaxNumberOfMessages=10,
                                 AttributeNames=["All"], MessageAttributeNames=["All"]).get(
                                     "Messages", [])


def sent_and_received(on, queue):
    sqs = on.sqs
    sqs.SendMessage(**queue, MessageBody="first & <last>", MessageAttributes=ATTRIBUTES)
    messages = received(on, queue)
    on.check("a message comes as it was sent",
             [(one["Body"], one["MessageAttributes"]) for one in messages] ==
             [("first & <last>", ATTRIBUTES)], messages)
    on.check("a message says how often it was received",
             messages[0]["Attributes"]["ApproximateReceiveCount"] == "1", messages)
    handle = {"ReceiptHandle": messages[0]["ReceiptHandle"]}
    sqs.ChangeMessageVisibility(**queue, **handle, VisibilityTimeout=30)
    sqs.DeleteMessage(**queue, **handle)
    sqs.refused("ReceiptHandleIsInvalid").DeleteMessage(**queue, ReceiptHandle="none")
    answer = sqs.SendMessageBatch(**queue, Entries=[
        {"Id": "1", "MessageBody": "a", "MessageAttributes": ATTRIBUTES},
        {"Id": "2", "MessageBody": "b"},
        {"Id": "3", "MessageBody": "c", "DelaySeconds": 901}])
    on.check("a batch says what failed", [one["Id"] for one in answer["Failed"]] == ["3"], answer)
    entries = [{"Id": one["Body"], "ReceiptHandle": one["ReceiptHandle"]}
               for one in received(on, queue)]
    sqs.ChangeMessageVisibilityBatch(**queue, Entries=[
        {**entry, "VisibilityTimeout": 30} for entry in entries])
    answer = sqs.DeleteMessageBatch(**queue, Entries=entries)
    on.check("a batch is deleted", len(answer["Successful"]) == 2, answer)


def published(on, topic, queue, arn):
    sns = on.sns
    on.sqs.SetQueueAttributes(**queue, Attributes={"Policy": json.dumps(
        {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
             "Action": "sqs:SendMessage", "Resource": arn,
             "Condition": {"ArnEquals": {"aws:SourceArn": topic["TopicArn"]}}}]})})
    sns.Publish(**topic, Message="one", Subject="hello", MessageAttributes=ATTRIBUTES)
    messages = received(on, queue)
    on.check("a queue gets what is published",
             [(one["Body"], one["MessageAttributes"]) for one in messages] ==
             [("one", ATTRIBUTES)], messages)
    answer = sns.PublishBatch(**topic, PublishBatchRequestEntries=[
        {"Id": "1", "Message": "two", "MessageAttributes": ATTRIBUTES},
        {"Id": "2", "Message": ""}])
    on.check("a batch says what was published",
             [one["Id"] for one in answer["Successful"]] == ["1"], answer)


def keys_and_secrets(on):
    kms, secrets = on.kms, on.secretsmanager
    key = {"KeyId": kms.CreateKey()["KeyMetadata"]["KeyId"]}
    kms.DescribeKey(**key)
    kms.UpdateKeyDescription(**key, Description="ours")
    kms.PutKeyPolicy(**key, PolicyName="default", Policy="""{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
         "Action": "kms:*", "Resource": "*"}]}""")
    for change in ("EnableKeyRotation", "DisableKeyRotation", "DisableKey", "EnableKey"):
        getattr(kms, change)(**key)
    kms.TagResource(**key, Tags=[{"TagKey": "a", "TagValue": "b"}])
    kms.ListResourceTags(**key)
    kms.UntagResource(**key, TagKeys=["a"])
    kms.CreateAlias(AliasName="alias/ours", TargetKeyId=key["KeyId"])
    kms.ListAliases()
    kms.UpdateAlias(AliasName="alias/ours", TargetKeyId=key["KeyId"])
    kms.DeleteAlias(AliasName="alias/ours")
    kms.ScheduleKeyDeletion(**key, PendingWindowInDays=7)
    secret = {"SecretId": "ours"}
    secrets.CreateSecret(Name="ours", SecretString="hush")
    secrets.DescribeSecret(**secret)
    secrets.GetSecretValue(**secret)
    secrets.UpdateSecret(**secret, SecretString="hush hush")
    tagged(secrets, "SecretId", "ours")
    secrets.GetRandomPassword()
    secrets.DeleteSecret(**secret, ForceDeleteWithoutRecovery=True)
    secrets.refused("ResourceNotFoundException").GetSecretValue(**secret)


def alarms_and_rules(on):
    watch, events, scheduler = on.monitoring, on.events, on.scheduler
    watch.PutMetricAlarm(AlarmName="ours", MetricName="CPUUtilization", Namespace="AWS/EC2",
                         Statistic="Average", Period=60, EvaluationPeriods=1, Threshold=90,
                         ComparisonOperator="GreaterThanThreshold")
    arn = watch.DescribeAlarms(AlarmNames=["ours"])["MetricAlarms"][0]["AlarmArn"]
    tagged(watch, "ResourceARN", arn)
    watch.ListTagsForResource(ResourceARN=arn)
    watch.DisableAlarmActions(AlarmNames=["ours"])
    watch.EnableAlarmActions(AlarmNames=["ours"])
    watch.SetAlarmState(AlarmName="ours", StateValue="ALARM", StateReason="a trial")
    watch.refused("ResourceNotFound").SetAlarmState(AlarmName="none", StateValue="OK",
                                                    StateReason="a trial")
    watch.PutCompositeAlarm(AlarmName="whole", AlarmRule="ALARM(ours)")
    watch.DeleteAlarms(AlarmNames=["whole"])
    watch.DescribeAlarmHistory(AlarmName="ours", HistoryItemType="StateUpdate",
                               StartDate="2020-01-01T00:00:00Z")
    watch.DeleteAlarms(AlarmNames=["ours"])
    watch.PutDashboard(DashboardName="ours", DashboardBody='{"widgets": []}')
    watch.GetDashboard(DashboardName="ours")
    watch.DeleteDashboards(DashboardNames=["ours"])
    rule = events.PutRule(Name="ours", ScheduleExpression="rate(1 hour)")["RuleArn"]
    events.DescribeRule(Name="ours")
    tagged(events, "ResourceARN", rule)
    events.ListTagsForResource(ResourceARN=rule)
    events.PutTargets(Rule="ours", Targets=[
        {"Id": "1", "Arn": "arn:aws:sqs:ap-northeast-1:123456789012:none"}])
    events.ListTargetsByRule(Rule="ours")
    events.RemoveTargets(Rule="ours", Ids=["1"])
    events.DeleteRule(Name="ours")
    role = on.iam.CreateRole(RoleName="scheduler", AssumeRolePolicyDocument="""{
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "scheduler.amazonaws.com"}}]}""")["Role"]["Arn"]
    time.sleep(600)
    plan = {"Name": "ours", "ScheduleExpression": "rate(1 hour)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": "arn:aws:sqs:ap-northeast-1:123456789012:none", "RoleArn": role}}
    scheduler.CreateSchedule(**plan)
    scheduler.GetSchedule(Name="ours")
    scheduler.UpdateSchedule(**plan)
    scheduler.DeleteSchedule(Name="ours")
    on.iam.DeleteRole(RoleName="scheduler")


def names_and_images(on, vpc):
    route53, acm, ecr = on.route53, on.acm, on.ecr
    zone = route53.CreateHostedZone(Name="example.com", CallerReference="1", VPC={
        "VPCRegion": "ap-northeast-1", "VPCId": vpc})["HostedZone"]["Id"]
    zone = str(zone).rsplit("/", maxsplit=1)[-1]
    route53.GetHostedZone(Id=zone)
    route53.ListHostedZonesByName()
    route53.UpdateHostedZoneComment(Id=zone, Comment="ours")
    record = {"Name": "a.example.com", "Type": "A", "TTL": 60,
              "ResourceRecords": [{"Value": "10.0.0.1"}]}
    for action in ("UPSERT", "DELETE"):
        route53.ChangeResourceRecordSets(HostedZoneId=zone, ChangeBatch={"Changes": [
            {"Action": action, "ResourceRecordSet": record}]})
        route53.ListResourceRecordSets(HostedZoneId=zone)
    tag = {"ResourceType": "hostedzone", "ResourceId": zone}
    route53.ChangeTagsForResource(**tag, AddTags=[{"Key": "a", "Value": "b"}])
    route53.ListTagsForResource(**tag)
    route53.DeleteHostedZone(Id=zone)
    certificate = {"CertificateArn": acm.RequestCertificate(
        DomainName="example.com", ValidationMethod="DNS")["CertificateArn"]}
    acm.DescribeCertificate(**certificate)
    acm.AddTagsToCertificate(**certificate, Tags=[{"Key": "a", "Value": "b"}])
    acm.RemoveTagsFromCertificate(**certificate, Tags=[{"Key": "a"}])
    acm.ListTagsForCertificate(**certificate)
    acm.DeleteCertificate(**certificate)
    one = {"repositoryName": "ours"}
    arn = ecr.CreateRepository(**one)["repository"]["repositoryArn"]
    ecr.DescribeRepositories()
    ecr.PutImageTagMutability(**one, imageTagMutability="IMMUTABLE")
    ecr.PutImageScanningConfiguration(**one, imageScanningConfiguration={"scanOnPush": True})
    ecr.PutLifecyclePolicy(**one, lifecyclePolicyText="""{"rules": [{"rulePriority": 1,
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 5},
        "action": {"type": "expire"}}]}""")
    ecr.DeleteLifecyclePolicy(**one)
    ecr.SetRepositoryPolicy(**one, policyText="""{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}]}""")
    ecr.DeleteRepositoryPolicy(**one)
    ecr.TagResource(resourceArn=arn, tags=[{"Key": "a", "Value": "b"}])
    ecr.UntagResource(resourceArn=arn, tagKeys=["a"])
    ecr.ListTagsForResource(resourceArn=arn)
    ecr.PutImage(**one, imageTag="1", imageManifest="""{"schemaVersion": 2, "mediaType":
        "application/vnd.docker.distribution.manifest.v2+json", "config": {}, "layers": []}""")
    ecr.refused("RepositoryNotEmptyException").DeleteRepository(**one)
    ecr.DeleteRepository(**one, force=True)


def tables_and_scaling(on):
    db, scaling = on.dynamodb, on.application_autoscaling
    table = {"TableName": "ours"}
    arn = db.CreateTable(**table, BillingMode="PAY_PER_REQUEST",
                         AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                         KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])[
                             "TableDescription"]["TableArn"]
    db.wait("table_exists", **table)
    db.DescribeTable(**table)
    db.UpdateTable(**table, BillingMode="PAY_PER_REQUEST")
    db.UpdateTimeToLive(**table, TimeToLiveSpecification={"Enabled": True, "AttributeName": "t"})
    db.UpdateContinuousBackups(**table, PointInTimeRecoverySpecification={
        "PointInTimeRecoveryEnabled": True})
    tagged(db, "ResourceArn", arn)
    db.ListTagsOfResource(ResourceArn=arn)
    db.DeleteTable(**table)
    db.wait("table_not_exists", **table)
    one = {"ServiceNamespace": "dynamodb", "ResourceId": "table/other",
           "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}
    made = scaling.RegisterScalableTarget(**one, MinCapacity=1, MaxCapacity=2)
    arn = made.get("ScalableTargetARN") or "arn:none"
    scaling.TagResource(ResourceARN=arn, Tags={"a": "b"})
    scaling.ListTagsForResource(ResourceARN=arn)
    scaling.UntagResource(ResourceARN=arn, TagKeys=["a"])
    scaling.PutScalingPolicy(**one, PolicyName="ours", PolicyType="TargetTrackingScaling",
                             TargetTrackingScalingPolicyConfiguration={
                                 "TargetValue": 50, "PredefinedMetricSpecification": {
                                     "PredefinedMetricType":
                                         "DynamoDBReadCapacityUtilization"}})
    scaling.DeleteScalingPolicy(**one, PolicyName="ours")
    scaling.DeregisterScalableTarget(**one)
