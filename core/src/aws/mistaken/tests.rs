use super::*;

fn role(options: ClientOptions) -> ClientOptions {
    ClientOptions { role: Some("arn:aws:iam::123456789012:role/deploy".to_owned()), ..options }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn what_is_for_a_role_needs_one() {
    let none = ClientOptions::default;
    let policy = || serde_json::Map::from_iter([("Statement".to_owned(), serde_json::json!([]))]);
    for (options, path) in [
        (ClientOptions { via: vec!["arn:aws:iam::1:role/a".to_owned()], ..none() }, "via"),
        (role(ClientOptions { via: vec!["a".to_owned()], ..none() }), "via"),
        (ClientOptions { session: text("me"), ..none() }, "session"),
        (role(ClientOptions { session: text("m"), ..none() }), "session"),
        (role(ClientOptions { session: text("me and you"), ..none() }), "session"),
        (ClientOptions { oidc: Some(true), ..none() }, "oidc"),
        (ClientOptions { audience: text("sts.amazonaws.com.cn"), ..none() }, "audience"),
        (ClientOptions { external: text("id"), ..none() }, "external"),
        (ClientOptions { duration: Some(900), ..none() }, "duration"),
        (ClientOptions { identity: text("me"), ..none() }, "identity"),
        (ClientOptions { policy: policy(), ..none() }, "policy"),
        (ClientOptions { managed: vec!["arn:aws:iam::aws:policy/A".to_owned()], ..none() }, "managed"),
        (ClientOptions { token: text("TOKEN"), ..none() }, "token"),
    ] {
        let error = check(&options).unwrap_err();
        assert!(matches!(&error, Error::Invalid { path: Some(found), .. } if found == path), "{error}");
    }
    check(&role(ClientOptions { session: text("deploy@ci"), ..none() })).unwrap();
    check(&role(ClientOptions {
        external: text("a/b:1"),
        duration: Some(43200),
        identity: text("me@ci"),
        policy: policy(),
        managed: vec!["arn:aws:iam::aws:policy/A".to_owned()],
        account: text("123456789012"),
        ..none()
    }))
    .unwrap();
}

#[test]
fn what_sts_does_not_take_is_refused_with_the_limit() {
    let none = ClientOptions::default;
    let long = serde_json::Map::from_iter([("Statement".to_owned(), serde_json::json!("a".repeat(2048)))]);
    let via = || vec!["arn:aws:iam::1:role/a".to_owned()];
    for (options, expected) in [
        (role(ClientOptions { duration: Some(899), ..none() }), "duration: 899 s is no session's duration"),
        (role(ClientOptions { duration: Some(3601), via: via(), ..none() }), "at most 3600"),
        (role(ClientOptions { identity: text("me:you"), ..none() }), "identity: "),
        (role(ClientOptions { external: text("a b"), ..none() }), "external: "),
        (role(ClientOptions { policy: long, ..none() }), "2064 characters, and STS takes 2048"),
        (
            role(ClientOptions { policy: serde_json::Map::from_iter([("a".to_owned(), 1.into())]), ..none() }),
            "has no \"Statement\"",
        ),
        (role(ClientOptions { managed: vec!["ReadOnlyAccess".to_owned()], ..none() }), "managed[0]: "),
        (role(ClientOptions { token: text("T"), oidc: Some(false), ..none() }), "`oidc` is false"),
        (role(ClientOptions { token: text("T"), audience: text("a"), ..none() }), "has its audience already"),
        (ClientOptions { account: text("12345678901"), ..none() }, "account: \"12345678901\" is no account"),
        (
            role(ClientOptions { account: text("210987654321"), ..none() }),
            "role: arn:aws:iam::123456789012:role/deploy is a role of account 123456789012, and `account` allows 210987654321 alone",
        ),
    ] {
        let error = check(&options).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
