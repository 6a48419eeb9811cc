//! Prints what TypeScript and Python have of the contract, and the guide's reference, from the core's own, and fails if what is
//! printed is stale.
//!
//! To print anew: `ECS_ROLLOUT_PRINT=1 cargo test -p ecs-rollout-tests --test contract`.

mod printer {
    pub(crate) mod docs;
    pub(crate) mod node_surface;
    pub(crate) mod permissions;
    pub(crate) mod python;
    pub(crate) mod python_surface;
    pub(crate) mod reference;
    pub(crate) mod rules;
    pub(crate) mod schema;
    pub(crate) mod surface;
    pub(crate) mod typescript;
}

use std::path::Path;

use printer::schema::Contract;

#[test]
fn printed_files_are_up_to_date() {
    let contract = Contract::of_core();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let iam = std::fs::read_to_string(root.join("docs/iam.md")).unwrap();
    let troubleshooting = std::fs::read_to_string(root.join("docs/troubleshooting.md")).unwrap();
    let mut stale = Vec::new();
    let bindings = [
        ("bindings-node/types.d.ts", printer::typescript::types(&contract)),
        ("bindings-node/index.js", printer::node_surface::index(&contract)),
        ("bindings-node/index.d.ts", printer::node_surface::types(&contract)),
        ("bindings-node/testing.js", printer::node_surface::testing()),
        ("bindings-node/testing.d.ts", printer::node_surface::testing_types(&contract)),
        ("bindings-python/python/ecs_rollout/types.py", printer::python::types(&contract)),
        ("bindings-python/python/ecs_rollout/errors.py", printer::python::errors(&contract)),
        ("bindings-python/python/ecs_rollout/_verbs.py", printer::python_surface::verbs(&contract)),
        ("bindings-python/python/ecs_rollout/__init__.py", printer::python_surface::init(&contract)),
        ("bindings-python/python/ecs_rollout/aio.py", printer::python_surface::aio(&contract)),
        ("bindings-python/python/ecs_rollout/_native.pyi", printer::python_surface::native(&contract)),
        ("bindings-python/python/ecs_rollout/_credential.py", printer::python_surface::credential(&contract)),
        ("bindings-python/python/ecs_rollout/_rollout.pyi", printer::python_surface::rollout_types(&contract)),
        ("bindings-python/python/ecs_rollout/testing.py", printer::python_surface::testing(&contract)),
        ("docs/iam.md", printer::permissions::page(&iam)),
        ("docs/troubleshooting.md", printer::reference::with_advice(&troubleshooting)),
    ];
    for (file, text) in bindings.into_iter().chain(printer::reference::pages(&contract)) {
        let path = root.join(file);
        if std::env::var_os("ECS_ROLLOUT_PRINT").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        if std::fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            stale.push(file);
        }
    }
    assert!(
        stale.is_empty(),
        "stale: {stale:?}; print anew with ECS_ROLLOUT_PRINT=1 cargo test -p ecs-rollout-tests --test contract"
    );
}

#[test]
fn every_code_of_the_contract_is_there() {
    let contract = Contract::of_core();
    let codes: Vec<&str> = contract.errors.iter().map(|error| error.code.as_str()).collect();
    let design = "invalid container_missing image_missing image_archived image_refused platform_mismatch definition_missing service_missing \
        service_inactive cluster_missing unsupported denied credentials throttled network aws failed rolled_back superseded \
        stopped timed_out cancelled task_failed push_failed";
    assert_eq!(codes, design.split_whitespace().collect::<Vec<_>>());
}
