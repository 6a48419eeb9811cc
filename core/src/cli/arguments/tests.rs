use super::*;

#[test]
fn the_program_is_sound() {
    program().debug_assert();
}

#[test]
fn help_of_the_program_fits_a_screen() {
    let help = program().render_help().to_string();
    assert!(help.lines().count() <= 24, "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= 98), "{help}");
}

#[test]
fn what_an_option_does_is_said_by_core() {
    let mut program = program();
    program.build();
    let deploy = program.find_subcommand_mut("deploy").unwrap();
    let long = deploy.render_long_help().to_string();
    let joined = long.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(joined.contains("Begin a new deployment although nothing changed."), "{long}");
    assert!(joined.contains("--image <CONTAINER=IMAGE>") && joined.contains("--no-verify"), "{long}");
    let short = deploy.render_help().to_string();
    assert!(short.contains("ECS_ROLLOUT_CLUSTER") && short.contains("[default: 1800"), "{short}");
    assert!(short.contains("Examples:\n  # A new image\n  ecs-rollout deploy api"), "{short}");
}

#[test]
fn an_option_of_the_client_gives_way_to_one_of_the_verb() {
    let parse = |line: &[&str]| program().try_get_matches_from(line);
    let matches = parse(&["ecs-rollout", "schedule", "nightly", "--role", "arn:a", "--client-role", "arn:b"]).unwrap();
    let (_, of_schedule) = matches.subcommand().unwrap();
    assert_eq!(of_schedule.get_one::<String>(&request_id("role")).unwrap(), "arn:a");
    assert_eq!(of_schedule.get_one::<String>(&client_id("role")).unwrap(), "arn:b");
    assert!(parse(&["ecs-rollout", "deploy", "api", "--role", "arn:b"]).is_ok());
}
