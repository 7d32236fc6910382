#!/usr/bin/env bash
# Deploys what `npm run package` made with the AWS CLI alone (version 1 or 2): infra/deploy.sh BUCKET [PARAMETERS] [STACK]
# BUCKET is yours, in the region of the stack. PARAMETERS is a file like infra/params.example.json; parameters that it leaves out keep the
# values of the last deployment.
set -euo pipefail

bucket=${1:?'usage: infra/deploy.sh BUCKET [PARAMETERS] [STACK]'}
file=${2:-params.json}
stack=${3:-atlas-offboarding-prod}
made=$(dirname "$0")/../dist/cloudformation
[ -f "$made/template.json" ] || { echo 'infra/deploy.sh: no template yet: npm run package' >&2; exit 2; }

# One "Name=value" a line. Version 1 of the AWS CLI does not read such a file itself.
parameters=("CodeBucket=$bucket" CodePrefix=atlas-offboarding/)
while IFS= read -r parameter; do parameters+=("$parameter"); done \
  < <(sed -n 's/^ *"\([A-Za-z0-9]*=.*\)",\{0,1\} *$/\1/p' "$file" | sed 's/\\"/"/g')
[ ${#parameters[@]} -gt 2 ] || { echo "infra/deploy.sh: no parameters in $file" >&2; exit 2; }

# What CloudFormation cannot compare: an organization in one list alone would never be read, or never be left.
value() { for one in "${parameters[@]}"; do [ "${one%%=*}" = "$1" ] && printf '%s' "${one#*=}"; done; true; }
ids() { value "$1" | tr ',' '\n' | sed 's/=.*//; s/ //g' | sort; }
[ "$(ids Orgs)" = "$(ids ReadOrgs)" ] || {
  echo "infra/deploy.sh: Orgs and ReadOrgs in $file must name the same organizations" >&2
  exit 2
}
stage=$(value Stage)
[ "$stack" = "atlas-offboarding-${stage:-prod}" ] || {
  echo "infra/deploy.sh: stack $stack would have the names of stage ${stage:-prod}: give Stage=${stack#atlas-offboarding-} in $file" >&2
  exit 2
}

# The folder is named after what is in it: the same code is not uploaded twice, and no deployed code is overwritten.
aws s3 sync "$made/code" "s3://$bucket/atlas-offboarding" --size-only
aws cloudformation deploy --stack-name "$stack" --template-file "$made/template.json" \
  --s3-bucket "$bucket" --s3-prefix atlas-offboarding/templates --capabilities CAPABILITY_NAMED_IAM \
  --no-fail-on-empty-changeset --parameter-overrides "${parameters[@]}"
