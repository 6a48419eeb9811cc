//! Decides in which pages a list comes, and in which order, where a world says so.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::reader::{Reader, WorldError, expected};

/// The lists that can be told how to come.
const LISTS: [&str; 2] = ["ListServiceDeployments", "ListTasks"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// As ECS has it.
    Usual,
    Reversed,
    /// One that has nothing to do with time; the same in every page.
    Mixed,
}

const ORDERS: [(&str, Order); 3] = [("usual", Order::Usual), ("reversed", Order::Reversed), ("mixed", Order::Mixed)];

/// How one list comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    /// The most that a page has, whatever is asked for.
    pub(crate) size: u64,
    /// How many empty pages come before each that has something.
    pub(crate) empty: usize,
    order: Order,
}

/// How lists come, by their operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pages(BTreeMap<String, Paging>);

impl Pages {
    pub(crate) fn read(members: &Map<String, Value>, place: &str) -> Result<Pages, WorldError> {
        let read = |(operation, value): (&String, &Value)| {
            if !LISTS.contains(&operation.as_str()) {
                return Err(expected(&format!("{place}.{operation}"), &format!("one of {}", LISTS.join(", "))));
            }
            let reader = Reader::new(value, &format!("{place}.{operation}"), &["size", "empty", "order"])?;
            let name = reader.text("order")?.unwrap_or("usual");
            let order = ORDERS.iter().find(|(known, _)| *known == name).map(|(_, order)| *order);
            let names = ORDERS.map(|(name, _)| name).join(", ");
            let size = reader.count("size")?.unwrap_or(100);
            if size == 0 {
                return Err(expected(&reader.place("size"), "a whole number above zero"));
            }
            let empty = reader.count("empty")?.unwrap_or(0).min(100) as usize;
            let order = order.ok_or_else(|| expected(&reader.place("order"), &format!("one of {names}")))?;
            Ok((operation.clone(), Paging { size, empty, order }))
        };
        members.iter().map(read).collect::<Result<_, _>>().map(Pages)
    }

    pub(crate) fn merge(&mut self, newer: Pages) {
        self.0.extend(newer.0);
    }

    pub(crate) fn of(&self, operation: &str) -> Option<Paging> {
        self.0.get(operation).copied()
    }
}

impl Paging {
    /// The whole list in its order.
    pub(crate) fn ordered(self, mut all: Vec<Value>) -> Vec<Value> {
        match self.order {
            Order::Usual => {}
            Order::Reversed => all.reverse(),
            Order::Mixed => all.sort_by_cached_key(|item| {
                let arn = item.as_str().or(item["serviceDeploymentArn"].as_str());
                mixed(arn.unwrap_or_default())
            }),
        }
        all
    }
}

/// FNV-1a of a text: what comes of it says nothing about the text.
fn mixed(text: &str) -> u64 {
    let step = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
}
