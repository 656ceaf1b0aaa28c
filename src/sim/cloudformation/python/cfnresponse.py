"""What CloudFormation puts beside inline Python code: the answer of a custom resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
"""

import json
import os
import ssl
import urllib.request

SUCCESS = "SUCCESS"
FAILED = "FAILED"


def send(event, context, responseStatus, responseData, physicalResourceId=None, noEcho=False,
         reason=None):
    stream = context.log_stream_name
    answer = {
        "Status": responseStatus,
        "Reason": reason or "See the details in CloudWatch Log Stream: " + stream,
        "PhysicalResourceId": physicalResourceId or stream,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "NoEcho": noEcho,
        "Data": responseData,
    }
    # The URL is signed for an empty content type, and is a secret: it is never printed.
    request = urllib.request.Request(
        event["ResponseURL"], data=json.dumps(answer).encode(), headers={"Content-Type": ""},
        method="PUT")
    try:
        authorities = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
        with urllib.request.urlopen(request, timeout=30, context=authorities) as reply:
            print("Status code:", reply.status)
    except Exception as error:
        print("cfnresponse.send failed:", error)
