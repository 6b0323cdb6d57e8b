//! `helpdesk check`: whether the wiki is ready for the desk.

use std::fmt;

use crate::desk::{Desk, TemplateKind};
use crate::records::problems;
use crate::records::wiki_pages::CONFIG;
use crate::wiki::{Client, Error};
use crate::{install, pass};

/// What was looked at, each with what to do if it is not as it should be.
#[derive(Debug, Default)]
pub struct Findings(Vec<(Mark, String)>);

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// As it should be.
    Good,
    /// Perhaps as somebody wants it.
    Note,
    /// To be mended.
    Todo,
}

impl Findings {
    /// Whether everything is as it should be.
    #[must_use]
    pub fn all_good(&self) -> bool {
        self.0.iter().all(|(mark, _)| *mark != Mark::Todo)
    }

    fn add(&mut self, is_good: bool, good: impl Into<String>, bad: impl Into<String>) {
        self.0.push(if is_good { (Mark::Good, good.into()) } else { (Mark::Todo, bad.into()) });
    }

    fn note(&mut self, text: impl Into<String>) {
        self.0.push((Mark::Note, text.into()));
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (mark, text) in &self.0 {
            let mark = match mark {
                Mark::Good => "ok  ",
                Mark::Note => "note",
                Mark::Todo => "TODO",
            };
            writeln!(f, "{mark} {text}")?;
        }
        Ok(())
    }
}

/// Looks at the account, its rights, the pages and the templates.
///
/// # Errors
/// Where the wiki cannot be reached or refuses to be read.
pub async fn check(client: &Client, desk: &Desk) -> Result<Findings, Error> {
    let mut findings = Findings::default();
    findings.add(true, format!("logged in as {}", client.me.name), "");
    for right in ["edit", "createpage"] {
        findings.add(
            client.rights.iter().any(|r| r == right),
            format!("the account has the right '{right}'"),
            format!(
                "the account lacks the right '{right}': give its bot password or OAuth consumer the matching grant"
            ),
        );
    }
    findings.add(
        client.rights.iter().any(|r| r == "bot"),
        "the account has the bot flag",
        "the account has no bot flag: its edits show in recent changes, and it reads 50 pages a request instead of 500; ask a bureaucrat",
    );
    findings.add(
        desk.safety.approved.is_some(),
        "the community's approval is named (safety.approved)",
        "safety.approved is not set: the bot only plans; set it to the discussion where the community approved the bot",
    );
    let desk = &pass::in_force(client, desk).await?;
    if let Some(words) = pass::in_words(desk) {
        findings.add(desk.origin.on_wiki.is_some(), words.clone(), words);
    }
    let (snapshot, plan, requests) = pass::plan(client, desk, None).await?;
    findings.add(
        !snapshot.stopped,
        "the stop page is empty",
        format!("User:{}/Stop has text: the bot writes nothing until it is blank", client.me.name),
    );
    findings.add(install::has_lua(client), "the wiki has Lua (Scribunto)", install::NO_LUA);
    if install::has_lua(client) {
        let wanted = install::compare(client, desk).await?;
        if wanted.plan.changes.iter().any(|change| change.page == CONFIG) {
            let message = format!(
                "{CONFIG} is not as the rules in force want it (statuses, fields, templates): run `helpdesk install`"
            );
            findings.add(false, "", message);
        }
        findings.add(
            wanted.plan.changes.is_empty(),
            "the templates, modules, texts, categories and pages are installed",
            format!(
                "{} templates, modules, texts, categories or pages are missing or not up to date: run `helpdesk install`",
                wanted.plan.changes.len()
            ),
        );
        // The roster is there to be written by others.
        for page in wanted.left.iter().filter(|page| **page != desk.pages.committee) {
            findings.note(format!("somebody else changed {page}: `helpdesk install` leaves it as it is"));
        }
        if client.shows_readers_language().await? {
            findings.add(true, "readers see their own languages ($wgParserEnableUserLanguage)", "");
        } else {
            findings.note(
                "readers see the wiki's own language alone: for theirs, whoever runs the wiki sets $wgParserEnableUserLanguage = true",
            );
        }
    }
    let voters = snapshot.roster.voters(client.now()).len();
    match &desk.electorate {
        Some(electorate) => findings.add(true, format!("who votes: {}", electorate.in_words()), ""),
        None => findings.add(
            voters > 0,
            format!("{voters} members are in office"),
            format!(
                "nobody may vote: a trusted account writes {{{{{}|user=…|role=member}}}} lines on {}",
                desk.templates.name(TemplateKind::Member),
                desk.pages.committee
            ),
        ),
    }
    for problem in &plan.problems {
        findings.add(false, "", format!("{} ({}): {}", problem.page, problem.kind, problems::words(problem)));
    }
    findings.add(true, format!("{requests} requests, {} pages to bring up to date", plan.changes.len()), "");
    Ok(findings)
}
