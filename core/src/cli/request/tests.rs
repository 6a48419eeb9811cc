use super::*;
use crate::cli::arguments::{of_client, of_verb, program};

fn asked(line: &str) -> Result<Value, Refusal> {
    let words = std::iter::once("ecs-rollout").chain(line.split(' '));
    let matches = program().try_get_matches_from(words).map_err(|error| Refusal::usage(error.to_string(), None))?;
    let (command, matches) = matches.subcommand().unwrap();
    let verb = crate::cli::commands::verb(command).unwrap();
    request(&of_verb(verb.name), matches).map(|asked| asked.options)
}

#[test]
fn a_command_line_is_a_request() {
    for (line, expected) in [
        (
            "deploy api --cluster prod --image api=:v2 --image web=:v3 --env api.KEY=a=b --set /cpu=512 --force",
            json!({"service": "api", "cluster": "prod", "images": {"api": ":v2", "web": ":v3"}, "force": true,
                "containers": {"api": {"environment": {"KEY": "a=b"}}}, "patch": {"cpu": "512"}}),
        ),
        (
            "deploy --service api --no-wait --verify=false --timeout 60 --desired 3",
            json!({"service": "api", "wait": false, "verify": false, "timeout": 60, "desired": 3}),
        ),
        (
            "deploy api --settings {\"enableExecuteCommand\":true} --settings /deploymentConfiguration/maximumPercent=150",
            json!({"service": "api",
                "settings": {"enableExecuteCommand": true, "deploymentConfiguration": {"maximumPercent": 150}}}),
        ),
        (
            "deploy api --containers /api/environment/OLD=null --before {\"command\":[\"a\"]} --before [{},{}]",
            json!({"service": "api", "containers": {"api": {"environment": {"OLD": null}}},
                "before": [{"command": ["a"]}, {}, {}]}),
        ),
        (
            "run api --env STEP=1 --env side.KEY=2 -- node migrate.js --all",
            json!({"service": "api", "command": ["node", "migrate.js", "--all"], "environment": {"STEP": "1"},
                "containers": {"side": {"environment": {"KEY": "2"}}}}),
        ),
        (
            "push image.tar --image r.example/api:v2 --tag v3 --tag latest",
            json!({"path": "image.tar", "image": "r.example/api:v2", "tags": ["v3", "latest"]}),
        ),
        ("resolve r.example/api:v2", json!({"image": "r.example/api:v2"})),
        ("scale api --min 2 --cpu 60", json!({"service": "api", "min": 2, "cpu": 60})),
        ("schedule nightly --enabled=false --remove", json!({"name": "nightly", "enabled": false, "remove": true})),
        ("whoami", json!({})),
    ] {
        assert_eq!(asked(line).unwrap(), expected, "{line}");
    }
}

#[test]
fn a_mistake_is_named_with_what_to_write() {
    for (line, text, hint) in [
        ("deploy", "service is needed", "give it as SERVICE, --service, ECS_ROLLOUT_SERVICE or in --file"),
        ("deploy api --env KEY=1", "which container", "--env CONTAINER.KEY"),
        ("deploy api --image api", "NAME=VALUE is expected", "--images NAME=VALUE"),
        ("deploy api --set cpu=1", "/PLACE=VALUE is expected", "/cpu=512"),
        ("deploy api --set /volumes/0/name=a", "a list is replaced as a whole", "whole list"),
        ("deploy api --settings cpu", "a document is expected", "@settings.json"),
    ] {
        let refusal = asked(line).unwrap_err();
        assert_eq!(refusal.exit, super::super::exit_codes::USAGE, "{line}");
        assert!(refusal.text.contains(text), "{line}: {refusal:?}");
        assert!(refusal.hint.as_ref().is_some_and(|given| given.contains(hint)), "{line}: {refusal:?}");
    }
}

#[test]
fn a_request_file_is_read_and_its_mistakes_have_a_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.yaml");
    std::fs::write(
        folder.path().join("taskdef.json"),
        r#"{"family": "api", "containerDefinitions": [{"name": "api"}]}"#,
    )
    .unwrap();
    let text = "service: api\ncluster: prod\ndefinition: taskdef.json\nimages:\n  api: ':1'\n  web: ':1'\ntimeot: 5\n";
    std::fs::write(&file, text).unwrap();
    let line = format!("deploy --file {} --cluster test --image api=:2", file.display());
    let words = std::iter::once("ecs-rollout").chain(line.split(' '));
    let matches = program().try_get_matches_from(words).unwrap();
    let asked = request(&of_verb("deploy"), matches.subcommand().unwrap().1).unwrap();
    assert_eq!(asked.options["cluster"], "test");
    assert_eq!(asked.options["images"], json!({"api": ":2", "web": ":1"}));
    assert_eq!(asked.options["definition"]["family"], "api");
    let error = crate::Deployment::from_value(asked.options.clone()).unwrap_err();
    let text = asked.placed(error).text;
    assert!(text.ends_with("did you mean \"timeout\"?") && text.contains("request.yaml:7:1: "), "{text}");
}

#[test]
fn settings_of_the_client_are_options_too() {
    let line =
        ["ecs-rollout", "whoami", "--region", "eu-west-1", "--via", "a", "--via", "b", "--tag", "team=x", "--no-oidc"];
    let matches = program().try_get_matches_from(line).unwrap();
    let settings = client(&of_client(), matches.subcommand().unwrap().1).unwrap();
    let expected = json!({"region": "eu-west-1", "via": ["a", "b"], "tags": {"team": "x"}, "oidc": false});
    assert_eq!(settings, expected);
}
