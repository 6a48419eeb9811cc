use super::*;

const OLD: &str = "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const NEW: &str = "@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

#[test]
fn a_password_in_a_reference_is_never_repeated() {
    for text in ["user:passw0rd@reg.io/api:v2", "AWS:passw0rd@123456789012.dkr.ecr.eu-central-1.amazonaws.com/api:v2"] {
        let why = change(Some("reg.io/api:1"), text).unwrap_err();
        assert!(why.contains("a user and a password") && !why.contains("passw0rd"), "{why}");
    }
    for text in [
        "user:pass/w0rd@reg.io/api",
        "user:w0rd@reg.io",
        "w0rd@reg.io/api",
        "u:w0rd@reg.io/api:$TAG",
        "w0rd@reg.io/api:",
    ] {
        let why = check(text).unwrap_err();
        assert!(!why.contains("w0rd"), "{why}");
    }
    let digest = format!("reg.io:5000/api:1@sha256:{}", "a".repeat(64));
    assert_eq!(change(None, &digest).as_deref(), Ok(digest.as_str()));
}

#[test]
fn a_tag_or_digest_takes_the_place_of_the_old_one() {
    for (current, with, expected) in [
        ("app", ":2", "app:2".to_owned()),
        ("app:1", ":2", "app:2".to_owned()),
        ("latest", ":2", "latest:2".to_owned()),
        ("app:latest", ":2", "app:2".to_owned()),
        ("localhost:5000/app", ":2", "localhost:5000/app:2".to_owned()),
        ("localhost:5000/app:1", NEW, format!("localhost:5000/app{NEW}")),
        (&format!("app{OLD}"), ":2.0", "app:2.0".to_owned()),
        (&format!("r.example/a/b:1{OLD}"), NEW, format!("r.example/a/b{NEW}")),
        (&format!("r.example/a/b:1{OLD}"), &format!(":3{NEW}"), format!("r.example/a/b:3{NEW}")),
        ("public.ecr.aws/docker/library/redis:7-alpine", ":8", "public.ecr.aws/docker/library/redis:8".to_owned()),
        ("1.dkr.ecr.eu-west-1.amazonaws.com/app:v1", "nginx:1", "nginx:1".to_owned()),
    ] {
        assert_eq!(change(Some(current), with).as_deref(), Ok(expected.as_str()), "{current} {with}");
    }
}

#[test]
fn what_is_no_reference_is_refused_with_a_reason() {
    for (current, with, reason) in [
        (Some("app:1"), "App:2", "lower case"),
        (Some("app:1"), " app:2", "white space"),
        (Some("app:1"), ":", "empty: is the variable"),
        (Some("app:1"), ":a b", "a tag has up to 128"),
        (Some("x"), ":4/x", "neither a tag nor a digest"),
        (Some("app:1"), "@sha256:abcd", "a digest is written"),
        (Some("app:1"), &OLD.to_uppercase().replace("SHA", "sha"), "lower case"),
        (Some("app:1"), "", "empty"),
        (None, ":2", "whole reference"),
        (Some("not an image"), ":2", "expected"),
    ] {
        let error = change(current, with).unwrap_err();
        assert!(error.contains(reason), "{current:?} {with:?}: {error}");
    }
}

#[test]
fn what_a_script_left_open_is_refused() {
    const ECR: &str = "1.dkr.ecr.eu-west-1.amazonaws.com/api:1";
    for (current, change) in [
        (ECR, "v2"),
        (ECR, "latest"),
        (ECR, "1a2b3c4d5e"),
        (ECR, "nginx"),
        ("ghcr.io/o/api:1", "api"),
        ("org/api:1", "v2"),
        ("redis:7", "v2"),
        ("redis:7", "8"),
        ("redis:7", "8.0-alpine"),
        ("redis:7", "latest"),
        ("redis:7", "4bf5122f"),
        ("redis:7", "sha-1a2b"),
        ("redis", "main"),
    ] {
        let error = super::change(Some(current), change).unwrap_err();
        assert!(error.contains(&format!("write \":{change}\" for the tag")), "{current} {change}: {error}");
    }
    for (current, change) in [
        (ECR, "nginx:1"),
        (ECR, "docker.io/library/v2"),
        ("redis:7", "nginx"),
        ("redis:7", "valkey/valkey"),
        ("redis:7", "vault"),
        ("redis:7", "deadbeef"),
        (ECR, ":undefined-2"),
        (ECR, ":nonetheless"),
        (ECR, "public.ecr.aws/docker/library/nullable:1"),
        (ECR, "docker.io/library/true:1"),
        (ECR, "undefined-org/none-such:1"),
    ] {
        assert_eq!(super::change(Some(current), change).err(), None, "{current} {change}");
    }
    for (change, part) in [
        ("None/api:v2", "None"),
        ("undefined.dkr.ecr.eu-west-1.amazonaws.com/api:v2", "undefined"),
        ("1.dkr.ecr.undefined.amazonaws.com/api:v2", "undefined"),
        ("reg.io/null/api:v2", "null"),
        ("public.ecr.aws/docker/library/null:1", "null"),
    ] {
        let error = super::change(Some(ECR), change).unwrap_err();
        assert!(error.contains(&format!("it holds {part:?}: is the variable that it comes from not set?")), "{error}");
    }
    for change in [
        ":",
        ":undefined",
        ":null",
        ":None",
        ":nil",
        ":NaN",
        ":[object Object]",
        ":true",
        ":False",
        "",
        "r.example/api:",
        "r.example/api:null",
        "undefined",
        "None",
        "@",
        "r.example/a@",
        "@undefined",
        ":<nil>",
    ] {
        let error = super::change(Some(ECR), change).unwrap_err();
        assert!(error.contains("is the variable that it comes from not set?"), "{change}: {error}");
    }
    for (change, reason) in [
        (":$TAG", "not filled in"),
        (":${TAG}", "not filled in"),
        ("r.example/api:{{ tag }}", "not filled in"),
        ("<IMAGE1_NAME>", "placeholder"),
        (":v2é", "is not an ASCII character"),
        (":１", "is not an ASCII character"),
        (":-a", "a tag has up to"),
        (&format!(":{}", "a".repeat(129)), "a tag has up to"),
        (&OLD[1..], "write \"@sha256:"),
    ] {
        let error = super::change(Some(ECR), change).unwrap_err();
        assert!(error.contains(reason), "{change}: {error}");
    }
    assert_eq!(left(Some("ghcr.io/o/api:1"), "api:2").as_deref(), Some("ghcr.io/o/api"));
    for (current, change) in [
        ("public.ecr.aws/docker/library/redis:7", "redis:8"),
        ("docker.io/library/redis", "redis:8"),
        ("a/b:1", "c:1"),
        ("redis:7", "redis:8"),
    ] {
        assert_eq!(left(Some(current), change), None, "{current} {change}");
    }
}

/// Every text of up to six letters of an alphabet that has all the grammar's special cases, alone and with a digest.
#[test]
fn what_is_plain_is_a_reference_and_has_its_repository() {
    let same = |text: &str| {
        let Some(plain) = plain(text) else { return };
        let reference = parse(text);
        assert_eq!(
            reference.map(|reference| without_version(text, &reference).to_owned()),
            Ok(plain.to_owned()),
            "{text}"
        );
    };
    let mut texts = vec![String::new()];
    for _ in 0..6 {
        let longer = texts.iter().flat_map(|text| "a0A.-_/:".chars().map(move |letter| format!("{text}{letter}")));
        texts = longer.collect();
        for text in &texts {
            same(text);
        }
    }
    for text in texts.iter().filter_map(|text| text.strip_prefix("aa")) {
        same(&format!("{text}{OLD}"));
    }
    for text in [
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b:v1.0_x",
        "redis:7-alpine",
        &format!("a/b{OLD}"),
        &format!("a:1{OLD}"),
    ] {
        assert!(plain(text).is_some(), "{text}");
    }
    for text in [
        "app",
        "app@sha256:ab",
        "a:80/b",
        "A/b:1",
        "a_b/c:1",
        "a/b_c:",
        "a..b:1",
        ":1",
        "a b:1",
        OLD,
        &format!("a{}", OLD.to_uppercase()),
        &format!("a{OLD}a"),
        &format!("a{OLD}{OLD}"),
        &format!("{}:1", "a".repeat(255)),
    ] {
        assert_eq!(plain(text), None, "{text}");
    }
}
