//! Recognizes files and documents that are no task definition, and advises how to get one. Pure.

use serde_json::{Map, Value};

/// Functions of CloudFormation, as YAML tags.
const FUNCTIONS: [&str; 7] = ["!Ref", "!Sub", "!GetAtt", "!Join", "!If", "!ImportValue", "!FindInMap"];

/// Where to find the definition that a template registers.
const REGISTERED: &str =
    "give the definition that came of it: its family, or the answer of `aws ecs describe-task-definition` as a file";

/// What bytes are that are not UTF-8 text.
pub(crate) fn bytes(bytes: &[u8]) -> &'static str {
    let zeros = bytes.iter().filter(|byte| **byte == 0).count();
    // UTF-16 without a byte order mark: each letter has one zero, before or after it.
    let at = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let is_unmarked = zeros * 3 > bytes.len() && (at(0) == 0 || at(1) == 0);
    let is_utf_16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || is_unmarked;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        "this is a file of gzip, and no text: unpack it first"
    } else if is_utf_16 {
        "the text is UTF-16, as `>` of Windows PowerShell writes it: save it as UTF-8 (`Out-File -Encoding utf8`)"
    } else if zeros > 0 && std::str::from_utf8(bytes).is_ok() {
        "the text has a NUL character in it: is it cut off, or no text at all? Write the file again"
    } else {
        "this is no text in UTF-8: save it as UTF-8"
    }
}

/// What a text is that begins as no task definition can.
pub(crate) fn text(text: &str) -> Option<String> {
    let start = text.trim_start();
    let begins = |words: &[&str]| words.iter().any(|word| start.starts_with(word));
    let (what, remedy) = if start.is_empty() {
        ("is empty", "write a task definition into it")
    } else if start.contains('\0') {
        return Some(bytes(start.as_bytes()).to_owned());
    } else if has_conflict(start) {
        ("has the marks of a merge conflict of git (<<<<<<<, =======, >>>>>>>)", "settle the conflict, and remove them")
    } else if start.starts_with('<') {
        ("is HTML or XML", "was a page saved instead of the file behind it? Save the JSON or YAML itself")
    } else if begins(&["//", "/*"]) {
        ("begins with a comment, which JSON does not have", "remove the comments, or write YAML with # comments")
    } else if begins(&["local ", "import ", "function("]) {
        ("is Jsonnet", "give its JSON: `jsonnet FILE > taskdef.json`")
    } else if begins(&["resource \"", "data \"", "module \"", "terraform {"]) {
        ("is Terraform's HCL", REGISTERED)
    } else {
        return None;
    };
    Some(format!("the text {what}: {remedy}"))
}

/// Why a text could not be read, if something in it shows the cause.
pub(crate) fn hint(text: &str) -> Option<String> {
    let has_function = FUNCTIONS.iter().any(|function| text.contains(&format!("{function} ")));
    let (what, remedy) = if has_function || text.contains("AWSTemplateFormatVersion") {
        ("is a CloudFormation template or a part of one", REGISTERED)
    } else if text.contains("{{") {
        ("holds a template ({{ … }})", "render it first; `${NAME}` is filled in here, with the option `variables`")
    } else if text.contains("std.extVar") || text.contains("std.native") {
        ("is Jsonnet", "give its JSON: `jsonnet FILE > taskdef.json`")
    } else if let Some(name) = text.lines().find_map(unquoted_variable) {
        let remedy = format!("write \"${{{name}}}\", and fill it in with the option `variables`");
        return Some(format!("the text has ${{{name}}} outside of quotes: {remedy}"));
    } else if text.lines().any(has_comment) {
        ("has a comment, which JSON does not have", "remove the comments, or write YAML with # comments")
    } else {
        return None;
    };
    Some(format!("the text {what}: {remedy}"))
}

/// Whether the text has git's conflict markers.
fn has_conflict(text: &str) -> bool {
    let begins = |mark: &str| text.lines().any(|line| line.starts_with(mark));
    begins("<<<<<<< ") && begins(">>>>>>> ")
}

/// The variable that a line of JSON has as a value without quotes.
fn unquoted_variable(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("${")?;
    let name = after.split_once('}')?.0;
    let is_value = before.trim_end().ends_with([':', '[', ',']) || before.trim().is_empty();
    let is_outside = before.matches('"').count().is_multiple_of(2);
    (is_value && is_outside && !name.is_empty()).then_some(name)
}

/// Whether a line of JSON has a comment. `//` and `/*` are parts of many a URL or pattern too.
fn has_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//")
        || line.starts_with("/*")
        || [", //", "{ //", "[ //"].iter().any(|start| line.contains(start))
}

/// What a document without containers is.
pub(crate) fn document(document: &Value) -> Option<String> {
    let (what, remedy) = match document {
        Value::Array(list) => array(list)?,
        Value::Object(object) => object_of(object)?,
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            ("a JSON text inside a JSON text", "decode it once more, and give the object")
        }
        _ => return None,
    };
    Some(format!("this is {what}, not a task definition: {remedy}"))
}

fn array(list: &[Value]) -> Option<(&'static str, &'static str)> {
    let has = |entry: &Value, member: &str| entry.get(member).is_some();
    if list.iter().any(|entry| has(entry, "imageUri") && has(entry, "name")) {
        Some((
            "the imagedefinitions.json of CodePipeline",
            "give its images as `images`: {name: imageUri}; the definition is what the service runs",
        ))
    } else if list.iter().any(|entry| has(entry, "containerDefinitions")) {
        Some(("a list of task definitions", "give one of them"))
    } else if list.iter().any(|entry| has(entry, "image") && has(entry, "name")) {
        Some((
            "a list of containers",
            "put it into an object with the family: {\"family\": \"NAME\", \"containerDefinitions\": […]}",
        ))
    } else {
        None
    }
}

fn object_of(object: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    let has = |member: &str| object.contains_key(member);
    let service = "name its task definition as `definition`, or leave `definition` out to keep it";
    if has("containerDefinitions") || object.get("taskDefinition").is_some_and(Value::is_object) {
        None
    } else if object.get("Resources").is_some_and(Value::is_array) {
        Some(("an AppSpec of CodeDeploy", "give it as `codedeploy: {appspec: …}`"))
    } else if has("Resources") || has("AWSTemplateFormatVersion") || is_resource(object) {
        Some(("a CloudFormation template", REGISTERED))
    } else if has("ContainerDefinitions") {
        Some((
            "written with CloudFormation's names",
            "begin the names of members with a small letter, as ECS's API does: containerDefinitions, not ContainerDefinitions",
        ))
    } else if has("container_definitions") || has("resource") {
        Some(("written with Terraform's names", REGISTERED))
    } else if has("ImageURI") {
        Some(("the imageDetail.json of CodePipeline", "give its ImageURI as `images`: {container: ImageURI}"))
    } else if object.get("type").and_then(Value::as_str).is_some_and(|kind| COPILOT.contains(&kind)) {
        Some(("a manifest of AWS Copilot", REGISTERED))
    } else if has("task_definition") || has("service_definition") {
        Some(("a configuration of ecspresso or ecs-cli", "give the task definition that it names"))
    } else if has("apiVersion") && has("kind") {
        Some(("a Kubernetes manifest", "write the containers as containerDefinitions of a task definition"))
    } else if object.get("services").is_some_and(Value::is_object) {
        Some(("a Compose file", "write its services as containerDefinitions of a task definition"))
    } else if object.get("services").is_some_and(Value::is_array) || has("serviceName") || has("serviceArn") {
        Some(("a service of ECS", service))
    } else if object.get("taskDefinition").is_some_and(Value::is_string) {
        Some(("an input of a service or of RunTask", service))
    } else if has("taskDefinitionArns") || has("families") {
        Some(("a list of names", "give one of the names as `definition`"))
    } else if has("image") && has("name") {
        Some((
            "one container",
            "put it into an object with the family: {\"family\": \"NAME\", \"containerDefinitions\": [{…}]}",
        ))
    } else {
        None
    }
}

/// Kinds of Copilot's manifests. Source: https://aws.github.io/copilot-cli/docs/manifest/overview/
const COPILOT: [&str; 6] = [
    "Load Balanced Web Service",
    "Backend Service",
    "Worker Service",
    "Request-Driven Web Service",
    "Static Site",
    "Scheduled Job",
];

/// Whether an object is a resource of a template.
fn is_resource(object: &Map<String, Value>) -> bool {
    object.get("Type").and_then(Value::as_str).is_some_and(|name| name.starts_with("AWS::"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::definition::TaskDefinition;

    fn refused(file: &str, bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        std::fs::write(&path, bytes).unwrap();
        let text = TaskDefinition::load(&path).unwrap_err().to_string();
        assert!(text.contains(file), "{text}");
        text
    }

    fn utf_16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn the_error_names_what_a_file_is() {
        let marked = [&[0xff, 0xfe][..], &utf_16("{}")].concat();
        for (file, bytes, text) in [
            ("a.json", marked, "the text is UTF-16"),
            ("a.json", utf_16(r#"{"family": "api"}"#), "the text is UTF-16"),
            ("a.json", vec![b'{', 0xe9, b'}'], "this is no text in UTF-8"),
            ("a.json", b"{\"family\": \"a\0\", \"cpu\": \"256\"}".to_vec(), "the text has a NUL character in it"),
            ("a.json", b"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> theirs\n".to_vec(), "a merge conflict of git"),
            (
                "a.yaml",
                b"family: a\n<<<<<<< HEAD\ncpu: 1\n=======\ncpu: 2\n>>>>>>> theirs\n".to_vec(),
                "a merge conflict of git",
            ),
            (
                "a.json",
                b"{\"family\": \"a\", \"cpu\": ${CPU}}".to_vec(),
                "the text has ${CPU} outside of quotes: write \"${CPU}\"",
            ),
            ("a.yml", b"name: api\ntype: Backend Service\nimage:\n  port: 80\n".to_vec(), "a manifest of AWS Copilot"),
            ("a.json", b" \n".to_vec(), "the text is empty"),
            ("a.yaml", b"".to_vec(), "the text is empty"),
            ("a.json", b"<!DOCTYPE html><html></html>".to_vec(), "the text is HTML"),
            ("a.json", b"// ours\n{}".to_vec(), "the text begins with a comment"),
            ("a.json", b"/* ours */ {}".to_vec(), "the text begins with a comment"),
            ("a.json", b"{\n  // ours\n  \"family\": \"f\"\n}".to_vec(), "a.json:2:3: not JSON"),
            ("a.json", b"{\n  // ours\n  \"family\": \"f\"\n}".to_vec(), "the text has a comment"),
            ("a.jsonnet", b"local name = 'x';\n{ family: name }".to_vec(), "the text is Jsonnet"),
            ("a.jsonnet", b"{ family: std.extVar('NAME') }".to_vec(), "the text is Jsonnet"),
            ("a.json", b"{\"family\": {{ must_env `NAME` }}}".to_vec(), "the text holds a template"),
            ("a.tf", b"resource \"aws_ecs_task_definition\" \"api\" {\n}".to_vec(), "the text is Terraform's HCL"),
            (
                "a.yaml",
                b"Resources:\n  Task:\n    Type: AWS::ECS::TaskDefinition\n    Properties:\n      Family: !Ref Name\n"
                    .to_vec(),
                "a.yaml:5:15: not YAML: the tag !Ref has no meaning here; the text is a CloudFormation template",
            ),
            (
                "a.yml",
                b"version: 0.0\nResources:\n- TargetService:\n    Type: AWS::ECS::Service\n".to_vec(),
                "an AppSpec of CodeDeploy",
            ),
            ("a.yml", b"services:\n  api:\n    image: app:1\n".to_vec(), "a Compose file"),
            ("a.yml", b"region: eu-west-1\ntask_definition: a.json\n".to_vec(), "a configuration of ecspresso"),
        ] {
            let error = refused(file, &bytes);
            assert!(error.contains(text), "{error}\n{text}");
        }
    }

    #[test]
    fn the_error_names_what_a_document_is() {
        let container = json!({"name": "a", "image": "a:1"});
        for (document, text) in [
            (json!([{"name": "a", "imageUri": "a:1"}]), "the imagedefinitions.json of CodePipeline"),
            (json!({"ImageURI": "a:1"}), "the imageDetail.json of CodePipeline"),
            (json!([container]), "a list of containers"),
            (container.clone(), "one container"),
            (json!([{"containerDefinitions": [container]}]), "a list of task definitions"),
            (json!({"Family": "f", "ContainerDefinitions": []}), "CloudFormation's names"),
            (json!({"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition"}}}), "a CloudFormation template"),
            (json!({"Type": "AWS::ECS::TaskDefinition", "Properties": {}}), "a CloudFormation template"),
            (json!({"family": "f", "container_definitions": "[]"}), "Terraform's names"),
            (json!({"serviceName": "api", "taskDefinition": "api:1"}), "a service of ECS"),
            (json!({"services": [{"serviceName": "api"}], "failures": []}), "a service of ECS"),
            (json!({"taskDefinition": "api:1", "count": 1}), "an input of a service or of RunTask"),
            (json!({"taskDefinitionArns": []}), "a list of names"),
            (json!({"apiVersion": "apps/v1", "kind": "Deployment"}), "a Kubernetes manifest"),
            (json!("{\"family\": \"f\"}"), "a JSON text inside a JSON text"),
            (json!("taskdef"), "a text given, an object expected"),
            (json!({}), "/containerDefinitions: missing"),
        ] {
            let error = TaskDefinition::new(document).unwrap_err().to_string();
            assert!(error.contains(text), "{error}\n{text}");
        }
    }
}
