//! Where the services of a rollout are: one client for each region and role, and who signs its calls.

use super::member::Member;
use crate::arn;
use crate::client::Client;
use crate::error::Error;
use crate::types::fleet::FleetService;

/// The region and the role of some services; `None`: those of the client.
type Place = (Option<String>, Option<String>);

/// The clients of a rollout.
pub(super) struct Places {
    places: Vec<Place>,
    clients: Vec<Client>,
    /// The number of the place of each service.
    of: Vec<usize>,
}

impl Places {
    /// The places of these services; those in which the client itself calls have its own settings.
    pub(super) fn of(client: &Client, services: &[FleetService]) -> Self {
        let mut all = Self { places: Vec::new(), clients: Vec::new(), of: Vec::new() };
        for service in services {
            let region = service.region.clone().filter(|region| client.region() != Some(region.as_str()));
            let place = (region, role(client, service));
            let number = all.places.iter().position(|known| *known == place).unwrap_or(all.places.len());
            if number == all.places.len() {
                let made = match &place {
                    (None, None) => client.clone(),
                    (region, role) => client.of_place(region.clone(), role.clone(), all.sharing(&place)),
                };
                all.clients.push(made);
                all.places.push(place);
            }
            all.of.push(number);
        }
        all
    }

    /// The client of another place in the same account and region, which has one allowance of calls.
    fn sharing(&self, (region, role): &Place) -> Option<&Client> {
        let account = |role: &Option<String>| role.as_deref().and_then(arn::account).map(str::to_owned);
        let is_same =
            |(other_region, other_role): &Place| other_region == region && account(other_role) == account(role);
        self.places.iter().position(is_same).map(|at| &self.clients[at])
    }

    pub(super) fn of_service(&self, at: usize) -> usize {
        self.of.get(at).copied().unwrap_or_default()
    }

    pub(super) fn client(&self, place: usize) -> &Client {
        &self.clients[place]
    }

    /// Refuses services whose calls would be signed in another account than the one that is given (GetCallerIdentity).
    pub(super) async fn check(&self, members: &[Member]) -> Result<(), Error> {
        let mut mistakes = Vec::new();
        for (place, client) in self.clients.iter().enumerate() {
            let of_place = || members.iter().enumerate().filter(|(_, member)| member.place == place);
            let with_account = || of_place().filter_map(|(at, member)| Some((at, member.account()?.to_owned())));
            if with_account().next().is_none() {
                continue;
            }
            let identity = client.whoami().await?;
            for (at, account) in with_account().filter(|(_, account)| *account != identity.account) {
                let text = format!(
                    "it is {account}, and the calls for this service are signed in account {} as {}: give a `role` of that account",
                    identity.account, identity.arn
                );
                mistakes.push(Error::invalid(format!("services[{at}].account"), text));
            }
        }
        Error::together(mistakes)
    }
}

/// The ARN of the role that is assumed for a service.
fn role(client: &Client, service: &FleetService) -> Option<String> {
    let role = service.role.as_deref()?;
    match (arn::parse(role), &service.account) {
        (None, Some(account)) => {
            let region = service.region.as_deref().or_else(|| client.region()).unwrap_or_default();
            Some(format!("arn:{}:iam::{account}:role/{role}", arn::partition(region)))
        }
        _ => Some(role.to_owned()),
    }
}
