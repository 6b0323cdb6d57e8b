//! The story of the demo: who is on the committee, what was asked for, and what people did about it.

use anyhow::{Context, Result};

use crate::desk::Desk;
use crate::records::wiki_pages;
use crate::sandbox::{Person, Wiki};

/// The chair.
pub const CHAIR: &str = "Amara Esempio";
/// Members besides the chair.
pub const MEMBERS: [&str; 6] =
    ["Bjorn Muster", "Chipo Sample", "Dalia Ejemplo", "Emeka Probe", "Farah Namuna", "Goran Primer"];
/// Staff.
pub const STAFF: &str = "Ines Beispiel";
/// The secretary.
pub const SECRETARY: &str = "Jana Primjer";
/// A member whose term is over.
pub const FORMER: &str = "Hugo Voorbeeld";
/// People who file requests.
pub const REQUESTERS: [&str; 4] = ["Rana Mithal", "Tomas Przyklad", "Museum of Examplia", "Noor Misaal"];
/// Who carries requests out, without a seat.
pub const HELPER: &str = "Kalea Halimbawa";
/// The year of the request that was done long ago.
pub const LONG_AGO: i32 = 2024;
/// The request that came by mail, and that staff filed.
const BY_MAIL: &str = "Monument register for the contest";
/// The request whose votes are the most mixed.
pub const MIXED: &str = "Livestock and crop profiles with a UN agency";

/// A request: its name, requester, type, country, description and justification.
type Request = (&'static str, usize, &'static str, &'static str, &'static str, &'static str);

const REQUESTS: [Request; 12] = [
    (
        "A first Wiki Loves Monuments",
        0,
        "training",
        "Examplia",
        "Our user group wants to hold Wiki Loves Monuments for the first time and needs help with lists of monuments and with the jury tool.",
        "No photo contest has covered the country so far; 900 listed monuments have no picture.",
    ),
    (
        MIXED,
        1,
        "data",
        "Farland",
        "A United Nations agency for agriculture offers profiles of crops and livestock for 40 countries. We need to model them in Wikidata and to agree on a licence.",
        "The agency is ready to release everything if the first batch works well.",
    ),
    (
        "Natural heritage of twelve organisations",
        2,
        "data",
        "Northmark",
        "A dozen organisations keep records of protected trees, caves and springs. We would like to bring them to Wikidata together, with stable identifiers.",
        "Twelve partners at once, and every one of them keeps its data up to date.",
    ),
    (
        "A heart image for medical articles",
        3,
        "upload",
        "Westria",
        "A hospital offers a labelled drawing of the heart under a free licence. Which file format, and which articles?",
        "The present picture is small and has errors; it is used in 60 languages.",
    ),
    (
        "The statistics tool for partners is broken",
        0,
        "technical",
        "",
        "The tool that counts views of a partner's pictures has shown nothing since March. Partners ask for their numbers.",
        "Six museums report to their funders with these numbers.",
    ),
    (
        "Wording of a partnership agreement",
        2,
        "partnership",
        "Examplia",
        "Our lawyers ask how other museums have worded the part on licences in their agreements.",
        "A signed agreement would open 20,000 photographs.",
    ),
    (
        BY_MAIL,
        1,
        "data",
        "Southmark",
        "The heritage board has a new register. Could somebody help to import it before September?",
        "The contest depends on it.",
    ),
    (
        "Contest pages on top of Wikidata",
        3,
        "technical",
        "Northmark",
        "",
        "It would save every organiser a week of work.",
    ),
    (
        "Pattypan for volunteers of the archive",
        1,
        "training",
        "Farland",
        "A workshop on batch uploads for eight volunteers of the city archive.",
        "They hold 5,000 scans of maps.",
    ),
    (
        "May we use scans of old newspapers?",
        0,
        "question",
        "Westria",
        "The library asks whether newspapers of 1930 can be uploaded.",
        "A short answer is enough.",
    ),
    (
        "Old maps of the harbour",
        2,
        "upload",
        "Examplia",
        "1,200 maps, scanned in high resolution, with metadata in a spreadsheet.",
        "The most wanted collection of the museum.",
    ),
    (
        "An exhibition about our town",
        3,
        "other",
        "Westria",
        "We would like the committee to pay for printing panels.",
        "The town is 800 years old.",
    ),
];

/// All accounts of the story.
pub fn people() -> impl Iterator<Item = &'static str> {
    [CHAIR, STAFF, SECRETARY, FORMER, HELPER].into_iter().chain(MEMBERS).chain(REQUESTERS)
}

/// Plays the story; gives the number of requests.
///
/// # Errors
/// Where the wiki refuses something.
pub async fn tell(wiki: &Wiki, desk: &Desk, password: &str) -> Result<usize> {
    let admin = wiki.admin();
    let admin = Person::login(wiki.url(), &admin.name, &admin.password).await?;
    roster(&admin, desk).await?;
    let (pages, line) = wiki_pages::gadget(0);
    for (title, text) in pages {
        admin.edit(&title, text, "The form and the buttons of the Helpdesk").await?;
    }
    admin.edit("MediaWiki:Gadgets-definition", &line, "The Helpdesk").await?;
    let mut requesters = Vec::new();
    for name in REQUESTERS {
        requesters.push(person(wiki, name, password).await?);
    }
    let staff = person(wiki, STAFF, password).await?;
    for (name, who, kind, country, description, justification) in REQUESTS {
        let (filer, requester, reference) = match name {
            BY_MAIL => (&staff, REQUESTERS[who], "Ticket 2026-117"),
            _ => (&requesters[who], "", ""),
        };
        let text = format!(
            "{{{{Helpdesk request\n|title={name}\n|requester={requester}\n|reference={reference}\n|type={kind}\n|country={country}\n|partner=\n|languages=en\n|description={description}\n|justification={justification}\n|technical=\n|legal=\n|risk=\n|sustainability=\n|helper=\n|status=\n|status since=\n}}}}\n\n== Discussion ==\n"
        );
        filer.edit(&page(desk, name), &text, "New request").await?;
    }
    votes(wiki, desk, password).await?;
    decisions(wiki, desk, password, &requesters).await?;
    meeting(wiki, desk, password).await?;
    help(wiki, desk, password).await?;
    Ok(REQUESTS.len())
}

async fn roster(admin: &Person, desk: &Desk) -> Result<()> {
    let text = admin.text(&desk.pages.committee).await?;
    let line = |name: &str, role: &str, term: &str| format!("\n{{{{Helpdesk member|user={name}|role={role}{term}}}}}");
    let mut list = line(CHAIR, "chair", "|from=2022-05-01");
    MEMBERS.iter().for_each(|m| list.push_str(&line(m, "member", "|from=2022-05-01|until=2099-12-31")));
    list.push_str(&line(FORMER, "member", "|from=2022-05-01|until=2023-12-31"));
    list.push_str(&line(STAFF, "staff", "|from=2022-05-01"));
    list.push_str(&line(SECRETARY, "secretary", "|from=2022-05-01"));
    admin.edit(&desk.pages.committee, &format!("{text}\n{list}\n"), "The committee of the year").await?;
    Ok(())
}

/// Votes: on the first request two and none missing but time, on the second every kind of trouble.
async fn votes(wiki: &Wiki, desk: &Desk, password: &str) -> Result<()> {
    let first = page(desk, REQUESTS[0].0);
    let mixed = page(desk, MIXED);
    let [bjorn, chipo, dalia, emeka, farah, goran] = MEMBERS;
    for (who, title, line) in [
        (bjorn, &first, "* {{support}} I can help with the lists of monuments. ~~~~"),
        (chipo, &first, "* {{support}} ~~~~\n{{Helpdesk priority|high}}"),
        (bjorn, &mixed, "* {{support}} A good first batch. ~~~~"),
        (chipo, &mixed, "* {{support}} with a small model first. ~~~~"),
        (dalia, &mixed, "* {{oppose}} until the licence is settled. ~~~~"),
        (emeka, &mixed, "* {{abstain}} I work with the agency. ~~~~"),
        (FORMER, &mixed, "* {{support}} as in 2023. ~~~~"),
        (REQUESTERS[1], &mixed, "* {{support}} of course! ~~~~"),
        (STAFF, &mixed, "* {{support|for=Goran Primer}} from the meeting of this month. ~~~~"),
        (farah, &page(desk, REQUESTS[3].0), "* {{more info}} Who drew it, and are they ready to release it? ~~~~"),
        (goran, &page(desk, REQUESTS[2].0), "* {{support}} ~~~~"),
        (goran, &page(desk, REQUESTS[2].0), "* '''Support''' from my colleague, too. ~~~~"),
    ] {
        person(wiki, who, password).await?.append(title, &format!("\n{line}"), "My view").await?;
    }
    // The requester signs for a member, and strikes a vote that is not welcome.
    let requester = person(wiki, REQUESTERS[1], password).await?;
    requester
        .append(
            &mixed,
            &format!("\n* {{{{support}}}} [[User:{farah}|{farah}]] 10:00, 1 November 2026 (UTC)"),
            "More votes",
        )
        .await?;
    let text = requester.text(&mixed).await?;
    let struck =
        text.replace("* {{oppose}} until the licence is settled.", "* <s>{{oppose}} until the licence is settled.</s>");
    requester.edit(&mixed, &struck, "The licence is settled").await?;
    Ok(())
}

/// Decisions by people, and one change of a status by somebody who may not make it.
async fn decisions(wiki: &Wiki, desk: &Desk, password: &str, requesters: &[Person]) -> Result<()> {
    let staff = person(wiki, STAFF, password).await?;
    let chair = person(wiki, CHAIR, password).await?;
    let of = |i: usize| page(desk, REQUESTS[i].0);
    chair
        .append(
            &of(5),
            "\n{{Helpdesk decision|approved|reason=The working group on agreements takes it up.}} ~~~~",
            "Decision",
        )
        .await?;
    chair
        .append(
            &of(11),
            "\n{{Helpdesk decision|declined|reason=The desk helps with content, it has no money to give.}} ~~~~",
            "Decision",
        )
        .await?;
    staff
        .append(
            &of(4),
            "\n{{Helpdesk decision|redirected|reason=The tool's maintainers have been asked; see its talk page.}} ~~~~",
            "Decision",
        )
        .await?;
    set_status(&staff, &of(6), "in-progress", "").await?;
    set_status(&staff, &of(10), "done", &format!("{LONG_AGO}-06-12T09:00:00Z")).await?;
    staff
        .append(
            &of(9),
            "\n: Yes, if the author died before 1956. ~~~~\n{{Helpdesk decision|done|reason=Answered.}} ~~~~",
            "An answer",
        )
        .await?;
    requesters[1]
        .append(&of(8), "\n{{Helpdesk withdraw|reason=We found a trainer nearby.}} ~~~~", "No longer needed")
        .await?;
    Ok(())
}

/// Scores for what is approved, somebody who steps aside, and a meeting whose secretary records all of it in one edit.
async fn meeting(wiki: &Wiki, desk: &Desk, password: &str) -> Result<()> {
    let [bjorn, chipo, dalia, emeka, ..] = MEMBERS;
    let approved = page(desk, REQUESTS[5].0);
    for (who, title, line) in [
        (bjorn, &approved, "* {{Helpdesk priority|9}} Twenty thousand pictures. ~~~~"),
        (chipo, &approved, "* {{Helpdesk priority|4}} Lawyers take their time. ~~~~"),
        (emeka, &page(desk, MIXED), "* {{Helpdesk recuse}} I work with the agency. ~~~~"),
    ] {
        person(wiki, who, password).await?.append(title, &format!("\n{line}"), "My view").await?;
    }
    let today = chrono::Utc::now().date_naive();
    let minutes = format!(
        "{{{{Helpdesk meeting|date={today}|present={CHAIR}, {bjorn}, {dalia}|apologies={chipo}}}}}\n\n\
         {{{{Helpdesk item|request={}|decision=approved|support={CHAIR}, {bjorn}|abstain={dalia}|priority=8|recommendation=Begin with \
         the trees: their identifiers are stable.}}}}\n\
         {{{{Helpdesk item|request={}|recommendation=The desk asks for a description once more.}}}}\n\n\
         The next meeting is in a month.\n",
        REQUESTS[2].0, REQUESTS[7].0
    );
    let secretary = person(wiki, SECRETARY, password).await?;
    secretary.edit(&format!("{}/{today}", desk.pages.meetings), &minutes, "Minutes").await?;
    Ok(())
}

/// A helper with a checklist, one step of which a passer-by ticked, and a request that is done, with what came of it.
async fn help(wiki: &Wiki, desk: &Desk, password: &str) -> Result<()> {
    let helper = person(wiki, HELPER, password).await?;
    let at_work = page(desk, REQUESTS[6].0);
    let claim = "\n* {{Helpdesk claim}} I have imported registers before. ~~~~\n{{subst:Helpdesk steps|data}}";
    helper.append(&at_work, claim, "I will help").await?;
    let ticked = |text: String, nth: usize, with: &str| {
        let steps: Vec<usize> = text.match_indices("{{Helpdesk step|").map(|(at, _)| at).collect();
        let end = steps.get(nth).and_then(|at| Some(at + text[*at..].find("}}")?));
        end.map_or_else(|| text.clone(), |end| format!("{}|{with}{}", &text[..end], &text[end..]))
    };
    let text = helper.text(&at_work).await?;
    let due = chrono::Utc::now().date_naive() + chrono::Days::new(20);
    let text = ticked(ticked(text, 0, "done"), 1, &format!("doing|who={HELPER}|due={due}"));
    helper.edit(&at_work, &text, "The first step is done").await?;
    let passer = person(wiki, FORMER, password).await?;
    let text = ticked(passer.text(&at_work).await?, 2, "done");
    passer.edit(&at_work, &text, "I think this is done").await?;
    let done = page(desk, REQUESTS[10].0);
    let staff = person(wiki, STAFF, password).await?;
    let outcome = "\n* {{Helpdesk outcome|1,200 maps of the harbour, used in 90 articles|files=1200}} ~~~~";
    staff.append(&done, outcome, "What came of it").await?;
    Ok(())
}

async fn set_status(who: &Person, title: &str, status: &str, since: &str) -> Result<()> {
    let text = who.text(title).await?;
    let new = text.replace("|status=\n|status since=\n", &format!("|status={status}\n|status since={since}\n"));
    if new == text {
        return Err(anyhow::anyhow!("no status= to set")).with_context(|| title.to_owned());
    }
    who.edit(title, &new, "Where it stands").await?;
    Ok(())
}

fn page(desk: &Desk, name: &str) -> String {
    format!("{}/{name}", desk.pages.intake)
}

/// A person of the story, logged in.
async fn person(wiki: &Wiki, name: &str, password: &str) -> Result<Person> {
    Person::login(wiki.url(), name, password).await.with_context(|| format!("{name} cannot log in"))
}
