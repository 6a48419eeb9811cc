#!/usr/bin/env bash
set -euo pipefail

CLUSTER="${CLUSTER:-prod}"

# push first
aws ecr get-login-password | docker login -u AWS --password-stdin "$REGISTRY"
if [ "$1" = "api" ]; then
  aws ecs update-service --cluster "${CLUSTER}" --service api \
    --deployment-configuration "maximumPercent=200,minimumHealthyPercent=100,deploymentCircuitBreaker={enable=true,rollback=true}" \
    --health-check-grace-period-seconds 30 --enable-execute-command
fi
aws --profile shop --region eu-west-1 ecs update-service --cluster "$CLUSTER" --service web --capacity-provider-strategy capacityProvider=FARGATE,weight=1
aws ecs deploy --cluster prod --service shop --task-definition taskdef.json --codedeploy-appspec appspec.yaml --codedeploy-application shop
aws ecs update-service --cluster prod --service api --foo bar
