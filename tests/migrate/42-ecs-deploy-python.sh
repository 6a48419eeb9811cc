ecs deploy prod api -i api registry.example/api:2 -e api LEVEL debug -e api "NAME" "a b" --timeout 600 --rollback
ecs deploy prod api --tag 1.2.3
ecs deploy prod api -c api "node main.js" -s api TOKEN /shop/token --task-cpu 512 -r arn:aws:iam::1:role/task --exclusive-env --no-deregister --timeout=-1
ecs deploy prod api -i api x:2 --ulimit api nofile 1024 2048
ecs scale prod api 4
ecs run prod migrate 1 --launchtype FARGATE --subnet subnet-1 --securitygroup sg-1 --public-ip -c api "npm run migrate" -e api A 1
ecs update api -i api registry.example/api:3 --region eu-west-1
ecs cron prod api rule
