//! Decides what identifiers and ARNs look like, and that they are the same for the same calls.

use fastrand::Rng;

/// Makes identifiers that look as ECS's do, always the same ones in the same order.
#[derive(Clone, Debug)]
pub(crate) struct Ids(Rng);

impl Ids {
    pub(crate) fn new() -> Ids {
        Ids(Rng::with_seed(0x0ec5))
    }

    fn take(&mut self, length: usize, from: &[u8]) -> String {
        (0..length).map(|_| char::from(from[self.0.usize(..from.len())])).collect()
    }

    pub(crate) fn digits(&mut self) -> String {
        format!("{}{}", self.0.u8(1..9), self.take(18, b"0123456789"))
    }

    pub(crate) fn deployment(&mut self) -> String {
        format!("ecs-svc/{}", self.digits())
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        let mut text = String::with_capacity(length + 16);
        while text.len() < length {
            text.push_str(&format!("{:016x}", self.0.u64(..)));
        }
        text.truncate(length);
        text
    }

    pub(crate) fn service_deployment(&mut self) -> String {
        self.take(21, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    }

    pub(crate) fn codedeploy(&mut self) -> String {
        format!("d-{}", self.take(9, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
    }

    pub(crate) fn uuid(&mut self) -> String {
        let text = self.hex(32);
        format!("{}-{}-4{}-a{}-{}", &text[..8], &text[8..12], &text[13..16], &text[17..20], &text[20..])
    }

    pub(crate) fn address(&mut self) -> String {
        format!("10.0.{}.{}", self.0.u8(0..4), self.0.u8(4..254))
    }
}

/// Where everything lives: the first part of every ARN.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) region: String,
    pub(crate) account: String,
    /// Where the simulator serves; empty until it does.
    pub(crate) endpoint: String,
}

impl Place {
    /// The account of a world that names none.
    pub(crate) const ACCOUNT: &'static str = "123456789012";

    pub(crate) fn new(region: &str, account: Option<&str>) -> Place {
        let account = account.unwrap_or(Place::ACCOUNT).to_owned();
        Place { region: region.to_owned(), account, endpoint: String::new() }
    }

    fn partition(&self) -> &'static str {
        match self.region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("eusc") => "aws-eusc",
            _ if self.region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    /// The domain of endpoints that AWS gives to services. That of other partitions than `aws` is not known from any source.
    pub(crate) fn on(&self) -> &'static str {
        match self.partition() {
            "aws-cn" => "on.amazonwebservices.com.cn",
            _ => "on.aws",
        }
    }

    /// An ARN of ECS, for instance of `cluster/prod`.
    pub(crate) fn arn(&self, resource: &str) -> String {
        self.arn_of("ecs", resource)
    }

    /// An ARN of another service.
    pub(crate) fn arn_of(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition(), self.region, self.account)
    }

    /// An ARN of IAM, which has no region.
    pub(crate) fn principal(&self, resource: &str) -> String {
        format!("arn:{}:iam::{}:{resource}", self.partition(), self.account)
    }
}

/// The last part of an ARN or path, or the name itself.
pub(crate) fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
