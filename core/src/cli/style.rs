//! How text looks: colours, links, and how much room there is. Decided once, from the environment. Pure but for reading it.

use std::io::IsTerminal;

use console::Style;

/// How texts to one stream look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) has_color: bool,
    pub(crate) has_links: bool,
}

/// How a stream is written to, by the environment.
pub(crate) struct Facts<'a> {
    pub(crate) is_terminal: bool,
    pub(crate) has_links: bool,
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
}

/// The part that a text plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Good,
    Bad,
    Caution,
    Strong,
    Faint,
    Accent,
}

impl Look {
    /// `NO_COLOR` counts before `CLICOLOR_FORCE`, and that before what the stream is.
    pub(crate) fn of(facts: &Facts<'_>) -> Self {
        let set = |name: &str| (facts.variable)(name).filter(|value| !value.is_empty());
        let is_dumb = set("TERM").is_some_and(|term| term == "dumb");
        let is_forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
        let is_off = set("CLICOLOR").is_some_and(|value| value == "0");
        let has_color = set("NO_COLOR").is_none() && (is_forced || (facts.is_terminal && !is_dumb && !is_off));
        Self { has_color, has_links: facts.is_terminal && !is_dumb && facts.has_links }
    }

    pub(crate) fn of_stdout() -> Self {
        let has_links = supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
        Self::of(&Facts { is_terminal: std::io::stdout().is_terminal(), has_links, variable: &variable })
    }

    pub(crate) fn of_stderr() -> Self {
        let has_links = supports_hyperlinks::on(supports_hyperlinks::Stream::Stderr);
        Self::of(&Facts { is_terminal: std::io::stderr().is_terminal(), has_links, variable: &variable })
    }

    /// A text as its part looks.
    pub(crate) fn paint(self, role: Role, text: &str) -> String {
        let style = match role {
            Role::Good => Style::new().green(),
            Role::Bad => Style::new().red().bold(),
            Role::Caution => Style::new().yellow(),
            Role::Strong => Style::new().bold(),
            Role::Faint => Style::new().dim(),
            Role::Accent => Style::new().cyan(),
        };
        style.force_styling(self.has_color).apply_to(text).to_string()
    }

    /// A text that leads to an address, where a terminal shows that.
    pub(crate) fn link(self, text: &str, address: Option<&str>) -> String {
        match address.filter(|_| self.has_links) {
            Some(address) => format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            None => text.to_owned(),
        }
    }
}

pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A text that others wrote, without what a terminal would obey.
pub(crate) fn plain(text: &str) -> String {
    console::strip_ansi_codes(text).chars().filter(|c| !c.is_control() || *c == '\t').collect()
}

/// A text cut to a width, by what a terminal shows.
pub(crate) fn cut(text: &str, width: usize) -> String {
    console::truncate_str(text, width, "…").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_the_environment() {
        let look = |is_terminal: bool, set: &[(&str, &str)]| {
            let variable =
                |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            Look::of(&Facts { is_terminal, has_links: true, variable: &variable })
        };
        let color = |is_terminal, set: &[(&str, &str)]| look(is_terminal, set).has_color;
        assert!(color(true, &[]) && !color(false, &[]));
        assert!(!color(true, &[("NO_COLOR", "1")]) && color(true, &[("NO_COLOR", "")]));
        assert!(color(false, &[("CLICOLOR_FORCE", "1")]) && !color(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!color(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(!color(true, &[("TERM", "dumb")]) && !color(true, &[("CLICOLOR", "0")]));
        assert!(look(true, &[]).has_links && !look(false, &[("CLICOLOR_FORCE", "1")]).has_links);
    }

    #[test]
    fn nothing_that_others_wrote_is_obeyed() {
        assert_eq!(plain("a\u{1b}[31mb\u{1b}]8;;http://x\u{1b}\\c\u{7}\rd"), "abcd");
    }

    #[test]
    fn a_link_is_text_where_it_is_not_shown() {
        let look = |has_links| Look { has_color: false, has_links };
        assert_eq!(look(false).link("id", Some("https://x")), "id");
        assert_eq!(look(true).link("id", Some("https://x")), "\u{1b}]8;;https://x\u{1b}\\id\u{1b}]8;;\u{1b}\\");
        assert_eq!(look(true).link("id", None), "id");
    }
}
