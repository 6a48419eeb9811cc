//! Finds the option that an unknown name means: by its spelling, or by the name that other tools use.

/// The options of `deploy`.
pub(crate) const DEPLOYMENT: [&str; 23] = [
    "service",
    "cluster",
    "settings",
    "images",
    "containers",
    "definition",
    "patch",
    "variables",
    "desired",
    "force",
    "pin",
    "require",
    "verify",
    "wait",
    "timeout",
    "recover",
    "failures",
    "codedeploy",
    "before",
    "at_pause",
    "after",
    "until",
    "unknown",
];

/// The options of `deploy` that are given beside `settings`.
pub(crate) fn beside_settings() -> &'static [&'static str] {
    &DEPLOYMENT[3..]
}

/// Names of other tools in lower case without `-` and `_`, the options that they may mean, and how ours is given.
const OTHERS: [(&[&str], &[&str], &str); 36] = [
    (
        &[
            "taskdefinition",
            "taskdef",
            "taskdefinitionarn",
            "taskdefinitionfile",
            "taskdefinitionpath",
            "taskdefinitionfamily",
            "taskdefinitionname",
            "definitionfile",
            "definitionarn",
            "td",
            "taskdefinitionjson",
        ],
        &["definition", "to"],
        "a family, family:revision, an ARN or a document; a file is read with TaskDefinition.load",
    ),
    (
        &["desiredcount", "replicas", "instances", "count", "numberoftasks", "taskcount", "tasks", "scale"],
        &["desired", "count"],
        "",
    ),
    (&["mincapacity", "minimum", "mincount", "mintasks"], &["min"], ""),
    (&["maxcapacity", "maximum", "maxcount", "maxtasks"], &["max"], ""),
    (
        &[
            "waitforservicestability",
            "waitforstability",
            "waitforcompletion",
            "waituntilstable",
            "waitfordeployment",
            "waitforsteadystate",
            "waituntilstopped",
            "waitfortaskstopped",
            "nowait",
            "async",
            "detach",
        ],
        &["wait"],
        "true or false",
    ),
    (
        &[
            "waitforminutes",
            "maxwait",
            "maxwaittime",
            "maxwaitminutes",
            "waittimeout",
            "timeoutseconds",
            "timeoutminutes",
            "timeoutinseconds",
            "timeoutms",
            "timeoutmillis",
            "deadline",
            "waitminutes",
            "waitseconds",
            "maxtime",
            "maxduration",
        ],
        &["timeout"],
        "in seconds",
    ),
    (
        &[
            "image",
            "imageuri",
            "imagetag",
            "imagename",
            "imageurl",
            "tag",
            "imagedigest",
            "digest",
            "containerimage",
            "sha",
            "version",
        ],
        &["images"],
        "{container: \":tag\"}",
    ),
    (
        &["env", "envs", "envvars", "environ", "environmentvariables", "variables", "vars"],
        &["environment"],
        "{NAME: value}",
    ),
    (&["secret", "secretoptions"], &["secrets"], "{NAME: ARN or name of a parameter}"),
    (&["envfile", "envfiles", "environmentfile", "environmentfiles"], &["files"], "a list of ARNs of S3"),
    (&["dockerlabels", "label"], &["labels"], "{name: text}"),
    (&["logconfiguration", "logging", "log", "logs", "logdriver"], &["logging"], "{driver, options}"),
    (&["healthcheck"], &["health"], ""),
    (&["containerdefinitions", "container", "containername", "containeroverrides"], &["containers", "container"], ""),
    (
        &["forcenewdeployment", "forcedeployment", "forcedeploy", "forceupdate", "forceredeploy", "forceregister"],
        &["force"],
        "true or false",
    ),
    (&["clustername", "clusterarn", "ecscluster", "ecsclustername"], &["cluster"], ""),
    (&["servicename", "servicearn", "ecsservice", "ecsservicename"], &["service"], ""),
    (&["rollback", "rollbackonfailure", "autorollback", "enablerollback", "onfailure"], &["recover"], "\"rollback\""),
    (
        &["patience", "failures", "maxfailures", "failurethreshold", "threshold", "maxfailedtasks"],
        &["failures"],
        "a number of tasks",
    ),
    (&["dryrun", "dry", "whatif", "noop", "checkonly", "preview"], &["plan"], "true or false"),
    (
        &[
            "codedeployapplication",
            "codedeployappname",
            "codedeploydeploymentgroup",
            "codedeployappspec",
            "codedeploygroup",
            "codedeploydescription",
            "codedeployconfig",
            "appspec",
            "deploymentgroup",
            "deploymentgroupname",
            "applicationname",
        ],
        &["codedeploy"],
        "{application, group, appspec, config, description}",
    ),
    (&["parameters", "substitutions", "vars", "templatevariables", "context"], &["variables"], "{NAME: text}"),
    (&["regionname", "awsregion", "defaultregion", "awsdefaultregion"], &["region"], ""),
    (&["profilename", "awsprofile"], &["profile"], ""),
    (&["endpointurl", "awsendpointurl", "url", "host"], &["endpoint"], "http://host:port"),
    (&["rolearn", "assumerole", "assumerolearn", "roletoassume"], &["role"], "an ARN"),
    (&["rolesessionname", "sessionname"], &["session"], ""),
    (&["accountid", "awsaccountid", "allowedaccountids", "expectedaccount"], &["account"], "twelve digits"),
    (&["externalid", "roleexternalid"], &["external"], ""),
    (&["sourceidentity"], &["identity"], ""),
    (&["durationseconds", "roledurationseconds", "sessionduration"], &["duration"], "a number of seconds"),
    (&["sessionpolicy", "inlinesessionpolicy"], &["policy"], "a document"),
    (&["policyarns", "managedsessionpolicies", "policies"], &["managed"], "a list of ARNs"),
    (
        &["idtoken", "oidctoken", "webidentitytoken", "webidentitytokenfile", "tokenfile"],
        &["token"],
        "a variable's name, or a path",
    ),
    (&["dependson", "depends", "requires"], &["needs"], "a list of names"),
    (&["startedby", "key", "clienttoken", "idempotencytoken"], &["key"], ""),
];

/// Settings that other tools and ECS's console call otherwise, in lower case without `-` and `_`.
const SETTINGS: [(&[&str], &str); 9] = [
    (&["circuitbreaker", "deploymentcircuitbreakerconfiguration", "breaker"], "deploymentCircuitBreaker"),
    (&["minhealthypercent", "minimumhealthpercent", "deploymentminimumhealthypercent"], "minimumHealthyPercent"),
    (&["maxpercent", "maxhealthypercent", "maximumhealthypercent", "deploymentmaximumpercent"], "maximumPercent"),
    (&["subnetids", "subnetid", "vpcsubnets"], "subnets"),
    (&["securitygroupids", "securitygroupid", "sgs"], "securityGroups"),
    (&["publicip", "assignpublicipaddress"], "assignPublicIp"),
    (&["baketime", "bakeminutes"], "bakeTimeInMinutes"),
    (&["graceperiod", "healthcheckgraceperiod"], "healthCheckGracePeriodSeconds"),
    (&["executecommand", "ecsexec", "enableecsexec", "enableexec"], "enableExecuteCommand"),
];

/// The member of a service's settings that is meant by another name for it; otherwise the name itself.
pub(crate) fn setting(name: &str) -> &str {
    let letters = bare(name);
    SETTINGS.iter().find(|(names, _)| names.contains(&letters.as_str())).map_or(name, |(_, known)| known)
}

/// Members of a service that RunTask does not have.
const OF_SERVICES: [&str; 6] = [
    "deploymentConfiguration",
    "healthCheckGracePeriodSeconds",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "availabilityZoneRebalancing",
];

/// Members of documents of ECS that other tools have as options, by the option that takes them.
const MEMBERS: [(&str, &str, &[&str]); 5] = [
    (
        "settings",
        "settings: {\"MEMBER\": …}, as in OPERATION",
        &[
            "networkConfiguration",
            "launchType",
            "availabilityZoneRebalancing",
            "platformVersion",
            "capacityProviderStrategy",
            "enableExecuteCommand",
            "propagateTags",
            "deploymentConfiguration",
            "healthCheckGracePeriodSeconds",
            "loadBalancers",
            "serviceRegistries",
            "enableECSManagedTags",
            "placementStrategy",
            "placementConstraints",
            "serviceConnectConfiguration",
            "volumeConfigurations",
            "group",
        ],
    ),
    (
        "settings",
        "settings: {\"networkConfiguration\": {\"awsvpcConfiguration\": {\"MEMBER\": …}}}",
        &["subnets", "securityGroups", "assignPublicIp"],
    ),
    (
        "settings",
        "settings: {\"deploymentConfiguration\": {\"MEMBER\": …}}",
        &[
            "minimumHealthyPercent",
            "maximumPercent",
            "deploymentCircuitBreaker",
            "alarms",
            "strategy",
            "bakeTimeInMinutes",
        ],
    ),
    (
        "containers",
        "containers: {NAME: {…}} with environment, secrets, files, labels, logging, command",
        &[
            "environment",
            "env",
            "envVars",
            "environmentVariables",
            "secrets",
            "envFile",
            "environmentFiles",
            "dockerLabels",
            "labels",
            "logConfiguration",
            "logging",
            "command",
            "entryPoint",
            "healthCheck",
            "overrides",
            "containerOverrides",
        ],
    ),
    (
        "patch",
        "patch: {\"MEMBER\": …}, over the task definition",
        &[
            "cpu",
            "memory",
            "executionRoleArn",
            "taskRoleArn",
            "family",
            "networkMode",
            "requiresCompatibilities",
            "runtimePlatform",
            "volumes",
            "ephemeralStorage",
            "tags",
        ],
    ),
];

/// Names that are no options of a verb, and where they belong.
const ELSEWHERE: [(&[&str], &str); 9] = [
    (
        &["needs", "dependson", "wave", "bake"],
        ": the order of services belongs to the verb for many (`deploy_all`, `deployAll`)",
    ),
    (
        &[
            "region",
            "awsregion",
            "regionname",
            "defaultregion",
            "profile",
            "awsprofile",
            "profilename",
            "endpoint",
            "endpointurl",
            "role",
            "rolearn",
            "assumerole",
            "assumerolearn",
            "roletoassume",
            "credentials",
            "session",
            "sessionname",
            "oidc",
            "audience",
            "account",
            "accountid",
            "externalid",
            "sourceidentity",
            "durationseconds",
        ],
        ": it belongs to the client: make one with `Client`, and call its verbs",
    ),
    (
        &[
            "accesskey",
            "accesskeyid",
            "awsaccesskeyid",
            "secretkey",
            "secretaccesskey",
            "awssecretaccesskey",
            "sessiontoken",
            "awssessiontoken",
        ],
        ": credentials come from the environment, a profile or a role of the `Client`, and are no option",
    ),
    (
        &["dryrun", "dry", "whatif", "noop", "checkonly", "preview", "plan"],
        ": the verb `plan` takes the same options, and writes nothing",
    ),
    (
        &["services", "servicenames"],
        ": many services are deployed with the verb for all of them (`deploy_all`, `deployAll`)",
    ),
    (
        &[
            "interval",
            "delay",
            "poll",
            "pollinterval",
            "polldelay",
            "retries",
            "maxattempts",
            "maxretries",
            "retry",
            "backoff",
            "waiter",
            "waiterdelay",
        ],
        ": when to look and when to try again is decided here; `timeout` is how long",
    ),
    (
        &["verbose", "debug", "quiet", "loglevel", "silent", "callback", "onevent", "onprogress", "progress", "logger"],
        ": iterate over what the verb returns to see its events",
    ),
    (
        &["signal", "abortsignal"],
        ": in JavaScript it is given in the second argument, beside the options; elsewhere `cancel` of what the verb returns ends the watching",
    ),
    (&["migrate", "predeploy", "runtask", "prehook", "release"], ": tasks that run first are given as `before`"),
];

pub(crate) fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Which of the known options another tool's name means, as the rest of a sentence that names it.
pub(crate) fn meant(unknown: &str, known: &[&str]) -> Option<String> {
    let unknown = bare(unknown);
    // The same name in another spelling.
    if let Some(same) = known.iter().find(|name| bare(name) == unknown) {
        return Some(format!(": did you mean {same:?}?"));
    }
    for (names, ours, how) in OTHERS {
        let Some(option) = ours.iter().find(|option| known.contains(option)) else { continue };
        if names.contains(&unknown.as_str()) {
            let how = if how.is_empty() { String::new() } else { format!(" It is {how}") };
            return Some(format!(": did you mean {option:?}?{how}"));
        }
    }
    None
}

/// Where what is no option belongs, as the rest of a sentence that names it.
pub(crate) fn elsewhere(unknown: &str, known: &[&str]) -> Option<String> {
    // Nested objects have options of their own.
    if !["service", "services", "cluster", "name", "path", "image", "region"]
        .iter()
        .any(|option| known.contains(option))
    {
        return None;
    }
    let unknown = bare(setting(unknown));
    let has = |option: &str| known.contains(&option);
    // `deploy_all`, which has few options of its own.
    if has("services") && has("parallel") {
        let is_of_each = |option: &&&str| bare(option) == unknown;
        let own = DEPLOYMENT.iter().filter(|option| **option != "settings").find(is_of_each)?;
        return Some(format!(": {own:?} belongs to each service: give it with each entry of \"services\""));
    }
    // `run` alone has a key, and only what begins a deployment counts its failures; `service` is that with a plan.
    let (is_run, is_service) = (has("key"), has("failures") && has("plan"));
    let operation = match (is_run, is_service) {
        (true, _) => "RunTask",
        (_, true) => "CreateService and UpdateService",
        _ => "UpdateService",
    };
    for (option, how, members) in MEMBERS {
        let Some(member) = members.iter().find(|member| bare(member) == unknown).filter(|_| has(option)) else {
            continue;
        };
        let is_refused = match *member {
            "group" => !is_run,
            member => is_run && (OF_SERVICES.contains(&member) || how.contains("deploymentConfiguration")),
        };
        if *member == "launchType" && !is_run && !is_service {
            return Some(
                ": a deployment does not change it: give capacityProviderStrategy in \"settings\", or create the service anew".to_owned(),
            );
        }
        if is_refused {
            return Some(format!(": {operation} has no {member}"));
        }
        let how = how.replace("MEMBER", member).replace("OPERATION", operation);
        return Some(format!(": it is given in {option:?}: {how}"));
    }
    let place = ELSEWHERE.iter().find(|(names, _)| names.contains(&unknown.as_str()));
    place.map(|(_, hint)| (*hint).to_owned())
}

/// The nearest known name, or all of them, as the rest of a sentence that names the unknown one.
pub(crate) fn suggestion(unknown: &str, known: &[&str]) -> String {
    let nearest = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&unknown.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 3)
        .min();
    match nearest {
        Some((_, name)) => format!(": did you mean {name:?}?"),
        None => format!(": known are {}", known.join(", ")),
    }
}
