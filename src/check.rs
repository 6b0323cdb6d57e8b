//! `helpdesk check`: whether the wiki is ready for the desk.

use std::fmt;

use chrono::TimeDelta;

use crate::desk::{Desk, TemplateKind};
use crate::records::problems;
use crate::records::wiki_pages::CONFIG;
use crate::wiki::{Account, Client, Error};
use crate::{install, pass};

/// An account that did nothing for so long is not counted on.
const ACTIVE: TimeDelta = TimeDelta::days(90);
/// So many members of the trusted groups are looked at.
const MOST_TRUSTED: usize = 50;

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

    /// How many people something rests on; what follows where it is one alone, or nobody.
    fn bus_factor(&mut self, people: &[String], told: String, what: impl Fn(Option<&str>) -> String) {
        match people {
            [_, _, ..] => self.add(true, told, ""),
            few => self.note(told + &what(few.first().map(String::as_str))),
        }
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
    keepers(client, desk, &mut findings).await?;
    findings.add(true, format!("{requests} requests, {} pages to bring up to date", plan.changes.len()), "");
    Ok(findings)
}

/// Whether the desk would go on if somebody left: who keeps the bot, and whose words on the committee page count.
async fn keepers(client: &Client, desk: &Desk, findings: &mut Findings) -> Result<(), Error> {
    let page = client.titles.local(&format!("User:{}", client.me.name));
    let linked: Vec<String> = client.accounts_linked_from(&page).await?.into_iter().collect();
    let mut operators = client.accounts(&linked).await?;
    operators.retain(|account| account.user.id != client.me.id && !account.groups.iter().any(|group| group == "bot"));
    let (here, away) = active(client, operators).await?;
    let named = here.len() + away.len();
    let told = match named {
        0 => format!("no operator is named on {page}"),
        1 => format!("1 operator is named on {page} ({})", here.iter().chain(&away).cloned().collect::<String>()),
        n => format!("{n} operators are named on {page} ({})", [here.clone(), away.clone()].concat().join(", ")),
    };
    let inactive = if away.is_empty() {
        String::new()
    } else {
        format!("; blocked, or not active within {} days: {}", ACTIVE.num_days(), away.join(", "))
    };
    let advice = "; link the user page of everybody there who has the bot's secrets, and find a second one".to_owned();
    findings.bus_factor(&here, told + &inactive, |who| match who {
        Some(who) => format!("; if {who} leaves, nobody can start, mend or stop the program{advice}"),
        None => advice.clone(),
    });

    let mut trusted = client.accounts(&desk.safety.trusted).await?;
    let by_group = client.members_of(&desk.safety.trusted_groups, MOST_TRUSTED).await?;
    for account in client.accounts(&by_group).await? {
        if trusted.iter().all(|known| known.user.id != account.user.id) {
            trusted.push(account);
        }
    }
    let (here, away) = active(client, trusted).await?;
    let of = here.len() + away.len();
    let told = format!(
        "{} of {of} trusted {} active within {} days",
        here.len(),
        if here.len() == 1 { "accounts was" } else { "accounts were" },
        ACTIVE.num_days()
    );
    let rules = if desk.rules_page.is_empty() { "" } else { ", nor the rules" };
    findings.bus_factor(&here, told, |who| match who {
        Some(who) => {
            format!("; if {who} leaves, nobody can change who is on the committee{rules}: add to safety.trusted")
        }
        None => format!(": nobody can change who is on the committee{rules}: add to safety.trusted"),
    });
    Ok(())
}

/// The names of those who were active lately and are not blocked, and of the others.
async fn active(client: &Client, accounts: Vec<Account>) -> Result<(Vec<String>, Vec<String>), Error> {
    let (mut here, mut away) = (Vec::new(), Vec::new());
    for account in accounts {
        let is_here = !account.blocked && client.was_active_since(&account.user.name, client.now() - ACTIVE).await?;
        if is_here { &mut here } else { &mut away }.push(account.user.name);
    }
    Ok((here, away))
}
