//! Hides the secrets of a request, and of the definitions that it uses, in any text: as they are, in URLs and in base64.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use super::Redactor;
use super::secrets::looks_secret;
use crate::texts::Texts;

/// The replacement of a word in a text.
const STARS: &str = "***";
/// The characters that URL encoders keep: by RFC 3986, by JavaScript's encodeURIComponent, and by encoders that keep the slash.
const KEPT: [&AsciiSet; 3] = [&UNRESERVED, &COMPONENT, &PATH];
const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const COMPONENT: AsciiSet = UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');
const PATH: AsciiSet = UNRESERVED.remove(b'/');
/// Fewer characters of base64 may be in any word.
const LEAST: usize = 6;

/// The words that no text may repeat.
#[derive(Clone, Default)]
pub(crate) struct Words(Vec<String>);

/// Shows their number only.
impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({})", self.0.len())
    }
}

impl Words {
    /// The secrets of a request.
    pub(crate) fn of(request: &impl Serialize) -> Self {
        let mut words = Self::default();
        words.learn(Redactor::default(), &serde_json::to_value(request).unwrap_or_default());
        words
    }

    /// Each of them, in all its forms.
    #[cfg(feature = "cli")]
    pub(crate) fn all(&self) -> &[String] {
        &self.0
    }

    /// Adds those of a registered definition, whose places of secrets are no secrets.
    pub(crate) fn learn_registered(&mut self, definition: &Value) {
        self.learn(Redactor { is_registered: true, ..Redactor::default() }, definition);
    }

    fn learn(&mut self, mut redactor: Redactor, document: &Value) {
        let shown = redactor.value("", document);
        let mut names = HashSet::new();
        collect_names(&shown, &mut names);
        let mut secrets = Vec::new();
        for (name, text) in &redactor.hidden {
            // Also the password alone, if the value contains one.
            let password =
                text.rsplit_once('@').and_then(|(user, _)| user.rsplit_once(':')).map(|(_, password)| password);
            // A word that is also shown, such as the name of a service or the tag of an image, is no secret, and texts need it.
            let is_peculiar = is_telling(text) && !names.contains(text.as_str());
            if is_peculiar || password.is_some() || looks_secret(name, text) {
                secrets.push(text.as_str());
            }
            secrets.extend(password);
        }
        self.extend(secrets);
    }

    /// Adds texts of which no line may be repeated. A line of three letters is no secret, and may be part of any word.
    pub(crate) fn extend<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) {
        let lines = texts.into_iter().flat_map(str::lines).map(str::trim).filter(|line| line.len() > 3);
        let before = self.0.len();
        self.0.extend(lines.flat_map(forms));
        if self.0.len() > before {
            // A word may be part of another.
            self.0.sort_by(|one, other| (Reverse(one.len()), one).cmp(&(Reverse(other.len()), other)));
            self.0.dedup();
        }
    }

    /// The length of the longest.
    pub(crate) fn longest(&self) -> usize {
        self.0.first().map_or(0, String::len)
    }

    /// A text with the words replaced.
    pub(crate) fn hide(&self, text: &str) -> String {
        let known = self.0.iter().map(String::as_str);
        known.fold(text.to_owned(), |text, word| if text.contains(word) { text.replace(word, STARS) } else { text })
    }

    /// The same for all texts of a value.
    pub(crate) fn hide_in<T: Texts>(&self, mut value: T) -> T {
        if !self.0.is_empty() {
            value.each(&mut |text| {
                if self.0.iter().any(|word| text.contains(word.as_str())) {
                    *text = self.hide(text);
                }
            });
        }
        value
    }
}

/// The words that a document shows: its names and texts, and the parts of ARNs and references.
fn collect_names<'a>(shown: &'a Value, names: &mut HashSet<&'a str>) {
    match shown {
        Value::String(text) => {
            names.insert(text);
            names.extend(text.split(['/', ':', '@']));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Object(members) => {
            for (name, member) in members {
                names.insert(name);
                collect_names(member, names);
            }
        }
        _ => {}
    }
}

/// A word as it is, in URLs, and in base64.
fn forms(word: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::from([word.to_owned()]);
    for kept in KEPT {
        let escaped = utf8_percent_encode(word, kept).to_string();
        let of_a_form = escaped.replace("%20", "+");
        forms.extend([lower(&escaped), lower(&of_a_form), escaped, of_a_form]);
    }
    for before in 0..3 {
        let standard = in_base64(word, before);
        if standard.len() >= LEAST {
            forms.extend([standard.replace('+', "-").replace('/', "_"), standard]);
        }
    }
    forms
}

/// An escaped text with its escapes in lower case.
fn lower(escaped: &str) -> String {
    let parts = escaped.split('%').enumerate().map(|(at, part)| match part.split_at_checked(2) {
        Some((code, rest)) if at > 0 => format!("%{}{rest}", code.to_ascii_lowercase()),
        _ => part.to_owned(),
    });
    parts.collect()
}

/// The characters that a word always has in base64, with so many bytes before it in the first group of three, whatever comes after it.
fn in_base64(word: &str, before: usize) -> String {
    let bytes = [&b"  "[..before], word.as_bytes()].concat();
    let whole = BASE64_STANDARD_NO_PAD.encode(&bytes);
    let (from, to) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    whole[from..to].to_owned()
}

/// Whether a text is too unusual to be an everyday word, such as a region, a host or a version.
fn is_telling(text: &str) -> bool {
    let has = |fits: fn(&u8) -> bool| usize::from(text.bytes().any(|b| fits(&b)));
    let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"-_./:".contains(b);
    let others = text.bytes().any(|b| !is_plain(&b) && b != b' ');
    let kinds = has(u8::is_ascii_uppercase) + has(u8::is_ascii_lowercase) + has(u8::is_ascii_digit);
    let is_mixed = |run: &str| {
        let (letters, digits) = (run.bytes().any(|b| b.is_ascii_alphabetic()), run.bytes().any(|b| b.is_ascii_digit()));
        // A commit is no secret.
        run.len() >= 6 && letters && digits && !run.bytes().all(|b| b.is_ascii_hexdigit())
    };
    let is_peculiar =
        kinds + usize::from(others) >= 3 || text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_mixed);
    text.len() >= 8 && is_peculiar && !text.starts_with("arn:") && !text.contains("sha256:")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_show_their_number_alone() {
        let words = Words::of(&serde_json::json!({"variables": {"PASSWORD": "hunter2pass"}}));
        let shown = format!("{words:?}");
        assert!(!words.0.is_empty() && shown.starts_with("Words(") && !shown.contains("hunter"), "{shown}");
    }

    #[test]
    fn a_text_repeats_no_secret_of_the_request() {
        let request = json!({
            "service": "api-service1", "images": {"api": "user:pa55w0rd@host/x"},
            "containers": {"api": {"environment": {"A": "s3cret-value", "MODE": "production", "REGION": "eu-central-1",
                "TOKEN": "plain"}, "command": ["node", "--key=Sup3r$ecret"], "secrets": {"K": "s3cret-place"}}},
            "connection": {"basic": {"user": "me", "password": "swordfish"}},
        });
        let words = Words::of(&request);
        for hidden in ["s3cret-value", "plain", "--key=Sup3r$ecret", "s3cret-place", "swordfish", "pa55w0rd"] {
            assert_eq!(words.hide(&format!("it said {hidden}.")), "it said ***.", "{:?}", words.0);
        }
        let kept = "service api-service1 in production of eu-central-1 runs node";
        assert_eq!(words.hide(kept), kept);
    }

    #[test]
    fn nor_one_of_a_registered_definition() {
        let mut words = Words::default();
        words.learn_registered(&json!({"family": "checkout-api1", "containerDefinitions": [{
            "name": "api", "image": "registry.example/api:build77x",
            "environment": [
                {"name": "DB_PASSWORD", "value": "hunter2pass"}, {"name": "DATABASE_URL", "value": "postgres://app:s3cr3tw0rd@db/x"},
                {"name": "SERVICE", "value": "checkout-api1"}, {"name": "RELEASE", "value": "build77x"},
                {"name": "MODE", "value": "production"}, {"name": "LEVEL", "value": "info"}],
            "command": ["serve", "--api-key=k3yk3yk3y"],
            "secrets": [{"name": "API_KEY", "valueFrom": "prod-api-key1"}],
        }]}));
        for hidden in ["hunter2pass", "s3cr3tw0rd", "--api-key=k3yk3yk3y"] {
            assert_eq!(words.hide(&format!("it said {hidden}.")), "it said ***.", "{:?}", words.0);
        }
        let kept = "checkout-api1 in production serves build77x and says info; the secret prod-api-key1 is missing";
        assert_eq!(words.hide(kept), kept);
    }

    #[test]
    fn a_word_is_known_in_base64_and_in_urls() {
        let mut words = Words::default();
        words.extend(["p@ss/w\u{f6}rd 9>"]);
        for form in [
            "p%40ss%2Fw%C3%B6rd%209%3E",
            "p%40ss%2fw%c3%b6rd%209%3e",
            "p%40ss/w%C3%B6rd%209%3E",
            "p%40ss%2Fw%C3%B6rd+9%3E",
        ] {
            assert_eq!(words.hide(form), "***");
        }
        for (before, after) in [("", ""), ("a", ""), ("ab", "\n"), ("user:", "c"), ("", "cd"), ("abcd", "\u{ff}")] {
            let text = format!("{before}p@ss/w\u{f6}rd 9>{after}");
            for said in [BASE64_STANDARD_NO_PAD.encode(&text), base64::prelude::BASE64_URL_SAFE.encode(&text)] {
                let shown = words.hide(&said);
                assert!(
                    shown.contains(STARS) && shown.len() < before.len() * 2 + after.len() * 2 + 10,
                    "{said} {shown}"
                );
            }
        }
        words.extend(["abcd"]);
        assert_eq!(words.hide("abcd and YWJjZA"), "*** and YWJjZA");
    }
}
