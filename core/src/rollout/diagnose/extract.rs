//! Extracts names from ECS's prose: ARNs, text in parentheses or quotes, a word with a given beginning.

/// The text between two texts.
pub(crate) fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let rest = text.split_once(from)?.1;
    rest.split_once(to).map(|(found, _)| found).filter(|found| !found.is_empty())
}

/// All texts between two texts, in order.
pub(crate) fn all_between<'a>(text: &'a str, from: &'a str, to: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(from).skip(1).filter_map(move |rest| rest.split_once(to)).map(|(found, _)| found)
}

/// The first word with this beginning, without the punctuation around it.
pub(crate) fn word<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    let is_end = |c: char| c.is_whitespace() || "'\"()[],;".contains(c);
    let found = text.split(is_end).find(|word| word.len() > beginning.len() && word.starts_with(beginning))?;
    Some(found.trim_end_matches(['.', ':']))
}

/// The word that follows a text.
pub(crate) fn word_after<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_whitespace().next().map(|word| word.trim_end_matches(['.', ',']))
}

/// The first ARN of a service.
pub(crate) fn arn<'a>(text: &'a str, service: &str) -> Option<&'a str> {
    let is_end = |c: char| c.is_whitespace() || "'\"()[],;".contains(c);
    let mut arns = text.split(is_end).filter(|word| word.starts_with("arn:"));
    arns.find(|arn| arn.split(':').nth(2) == Some(service)).map(|arn| arn.trim_end_matches(['.', ':']))
}

/// The parameters of Systems Manager that ECS reports as invalid: `… parameters: /a, /b. status code: 400`.
pub(crate) fn parameters(text: &str) -> Option<String> {
    let rest = text.split_once("parameters: ").or_else(|| text.split_once("parameter: "))?.1;
    let is_end = |c: char| c.is_whitespace() || ",'\"[]()".contains(c);
    let words = rest.split(is_end).filter(|word| !word.is_empty());
    // A name begins with a slash or is an ARN; the first is always one, since names need no slash.
    let is_name = |(at, word): &(usize, &str)| *at == 0 || word.starts_with('/') || word.starts_with("arn:");
    let names = words.enumerate().take_while(is_name).map(|(_, word)| word.trim_end_matches(['.', ':', ';']));
    let names: Vec<&str> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A secret's ARN without the JSON key, stage and version that a definition may write after it.
pub(crate) fn secret(arn: &str) -> &str {
    arn.match_indices(':').nth(6).map_or(arn, |(at, _)| &arn[..at])
}

/// A target group's name out of its ARN: `…:targetgroup/NAME/ID`.
pub(crate) fn target_group(arn: &str) -> &str {
    between(arn, ":targetgroup/", "/").unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_prose() {
        let text = "(service api) (task 1a) (port 80) is unhealthy in (target-group arn:aws:elasticloadbalancing:r:1:targetgroup/web/9) due to (reason X).";
        assert_eq!(between(text, "(target-group ", ")").map(target_group), Some("web"));
        assert_eq!(all_between("(task a) (task b).", "(task ", ")").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(between("nothing", "(", ")"), None);
        assert_eq!(word("in subnet 'subnet-1a': Insufficient", "subnet-"), Some("subnet-1a"));
        let text = "fetch arn:aws:secretsmanager:r:1:secret:db-AbC: denied on arn:aws:s3:::b/f.";
        assert_eq!(arn(text, "secretsmanager"), Some("arn:aws:secretsmanager:r:1:secret:db-AbC"));
        assert_eq!(arn(text, "s3"), Some("arn:aws:s3:::b/f"));
        assert_eq!(arn(text, "iam"), None);
        for (text, expected) in [
            ("invalid ssm parameters: /a/b", Some("/a/b")),
            ("Invalid parameters: /a, /b. status code: 400", Some("/a, /b")),
            ("invalid ssm parameters: [/a /b]", Some("/a, /b")),
            ("invalid ssm parameters: DB_URL : exit status 1", Some("DB_URL")),
            ("something else", None),
        ] {
            assert_eq!(parameters(text).as_deref(), expected, "{text}");
        }
        assert_eq!(
            secret("arn:aws:secretsmanager:r:1:secret:db-AbC:url::"),
            "arn:aws:secretsmanager:r:1:secret:db-AbC"
        );
        assert_eq!(secret("arn:aws:secretsmanager:r:1:secret:db-AbC"), "arn:aws:secretsmanager:r:1:secret:db-AbC");
    }
}
