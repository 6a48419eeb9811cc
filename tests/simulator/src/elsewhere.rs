//! Decides which account and region a call goes to: by the region that its signature names, and by whose credentials signed it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::api::{Answer, ApiError};
use crate::model::ids::Place;

/// How long the credentials of a role hold, on the wall's clock, which is the one that callers go by.
const HOUR: Duration = Duration::from_secs(3600);
/// How the access keys begin that AssumeRole gives; the account follows.
const TEMPORARY: &str = "ASIA";

/// The place that a signature names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) region: String,
    /// The account of the role whose credentials signed; `None` for any others.
    pub(crate) account: Option<String>,
}

impl Signature {
    /// Reads the header `Authorization`: `… Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`.
    pub(crate) fn read(header: &str) -> Option<Signature> {
        let scope = header.split("Credential=").nth(1)?.split(',').next()?;
        let mut parts = scope.split('/');
        let (key, region) = (parts.next()?, parts.nth(1)?);
        let account = key.strip_prefix(TEMPORARY).and_then(|rest| rest.get(..12));
        Some(Signature { region: region.to_owned(), account: account.map(str::to_owned) })
    }
}

/// Gives credentials for a role of one of these accounts. Roles are not modelled: each account has every role, and each of them trusts
/// whoever calls.
pub(crate) fn assume_role(place: &Place, accounts: &[String], input: &Value) -> Answer {
    let text = |name: &str| input[name].as_str().unwrap_or_default();
    let (role, session) = (text("RoleArn"), text("RoleSessionName"));
    let parts: Vec<&str> = role.split(':').collect();
    let [_, partition, "iam", "", account, resource] = parts[..] else {
        return Err(ApiError::new("ValidationError", format!("{role} is invalid")));
    };
    let name = resource.strip_prefix("role/").unwrap_or_default().rsplit('/').next().unwrap_or_default();
    if name.is_empty() || session.len() < 2 {
        return Err(ApiError::new("ValidationError", format!("{role} is invalid")));
    }
    if !accounts.iter().any(|known| known == account) {
        let text = format!(
            "User: {} is not authorized to perform: sts:AssumeRole on resource: {role}",
            place.principal("user/simulator")
        );
        return Err(ApiError::new("AccessDenied", text).with_status(403));
    }
    let expires = (SystemTime::now() + HOUR).duration_since(UNIX_EPOCH).unwrap_or_default();
    let expires = Timestamp::from_second(i64::try_from(expires.as_secs()).unwrap_or_default()).unwrap_or_default();
    Ok(json!({
        "Credentials": {
            "AccessKeyId": format!("{TEMPORARY}{account}0000"),
            "SecretAccessKey": "simulated",
            "SessionToken": format!("{account}/{name}"),
            "Expiration": expires.to_string(),
        },
        "AssumedRoleUser": {
            "Arn": format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}"),
            "AssumedRoleId": format!("AROASIMULATED0000:{session}"),
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_names_region_and_account() {
        let read = |key: &str| {
            Signature::read(&format!(
                "AWS4-HMAC-SHA256 Credential={key}/20261201/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0"
            ))
        };
        assert_eq!(read("simulator"), Some(Signature { region: "eu-west-1".to_owned(), account: None }));
        assert_eq!(read("ASIA2109876543210000").and_then(|read| read.account).as_deref(), Some("210987654321"));
        assert_eq!(Signature::read("Basic abc"), None);
    }

    #[test]
    fn a_role_of_an_account_that_is_not_there_is_refused() {
        let place = Place::new("eu-central-1", None);
        let assume = |role: &str| {
            assume_role(&place, &["210987654321".to_owned()], &json!({"RoleArn": role, "RoleSessionName": "ci"}))
        };
        let answer = assume("arn:aws:iam::210987654321:role/ci/deployer").unwrap();
        assert_eq!(answer["AssumedRoleUser"]["Arn"], "arn:aws:sts::210987654321:assumed-role/deployer/ci");
        for (role, code) in [
            ("arn:aws:iam::999999999999:role/deployer", "AccessDenied"),
            ("deployer", "ValidationError"),
            ("arn:aws:iam::210987654321:user/x", "ValidationError"),
        ] {
            assert_eq!(assume(role).unwrap_err().code, code, "{role}");
        }
    }
}
