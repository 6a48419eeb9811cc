//! The program in a folder of its own, with a world, documents, and an environment without anybody's settings.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// A folder with a world in it and the files that examples name.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self::with(json!({}))
    }

    /// With more in the world; `service` is more of its one service.
    pub(crate) fn with(mut more: Value) -> Self {
        let container = |image: &str| {
            let options =
                json!({"awslogs-group": "/ecs/api", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "api"});
            json!({"name": "api", "image": image, "memory": 64, "logConfiguration": {"logDriver": "awslogs", "options": options}})
        };
        let definition = |image: &str| json!({"family": "api", "containerDefinitions": [container(image)]});
        let mut service =
            json!({"serviceName": "api", "cluster": "prod", "taskDefinition": "api:1", "desiredCount": 2});
        extend(&mut service, more.as_object_mut().unwrap().shift_remove("service").unwrap_or_default());
        let web = json!({"serviceName": "web", "cluster": "shop", "taskDefinition": "api:1", "desiredCount": 1});
        let done = json!({"exit": {"code": 0, "after": 2}, "log": ["migrated"]});
        let mut world = json!({
            "speed": 0, "date": "2030-01-01T00:00:00Z", "clusters": ["default", "prod", "shop"], "definitions": ["taskdef.json"], "services": [service, web],
            "images": {"api:1": {"commands": {"node migrate.js": done}}},
        });
        extend(&mut world, more);
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("world.json", &world.to_string());
        folder.write("taskdef.json", &definition("api:1").to_string());
        folder.write("other.yaml", "family: api\ncontainerDefinitions:\n- {name: api, image: 'api:2', memory: 64}\n");
        folder.write("service.json", r#"{"serviceName": "new", "cluster": "prod", "desiredCount": 1}"#);
        folder.write("deploy.sh", "# Deploys.\naws ecs update-service --cluster prod --service api --task-definition api:2\naws ecs wait services-stable --cluster prod --services api\n");
        let events = [
            json!({"type": "started", "service": "api", "cluster": "prod", "strategy": "ROLLING", "elapsed": 0.0}),
            json!({"type": "progress", "desired": 1, "running": 1, "pending": 0, "failed": 0, "previous": 0, "percent": 99, "elapsed": 30.0}),
            json!({"type": "succeeded", "changed": true, "reached": "live", "definition": "api:2", "warnings": [], "seconds": 31.0, "calls": 5}),
        ];
        folder.write("events.jsonl", &events.map(|event| format!("{event}\n")).concat());
        folder.write("request.yaml", "service: api\ncluster: prod\ndefinition: taskdef.json\nimages:\n  api: ':2'\n");
        folder.write("rollout.yaml", "defaults: {cluster: prod, images: {api: ':2'}}\nservices:\n- {service: api}\n- {service: web, cluster: shop, needs: [api]}\n");
        folder.write("services.yaml", "services:\n- {service: api, cluster: prod, images: {api: ':2'}}\n- {service: web, cluster: shop, images: {api: ':2'}}\n");
        let function = "arn:aws:lambda:eu-central-1:123456789012:function:nightly";
        let schedule = format!(
            "expression: rate(1 day)\nrole: arn:aws:iam::123456789012:role/scheduler\ntarget: {{lambda: '{function}'}}\n"
        );
        folder.write("schedule.yaml", &schedule);
        folder
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes a program.
    pub(crate) fn script(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(name, text);
        std::fs::set_permissions(self.0.path().join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Writes a program into `bin`, where scripts find it.
    pub(crate) fn program_file(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.0.path().join("bin")).unwrap();
        self.script(&format!("bin/{name}"), text);
    }

    /// Puts the program itself there.
    pub(crate) fn link_program(&self) {
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_ecs-rollout"), self.0.path().join("bin/ecs-rollout")).unwrap();
    }

    pub(crate) fn program(&self) -> Program {
        let clean = ["PATH", "HOME"].into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
        let mut variables: Vec<(String, String)> = clean.collect();
        variables.push(("DOCKER_CONFIG".to_owned(), self.0.path().display().to_string()));
        Program { folder: self.0.path().to_owned(), variables }
    }
}

/// Members over those of an object.
fn extend(under: &mut Value, over: Value) {
    for (name, value) in over.as_object().into_iter().flatten() {
        under[name.as_str()] = value.clone();
    }
}

/// The program, before it is run.
pub(crate) struct Program {
    folder: std::path::PathBuf,
    variables: Vec<(String, String)>,
}

impl Program {
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.variables.iter().any(|(known, _)| known == name)
    }

    /// On the simulator, with the folder's world.
    pub(crate) fn simulated(self) -> Self {
        self.with("ECS_ROLLOUT_SIMULATE", "world.json")
    }

    /// The same under another program, such as one that gives it a terminal.
    pub(crate) fn under(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_clear().envs(self.variables.iter().cloned()).stdin(Stdio::null());
        command
    }

    pub(crate) fn command(&self, line: &[&str]) -> Command {
        let mut command = self.under(env!("CARGO_BIN_EXE_ecs-rollout"));
        command.args(line);
        command
    }

    pub(crate) fn run(&self, line: &[&str]) -> Done {
        Done::of(self.command(line).output().unwrap())
    }
}

/// The program's end.
pub(crate) struct Done {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    pub(crate) fn of(output: std::process::Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code().unwrap(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// All of it as text; of the result at most so many lines.
    pub(crate) fn shown(&self, lines: usize) -> String {
        let marked = |mark: &str, text: &str| {
            text.lines()
                .take(lines)
                .map(|line| format!("{mark}{line}").trim_end().to_owned() + "\n")
                .collect::<String>()
        };
        still(&format!("{}{}status {}\n", marked("", &self.stdout), marked("! ", &self.stderr), self.status))
    }
}

/// A text without what differs each time: how long it took, how often was called, the machine's time, names of folders.
fn still(text: &str) -> String {
    let line = |line: &str| match serde_json::from_str::<Value>(line) {
        Ok(Value::Object(mut event)) => {
            ["seconds", "calls", "at", "elapsed"].iter().for_each(|name| _ = event.shift_remove(*name));
            Value::Object(event).to_string()
        }
        _ => {
            let label = line.split_whitespace().next().unwrap_or_default();
            let is_moving = ["took", "seconds", "calls", "expires", "file"].contains(&label) && line.contains("  ");
            if is_moving {
                format!("{}  …", line.split(label).next().unwrap_or_default().to_owned() + label)
            } else {
                line.to_owned()
            }
        }
    };
    text.lines().map(|one| line(one) + "\n").collect()
}

/// Compares a text with a file of `tests/cli`, or writes the file.
pub(crate) fn compare(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cli").join(name);
    if std::env::var_os("ECS_ROLLOUT_PRINT").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == text,
        "{name} has changed; if that is meant: ECS_ROLLOUT_PRINT=1 cargo test -p ecs-rollout-cli\n{text}"
    );
}
