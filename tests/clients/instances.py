"""EC2: instances, volumes, keys and launch templates."""
import base64
import json


def run(on):
    ec2 = on.ec2
    image = on.ssm.GetParameter(
        Name="/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64")["Parameter"][
            "Value"]
    ec2.DescribeImages(ImageIds=[image])
    ec2.wait("image_available", ImageIds=[image])
    vpc = ec2.CreateVpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.CreateSubnet(VpcId=vpc, CidrBlock="10.3.0.0/24")["Subnet"]["SubnetId"]
    internet = ec2.CreateInternetGateway()["InternetGateway"]["InternetGatewayId"]
    ec2.AttachInternetGateway(InternetGatewayId=internet, VpcId=vpc)
    key = ec2.CreateKeyPair(KeyName="one")["KeyPairId"]
    ec2.wait("key_pair_exists", KeyNames=["one"])
    ec2.ImportKeyPair(KeyName="two", PublicKeyMaterial=public_key())
    ec2.DescribeKeyPairs()
    instance = ec2.RunInstances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1,
                                SubnetId=subnet, KeyName="one")["Instances"][0]
    one, zone = instance["InstanceId"], instance["Placement"]["AvailabilityZone"]
    ec2.wait("instance_exists", InstanceIds=[one])
    ec2.wait("instance_running", InstanceIds=[one])
    ec2.wait("instance_status_ok", InstanceIds=[one])
    ec2.DescribeInstances(InstanceIds=[one])
    ec2.DescribeInstanceStatus(InstanceIds=[one])
    ec2.DescribeInstanceAttribute(InstanceId=one, Attribute="instanceType")
    ec2.ModifyInstanceAttribute(InstanceId=one, SourceDestCheck={"Value": False})
    ec2.RebootInstances(InstanceIds=[one])
    ec2.DescribeInstanceTypeOfferings()
    ec2.DescribeInstanceCreditSpecifications(InstanceIds=[one])
    ec2.ModifyInstanceCreditSpecification(InstanceCreditSpecifications=[
        {"InstanceId": one, "CpuCredits": "standard"}])
    ec2.MonitorInstances(InstanceIds=[one])
    ec2.UnmonitorInstances(InstanceIds=[one])
    interface = ec2.CreateNetworkInterface(SubnetId=subnet)["NetworkInterface"][
        "NetworkInterfaceId"]
    link = ec2.AttachNetworkInterface(NetworkInterfaceId=interface, InstanceId=one,
                                      DeviceIndex=1)["AttachmentId"]
    ec2.DetachNetworkInterface(AttachmentId=link)
    ec2.wait("network_interface_available", NetworkInterfaceIds=[interface])
    ec2.DeleteNetworkInterface(NetworkInterfaceId=interface)
    address = ec2.AllocateAddress()["AllocationId"]
    association = ec2.AssociateAddress(AllocationId=address, InstanceId=one)["AssociationId"]
    ec2.refused("InvalidIPAddress.InUse").ReleaseAddress(AllocationId=address)
    ec2.DisassociateAddress(AssociationId=association)
    ec2.ReleaseAddress(AllocationId=address)
    volume = ec2.CreateVolume(AvailabilityZone=zone, Size=1)["VolumeId"]
    ec2.wait("volume_available", VolumeIds=[volume])
    ec2.AttachVolume(VolumeId=volume, InstanceId=one, Device="/dev/sdf")
    ec2.wait("volume_in_use", VolumeIds=[volume])
    ec2.DetachVolume(VolumeId=volume)
    ec2.wait("volume_available", VolumeIds=[volume])
    ec2.DescribeVolumes()
    snapshot = ec2.CreateSnapshot(VolumeId=volume, Description="of the driver")["SnapshotId"]
    ec2.wait("snapshot_completed", SnapshotIds=[snapshot])
    ec2.DescribeSnapshots(OwnerIds=["self"])
    ec2.DeleteSnapshot(SnapshotId=snapshot)
    ec2.refused("InvalidSnapshot.NotFound").DescribeSnapshots(SnapshotIds=[snapshot])
    ec2.DeleteVolume(VolumeId=volume)
    ec2.wait("volume_deleted", VolumeIds=[volume])
    ec2.StopInstances(InstanceIds=[one])
    ec2.wait("instance_stopped", InstanceIds=[one])
    ec2.StartInstances(InstanceIds=[one])
    ec2.wait("instance_running", InstanceIds=[one])
    commands(on, one)
    documents(on)
    associations(on, one)
    ec2.TerminateInstances(InstanceIds=[one])
    ec2.wait("instance_terminated", InstanceIds=[one])
    ec2.DeleteKeyPair(KeyPairId=key)
    ec2.DeleteKeyPair(KeyName="two")
    templates(on, image)
    ec2.DetachInternetGateway(InternetGatewayId=internet, VpcId=vpc)
    ec2.DeleteInternetGateway(InternetGatewayId=internet)
    ec2.DeleteSubnet(SubnetId=subnet)
    ec2.DeleteVpc(VpcId=vpc)


def public_key():
    """A key of the right form that opens nothing."""
    parts = b"".join(len(part).to_bytes(4, "big") + part
                     for part in (b"ssh-ed25519", bytes(range(32))))
    return b"ssh-ed25519 " + base64.b64encode(parts) + b" none"


def commands(on, instance):
    ssm = on.ssm
    ssm.DescribeInstanceInformation()
    # It has no profile, so it is not managed.
    ssm.refused("InvalidInstanceId").SendCommand(
        InstanceIds=[instance], DocumentName="AWS-RunShellScript",
        Parameters={"commands": ["true"]})
    ssm.ListCommandInvocations()
    ssm.ListCommands()
    ssm.ListDocuments()
    ssm.DescribeDocument(Name="AWS-RunShellScript")
    ssm.GetDocument(Name="AWS-RunShellScript")
    ssm.refused("InvalidCommandId").CancelCommand(
        CommandId="11111111-2222-3333-4444-555555555555")
    ssm.refused("InvocationDoesNotExist").GetCommandInvocation(
        CommandId="11111111-2222-3333-4444-555555555555", InstanceId=instance)


def documents(on):
    ssm = on.ssm
    step = {"action": "aws:runShellScript", "name": "a", "inputs": {"runCommand": ["curl -s x"]}}
    content = {"schemaVersion": "2.2", "mainSteps": [step]}
    ssm.CreateDocument(Name="ours", Content=json.dumps(content), DocumentType="Command",
                       Tags=[{"Key": "a", "Value": "b"}])
    content["description"] = "the second"
    ssm.UpdateDocument(Name="ours", Content=json.dumps(content), DocumentVersion="$LATEST")
    ssm.UpdateDocumentDefaultVersion(Name="ours", DocumentVersion="2")
    versions = ssm.ListDocumentVersions(Name="ours")["DocumentVersions"]
    on.check("ssm keeps both versions", [one["DocumentVersion"] for one in versions] == ["2", "1"],
             versions)
    ssm.refused("InvalidDocumentContent").CreateDocument(Name="other", Content="{}x")
    ssm.DeleteDocument(Name="ours")


def associations(on, instance):
    ssm = on.ssm
    targets = [{"Key": "InstanceIds", "Values": [instance]}]
    script = {"commands": ["curl -s https://example.com"]}
    ids = {"AssociationId": ssm.CreateAssociation(
        Name="AWS-RunShellScript", Parameters=script, Targets=targets, AssociationName="ours",
        ScheduleExpression="cron(0 2 ? * SUN *)")["AssociationDescription"]["AssociationId"]}
    ssm.refused("InvalidSchedule").CreateAssociation(
        Name="AWS-RunShellScript", Parameters=script, Targets=targets,
        ScheduleExpression="rate(5 minutes)")
    seen = ssm.DescribeAssociation(**ids)["AssociationDescription"]
    on.check("ssm association waits for its agent", seen["Overview"]["Status"] == "Pending", seen)
    ssm.UpdateAssociation(**ids, Name="AWS-RunShellScript", Parameters=script,
                          AssociationName="ours")
    versions = ssm.ListAssociationVersions(**ids)["AssociationVersions"]
    on.check("ssm association has two versions", len(versions) == 2, versions)
    found = ssm.ListAssociations(
        AssociationFilterList=[{"key": "AssociationName", "value": "ours"}])["Associations"]
    on.check("ssm association is found by its name", len(found) == 1, found)
    ssm.StartAssociationsOnce(AssociationIds=[ids["AssociationId"]])
    ssm.DescribeAssociationExecutions(**ids)
    ssm.refused("AssociationExecutionDoesNotExist").DescribeAssociationExecutionTargets(
        **ids, ExecutionId="11111111-2222-3333-4444-555555555555")
    ssm.DescribeEffectiveInstanceAssociations(InstanceId=instance)
    ssm.DescribeInstanceAssociationsStatus(InstanceId=instance)
    ssm.DeleteAssociation(**ids)
    ssm.refused("AssociationDoesNotExist").DescribeAssociation(**ids)
    by = {"Name": "AWS-UpdateSSMAgent", "InstanceId": instance}
    made = ssm.CreateAssociationBatch(Entries=[by])["Successful"]
    on.check("ssm batch makes one", len(made) == 1, made)
    ssm.UpdateAssociationStatus(**by, AssociationStatus={
        "Date": 1424421071, "Name": "Pending", "Message": "by hand"})
    ssm.DeleteAssociation(**by)


def templates(on, image):
    ec2 = on.ec2
    ids = {"LaunchTemplateId": ec2.CreateLaunchTemplate(
        LaunchTemplateName="ours", LaunchTemplateData={"ImageId": image})["LaunchTemplate"][
            "LaunchTemplateId"]}
    ec2.CreateLaunchTemplateVersion(**ids, LaunchTemplateData={"InstanceType": "t3.micro"},
                                    SourceVersion="1")
    ec2.DescribeLaunchTemplates()
    ec2.DescribeLaunchTemplateVersions(**ids)
    ec2.ModifyLaunchTemplate(**ids, DefaultVersion="2")
    ec2.DeleteLaunchTemplateVersions(**ids, Versions=["1"])
    ec2.DeleteLaunchTemplate(**ids)
