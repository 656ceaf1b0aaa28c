"""S3: buckets, objects, uploads in parts, and the aws CLI's own commands."""
import json
import os

OURS = {"Bucket": "ours-of-the-driver"}


def run(on):
    s3 = on.s3
    s3.CreateBucket(**OURS, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    s3.wait("bucket_exists", **OURS)
    s3.HeadBucket(**OURS)
    s3.ListBuckets()
    s3.GetBucketLocation(**OURS)
    objects(on)
    parts(on)
    commands(on)
    settings(on)
    s3.DeleteBucket(**OURS)
    s3.wait("bucket_not_exists", **OURS)
    s3.refused("NoSuchBucket").ListObjectsV2(**OURS)


def objects(on):
    s3 = on.s3
    one = {**OURS, "Key": "a/one.txt"}
    s3.PutObject(**one, Body=b"first")
    s3.wait("object_exists", **one)
    found = s3.GetObject(**one)
    on.check("an object comes back as it went", found["Body"] == b"first", found["Body"])
    s3.HeadObject(**one)
    s3.GetObjectAttributes(**one, ObjectAttributes=["ETag", "ObjectSize"])
    s3.ListObjectsV2(**OURS, Prefix="a/")
    s3.PutObjectTagging(**one, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.GetObjectTagging(**one)
    s3.DeleteObjectTagging(**one)
    s3.GetObjectAcl(**one)
    s3.CopyObject(**OURS, Key="copy", CopySource=f"{OURS['Bucket']}/a/one.txt")
    s3.DeleteObjects(**OURS, Delete={"Objects": [{"Key": "copy"}]})
    s3.DeleteObject(**one)
    s3.wait("object_not_exists", **one)
    s3.refused("NoSuchKey").GetObject(**one)


def parts(on):
    s3 = on.s3
    big = {**OURS, "Key": "big"}
    upload = {**big, "UploadId": s3.CreateMultipartUpload(**big)["UploadId"]}
    s3.ListMultipartUploads(**OURS)
    tag = s3.UploadPart(**upload, PartNumber=1, Body=b"x" * 1000)["ETag"]
    s3.ListParts(**upload)
    s3.CompleteMultipartUpload(**upload, MultipartUpload={
        "Parts": [{"PartNumber": 1, "ETag": str(tag)}]})
    copied = {**big, "UploadId": s3.CreateMultipartUpload(**big)["UploadId"]}
    s3.UploadPartCopy(**copied, PartNumber=1, CopySource=f"{OURS['Bucket']}/big")
    s3.AbortMultipartUpload(**copied)
    s3.DeleteObject(**big)


def settings(on):
    s3 = on.s3
    s3.PutBucketTagging(**OURS, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.GetBucketTagging(**OURS)
    s3.DeleteBucketTagging(**OURS)
    s3.refused("NoSuchTagSet").GetBucketTagging(**OURS)
    s3.PutPublicAccessBlock(**OURS, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    s3.GetPublicAccessBlock(**OURS)
    s3.DeletePublicAccessBlock(**OURS)
    s3.PutBucketPolicy(**OURS, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketWebsite",
         "Resource": f"arn:aws:s3:::{OURS['Bucket']}"}]}))
    s3.GetBucketPolicy(**OURS)
    s3.GetBucketPolicyStatus(**OURS)
    s3.DeleteBucketPolicy(**OURS)
    s3.PutBucketEncryption(**OURS, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]})
    s3.GetBucketEncryption(**OURS)
    s3.DeleteBucketEncryption(**OURS)
    s3.PutBucketLifecycleConfiguration(**OURS, LifecycleConfiguration={"Rules": [
        {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]})
    s3.GetBucketLifecycleConfiguration(**OURS)
    s3.DeleteBucketLifecycle(**OURS)
    s3.PutBucketCors(**OURS, CORSConfiguration={"CORSRules": [
        {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]})
    s3.GetBucketCors(**OURS)
    s3.DeleteBucketCors(**OURS)
    s3.PutBucketOwnershipControls(**OURS, OwnershipControls={"Rules": [
        {"ObjectOwnership": "BucketOwnerEnforced"}]})
    s3.GetBucketOwnershipControls(**OURS)
    s3.refused("AccessControlListNotSupported").PutBucketAcl(**OURS, ACL="private")
    s3.PutObject(**OURS, Key="one")
    s3.refused("AccessControlListNotSupported").PutObjectAcl(**OURS, Key="one", ACL="private")
    s3.DeleteObject(**OURS, Key="one")
    s3.DeleteBucketOwnershipControls(**OURS)
    for name in ("AccelerateConfiguration", "Acl", "Logging", "NotificationConfiguration",
                 "RequestPayment"):
        getattr(s3, "GetBucket" + name)(**OURS)
    s3.PutBucketVersioning(**OURS, VersioningConfiguration={"Status": "Enabled"})
    s3.GetBucketVersioning(**OURS)
    s3.ListObjectVersions(**OURS)
    s3.refused("NoSuchWebsiteConfiguration").GetBucketWebsite(**OURS)
    s3.refused("ReplicationConfigurationNotFoundError").GetBucketReplication(**OURS)
    s3.refused("ObjectLockConfigurationNotFoundError").GetObjectLockConfiguration(**OURS)


def commands(on):
    folder = os.path.join(on.folder, "tree")
    os.makedirs(os.path.join(folder, "below"), exist_ok=True)
    for name in ("a", "below/b"):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(name)
    bucket = "s3://" + OURS["Bucket"]
    on.command("s3", "cp", os.path.join(folder, "a"), bucket + "/single")
    on.command("s3", "sync", folder, bucket + "/tree")
    on.command("s3", "ls", bucket, "--recursive")
    back = os.path.join(on.folder, "back")
    on.command("s3", "sync", bucket + "/tree", back)
    if os.path.isdir(back):
        with open(os.path.join(back, "below/b"), encoding="utf-8") as file:
            on.check("what was synchronized comes back", file.read() == "below/b")
    on.command("s3", "mv", bucket + "/single", bucket + "/moved")
    on.command("s3", "rm", bucket, "--recursive")
