//! Decides what a world document may say.

use serde_json::Value;

use crate::behaviour::Behaviours;
use crate::fault::Fault;
use crate::reader::{Reader, WorldError, expected};

/// A world document, read and checked for its own shape; definitions and services are checked when they are added.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) speed: Option<f64>,
    pub(crate) region: Option<String>,
    /// Absent: the document says nothing about clusters.
    pub(crate) clusters: Option<Vec<String>>,
    /// How long targets are drained before their tasks stop, in seconds.
    pub(crate) drain: Option<f64>,
    pub(crate) definitions: Vec<Value>,
    pub(crate) services: Vec<Value>,
    pub(crate) images: Behaviours,
    pub(crate) faults: Vec<Fault>,
    pub(crate) script: Vec<Scripted>,
}

/// A call that somebody else makes.
#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    pub(crate) at: f64,
    pub(crate) operation: String,
    pub(crate) input: Value,
}

impl World {
    pub(crate) fn read(value: &Value) -> Result<World, WorldError> {
        if value.is_null() {
            return Ok(World::default());
        }
        let known = ["speed", "region", "clusters", "definitions", "services", "images", "faults", "script", "drain"];
        let reader = Reader::new(value, "world", &known)?;
        let mut world = World {
            speed: reader.number("speed")?,
            drain: reader.number("drain")?,
            region: reader.text("region")?.map(str::to_owned),
            definitions: objects(&reader, "definitions")?,
            services: objects(&reader, "services")?,
            ..World::default()
        };
        if world.speed.is_some_and(|speed| speed != 0.0 && !(0.001..=1e6).contains(&speed)) {
            return Err(expected("world.speed", "0, or a number from 0.001 to 1e6"));
        }
        if reader.has("clusters") {
            world.clusters = Some(reader.texts("clusters")?);
        }
        if let Some(images) = reader.object("images")? {
            world.images = Behaviours::read(images, "world.images")?;
        }
        for (index, value) in reader.list("faults")?.iter().enumerate() {
            world.faults.push(Fault::read(value, &format!("world.faults[{index}]"))?);
        }
        for (index, value) in reader.list("script")?.iter().enumerate() {
            world.script.push(Scripted::read(value, &format!("world.script[{index}]"))?);
        }
        Ok(world)
    }
}

/// A list whose items are documents of AWS: objects, whatever their members.
fn objects(reader: &Reader<'_>, name: &str) -> Result<Vec<Value>, WorldError> {
    let items = reader.list(name)?;
    match items.iter().position(|item| !item.is_object()) {
        Some(index) => Err(expected(&format!("{}[{index}]", reader.place(name)), "an object")),
        None => Ok(items.to_vec()),
    }
}

impl Scripted {
    fn read(value: &Value, place: &str) -> Result<Scripted, WorldError> {
        let reader = Reader::new(value, place, &["at", "operation", "input"])?;
        let need = |name: &str| expected(&reader.place(name), "to be given");
        Ok(Scripted {
            at: reader.number("at")?.ok_or_else(|| need("at"))?,
            operation: reader.text("operation")?.ok_or_else(|| need("operation"))?.to_owned(),
            input: reader.object("input")?.cloned().map_or(Value::Null, Value::Object),
        })
    }
}
