# container: api
ecs-deploy -c prod -n api -i registry.example/api -r us-east-1 -m 50 -M 200 --max-definitions 5
ecs-deploy --cluster prod --service-name api -to 1.2.3 -D 4 -i ignore --timeout 300 --force-new-deployment -v
ecs-deploy -d api -i registry.example/api:17
ecs-deploy -k AKIA -s secret -c prod -n api -i x:1
ecs-deploy -c prod -n api -i registry.example/api -e TAG
./ecs-deploy --run-task --wait-for-success -c prod -d migrate -i registry.example/api:1 --launch-type FARGATE --network-configuration 'awsvpcConfiguration={subnets=[subnet-1]}'
