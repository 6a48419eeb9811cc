use serde_json::json;

use super::*;

/// A token with these claims, whose signature nobody may see.
pub(crate) fn token(claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.hunter2signature", part(&json!({"alg": "RS256"})), part(claims))
}

#[test]
fn a_token_says_who_it_is_for() {
    let gitlab = json!({"iss": "https://gitlab.com", "sub": "project_path:g/p:ref_type:branch:ref:main", "aud": "https://gitlab.com"});
    let circle = json!({"iss": "https://oidc.circleci.com/org/1-2", "sub": "org/1-2/project/3/user/4", "aud": ["1-2"]});
    for (claims, refusal, expected) in [
        (
            &gitlab,
            "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
            &[
                "\"gitlab.com:sub\" that is or fits \"project_path:g/p:ref_type:branch:ref:main\"",
                "\"gitlab.com:aud\" that is \"https://gitlab.com\"",
            ][..],
        ),
        (
            &gitlab,
            "InvalidIdentityToken: Incorrect token audience",
            &["an identity provider with the URL https://gitlab.com and the audience \"https://gitlab.com\""],
        ),
        (
            &circle,
            "InvalidIdentityToken: No OpenIDConnect provider found in your account",
            &["the URL https://oidc.circleci.com/org/1-2 and the audience \"1-2\""],
        ),
        (&circle, "ExpiredTokenException: Token expired: current date/time", &["is too old"]),
    ] {
        let text = Claims::of(&token(claims)).unwrap().remedy(refusal).unwrap();
        for fragment in expected {
            assert!(text.contains(fragment), "{text}");
        }
        assert!(!text.contains("hunter2") && text.contains(claims["sub"].as_str().unwrap()), "{text}");
    }
    assert_eq!(Claims::of(&token(&gitlab)).unwrap().remedy("Throttling: slow down"), None);
}

#[test]
fn what_is_no_token_has_no_claims() {
    for text in ["", "a.b.c", "hunter2", "a.e30", "..", "a.W10.c"] {
        assert_eq!(Claims::of(text), None, "{text}");
    }
    let odd = json!({"iss": 1, "sub": "a\nb\u{1b}[31m", "aud": [1, "x"]});
    let text = Claims::of(&token(&odd)).unwrap().remedy("AccessDenied").unwrap();
    assert!(text.contains("sub \"ab[31m\" and aud \"x\"") && !text.contains('\n'), "{text}");
}

#[tokio::test]
async fn a_token_is_named_by_variable_or_file() {
    let environment = |name: &str| (name == "JOB_TOKEN").then(|| " a.b.c\n".to_owned());
    assert_eq!(IdToken::at("JOB_TOKEN", environment).unwrap().token().await.unwrap(), "a.b.c");
    let error = IdToken::at("JOB_TOKN", environment).unwrap_err().to_string();
    assert!(error.contains("\"JOB_TOKN\" is not set") && error.contains("id_tokens"), "{error}");
    let whole = token(&json!({"sub": "x"}));
    let error = IdToken::at(&whole, environment).unwrap_err().to_string();
    assert!(error.contains("it is the token itself") && !error.contains(&whole[..20]), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    let file = IdToken::at(path.to_str().unwrap(), environment).unwrap();
    assert!(file.token().await.unwrap_err().text.contains("cannot be read"));
    std::fs::write(&path, "").unwrap();
    assert!(file.token().await.unwrap_err().text.contains("it is empty"));
    std::fs::write(&path, "d.e.f\n").unwrap();
    assert_eq!(file.token().await.unwrap(), "d.e.f");
    assert!(!format!("{:?}", IdToken::at("JOB_TOKEN", environment)).contains("a.b.c"));
}
