# The article's function as Lambda's Python runtime would start it: boto3 and its EC2 client are made
# when the module is loaded, before the first event is asked for.
import http.client
import os

import boto3

client = boto3.client("ec2", region_name=os.environ["AWS_REGION"])
runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
runtime.request("GET", "/2018-06-01/runtime/invocation/next")
runtime.getresponse()
