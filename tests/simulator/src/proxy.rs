//! Decides what something between the caller and AWS says instead of it: a proxy, a gateway, a page to sign in.

use crate::reader::{Reader, WorldError, expected};

/// What such an answer has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    Html,
    Empty,
    /// JSON without any code of an error.
    Json,
    /// JSON with a code that is none of AWS's.
    Code,
}

const BODIES: [(&str, Body); 4] =
    [("html", Body::Html), ("empty", Body::Empty), ("json", Body::Json), ("code", Body::Code)];

/// An answer that does not come from AWS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Foreign {
    pub(crate) status: u16,
    body: Body,
    /// Whether the call got through, and only its answer was replaced.
    pub(crate) performed: bool,
}

impl Foreign {
    /// The members of a fault that only this kind has.
    pub(crate) const MEMBERS: [&str; 3] = ["status", "body", "performed"];

    pub(crate) fn read(reader: &Reader<'_>) -> Result<Foreign, WorldError> {
        let status = reader.count("status")?.unwrap_or(502);
        let fits = u16::try_from(status).ok().filter(|status| (200..=599).contains(status));
        let name = reader.text("body")?.unwrap_or("html");
        let body = BODIES.iter().find(|(known, _)| *known == name).map(|(_, body)| *body);
        let names = BODIES.map(|(name, _)| name).join(", ");
        Ok(Foreign {
            status: fits.ok_or_else(|| expected(&reader.place("status"), "a status of HTTP from 200 to 599"))?,
            body: body.ok_or_else(|| expected(&reader.place("body"), &format!("one of {names}")))?,
            performed: reader.flag("performed")?,
        })
    }

    /// The headers that belong to it. `endpoint`: where the simulator serves, which has no such page.
    pub(crate) fn headers(self, endpoint: &str) -> Vec<(&'static str, String)> {
        let kind = match self.body {
            Body::Html => Some("text/html"),
            Body::Json | Body::Code => Some("application/json"),
            Body::Empty => None,
        };
        let mut headers: Vec<_> = kind.map(|kind| ("content-type", kind.to_owned())).into_iter().collect();
        match self.status {
            300..400 => headers.push(("location", format!("{endpoint}/sign-in"))),
            407 => headers.push(("proxy-authenticate", "Basic realm=\"proxy\"".to_owned())),
            _ => {}
        }
        headers
    }

    pub(crate) fn text(self) -> String {
        let status = self.status;
        match self.body {
            Body::Html => format!(
                "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center><hr><center>proxy</center>\
                 </body></html>\n"
            ),
            Body::Empty => String::new(),
            Body::Json => format!("{{\"status\":{status},\"detail\":\"the gateway did not let this pass\"}}"),
            Body::Code => {
                "{\"__type\":\"GatewayRefused\",\"message\":\"the gateway did not let this pass\"}".to_owned()
            }
        }
    }
}
