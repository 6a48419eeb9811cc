use serde_json::json;

use super::*;

fn state() -> Value {
    json!({
        "version": 4,
        "terraform_version": "1.9.0",
        "outputs": {
            "vpc": {"value": "vpc-1", "type": "string"},
            "subnets": {"value": ["subnet-1", "subnet-2"], "type": ["list", "string"]},
            "token": {"value": "hunter2", "type": "string", "sensitive": true},
        },
        "resources": [
            {"mode": "managed", "type": "aws_vpc", "name": "main", "instances": [
                {"attributes": {"id": "vpc-2", "tags": {"a.b": "x"}, "count": 3, "dns": true, "owner": null},
                 "sensitive_attributes": []}
            ]},
            {"mode": "data", "type": "aws_subnet", "name": "a", "instances": [
                {"index_key": 0, "attributes": {"id": "subnet-a0"}}, {"index_key": 1, "attributes": {"id": "subnet-a1"}}
            ]},
            {"module": "module.net.module.inner[\"x\"]", "mode": "managed", "type": "aws_sg", "name": "b", "instances": [
                {"index_key": "k.1", "attributes": {"id": "sg-k"}}
            ]},
            {"mode": "managed", "type": "aws_db_instance", "name": "db", "instances": [
                {"attributes": {"password": "hunter2secret", "user": "root", "address": "db.example", "secret": "arn:aws:secretsmanager:eu-west-1:1:secret:a"},
                 "sensitive_attributes": [[{"type": "get_attr", "value": "user"}]]}
            ]},
            {"mode": "managed", "type": "aws_sg", "name": "none", "instances": []},
        ],
    })
}

#[test]
fn values_are_found_by_their_addresses() {
    for (address, expected) in [
        ("output.vpc", "vpc-1"),
        ("output.subnets[1]", "subnet-2"),
        ("aws_vpc.main.id", "vpc-2"),
        ("aws_vpc.main.tags['a.b']", "x"),
        ("aws_vpc.main.count", "3"),
        ("aws_vpc.main.dns", "true"),
        ("data.aws_subnet.a[1].id", "subnet-a1"),
        ("module.net.module.inner[\"x\"].aws_sg.b[\"k.1\"].id", "sg-k"),
        ("aws_db_instance.db.address", "db.example"),
    ] {
        assert_eq!(value(&state(), address).as_deref(), Ok(expected), "{address}");
    }
}

#[test]
fn what_is_not_there_is_named_with_the_nearest() {
    for (address, text, advice) in [
        ("output.vcp", "no output \"vcp\"", "did you mean \"vpc\"?"),
        ("output.subnets", "its value is a list", "such as [0]"),
        ("output.subnets[9]", "there is no \"9\"", ""),
        ("aws_vpc.mian.id", "no resource aws_vpc.mian", "did you mean \"aws_vpc.main\"?"),
        ("aws_vpc.main.di", "there is no \"di\"", "did you mean \"id\"?"),
        ("aws_vpc.main.owner", "its value is null", ""),
        ("aws_vpc.main.tags", "no text but a map", "a.b"),
        ("aws_vpc.main", "no text but a map", "id"),
        ("data.aws_subnet.a.id", "several instances", "name one: [0], [1]"),
        ("data.aws_subnet.a[2].id", "no instance [2]", "known are [0], [1]"),
        ("aws_subnet.a[0].id", "no resource aws_subnet.a", ""),
        ("aws_sg.none.id", "the resource has no instance", ""),
        ("aws_vpc", "names no attribute", ""),
        ("a..b", "is no address", ""),
        ("a.b[", "is no address", ""),
        ("", "is no address", ""),
    ] {
        let found = value(&state(), address).unwrap_err();
        assert!(found.text.contains(text) && found.advice.contains(advice), "{address}: {found:?}");
    }
}

#[test]
fn secrets_are_refused_without_their_values() {
    for address in ["output.token", "aws_db_instance.db.user", "aws_db_instance.db.password"] {
        let found = value(&state(), address).unwrap_err();
        assert!(found.advice.contains("`secrets`") && !format!("{found:?}").contains("hunter2"), "{found:?}");
    }
}

#[test]
fn only_the_current_format_is_read() {
    for (state, text) in [
        (json!({"version": 3}), "format version 3"),
        (json!({}), "no state of Terraform"),
        (json!({"version": 4, "encrypted_data": "x"}), "encrypted"),
    ] {
        assert!(value(&state, "output.a").unwrap_err().text.contains(text));
    }
}
