"""IAM and STS."""
import json
import os

from containers import TRUST

READ = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})


def run(on):
    iam, sts = on.iam, on.sts
    caller = sts.GetCallerIdentity()
    on.check("the account is the one of the server", caller["Account"] == "123456789012", caller)
    sts.GetSessionToken()
    user = iam.CreateUser(UserName="ann")["User"]["Arn"]
    iam.wait("user_exists", UserName="ann")
    iam.GetUser(UserName="ann")
    iam.UpdateUser(UserName="ann", NewPath="/people/")
    key = iam.CreateAccessKey(UserName="ann")["AccessKey"]["AccessKeyId"]
    sts.GetAccessKeyInfo(AccessKeyId=os.environ["AWS_ACCESS_KEY_ID"])
    sts.refused("InvalidAuthorizationMessageException").DecodeAuthorizationMessage(
        EncodedMessage="nothing")
    iam.ListAccessKeys(UserName="ann")
    iam.UpdateAccessKey(UserName="ann", AccessKeyId=str(key), Status="Inactive")
    iam.DeleteAccessKey(UserName="ann", AccessKeyId=str(key))
    policy = iam.CreatePolicy(PolicyName="read", PolicyDocument=READ)["Policy"]["Arn"]
    arn = {"PolicyArn": str(policy)}
    iam.wait("policy_exists", **arn)
    iam.CreatePolicyVersion(**arn, PolicyDocument=READ)
    iam.GetPolicy(**arn)
    iam.GetPolicyVersion(**arn, VersionId="v2")
    iam.ListPolicyVersions(**arn)
    iam.SetDefaultPolicyVersion(**arn, VersionId="v2")
    iam.DeletePolicyVersion(**arn, VersionId="v1")
    iam.ListPolicies(Scope="Local")
    tags(on, "Policy", arn)
    roles(on, arn)
    users_and_groups(on, user, arn)
    simulations(on, user)
    iam.ListAccountAliases()
    iam.GetAccountAuthorizationDetails()
    iam.DeletePolicy(**arn)
    iam.DeleteUser(UserName="ann")
    iam.refused("NoSuchEntity").GetUser(UserName="ann")


def tags(on, kind, who):
    getattr(on.iam, "Tag" + kind)(**who, Tags=[{"Key": "a", "Value": "b"}])
    getattr(on.iam, f"List{kind}Tags")(**who)
    getattr(on.iam, "Untag" + kind)(**who, TagKeys=["a"])


def policies(on, kind, who, arn):
    """Attached and inline ones: the same for users, groups and roles."""
    iam = on.iam
    inline = {**who, "PolicyName": "inline"}
    getattr(iam, f"Attach{kind}Policy")(**who, **arn)
    getattr(iam, f"ListAttached{kind}Policies")(**who)
    iam.ListEntitiesForPolicy(**arn)
    iam.refused("DeleteConflict").DeletePolicy(**arn)
    getattr(iam, f"Detach{kind}Policy")(**who, **arn)
    getattr(iam, f"Put{kind}Policy")(**inline, PolicyDocument=READ)
    getattr(iam, f"Get{kind}Policy")(**inline)
    getattr(iam, f"List{kind}Policies")(**who)
    getattr(iam, f"Delete{kind}Policy")(**inline)


def roles(on, arn):
    iam = on.iam
    who = {"RoleName": "driver"}
    role = iam.CreateRole(**who, AssumeRolePolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}))["Role"]["Arn"]
    iam.wait("role_exists", **who)
    iam.GetRole(**who)
    iam.ListRoles()
    iam.UpdateRole(**who, MaxSessionDuration=7200)
    iam.UpdateRoleDescription(**who, Description="drives")
    policies(on, "Role", who, arn)
    iam.PutRolePermissionsBoundary(**who, PermissionsBoundary=arn["PolicyArn"])
    iam.DeleteRolePermissionsBoundary(**who)
    tags(on, "Role", who)
    on.sts.refused("AccessDenied").AssumeRole(RoleArn=str(role), RoleSessionName="session")
    iam.UpdateAssumeRolePolicy(**who, PolicyDocument=TRUST)
    profile = {"InstanceProfileName": "driver"}
    iam.CreateInstanceProfile(**profile)
    iam.wait("instance_profile_exists", **profile)
    iam.AddRoleToInstanceProfile(**profile, **who)
    iam.GetInstanceProfile(**profile)
    iam.ListInstanceProfiles()
    iam.ListInstanceProfilesForRole(**who)
    tags(on, "InstanceProfile", profile)
    iam.refused("DeleteConflict").DeleteRole(**who)
    iam.RemoveRoleFromInstanceProfile(**profile, **who)
    iam.DeleteInstanceProfile(**profile)
    iam.DeleteRole(**who)
    linked = iam.CreateServiceLinkedRole(AWSServiceName="ecs.application-autoscaling."
                                         "amazonaws.com")["Role"]["RoleName"]
    task = iam.DeleteServiceLinkedRole(RoleName=str(linked))["DeletionTaskId"]
    iam.GetServiceLinkedRoleDeletionStatus(DeletionTaskId=str(task))


def users_and_groups(on, user, arn):
    iam = on.iam
    who, group = {"UserName": "ann"}, {"GroupName": "readers"}
    policies(on, "User", who, arn)
    iam.PutUserPermissionsBoundary(**who, PermissionsBoundary=arn["PolicyArn"])
    iam.DeleteUserPermissionsBoundary(**who)
    tags(on, "User", who)
    iam.ListUsers()
    iam.CreateGroup(**group)
    iam.ListGroups()
    policies(on, "Group", group, arn)
    iam.AddUserToGroup(**group, **who)
    iam.GetGroup(**group)
    iam.ListGroupsForUser(**who)
    iam.RemoveUserFromGroup(**group, **who)
    iam.UpdateGroup(**group, NewPath="/people/")
    iam.DeleteGroup(**group)


def simulations(on, user):
    iam = on.iam
    document = {"PolicyInputList": [READ]}
    found = iam.SimulateCustomPolicy(**document, ActionNames=["s3:GetObject", "s3:PutObject"])
    on.check("a simulation decides", [one["EvalDecision"] for one in found["EvaluationResults"]] ==
             ["allowed", "implicitDeny"], found)
    source = {"PolicySourceArn": str(user).replace("user/ann", "user/people/ann")}
    iam.SimulatePrincipalPolicy(**source, ActionNames=["s3:GetObject"])
    iam.GetContextKeysForCustomPolicy(**document)
    iam.GetContextKeysForPrincipalPolicy(**source)
