#!/usr/bin/env bash
# The article's own templates, as they are, created by the aws CLI in the embedded AWS, with the
# article's own Python function running as a process; and the same root with Falsework in the place
# of its last stack. On a slow world the original must fail as it fails on AWS, and Falsework must
# not; on an ordinary one both must do what they promise.
#
# usage: article.sh FALSEWORK PACKAGE.zip TEMPLATES     (all worlds side by side)
# The aws CLI and a python3 with boto3 1.31 or newer are taken from PATH.
set -euo pipefail

falsework=$1 package=$2 templates=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
examples=$here/../../examples
work=$(mktemp -d)
trap 'jobs -p | xargs -r kill 2>/dev/null; wait; rm -rf "$work"' EXIT

# The first NAT gateway of this world needs 294 s to be deleted, of the next 40 s. At this speed the
# slow one still outlasts the 60 s that the article's function sleeps: its sleep is real.
slow=713 ordinary=2
speed=4
stack=article
bucket=articles-templates

fail() { echo "$world: $*" >&2; exit 1; }

# --- what is asked of AWS --------------------------------------------------------------------------

upload() {
  aws s3 mb "s3://$bucket" --region ap-northeast-1 >/dev/null
  aws s3 cp "$templates/" "s3://$bucket/fa-071/" --recursive --no-progress >/dev/null
  [[ $who == falsework ]] || return 0
  # All the change there is: another file under the name of the last stack's template.
  aws s3 cp "$examples/article/falsework.yaml" "s3://$bucket/fa-071/fa-071-customresource.yaml" --no-progress >/dev/null
  aws s3 cp "$package" "s3://$bucket/fa-071/falsework-x86_64.zip" --no-progress >/dev/null
  aws ssm put-parameter --name /falsework/bucket --type String --value "$bucket" >/dev/null
}

create() {
  aws cloudformation create-stack --stack-name $stack --capabilities CAPABILITY_IAM \
    --template-url "https://$bucket.s3.ap-northeast-1.amazonaws.com/fa-071/fa-071.yaml" \
    --parameters "ParameterKey=TemplateBucketName,ParameterValue=$bucket" >/dev/null
}

status() {
  aws cloudformation describe-stacks --stack-name $stack --query 'Stacks[0].StackStatus' --output text
}

nested() {  # LOGICAL_ID
  aws cloudformation describe-stack-resource --stack-name $stack --logical-resource-id "$1" \
    --query StackResourceDetail.PhysicalResourceId --output text
}

refusal() { { "$@" 2>&1 >/dev/null || true; } | grep -o '([A-Za-z.]*)' | head -1 | tr -d '()'; }

# --- what must be true -----------------------------------------------------------------------------

is() {  # WHAT EXPECTED FOUND
  [[ $2 == "$3" ]] || fail "$1: expected $2, found $3"
  echo "$world: $1: $3"
}

check_struck() {
  local outputs routes
  outputs=$(aws cloudformation describe-stacks --stack-name "$(nested VPCStack)" \
    --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output text)
  output() { awk -v key="$1" '$1 == key { print $2 }' <<<"$outputs"; }
  routes=$(aws ec2 describe-route-tables --output text \
    --route-table-ids "$(output PublicRouteTable)" "$(output ContainerRouteTable)" \
    --query "RouteTables[].Routes[?DestinationCidrBlock=='0.0.0.0/0'][]")
  is "default routes" "" "$routes"
  is "NAT gateway" deleted "$(aws ec2 describe-nat-gateways --nat-gateway-ids "$(output NATGateway)" \
    --query 'NatGateways[0].State' --output text)"
  is "Elastic IP" InvalidAllocationID.NotFound \
    "$(refusal aws ec2 describe-addresses --allocation-ids "$(output EIPAllocationId)")"
  is "internet gateway" InvalidInternetGatewayID.NotFound \
    "$(refusal aws ec2 describe-internet-gateways --internet-gateway-ids "$(output IGW)")"
}

check_page() {
  local instance task address command page
  instance=$(aws cloudformation describe-stack-resource --stack-name "$(nested EC2Stack)" \
    --logical-resource-id Instance --query StackResourceDetail.PhysicalResourceId --output text)
  task=$(aws ecs list-tasks --cluster fa-071-cluster --query 'taskArns[0]' --output text)
  address=$(aws ecs describe-tasks --cluster fa-071-cluster --tasks "$task" --output text \
    --query 'tasks[0].containers[0].networkInterfaces[0].privateIpv4Address')
  command=$(aws ssm send-command --instance-ids "$instance" --document-name AWS-RunShellScript \
    --parameters "commands=curl -sS http://$address" --query Command.CommandId --output text)
  aws ssm wait command-executed --command-id "$command" --instance-id "$instance"
  page=$(aws ssm get-command-invocation --command-id "$command" --instance-id "$instance" \
    --query StandardOutputContent --output text)
  [[ $page == *"Welcome to nginx!"* ]] || fail "the client does not get nginx's page from $address: $page"
  echo "$world: nginx's page: from $address"
}

check_refused() {
  local group=/aws/lambda/fa-071-custom-resource-lambda-function
  aws logs filter-log-events --log-group-name $group --query 'events[].message' --output text |
    grep -q '(AuthFailure) when calling the ReleaseAddress' ||
    fail "the function's log has no AuthFailure of ReleaseAddress"
  echo "$world: the function's log: AuthFailure when calling ReleaseAddress"
  while [[ $(status) == ROLLBACK_IN_PROGRESS ]]; do sleep 5; done
  is "stack" ROLLBACK_COMPLETE "$(status)"
}

remove() {
  aws cloudformation delete-stack --stack-name $stack
  aws cloudformation wait stack-delete-complete --stack-name $stack
  is "VPCs left" "" "$(aws ec2 describe-vpcs --filters Name=is-default,Values=false --query 'Vpcs[].VpcId' --output text)"
  is "addresses left" "" "$(aws ec2 describe-addresses --query 'Addresses[].AllocationId' --output text)"
}

# --- one world -------------------------------------------------------------------------------------

in_world() {  # WHO SEED EXPECTED
  who=$1 world="$1, seed $2"
  local folder=$work/$1-$2 server endpoint
  mkdir "$folder"
  : >"$folder/ready"  # read below, perhaps before the server is there to write it
  "$falsework" local --port 0 --seed "$2" --speed $speed >"$folder/ready" 2>"$folder/log" &
  server=$!
  # shellcheck disable=SC2064  # this server, now
  trap "tail -n 5 '$folder/log' >&2; kill $server 2>/dev/null" EXIT
  for _ in {1..100}; do
    endpoint=$(sed -n 's/^ready //p' "$folder/ready")
    [[ -z $endpoint ]] || break
    sleep 0.1
  done
  [[ -n $endpoint ]] || { cat "$folder/log" >&2; fail "falsework local did not start"; }
  eval "$(grep '^export ' "$folder/log")"

  upload
  create
  if aws cloudformation wait stack-create-complete --stack-name $stack 2>/dev/null; then
    is "create" "$3" stands
    check_struck
    check_page
  else
    is "create" "$3" fails
    check_refused
  fi
  remove
  kill "$server"
  wait "$server" || fail "falsework local ended with $?"
  trap - EXIT
}

export AWS_PAGER="" AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
start=$SECONDS
in_world original $slow fails &
in_world falsework $slow stands &
in_world original $ordinary stands &
in_world falsework $ordinary stands &
status=0
for job in $(jobs -p); do wait "$job" || status=1; done
if ((status == 0)); then
  echo "the article: ok ($((SECONDS - start)) s)"
else
  echo "the article: FAILED" >&2
fi
exit $status
