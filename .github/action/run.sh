#!/usr/bin/env bash
# Runs the program with the inputs of the action, which come as variables: no input is ever a part of a script.
set -euo pipefail

line=("$COMMAND")
[[ -z "$SERVICE" ]] || line+=("--service=$SERVICE")
[[ -z "$CLUSTER" ]] || line+=("--cluster=$CLUSTER")
[[ -z "$DEFINITION" ]] || line+=("--definition=$DEFINITION")
[[ -z "$REGION" ]] || line+=("--region=$REGION")
[[ -z "$ROLE" ]] || line+=("--role=$ROLE")
[[ -z "$REPORT" ]] || line+=("--report=$REPORT")
[[ "$SUMMARY" != false ]] || export ECS_ROLLOUT_SUMMARY=0

while IFS= read -r image; do
  image="${image%$'\r'}"
  [[ -z "${image// /}" ]] || line+=("--image=$image")
done <<< "$IMAGES"

if [[ -n "$REQUEST" ]]; then
  request=$(mktemp "$RUNNER_TEMP/request.XXXXXX")
  trap 'rm -f "$request"' EXIT
  printf '%s\n' "$REQUEST" > "$request"
  line+=("--file=$request")
fi

while IFS= read -r word; do
  word="${word%$'\r'}"
  [[ -z "$word" ]] || line+=("$word")
done <<< "$ARGUMENTS"

ecs-rollout "${line[@]}"
