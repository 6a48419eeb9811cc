//! Checks the shape of settings and overrides before AWS is called, and normalizes them. A misspelt member is refused, unless the
//! option `unknown` allows it.

use crate::definition::validate::settings::Settings;
use crate::error::Error;
use crate::error::finding::{Finding, Level};
use crate::rollout::workflow::Workflow;
use crate::types::deployment::Unknown;

impl Workflow {
    /// Refuses settings of a wrong shape, warns of those that are left out because they are empty, and leaves them out.
    pub(crate) fn check_settings(&mut self) -> Result<(), Error> {
        let of_service = Settings::Service.findings(&self.request.settings, "settings");
        let of_tasks = self.tasks.all().flat_map(|wanted| {
            let (task, place) = (&wanted.task, &wanted.place);
            let settings = Settings::Run.findings(&task.settings, &format!("{place}settings"));
            settings.into_iter().chain(Settings::Overrides.findings(&task.overrides, &format!("{place}overrides")))
        });
        let (wrong_tasks, risky_tasks) = self.judge(of_tasks.collect());
        let (wrong, risky) = self.judge(of_service);
        self.refuse_or_gather(wrong.into_iter().chain(wrong_tasks).collect())?;
        // The rules about a service and its definition together warn of the rest.
        let left_out = risky.into_iter().filter(|finding| finding.rule == "empty");
        for finding in left_out.chain(risky_tasks) {
            self.cx.warn(&finding.rule, format!("{}: {}; {}", finding.path, finding.text, finding.advice));
        }
        self.request.settings = Settings::Service.sendable(&self.request.settings);
        for wanted in self.tasks.all_mut() {
            wanted.task.settings = Settings::Run.sendable(&wanted.task.settings);
            wanted.task.overrides = Settings::Overrides.sendable(&wanted.task.overrides);
        }
        Ok(())
    }

    /// Splits findings into errors and warnings. A misspelt member is only a warning if the option `unknown` allows it.
    pub(crate) fn judge(&self, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
        let is_allowed = self.request.unknown == Unknown::Allow;
        let eased = findings.into_iter().map(|finding| match is_allowed && finding.rule == Finding::UNKNOWN_MEMBER {
            true => Finding { level: Level::Warning, ..finding },
            false => finding,
        });
        eased.partition(|finding| finding.level == Level::Error)
    }
}
