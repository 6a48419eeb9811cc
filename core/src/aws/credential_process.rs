//! What may be said of a program that was to give credentials (`credential_process` of a profile): that it failed, how, and its name.
//! What it wrote may be the secret itself, and is never repeated.

use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use crate::redact;

/// So many profiles are followed to the one that names the program.
const PROFILES: usize = 5;

/// Whether the SDK's words are about such a program.
pub(crate) fn is_about(words: &str) -> bool {
    words.contains("external process")
}

/// What to say instead of the SDK's words, which hold what the program wrote.
pub(crate) fn explain(words: &str, program: Option<&str>) -> String {
    let program = program.map(|name| format!(" ({name})")).unwrap_or_default();
    let status = words.split_once("exited with code ").and_then(|(_, rest)| rest.split_once(". Stderr"));
    let what = match status {
        Some((status, _)) => format!("failed with {}", status.trim()),
        None if words.contains("could not parse") || words.contains("could not decode") => {
            "wrote what is no document of credentials".to_owned()
        }
        None => "gave none".to_owned(),
    };
    format!(
        "the program of credential_process{program} {what}, and what it wrote is not repeated: run it by hand to see it"
    )
}

/// The name of the program of a profile, by the option or AWS_PROFILE, or of the profile that it goes on to.
pub(crate) async fn program(option: Option<&str>) -> Option<String> {
    let variable = std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    let mut name = option.map(str::to_owned).or(variable).unwrap_or_else(|| "default".to_owned());
    let files = EnvConfigFiles::default();
    let set = aws_config::profile::load(&Fs::real(), &Env::real(), &files, None).await.ok()?;
    for _ in 0..PROFILES {
        let profile = set.get_profile(&name)?;
        if let Some(command) = profile.get("credential_process") {
            return program_of(command);
        }
        name = profile.get("source_profile")?.to_owned();
    }
    None
}

/// The program's name in a command, without its folder and arguments; `None` where the command does not begin with it.
fn program_of(command: &str) -> Option<String> {
    let command = command.trim();
    let first = match command.strip_prefix('"') {
        Some(rest) => rest.split('"').next()?,
        None => command.split_whitespace().next()?,
    };
    let name = first.rsplit(['/', '\\']).next()?;
    let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || "._-+ ".contains(c));
    (!name.is_empty() && is_name(name) && redact::word(name) == name).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_command_the_name_alone_is_told() {
        for (command, name) in [
            ("/bin/sh -c \"echo hunter2pass\"", Some("sh")),
            ("aws-vault exec --json hunter2pass", Some("aws-vault")),
            (r#""C:\Program Files\Creds Tool.exe" hunter2pass"#, Some("Creds Tool.exe")),
            ("TOKEN=hunter2pass creds", None),
            ("$(hunter2pass)", None),
            ("", None),
        ] {
            assert_eq!(program_of(command).as_deref(), name, "{command}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_the_program_wrote_is_never_repeated() {
        use aws_config::credential_process::CredentialProcessProvider;
        use aws_credential_types::provider::ProvideCredentials;

        use crate::aws::fault::deepest;

        for (command, expected) in [
            ("echo hunter2pass >&2; exit 3", "failed with exit status: 3, and"),
            ("echo '. Stderr: hunter2pass' >&2; kill -9 $$", "failed with signal: 9"),
            ("echo '{\"hunter2pass\"'", "wrote what is no document of credentials"),
            ("echo '{\"Version\": \"hunter2pass\"}'", "wrote what is no document of credentials"),
            (
                "echo '{\"Version\": 1, \"AccessKeyId\": \"hunter2pass\", \"SecretAccessKey\": \"x\", \"Expiration\": \"hunter2pass\"}'",
                "no document",
            ),
            ("printf '\\377hunter2pass'", "wrote what is no document of credentials"),
        ] {
            let error = CredentialProcessProvider::new(command.to_owned()).provide_credentials().await.unwrap_err();
            let words = deepest(&error);
            assert!(words.contains(expected) && !words.contains("hunter2pass"), "{command}: {words}");
        }
    }
}
