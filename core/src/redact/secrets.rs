//! Recognizes secrets by their names and by the form of well-known keys.

use std::borrow::Cow;

/// Words that make a name one of a secret, anywhere in it.
const NAMES: [&str; 12] = [
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "SECRET",
    "CREDENTIAL",
    "API_KEY",
    "APIKEY",
    "PRIVATE_KEY",
    "PRIVATEKEY",
    "ACCESS_KEY",
    "ENCRYPTION_KEY",
    "SIGNING_KEY",
];

/// Last words of names that are about a secret, but hold none: its place, its name, its lifetime.
const HARMLESS: [&str; 36] = [
    "ALGORITHM",
    "ARN",
    "AUDIENCE",
    "COUNT",
    "DAYS",
    "DIR",
    "DISABLED",
    "ENABLED",
    "ENDPOINT",
    "EXPIRATION",
    "EXPIRES",
    "EXPIRY",
    "FILE",
    "FIELD",
    "HEADER",
    "HOST",
    "HOURS",
    "ID",
    "IDS",
    "IN",
    "ISSUER",
    "LENGTH",
    "LIFETIME",
    "LIMIT",
    "MINUTES",
    "NAME",
    "NAMES",
    "PATH",
    "POLICY",
    "PREFIX",
    "REQUIRED",
    "SECONDS",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "VERSION",
];

/// The prefixes of well-known keys, and their minimum lengths.
const KEYS: [(&str, usize); 21] = [
    ("AIza", 39),
    ("SG.", 60),
    ("dckr_pat_", 20),
    ("gho_", 40),
    ("ghp_", 40),
    ("ghr_", 40),
    ("ghs_", 40),
    ("ghu_", 40),
    ("github_pat_", 40),
    ("glpat-", 26),
    ("hvs.", 24),
    ("npm_", 40),
    ("pypi-", 40),
    ("rk_live_", 20),
    ("sk-ant-", 40),
    ("sk-proj-", 40),
    ("sk_live_", 20),
    ("whsec_", 20),
    ("xoxa-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
];

/// No well-known key is shorter.
const SHORTEST_KEY: usize = 20;

/// Whether a named value looks like a secret.
pub(crate) fn looks_secret(name: &str, value: &str) -> bool {
    secret(name, value).is_some()
}

/// Why the variable looks like a secret, as the rest of a sentence that begins with its name.
pub(crate) fn secret(name: &str, value: &str) -> Option<&'static str> {
    if is_key(value) {
        return Some("holds what looks like a key");
    }
    if has_password(value) {
        return Some("holds a URL with a password in it");
    }
    (!value.is_empty() && is_secret_name(name) && is_substantial(value)).then_some("is named like a secret")
}

/// Whether a text that should name a parameter of SSM is probably the secret itself: a well-known key, or letters and digits
/// without a separator and without a word that names its purpose.
pub(crate) fn is_plain_secret(name: &str) -> bool {
    let is_run = name.len() >= 6 && name.bytes().all(|b| b.is_ascii_alphanumeric());
    let has = |fits: fn(&u8) -> bool| name.as_bytes().iter().any(fits);
    let says_what = || {
        let name = name.to_ascii_uppercase();
        let words = ["PARAM", "TOKEN", "KEY", "DB", "URL"];
        holds_secret_word(&name) || words.iter().any(|word| name.contains(word))
    };
    // A JSON Web Token, a number, and the most usual password.
    let is_token = name.starts_with("eyJ") && name.matches('.').count() == 2;
    let is_number = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    let digits = name.bytes().rev().take_while(u8::is_ascii_digit).count();
    let is_usual = is_run && digits >= 3 && name.to_ascii_lowercase().starts_with("password");
    is_token
        || is_number
        || is_usual
        || is_key(name)
        || (is_run && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) && !says_what())
}

/// Whether a value can be a secret: a flag, a small number or the place of a secret is none.
fn is_substantial(value: &str) -> bool {
    let is_flag =
        ["true", "false", "yes", "no", "on", "off", "none", "null"].iter().any(|flag| value.eq_ignore_ascii_case(flag));
    let is_number = value.len() < 6 && value.bytes().all(|b| b.is_ascii_digit());
    let is_elsewhere = value.starts_with("arn:") || value.starts_with("/run/secrets/") || value.contains("://");
    !(is_flag || is_number || is_elsewhere)
}

fn is_secret_name(name: &str) -> bool {
    let name = screaming(name);
    let last = name.rsplit('_').next().unwrap_or_default();
    let is_password = last == "PWD" && name != "PWD";
    (holds_secret_word(&name) || last.ends_with("TOKEN") || is_password) && !HARMLESS.contains(&last)
}

/// Looks at each place once: definitions have hundreds of variables, of which few are secrets.
fn holds_secret_word(name: &str) -> bool {
    let name = name.as_bytes();
    let begins =
        |at: usize| NAMES.iter().any(|word| name[at] == word.as_bytes()[0] && name[at..].starts_with(word.as_bytes()));
    (0..name.len()).filter(|at| matches!(name[*at], b'A' | b'C' | b'E' | b'P' | b'S')).any(begins)
}

/// `dbPassword` and `db-password` as `DB_PASSWORD`. Most names are so already.
fn screaming(name: &str) -> Cow<'_, str> {
    if !name.bytes().any(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'.')) {
        return Cow::Borrowed(name);
    }
    let mut screaming = String::with_capacity(name.len() + 4);
    let mut was_lower = false;
    for letter in name.chars() {
        if was_lower && letter.is_ascii_uppercase() {
            screaming.push('_');
        }
        was_lower = letter.is_ascii_lowercase();
        screaming.push(if matches!(letter, '-' | '.') { '_' } else { letter.to_ascii_uppercase() });
    }
    Cow::Owned(screaming)
}

fn is_key(value: &str) -> bool {
    value.len() >= SHORTEST_KEY
        && (is_aws_key(value) || is_json_web_token(value) || is_private_key(value) || is_known(value))
}

fn is_private_key(value: &str) -> bool {
    value.contains("-----BEGIN ") && value.contains("PRIVATE KEY-----")
}

fn is_known(value: &str) -> bool {
    let begins = KEYS.iter().any(|(begin, length)| value.len() >= *length && value.starts_with(begin));
    begins && !value.contains(char::is_whitespace)
}

fn is_aws_key(value: &str) -> bool {
    let is_key = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    value.len() == 20 && (value.starts_with("AKIA") || value.starts_with("ASIA")) && value.bytes().all(is_key)
}

/// Three parts in base64, the first two of which begin as JSON objects do.
fn is_json_web_token(value: &str) -> bool {
    let mut parts = value.split('.');
    let is_object = |part: Option<&str>| part.is_some_and(|part| part.starts_with("eyJ"));
    is_object(parts.next()) && is_object(parts.next()) && parts.next().is_some() && parts.next().is_none()
}

/// `scheme://user:password@host`, unless the password is put in later.
fn has_password(value: &str) -> bool {
    if !value.contains('@') {
        return false;
    }
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let password = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b));
    is_scheme && password.is_some_and(|password| !password.is_empty() && !password.starts_with(['$', '{', '<', '%']))
}

#[cfg(test)]
mod tests {
    use super::{is_plain_secret, secret};

    #[test]
    fn a_secret_is_told_from_the_name_of_a_parameter() {
        for value in [
            "hunter2",
            "s3cr3t",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
            "5432",
            "password123",
            "Tr0ub4dor3",
            "sk_live_0123456789abcdef",
            "ghp_0123456789012345678901234567890123456789",
        ] {
            assert!(is_plain_secret(value), "{value}");
        }
        for name in [
            "DB_PASSWORD",
            "/prod/db/password1",
            "db-password",
            "prod.api.key2",
            "password1",
            "apikey1",
            "dbpass1",
            "parameter2",
            "stripe",
        ] {
            assert!(!is_plain_secret(name), "{name}");
        }
    }

    #[test]
    fn secrets_are_told_from_what_is_about_them() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"),
            ("dbPassword", "hunter2"),
            ("PGPASSWORD", "hunter2"),
            ("MYSQL_PWD", "hunter2"),
            ("JWT_SECRET", "x y"),
            ("SECRET_KEY_BASE", "abc"),
            ("stripe.api-key", "abc"),
            ("GITHUB_TOKEN", "abc"),
            ("accessToken", "abc"),
            ("AWS_SECRET_ACCESS_KEY", "abc"),
            ("TLS", "-----BEGIN RSA PRIVATE KEY-----\nabc"),
            ("A", "AKIAIOSFODNN7EXAMPLE"),
            ("A", "ghp_0123456789012345678901234567890123456789"),
            ("A", "eyJhbGciOi.eyJzdWIiOi.abc"),
            ("DATABASE_URL", "postgres://app:hunter2@db:5432/app"),
        ] {
            assert!(secret(name, value).is_some(), "{name}");
        }
        for (name, value) in [
            ("PASSWORD_FILE", "/run/x"),
            ("SECRET_ARN", "x"),
            ("SECRET_NAME", "app/db"),
            ("AWS_ACCESS_KEY_ID", "x"),
            ("PASSWORD_MIN_LENGTH", "12"),
            ("REQUIRE_PASSWORD", "true"),
            ("DB_PASSWORD", ""),
            ("DB_PASSWORD", "arn:aws:ssm:eu-west-1:123456789012:parameter/a"),
            ("MAX_TOKENS", "100000"),
            ("TOKEN_URL", "https://example.com/token"),
            ("TOKENIZER", "bert"),
            ("PWD", "/app"),
            ("KEY", "value"),
            ("KEYBOARD", "de"),
            ("A", "AKIAIOSFODNN7EXAMPL"),
            ("DATABASE_URL", "postgres://app@db:5432/app"),
            ("DATABASE_URL", "postgres://app:${PASSWORD}@db/app"),
            ("TIME", "at 10:30://x"),
        ] {
            assert_eq!(secret(name, value), None, "{name}");
        }
    }
}
