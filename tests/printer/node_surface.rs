//! The verbs and classes as JavaScript and its types: `index.js`, `index.d.ts`, `testing.js`, `testing.d.ts`.

use std::collections::BTreeSet;

use super::docs::{Doc, Spelling};
use super::schema::Contract;
use super::surface::{CREDENTIAL, Item, Kind, Offered, SIMULATOR, TASK_DEFINITION, names, offered};
use super::typescript::HEAD;

const WIDTH: usize = 118;

/// `index.js`: the class of definitions, and a method of the client and a function for each verb.
pub(crate) fn index(contract: &Contract) -> String {
    let all = offered(contract);
    let methods: Vec<String> = all.iter().map(method).collect();
    let wrapped: Vec<String> = TASK_DEFINITION.iter().map(wrapper).collect();
    let exports: String =
        all.iter().map(|one| format!("exports.{0} = ofTheMoment('{0}')\n", lower_camel(one.verb.name))).collect();
    format!(
        "{HEAD}'use strict'\n\nconst native = require('./native.js')\n\
         const {{ Connection, Definition, call, fileName, lookup, toText, ...others }} = require('./client.js')\n\n\
         class TaskDefinition extends Definition {{\n  #native\n\n  constructor(document) {{\n    super()\n    \
         if (document instanceof native.TaskDefinition) this.#native = document\n    \
         else if (typeof document === 'string') this.#native = call(() => native.TaskDefinition.parse(document))\n    \
         else this.#native = call(() => native.TaskDefinition.of(toText(document)))\n  }}\n\n{}}}\n\n\
         {}class Client extends Connection {{\n{}}}\n\n\
         // A function of the package has a client of its own for each call, with the environment as it is then.\n\
         const ofTheMoment = (verb) => ({{ [verb]: (...given) => new Client()[verb](...given) }})[verb]\n\n\
         exports.Client = Client\nexports.Credential = Credential\nexports.TaskDefinition = TaskDefinition\n{}{exports}",
        wrapped.join("\n"),
        credential(),
        methods.join("\n"),
        ["EcsRolloutError", "Rollout", "dotenv"].map(|name| format!("exports.{name} = others.{name}\n")).concat(),
    )
}

/// A method of `TaskDefinition`, which calls that of the add-on.
fn wrapper(item: &Item) -> String {
    let (name, parameters, gives) = item.node;
    let names = names(parameters);
    let given = names.iter().map(|name| match *name {
        "path" => "fileName(path)".to_owned(),
        "other" => "other.#native".to_owned(),
        "changes" => "toText(changes)".to_owned(),
        name => name.to_owned(),
    });
    let given = given.collect::<Vec<_>>().join(", ");
    let (head, on) = match item.kind {
        Kind::Static => ("static ", "native.TaskDefinition"),
        _ => ("", "this.#native"),
    };
    let native = if item.rust == "to_value" { "toJson".to_owned() } else { lower_camel(item.rust) };
    let called = format!("call(() => {on}.{native}({given}))");
    let value = match gives {
        "TaskDefinition" => format!("new TaskDefinition({called})"),
        "string" => called,
        _ => format!("JSON.parse({called})"),
    };
    format!("  {head}{name}({}) {{\n    return {value}\n  }}\n", names.join(", "))
}

fn method(one: &Offered<'_>) -> String {
    let name = lower_camel(one.verb.name);
    let (parameter, options) = match one.verb.request {
        Some("Lookup") => ("image, ", "lookup(image)"),
        Some(_) => ("options, ", "options"),
        None => ("", "{}"),
    };
    let (rest, way, last) = match one.verb.event {
        Some(_) => ("controls", "_begin", "controls"),
        None => ("...rest", "_ask", "rest"),
    };
    let call = format!("this.{way}('{}', {options}, {last})", one.verb.name);
    let call = match one.outcome() {
        ("Credential", true) => format!("{call}.then((all) => all.map((one) => new Credential(one)))"),
        _ => call,
    };
    format!("  {name}({parameter}{rest}) {{\n    return {call}\n  }}\n")
}

/// The class of credentials, whose secrets are no members: printing one shows none.
fn credential() -> String {
    let secrets = CREDENTIAL.iter().filter(|item| matches!(item.kind, Kind::Method)).map(|item| item.node.0);
    let secrets: Vec<&str> = secrets.collect();
    let each = |print: fn(&str) -> String| secrets.iter().map(|name| print(name)).collect::<String>();
    format!(
        "class Credential {{\n{}\n  constructor({{ {}, ...shown }}) {{\n    Object.assign(this, shown)\n{}  }}\n{}}}\n\n",
        each(|name| format!("  #{name}\n")),
        secrets.join(", "),
        each(|name| format!("    this.#{name} = {name}\n")),
        each(|name| format!("\n  {name}() {{\n    return structuredClone(this.#{name})\n  }}\n")),
    )
}

/// `index.d.ts`.
pub(crate) fn types(contract: &Contract) -> String {
    let all = offered(contract);
    let methods: String = all.iter().map(|one| format!("{}  {}\n", verb_doc(contract, one), signature(one))).collect();
    let functions: String = all
        .iter()
        .map(|one| {
            let name = lower_camel(one.verb.name);
            let doc = format!(
                "\n/** `Client.{name}` with a client of its own, and the environment's settings at the moment of the call. */\n"
            );
            match name.as_str() {
                // A word of the language, which no function can be declared as.
                "export" => {
                    let own = signature(one).replacen("export(", "export_(", 1);
                    format!("{doc}declare function {own}\nexport {{ export_ as export }}\n")
                }
                _ => format!("{doc}export function {}\n", signature(one)),
            }
        })
        .collect();
    let items = |of: &str, items: &[Item]| items.iter().map(|item| declared(contract, of, item)).collect::<String>();
    format!(
        "{HEAD}/// <reference lib=\"esnext.disposable\" />\n\nimport type {{\n{}}} from './types.js'\n\n\
         export type * from './types.js'\n\n{ERRORS}\n{}export class TaskDefinition {{\n{}  constructor(document: object | string)\n{}}}\n\n\
         {}export class Credential {{\n  private constructor()\n{}}}\n\n\
         {}\n{}export class Client {{\n{}  constructor(settings?: ClientOptions)\n{methods}}}\n\n\
         {}export function dotenv(path: string | URL): Record<string, string>\n{functions}",
        imported(contract, &all),
        comment(contract, &Doc::of_struct("TaskDefinition"), ""),
        comment(contract, &Doc::of("TaskDefinition", "new"), "  "),
        items("TaskDefinition", TASK_DEFINITION),
        comment(contract, &Doc::of_struct("Credential"), ""),
        items("Credential", CREDENTIAL),
        rollout(contract),
        comment(contract, &Doc::of_struct("Client"), ""),
        comment(contract, &Doc::of("Client", "new"), "  "),
        comment(contract, &Doc::of_function("dotenv"), ""),
    )
}

/// What errors and controls are. The types of all errors are `types.d.ts`'s.
const ERRORS: &str = "\
/** An error of this package with one `code`. */
export interface ErrorOf<C extends ErrorCode> extends Error {
  name: 'EcsRolloutError'
  /** Which error it is. */
  code: C
  /** Its data. */
  detail: ErrorDetails[C]
}

/** Every error of this package. Compare its `code`: then `detail` has the type that belongs to it. */
export type EcsRolloutError = { [C in ErrorCode]: ErrorOf<C> }[ErrorCode]

export const EcsRolloutError: {
  new <C extends ErrorCode>(message: string, code: C, detail: ErrorDetails[C]): ErrorOf<C>
  readonly prototype: EcsRolloutError
}

/** What controls a call from outside. Anything else is refused. */
export interface Controls {
  /** Stops the watching when it is aborted. */
  signal?: AbortSignal | undefined
}
";

/// `Rollout`: its methods as the core documents them, and itself as `rollout.js` does.
fn rollout(contract: &Contract) -> String {
    let source = include_str!("../../bindings-node/rollout.js");
    let (before, _) = source.split_once("class Rollout {").expect("rollout.js has the class");
    let doc = &before[before.rfind("/**").expect("the class has a doc")..];
    let method = |name| comment(contract, &Doc::of("RolloutHandle", name), "  ");
    format!(
        "/** A promise of the outcome: see the class. */\nexport interface Rollout<E = Event, O = Outcome> extends Promise<O> {{}}\n\n\
         {doc}export class Rollout<E = Event, O = Outcome> implements AsyncIterable<E>, AsyncDisposable, Disposable {{\n  \
         private constructor()\n{}  outcome(): Promise<O>\n{}  cancel(): void\n  \
         [Symbol.asyncIterator](): AsyncIterator<E, undefined>\n  [Symbol.dispose](): void\n  \
         [Symbol.asyncDispose](): Promise<void>\n}}\n",
        method("outcome"),
        method("cancel"),
    )
}

fn imported(contract: &Contract, all: &[Offered<'_>]) -> String {
    let mut used = BTreeSet::from(["Change", "Changes", "ClientOptions", "Event", "Finding", "Outcome"]);
    for one in all {
        used.extend(one.verb.request);
        used.extend(one.verb.event);
        used.insert(one.outcome().0);
    }
    let known = used.into_iter().filter(|name| contract.types.iter().any(|named| named.name == *name));
    // These are no types of the schema.
    known.chain(["ErrorCode", "ErrorDetails"]).map(|name| format!("  {name},\n")).collect()
}

fn signature(one: &Offered<'_>) -> String {
    let is_needed = one.options.iter().any(|option| option.required);
    let options = match one.verb.request {
        Some("Lookup") => Some("image: string | Lookup".to_owned()),
        Some(request) => Some(format!("options{}: {request}", if is_needed { "" } else { "?" })),
        None => None,
    };
    let controls = one.verb.event.map(|_| "controls?: Controls".to_owned());
    let parameters: Vec<String> = options.into_iter().chain(controls).collect();
    let outcome = match one.outcome() {
        ("bool", _) => "boolean".to_owned(),
        (name, true) => format!("{name}[]"),
        (name, false) => name.to_owned(),
    };
    let gives = match one.verb.event {
        Some(_) if one.is_usual() => "Rollout".to_owned(),
        Some(event) => format!("Rollout<{event}, {outcome}>"),
        None => format!("Promise<{outcome}>"),
    };
    format!("{}({}): {gives}", lower_camel(one.verb.name), parameters.join(", "))
}

fn declared(contract: &Contract, of: &str, item: &Item) -> String {
    let (name, parameters, gives) = item.node;
    let doc = comment(contract, &item.doc(of), "  ");
    match item.kind {
        Kind::Static => format!("{doc}  static {name}({parameters}): {gives}\n"),
        Kind::Method => format!("{doc}  {name}({parameters}): {gives}\n"),
        Kind::Member => match gives.strip_suffix(" | undefined") {
            Some(gives) => format!("{doc}  readonly {name}?: {gives}\n"),
            None => format!("{doc}  readonly {name}: {gives}\n"),
        },
    }
}

/// `testing.js`.
pub(crate) fn testing() -> String {
    let method = |item: &Item| {
        let (name, parameters, _) = item.node;
        let head = if matches!(item.kind, Kind::Member) { "get " } else { "" };
        let parameters = names(parameters);
        let arguments: String = parameters.iter().map(|name| format!(", {name}")).collect();
        format!("  {head}{name}({}) {{\n    return this.#ask('{name}'{arguments})\n  }}\n\n", parameters.join(", "))
    };
    let methods: String = SIMULATOR.iter().map(method).collect();
    format!(
        "{HEAD}'use strict'\n\nconst native = require('./native.js')\nconst {{ Client }} = require('./index.js')\n\n\
         const toText = (value) => JSON.stringify(value ?? null)\n\n\
         class Simulator {{\n  #native\n\n  constructor(world = {{}}) {{\n    this.#native = new native.Simulator(toText(world))\n  }}\n\n  \
         #ask(method, ...given) {{\n    return JSON.parse(this.#native.ask(method, given.map(toText))) ?? undefined\n  }}\n\n  \
         client(settings = {{}}) {{\n    return new Client(this.#native.client(toText(settings)))\n  }}\n\n{methods}  \
         close() {{\n    this.#native.close()\n  }}\n\n  \
         [Symbol.dispose ?? Symbol('dispose')]() {{\n    this.close()\n  }}\n\n  \
         async [Symbol.asyncDispose ?? Symbol('asyncDispose')]() {{\n    this.close()\n  }}\n}}\n\n\
         exports.Simulator = Simulator\n\
         exports.difference = (expected, seen) => native.difference(toText(expected), toText(seen)) ?? undefined\n"
    )
}

/// `testing.d.ts`.
pub(crate) fn testing_types(contract: &Contract) -> String {
    let items: String = SIMULATOR.iter().map(|item| declared(contract, "Simulator", item)).collect();
    format!(
        "{HEAD}/// <reference lib=\"esnext.disposable\" />\n\nimport type {{ Client }} from './index.js'\nimport type {{ ClientOptions }} from './types.js'\n\n\
         {}export class Simulator implements Disposable, AsyncDisposable {{\n{}  constructor(world?: object)\n\
         {}  client(settings?: ClientOptions): Client\n{items}{}  close(): void\n  [Symbol.dispose](): void\n  [Symbol.asyncDispose](): Promise<void>\n}}\n\n\
         {}export function difference(expected: unknown, seen: unknown): string | undefined\n",
        comment(contract, &Doc::of_struct("Simulator"), ""),
        comment(contract, &Doc::of("Simulator", "start"), "  "),
        comment(contract, &Doc::of("Simulator", "client"), "  "),
        comment(contract, &Doc::of("Simulator", "close"), "  "),
        comment(contract, &Doc::of_function("difference"), ""),
    )
}

fn verb_doc(contract: &Contract, one: &Offered<'_>) -> String {
    comment(contract, &one.doc, "  ")
}

fn comment(contract: &Contract, doc: &Doc, indent: &str) -> String {
    let spelling = Spelling { error: &str::to_owned, method: &lower_camel, none: "undefined", null: "null" };
    let lines = doc.lines(&spelling, &contract.errors, WIDTH - indent.len());
    match lines.as_slice() {
        [line] => format!("{indent}/** {line} */\n"),
        lines => {
            let lines: String =
                lines.iter().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n").collect();
            format!("{indent}/**\n{lines}{indent} */\n")
        }
    }
}

fn lower_camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
}
