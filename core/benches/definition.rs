//! What a task definition costs, beside parsing and writing the same bytes with serde_json alone (the floor).

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ecs_rollout::{Changes, TaskDefinition};
use serde_json::{Value, json};

/// A definition of `containers` containers, of about `kilobytes` KB: variables fill it up.
fn document(containers: usize, kilobytes: usize) -> String {
    let container = |at: usize| {
        json!({
            "name": format!("c{at}"), "image": format!("123456789012.dkr.ecr.eu-central-1.amazonaws.com/c{at}:1"), "essential": true,
            "portMappings": [{"containerPort": 3000 + at, "protocol": "tcp"}], "memory": 64,
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": "/ecs/api", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "api"}},
            "healthCheck": {"command": ["CMD-SHELL", "curl -f http://localhost:3000/health || exit 1"], "interval": 30},
            "environment": []
        })
    };
    let containers: Vec<Value> = (0..containers).map(container).collect();
    let mut document = json!({
        "family": "api", "networkMode": "awsvpc", "cpu": "1024", "memory": "2048", "requiresCompatibilities": ["FARGATE"],
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution", "containerDefinitions": containers
    });
    let count = document["containerDefinitions"].as_array().map_or(1, Vec::len);
    let mut at = 0;
    let mut size = document.to_string().len();
    while size < kilobytes * 1024 {
        let variable = json!({"name": format!("VARIABLE_{at}"), "value": format!("value number {at}")});
        size += variable.to_string().len() + 1;
        if let Some(list) = document["containerDefinitions"][at % count]["environment"].as_array_mut() {
            list.push(variable);
        }
        at += 1;
    }
    document.to_string()
}

fn work(text: &str, changes: &Changes) -> String {
    let definition: TaskDefinition = text.parse().expect("it is a definition");
    definition.into_rendered(changes).expect("the changes fit").into_value().to_string()
}

fn floor(text: &str) -> String {
    serde_json::from_str::<Value>(text).expect("it is JSON").to_string()
}

fn render(criterion: &mut Criterion) {
    let changes = json!({"images": {"c0": ":2"}, "containers": {"c0": {"environment": {"MODE": "live"}}}});
    let changes = Changes::from_value(changes).expect("they are changes");
    let mut group = criterion.benchmark_group("load, render, serialise");
    for kilobytes in [1, 10, 64] {
        let text = document(1, kilobytes);
        group.bench_with_input(BenchmarkId::new("serde_json alone", kilobytes), &text, |bencher, text| {
            bencher.iter(|| floor(black_box(text)));
        });
        group.bench_with_input(BenchmarkId::new("ecs-rollout", kilobytes), &text, |bencher, text| {
            bencher.iter(|| work(black_box(text), &changes));
        });
    }
}

fn validate(criterion: &mut Criterion) {
    let definition: TaskDefinition = document(10, 10).parse().expect("it is a definition");
    criterion.bench_function("validate 10 containers", |bencher| bencher.iter(|| black_box(&definition).validate()));
}

criterion_group!(benches, render, validate);
criterion_main!(benches);
