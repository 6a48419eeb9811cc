//! The verbs and classes as Python: `_verbs.py`, `__init__.py`, `aio.py`, `_native.pyi`, `testing.py`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::docs::{Doc, Spelling};
use super::python::{HEAD, KEYWORDS, class, spell};
use super::schema::{Contract, Field, Type};
use super::surface::{CREDENTIAL, Item, Kind, Offered, SIMULATOR, TASK_DEFINITION, names, offered};

const WIDTH: usize = 118;

/// `_verbs.py`: what `help` and a type checker show. Rollouts are the same for asyncio; values are awaited there.
pub(crate) fn verbs(contract: &Contract) -> String {
    let all = offered(contract);
    let (rollouts, values): (Vec<&Offered<'_>>, Vec<&Offered<'_>>) =
        all.iter().partition(|one| one.verb.event.is_some());
    let mut text = format!(
        "{HEAD}\"\"\"The verbs, with their options, defaults and docs.\"\"\"\n\nfrom __future__ import annotations\n\n\
         from ._call import asks, begins\n\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    from collections.abc import Coroutine, Mapping\n    \
         from typing import Any\n\n    from ._credential import Credential\n    from ._rollout import Rollout\n    from .types import (\n{})\n",
        imported(contract, &all)
    );
    text.push_str("\n\nclass Rollouts:\n    \"\"\"The verbs with events and an outcome.\"\"\"\n");
    text.extend(rollouts.iter().map(|one| method(contract, one, "begins", &rollout(one))));
    text.push_str("\n\nclass Verbs(Rollouts):\n    \"\"\"All verbs.\"\"\"\n");
    text.extend(values.iter().map(|one| method(contract, one, "asks", &outcome(one))));
    text.push_str("\n\nclass AioVerbs(Rollouts):\n    \"\"\"All verbs, for asyncio.\"\"\"\n");
    let awaited = |one: &Offered<'_>| format!("Coroutine[Any, Any, {}]", outcome(one));
    text.extend(values.iter().map(|one| method(contract, one, "asks", &awaited(one))));
    text
}

fn imported(contract: &Contract, all: &[Offered<'_>]) -> String {
    let mut used = BTreeSet::new();
    for one in all {
        one.options.iter().for_each(|field| field.kind.names(&mut used));
        used.extend([one.outcome().0.to_owned()]);
        used.extend(one.verb.event.filter(|_| !one.is_usual()).map(str::to_owned));
    }
    let known = used.iter().filter(|name| contract.types.iter().any(|named| named.name == **name));
    known.map(|name| format!("        {name},\n")).chain(["    ".to_owned()]).collect()
}

fn rollout(one: &Offered<'_>) -> String {
    match one.verb.event {
        Some(event) if !one.is_usual() => format!("Rollout[{event}, {}]", outcome(one)),
        _ => "Rollout".to_owned(),
    }
}

fn outcome(one: &Offered<'_>) -> String {
    match one.outcome() {
        (name, true) => format!("list[{name}]"),
        (name, false) => name.to_owned(),
    }
}

fn method(contract: &Contract, one: &Offered<'_>, decorator: &str, gives: &str) -> String {
    let (image, others): (Vec<&Field>, Vec<&Field>) =
        one.options.iter().partition(|field| one.takes_image() && field.name == "image");
    let star = (!others.is_empty()).then(|| "*".to_owned());
    let parameters = image.into_iter().map(parameter).chain(star).chain(others.into_iter().map(parameter));
    let parameters: Vec<String> = ["self".to_owned()].into_iter().chain(parameters).collect();
    let line = format!("    def {}({}) -> {gives}:", one.verb.name, parameters.join(", "));
    let head = if line.len() <= WIDTH {
        line
    } else {
        let each: String = parameters.iter().map(|one| format!("        {one},\n")).collect();
        format!("    def {}(\n{each}    ) -> {gives}:", one.verb.name)
    };
    format!(
        "\n    @{decorator}\n{head}\n{}        raise NotImplementedError\n",
        docstring(&one.doc, contract, "        ")
    )
}

fn parameter(field: &Field) -> String {
    assert!(!KEYWORDS.contains(&field.name.as_str()), "Python has a keyword of the name of the option {}", field.name);
    let default = match (&field.default, &field.kind) {
        _ if field.required => String::new(),
        (Some(value), _) => format!(" = {}", literal(value)),
        (None, Type::Nullable(_) | Type::Any) => " = None".to_owned(),
        (None, Type::List(_)) => " = []".to_owned(),
        (None, Type::Map(_)) => " = {}".to_owned(),
        (None, _) => panic!("the option {} has no default that can be printed", field.name),
    };
    format!("{}: {}{default}", field.name, spell(&field.kind))
}

fn literal(value: &Value) -> String {
    match value {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Null => "None".to_owned(),
        other => other.to_string(),
    }
}

fn docstring(doc: &Doc, contract: &Contract, indent: &str) -> String {
    let error = |code: &str| contract.errors.iter().find(|error| error.code == code).map(class).unwrap_or_default();
    let spelling = Spelling { error: &error, method: &str::to_owned, none: "None", null: "None" };
    let lines = doc.lines(&spelling, &contract.errors, WIDTH - indent.len());
    let text: Vec<String> =
        lines.iter().map(|line| if line.is_empty() { String::new() } else { format!("{indent}{line}") }).collect();
    let text = text.join("\n").replace('\\', "\\\\");
    let text = text.trim_start();
    let end = if lines.len() > 1 { format!("\n{indent}") } else { String::new() };
    format!("{indent}\"\"\"{text}{end}\"\"\"\n")
}

/// `__init__.py`.
pub(crate) fn init(contract: &Contract) -> String {
    let names = offered(contract).iter().map(|one| one.verb.name).collect::<Vec<_>>();
    format!(
        "{HEAD}\"\"\"Takes a container image into production on Amazon ECS and tells the truth about what happened.\"\"\"\n\n\
         from . import aio\nfrom ._client import Client, moment\nfrom ._credential import Credential\nfrom ._native import TaskDefinition, __version__, dotenv\n\
         from ._rollout import Rollout\nfrom .errors import *  # noqa: F403\nfrom .errors import __all__ as _errors\n\n{}\n\
         __all__ = [\n    \"Client\", \"Credential\", \"Rollout\", \"TaskDefinition\", \"__version__\", \"aio\", \"dotenv\",\n{}    *_errors,\n]\n",
        bound(&names, "moment"),
        listed(&names)
    )
}

/// `aio.py`.
pub(crate) fn aio(contract: &Contract) -> String {
    let names = offered(contract).iter().map(|one| one.verb.name).collect::<Vec<_>>();
    format!(
        "{HEAD}\"\"\"The verbs for asyncio: await what they return; the event loop goes on meanwhile.\"\"\"\n\n\
         from ._client import aio_moment\n\n{}\n__all__ = [\n{}]\n",
        bound(&names, "aio_moment"),
        listed(&names)
    )
}

fn bound(names: &[&str], of: &str) -> String {
    names.iter().map(|name| format!("{name} = {of}.{name}\n")).collect()
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("    \"{name}\",\n")).collect()
}

/// `_native.pyi`: what is written in Rust and used as it is.
pub(crate) fn native(contract: &Contract) -> String {
    let items: String = TASK_DEFINITION.iter().map(|item| stub(contract, "TaskDefinition", item)).collect();
    format!(
        "{HEAD}from collections.abc import Mapping\nfrom os import PathLike\nfrom typing import Any, Self, Unpack\n\n\
         from .types import Change, Changes, Finding\n\n__version__: str\n\nclass TaskDefinition:\n{}\n    \
         def __new__(cls, document: Mapping[str, Any] | str) -> Self:\n{}\n{items}    def __eq__(self, other: object) -> bool: ...\n\n\
         def dotenv(path: str | PathLike[str]) -> dict[str, str]:\n{}\n\
         def command_line(arguments: list[str]) -> int:\n    \"\"\"Runs the program `ecs-rollout`, and returns its exit code.\"\"\"\n",
        docstring(&Doc::of_struct("TaskDefinition"), contract, "    "),
        docstring(&Doc::of("TaskDefinition", "new"), contract, "        "),
        docstring(&Doc::of_function("dotenv"), contract, "    "),
    )
}

fn stub(contract: &Contract, of: &str, item: &Item) -> String {
    let (name, parameters, gives) = item.python;
    if name.is_empty() {
        return String::new();
    }
    let (decorator, first) = match item.kind {
        Kind::Static => ("    @staticmethod\n", ""),
        Kind::Method => ("", "self"),
        Kind::Member => ("    @property\n", "self"),
    };
    let between = if first.is_empty() || parameters.is_empty() { "" } else { ", " };
    let doc = docstring(&item.doc(of), contract, "        ");
    format!("{decorator}    def {name}({first}{between}{parameters}) -> {gives}:\n{doc}\n")
}

/// `_rollout.pyi`: the types of `Rollout`, its methods as the core documents them, and itself as `_rollout.py` does.
pub(crate) fn rollout_types(contract: &Contract) -> String {
    let source = include_str!("../../bindings-python/python/ecs_rollout/_rollout.py");
    let (_, inside) = source.split_once("class Rollout(Begun):\n    \"\"\"").expect("_rollout.py has the class");
    let (doc, _) = inside.split_once("\"\"\"").expect("the class has a doc");
    let method = |name| docstring(&Doc::of("RolloutHandle", name), contract, "        ");
    format!(
        "{HEAD}from collections.abc import AsyncIterator, Generator, Iterator\nfrom typing import Any, Generic, Self\n\n\
         from typing_extensions import TypeVar\n\nfrom .types import Event, Outcome\n\n\
         _E = TypeVar(\"_E\", default=Event)\n_O = TypeVar(\"_O\", default=Outcome)\n\n\
         class Rollout(Iterator[_E], AsyncIterator[_E], Generic[_E, _O]):\n    \"\"\"{doc}\"\"\"\n\n    \
         def outcome(self) -> _O:\n{}\n    def cancel(self) -> None:\n{}\n    \
         def __iter__(self) -> Self: ...\n    def __next__(self) -> _E: ...\n    def __aiter__(self) -> Self: ...\n    \
         async def __anext__(self) -> _E: ...\n    def __await__(self) -> Generator[Any, None, _O]: ...\n\n\
         class Pending: ...\n",
        method("outcome"),
        method("cancel"),
    )
}

/// `_credential.py`. Its secrets are no members: printing it shows none.
pub(crate) fn credential(contract: &Contract) -> String {
    let members = CREDENTIAL.iter().filter(|item| matches!(item.kind, Kind::Member)).map(|item| {
        let (name, _, kind) = item.python;
        format!("    {name}: {kind}\n{}", docstring(&item.doc("Credential"), contract, "    "))
    });
    let methods = CREDENTIAL.iter().filter(|item| matches!(item.kind, Kind::Method)).map(|item| {
        let text = stub(contract, "Credential", item);
        format!("{}        return self._secrets()[\"{}\"]\n\n", text.strip_suffix('\n').unwrap(), item.python.0)
    });
    format!(
        "{HEAD}\"\"\"A user and a password for a registry.\"\"\"\n\nfrom __future__ import annotations\n\n\
         TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from pathlib import Path\n    from typing import Any\n\n\n\
         class Credential:\n{}\n    \
         __slots__ = (\"registry\", \"user\", \"expires\", \"file\", \"shadowed\", \"_secrets\")\n\n{}\n    \
         def __init__(self, password: str, masks: list[str], file: str | None = None, shadowed: str | None = None, **shown: Any) -> None:\n        \
         from pathlib import Path\n\n        \
         self.file, self.shadowed = Path(file) if file else None, shadowed\n        \
         for name, value in shown.items():\n            setattr(self, name, value)\n        \
         # Not a member that whatever prints objects would print.\n        \
         self._secrets = lambda: {{\"password\": password, \"masks\": [*masks]}}\n\n{}    \
         def __repr__(self) -> str:\n        return f\"Credential(registry={{self.registry!r}}, user={{self.user!r}}, expires={{self.expires!r}})\"\n",
        docstring(&Doc::of_struct("Credential"), contract, "    "),
        members.collect::<String>(),
        methods.collect::<String>(),
    )
}

/// `testing.py`.
pub(crate) fn testing(contract: &Contract) -> String {
    let method = |item: &Item| {
        let (name, parameters, _) = item.python;
        let arguments: String = names(parameters).iter().map(|name| format!(", {name}")).collect();
        let text = stub(contract, "Simulator", item);
        format!("{}        return self._native.ask(\"{name}\"{arguments})\n\n", text.strip_suffix('\n').unwrap())
    };
    let methods: String = SIMULATOR.iter().map(method).collect();
    format!(
        "{HEAD}\"\"\"A simulator of Amazon ECS, for tests of deploy scripts.\"\"\"\n\nfrom __future__ import annotations\n\n\
         from . import _native\nfrom ._client import Client\n\nTYPE_CHECKING = False\nif TYPE_CHECKING:\n    \
         from collections.abc import Mapping\n    from typing import Any, Self, Unpack\n\n    from .types import ClientOptions\n\n__all__ = [\"Simulator\", \"difference\"]\n\n\n\
         class Simulator:\n{}\n    \
         def __init__(self, world: Mapping[str, Any] | None = None, **members: Any) -> None:\n{}        \
         self._native = _native.Simulator({{**(world or {{}}), **members}})\n\n    \
         def client(self, **settings: Unpack[ClientOptions]) -> Client:\n{}        return Client._of(self._native.client(settings))\n\n{methods}    \
         def close(self) -> None:\n{}        self._native.close()\n\n    \
         def __enter__(self) -> Self:\n        return self\n\n    def __exit__(self, *_: object) -> None:\n        self.close()\n\n\n\
         def difference(expected: Any, seen: Any) -> str | None:\n{}    return _native.difference(expected, seen)\n",
        docstring(&Doc::of_struct("Simulator"), contract, "    "),
        docstring(&Doc::of("Simulator", "start"), contract, "        "),
        docstring(&Doc::of("Simulator", "client"), contract, "        "),
        docstring(&Doc::of("Simulator", "close"), contract, "        "),
        docstring(&Doc::of_function("difference"), contract, "    "),
    )
}
