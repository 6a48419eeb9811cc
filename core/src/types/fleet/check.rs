//! Checks the options of many services without calling AWS: all that is wrong, each with its place. Pure.

use super::order::Order;
use super::{DeployAll, FleetService};
use crate::arn::{self, last};
use crate::error::Error;
use crate::options::unset::{NOT_SET, is_nothing};
use crate::types::stages::LIVE;

impl DeployAll {
    /// Checks the options; what is found first is the error, and the others are told with it.
    pub(crate) fn check(&self) -> Result<(), Error> {
        Error::together(self.mistakes())
    }

    /// All that is wrong.
    pub(crate) fn mistakes(&self) -> Vec<Error> {
        let mut mistakes = self.own_mistakes();
        for (at, service) in self.services.iter().enumerate() {
            let place = format!("services[{at}]");
            let deployment = service.clone().into_deployment();
            mistakes.extend(deployment.check().err().map(|error| error.within(&place)));
            mistakes.extend(
                service.mistake_of_place().map(|(option, text)| Error::invalid(format!("{place}.{option}"), text)),
            );
            if self.services[..at].iter().any(|other| other.is_same(service)) {
                let text = format!("service {:?} is given twice: one of the two would end superseded", service.service);
                mistakes.push(Error::invalid(format!("{place}.service"), text));
            }
            let same_name = |other: &FleetService| service.name.is_some() && other.name == service.name;
            if self.services[..at].iter().any(same_name) {
                let text = format!("another service has the name {:?}: names are unique", service.called());
                mistakes.push(Error::invalid(format!("{place}.name"), text));
            }
        }
        match Order::of(&self.services) {
            Ok(order) => mistakes.extend(self.unwatched(&order)),
            Err(more) => mistakes.extend(more),
        }
        mistakes
    }

    fn own_mistakes(&self) -> Vec<Error> {
        let mut mistakes = Vec::new();
        if self.services.is_empty() {
            mistakes.push(Error::invalid("services", "empty: nothing would be deployed; give at least one service"));
        }
        if !self.defaults.is_empty() {
            let text = "these are options of a document: give each service its options";
            mistakes.push(Error::invalid("defaults", text));
        }
        if self.parallel == Some(0) {
            mistakes.push(Error::invalid("parallel", "0 starts none: give 1 or more, or omit it"));
        }
        if self.bake.is_some_and(|bake| !(bake.is_finite() && bake >= 0.0)) {
            mistakes.push(Error::invalid("bake", "give a number of seconds, 0 or more"));
        }
        mistakes
    }

    /// Services for which others wait, or which are to bake, and which are not watched until they are live.
    fn unwatched(&self, order: &Order) -> Vec<Error> {
        let bakes = self.bake.is_some_and(|bake| bake > 0.0);
        let mut mistakes = Vec::new();
        for (at, service) in self.services.iter().enumerate() {
            let option = match (service.wait, service.until.as_deref()) {
                (false, _) => "wait",
                (_, Some(until)) if until != LIVE => "until",
                _ => continue,
            };
            let why = match order.after(at).next() {
                Some(other) => format!("{:?} begins once this service is live", self.services[other].called()),
                None if bakes => "`bake` begins once this service is live".to_owned(),
                None => continue,
            };
            let text = format!("{why}, and nobody would see that: omit `{option}`");
            mistakes.push(Error::invalid(format!("services[{at}].{option}"), text));
        }
        mistakes
    }
}

impl FleetService {
    /// Whether it is the same service as another one.
    fn is_same(&self, other: &Self) -> bool {
        let place =
            |one: &Self| (one.region.clone(), one.account.clone().or_else(|| one.account_of_role()), one.role.clone());
        let cluster =
            |one: &Self| arn::cluster_of_service(&one.service).unwrap_or_else(|| last(&one.cluster)).to_owned();
        last(&self.service) == last(&other.service) && cluster(self) == cluster(other) && place(self) == place(other)
    }

    fn account_of_role(&self) -> Option<String> {
        self.role.as_deref().and_then(arn::account).map(str::to_owned)
    }

    /// What is wrong with where it is: the option, and why.
    fn mistake_of_place(&self) -> Option<(&'static str, String)> {
        let given = [("name", &self.name), ("region", &self.region), ("account", &self.account), ("role", &self.role)];
        if let Some((option, _)) = given.iter().find(|(_, given)| given.as_deref().is_some_and(is_nothing)) {
            return Some((option, format!("empty; {NOT_SET}")));
        }
        if let Some(account) = &self.account
            && !(account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
        {
            return Some(("account", "an account has twelve digits".to_owned()));
        }
        let role = self.role.as_deref()?;
        match (arn::parse(role), &self.account) {
            (None, None) => {
                Some(("role", "this is a role's name: give its `account` beside it, or the role's ARN".to_owned()))
            }
            (Some(arn), Some(account)) if arn.account != account => {
                Some(("role", format!("its ARN is of account {}, and `account` is {account}", arn.account)))
            }
            (Some(arn), _) if arn.service != "iam" || arn.kind() != "role" => {
                Some(("role", "this is no ARN of a role: give arn:PARTITION:iam::ACCOUNT:role/NAME".to_owned()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(all: &DeployAll) -> Vec<String> {
        all.mistakes().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let one = |name: &str| FleetService::new("prod", name);
        let all = DeployAll::new([
            one("api").account("12"),
            one("api").account("12"),
            one("web").role("deployer").name("w"),
            one("x").role("arn:aws:iam::123456789012:role/a").account("210987654321").name("w"),
            FleetService { wait: false, ..one("db") },
            one("y").needs(["db"]),
        ])
        .bake(-1.0)
        .parallel(0);
        let found = mistakes(&all);
        for text in [
            "parallel: 0 starts none",
            "bake: give a number of seconds",
            "services[0].account: an account has twelve digits",
            "services[1].service: service \"api\" is given twice",
            "services[2].role: this is a role's name: give its `account`",
            "services[3].role: its ARN is of account 123456789012, and `account` is 210987654321",
            "services[3].name: another service has the name \"w\"",
            "services[4].wait: \"y\" begins once this service is live, and nobody would see that: omit `wait`",
        ] {
            assert!(found.iter().any(|found| found.contains(text)), "{text}: {found:#?}");
        }
        let error = all.check().unwrap_err();
        assert!(error.to_string().contains("; and 8 more: see `findings`"), "{error}");
        assert_eq!(error.detail()["findings"].as_array().map(Vec::len), Some(9));
    }

    #[test]
    fn a_service_of_another_place_is_another_service() {
        let one = |region: &str| FleetService::new("prod", "api").region(region);
        let of = |account: &str| FleetService::new("prod", "api").account(account).role("deployer");
        assert_eq!(mistakes(&DeployAll::new([one("eu-west-1"), one("us-east-1")])), Vec::<String>::new());
        assert_eq!(mistakes(&DeployAll::new([of("123456789012"), of("210987654321")])), Vec::<String>::new());
        assert_eq!(mistakes(&DeployAll::new([one("eu-west-1"), one("eu-west-1")])).len(), 1);
    }
}
