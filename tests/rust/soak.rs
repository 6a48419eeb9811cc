//! Rollouts in bulk, each made from a seed: a random world, random faults, and the simulator's own truth to hold the verdict
//! against. A seed always makes the same rollout, so that one that fails can be replayed alone.

mod coverage;
mod fleet;
mod judge;
mod once;
mod world;

use std::collections::BTreeMap;
use std::time::Duration;

use ecs_rollout::Error;
use ecs_rollout_simulator::Simulator;
use fastrand::Rng;
use serde_json::Value;

pub use coverage::KINDS;

/// What came of one seed, or of many.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rollouts made.
    pub rollouts: u64,
    /// How they ended: `succeeded` or an error's code.
    pub ends: BTreeMap<String, u64>,
    /// Faults that the simulator injected, by kind.
    pub faults: BTreeMap<String, u64>,
    /// How many rollouts met each kind of world, of [`KINDS`]: what was drawn and never came about does not count.
    pub met: BTreeMap<&'static str, u64>,
    /// Calls made.
    pub calls: u64,
    /// Revisions made twice because the answer to the first was lost.
    pub extra_revisions: u64,
    /// What was wrong, with its seed.
    pub wrong: Vec<String>,
}

impl Tally {
    /// Adds another's.
    pub fn add(&mut self, other: Self) {
        self.rollouts += other.rollouts;
        self.calls += other.calls;
        self.extra_revisions += other.extra_revisions;
        other.ends.into_iter().for_each(|(end, count)| *self.ends.entry(end).or_default() += count);
        other.faults.into_iter().for_each(|(kind, count)| *self.faults.entry(kind).or_default() += count);
        other.met.into_iter().for_each(|(kind, count)| *self.met.entry(kind).or_default() += count);
        self.wrong.extend(other.wrong);
    }

    /// The kinds of worlds that no rollout has met.
    pub fn unmet(&self) -> Vec<&'static str> {
        KINDS.into_iter().filter(|kind| !self.met.contains_key(kind)).collect()
    }
}

/// What was asked in a world, and how it ended.
struct Trial<'a> {
    simulator: &'a Simulator,
    world: &'a Value,
    /// When it was asked for, in simulated seconds.
    start: f64,
    /// The calls of the library.
    calls: &'a [&'a Value],
    /// What others called.
    others: &'a [&'a Value],
}

/// Makes the rollout of one seed.
///
/// # Panics
/// Where the simulator cannot be started.
pub fn run(seed: u64) -> Tally {
    // The library's jitter, too, is the seed's.
    fastrand::seed(seed);
    let mut random = Rng::with_seed(seed);
    match random.u8(..20) {
        0 => tried(seed, &once::world(&mut random), 0.0, |simulator, runtime| {
            let request = once::request(&mut random);
            let end = runtime.block_on(async { simulator.client().run(request.clone()).outcome().await });
            let code = end.as_ref().map_or_else(Error::code, |_| "succeeded".to_owned());
            (code, format!("{end:?}"), move |trial: &Trial<'_>| once::judge(trial, &request, end.as_ref()))
        }),
        1 => tried(seed, &fleet::world(&mut random), 0.0, |simulator, runtime| {
            let all = fleet::request();
            let end = runtime.block_on(async { simulator.client().deploy_all(all).outcome().await });
            let code = end.as_ref().map_or_else(Error::code, |_| "succeeded".to_owned());
            (code, format!("{end:?}"), move |trial: &Trial<'_>| fleet::judge(trial, end.as_ref().map(drop)))
        }),
        _ => {
            let (world, start) = world::world(&mut random);
            tried(seed, &world, start, |simulator, runtime| {
                let request = world::request(&mut random);
                let end = runtime.block_on(async { simulator.client().deploy(request.clone()).outcome().await });
                let code = end.as_ref().map_or_else(Error::code, |_| "succeeded".to_owned());
                (code, format!("{end:?}"), move |trial: &Trial<'_>| judge::judge(trial, &request, &end))
            })
        }
    }
}

/// Starts a world, does something in it, and holds what came of it against the truth: how many revisions there are too many.
fn tried<J: FnOnce(&Trial<'_>) -> Result<u64, String>>(
    seed: u64,
    world: &Value,
    start: f64,
    act: impl FnOnce(&Simulator, &tokio::runtime::Runtime) -> (String, String, J),
) -> Tally {
    let simulator = Simulator::start(world.clone()).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{world:#}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    simulator.clock().advance(Duration::from_secs_f64(start));
    let (code, end, judge) = act(&simulator, &runtime);
    let calls = simulator.calls();
    let all = || calls.as_array().into_iter().flatten();
    let others: Vec<&Value> = all().filter(|call| call["by"] == "script").collect();
    let calls: Vec<&Value> = all().filter(|call| call["by"] != "script").collect();
    let trial = Trial { simulator: &simulator, world, start, calls: &calls, others: &others };
    let mut tally = Tally { rollouts: 1, calls: calls.len() as u64, ..Tally::default() };
    tally.ends.insert(code, 1);
    for fault in calls.iter().filter_map(|call| call["error"].as_str()) {
        *tally.faults.entry(fault.to_owned()).or_default() += 1;
    }
    tally.met = coverage::met(&trial).into_iter().map(|kind| (kind, 1)).collect();
    match judge(&trial) {
        Ok(extra) => tally.extra_revisions = extra,
        Err(what) => tally.wrong.push(format!("seed {seed}: {what}; {end}; of {world}")),
    }
    tally
}

/// Makes the rollouts of many seeds on all processors.
pub fn run_many(seeds: std::ops::Range<u64>) -> Tally {
    let next = std::sync::atomic::AtomicU64::new(seeds.start);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    std::thread::scope(|scope| {
        let work = || {
            let mut own = Tally::default();
            loop {
                let seed = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                if seed >= seeds.end {
                    return own;
                }
                own.add(run(seed));
            }
        };
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().for_each(|thread| tally.add(thread.join().unwrap_or_default()));
    });
    tally
}
