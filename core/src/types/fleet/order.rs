//! Which services of a rollout wait for which others. Pure.

use std::collections::BTreeSet;

use super::FleetService;
use crate::error::Error;
use crate::options::names;

/// The order of services, each by its number in the request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Order {
    /// The services that each needs itself.
    needs: Vec<BTreeSet<usize>>,
    /// The wave of each.
    waves: Vec<u32>,
}

impl Order {
    /// The order of these services, or all that is wrong with it.
    pub(crate) fn of(services: &[FleetService]) -> Result<Self, Vec<Error>> {
        let mut mistakes = Vec::new();
        let waves: Vec<u32> = services.iter().map(|service| service.wave.unwrap_or(1)).collect();
        for at in (0..services.len()).filter(|at| waves[*at] == 0) {
            mistakes.push(Error::invalid(format!("services[{at}].wave"), "waves are counted from 1"));
        }
        let mut needs = vec![BTreeSet::new(); services.len()];
        for (at, service) in services.iter().enumerate() {
            for (number, name) in service.needs.iter().enumerate() {
                let place = format!("services[{at}].needs[{number}]");
                match needed(services, at, name) {
                    Ok(other) if waves[other] > waves[at] => {
                        let text = format!(
                            "{name:?} is of wave {}, and this service of wave {}, which comes before: it would never begin",
                            waves[other], waves[at]
                        );
                        mistakes.push(Error::invalid(place, text));
                    }
                    Ok(other) => _ = needs[at].insert(other),
                    Err(text) => mistakes.push(Error::invalid(place, text)),
                }
            }
        }
        let order = Self { needs, waves };
        mistakes.extend(order.circles(services));
        if mistakes.is_empty() { Ok(order) } else { Err(mistakes) }
    }

    /// The services that this one waits for, itself or because of its wave.
    pub(crate) fn before(&self, at: usize) -> impl Iterator<Item = usize> {
        (0..self.waves.len()).filter(move |other| self.needs[at].contains(other) || self.waves[*other] < self.waves[at])
    }

    /// The services that wait for this one.
    pub(crate) fn after(&self, at: usize) -> impl Iterator<Item = usize> {
        (0..self.waves.len())
            .filter(move |other| self.needs[*other].contains(&at) || self.waves[at] < self.waves[*other])
    }

    /// Whether it waits for others.
    pub(crate) fn waits(&self, at: usize) -> bool {
        self.before(at).next().is_some()
    }

    /// The services of its wave, itself among them.
    pub(crate) fn wave_of(&self, at: usize) -> impl Iterator<Item = usize> {
        (0..self.waves.len()).filter(move |other| self.waves[*other] == self.waves[at])
    }

    /// Whether it is of an earlier wave than the other.
    pub(crate) fn is_in_earlier_wave(&self, at: usize, other: usize) -> bool {
        self.waves[at] < self.waves[other]
    }

    /// One error for each circle, at the need that closes it.
    fn circles(&self, services: &[FleetService]) -> Vec<Error> {
        let mut errors = Vec::new();
        // Those that are known to end.
        let mut done = BTreeSet::new();
        for at in 0..self.needs.len() {
            let mut path = Vec::new();
            if let Some(circle) = self.circle(at, &mut path, &mut done) {
                let names: Vec<String> = circle.iter().map(|at| format!("{:?}", services[*at].called())).collect();
                let (from, to) = (circle[0], *circle.get(1).unwrap_or(&circle[0]));
                let is_it = |name: &String| name == services[to].called();
                let number = services[from].needs.iter().position(is_it).unwrap_or_default();
                let text = format!("{} need each other in a circle: none of them could begin", names.join(", "));
                let text = if circle.len() == 1 { "a service cannot need itself".to_owned() } else { text };
                errors.push(Error::invalid(format!("services[{from}].needs[{number}]"), text));
                done.extend(circle);
            }
        }
        errors
    }

    /// The circle that is found on the way from a service, if there is one.
    fn circle(&self, at: usize, path: &mut Vec<usize>, done: &mut BTreeSet<usize>) -> Option<Vec<usize>> {
        if done.contains(&at) {
            return None;
        }
        if let Some(start) = path.iter().position(|earlier| *earlier == at) {
            return Some(path[start..].to_vec());
        }
        path.push(at);
        let found = self.needs[at].iter().find_map(|other| self.circle(*other, path, done));
        path.pop();
        done.insert(at);
        found
    }
}

/// The service that a name means, or why it means none.
fn needed(services: &[FleetService], at: usize, name: &str) -> Result<usize, String> {
    let mut named = services.iter().enumerate().filter(|(_, service)| service.called() == name).map(|(other, _)| other);
    match (named.next(), named.next()) {
        (Some(only), None) => Ok(only),
        (Some(first), Some(second)) => Err(format!(
            "services[{first}] and services[{second}] are both called {name:?}: give each a `name` of its own"
        )),
        (None, _) => {
            let others = services.iter().enumerate().filter(|(other, _)| *other != at);
            let known: Vec<&str> = others.map(|(_, service)| service.called()).collect();
            let hint = if known.is_empty() { String::new() } else { names::suggestion(name, &known) };
            Err(format!("no service is called {name:?}{hint}"))
        }
    }
}

#[cfg(test)]
mod tests;
