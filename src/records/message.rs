//! A message on a talk page: the calls that make its words when it is saved, its place on the page, how its section is known.

use crate::desk::message::MessageKind;
use crate::page::{Time, timestamp};
use crate::records::news::{Asked, News, NewsBasis};
use crate::records::numbered;
use crate::wikitext::inert::call;
use crate::wikitext::names::Names;

/// The template that makes the words, substituted.
const TEMPLATE: &str = "subst:Helpdesk message";
/// A request that is asked for or told of at a time.
pub type Waiting = (String, String, Time);
/// So many requests of a kind are named in a reminder.
const MOST_NAMED: usize = 10;

/// What a message is about.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The title of its page.
    pub page: &'a str,
    /// Its own title.
    pub title: &'a str,
    /// The status that is told.
    pub status: &'a str,
    /// What that rests on.
    pub basis: &'a NewsBasis,
    /// Since when the helper was not seen, or when it will be closed.
    pub time: Option<Time>,
}

/// What a reminder tells.
#[derive(Debug, Clone, Default)]
pub struct Reminder {
    /// Requests that wait for a vote, each with its page, its title and since when.
    pub votes: Vec<Waiting>,
    /// Requests that wait for a reply, likewise.
    pub replies: Vec<Waiting>,
    /// The last day of a term that ends.
    pub term: String,
}

/// The words of a section's heading.
pub fn heading(title: &str, language: &str) -> String {
    let about = [("1", "heading".to_owned()), ("lang", language.to_owned()), ("title", title.to_owned())];
    format!("== {} ==", call(TEMPLATE, &about))
}

/// The words on a request.
pub fn on_request(kind: MessageKind, to: &str, language: &str, request: &Request, news: &News) -> String {
    let mut about = start(kind, to, language);
    about.extend([("request".to_owned(), request.page.to_owned()), ("title".to_owned(), request.title.to_owned())]);
    let time = request.time.map(timestamp).unwrap_or_default();
    let NewsBasis { user, meeting: (meeting, minutes), rule, reason } = request.basis;
    let more: Vec<(&str, String)> = match kind {
        MessageKind::Received => {
            let [waiting, have, need, until] = news.waiting.clone();
            vec![("waiting", waiting), ("have", have), ("need", need), ("until", until)]
        }
        MessageKind::Status => vec![
            ("status", request.status.to_owned()),
            ("user", user.clone()),
            ("meeting", meeting.map(|day| day.to_string()).unwrap_or_default()),
            ("minutes page", minutes.clone()),
            ("rule", rule.clone()),
            ("reason", reason.clone()),
            ("outcome", news.outcome.clone()),
        ],
        MessageKind::Stale => vec![("until", time)],
        MessageKind::Nudge => vec![("since", time), ("next step", news.next_step.clone())],
        MessageKind::Question
        | MessageKind::Missing
        | MessageKind::Helper
        | MessageKind::Digest
        | MessageKind::Term => Vec::new(),
    };
    about.extend(more.into_iter().map(|(key, value)| (key.to_owned(), value)));
    match kind {
        MessageKind::Received | MessageKind::Missing => about.extend(numbered::params("field", &news.lacks)),
        MessageKind::Helper => about.extend(numbered::params("helper", &news.helpers)),
        MessageKind::Question => {
            let all = |of: fn(&Asked) -> String| news.asked.iter().map(of).collect::<Vec<_>>();
            about.extend(numbered::params("user", &all(|asked| asked.by.clone())));
            about.extend(numbered::params("question", &all(|asked| asked.question.clone())));
            if let [asked] = news.asked.as_slice() {
                about.push(("revision".to_owned(), asked.revision.to_string()));
            }
        }
        _ => {}
    }
    signed(&about)
}

/// The words of a reminder.
pub fn reminder(to: &str, language: &str, reminder: &Reminder) -> String {
    let mut about = start(MessageKind::Digest, to, language);
    for (name, waiting) in [("vote", &reminder.votes), ("reply", &reminder.replies)] {
        let named = || waiting.iter().take(MOST_NAMED);
        about.extend(numbered::params(name, named().map(|(page, ..)| page)));
        about.extend(numbered::params(&format!("{name} title"), named().map(|(_, title, _)| title)));
        let since: Vec<String> = named().map(|(.., since)| timestamp(*since)).collect();
        about.extend(numbered::params(&format!("{name} since"), &since));
    }
    let more = |waiting: &[Waiting]| match waiting.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => more.to_string(),
    };
    about.extend([
        ("more votes".to_owned(), more(&reminder.votes)),
        ("more replies".to_owned(), more(&reminder.replies)),
        ("term".to_owned(), reminder.term.clone()),
    ]);
    signed(&about)
}

fn start(kind: MessageKind, to: &str, language: &str) -> Vec<(String, String)> {
    [("1", kind.id()), ("lang", language), ("name", to)].map(|(key, value)| (key.to_owned(), value.to_owned())).to_vec()
}

fn signed(about: &[(String, String)]) -> String {
    let about: Vec<(&str, String)> = about.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    format!("{} ~~~~", call(TEMPLATE, &about))
}

/// Whether the wiki made words of it: not where the template is missing, or fails.
pub fn is_words(text: &str) -> bool {
    !text.contains("{{")
        && !text.contains("~~~~")
        && !text.contains("<span class=\"scribunto-error")
        && !text.trim().is_empty()
}

/// What tells the section of a request, by the id of its page; 0 for that of reminders.
pub fn marker(request: u64) -> String {
    format!("<!-- helpdesk request {request} -->")
}

/// A talk page with a message in its section, or in a new one at the end, and where what was added stands.
pub fn with_message(
    page: &str,
    request: u64,
    heading: &str,
    message: &str,
    names: &Names,
) -> (String, std::ops::Range<usize>) {
    let marker = marker(request);
    let (at, added) = match page.rfind(&marker) {
        Some(found) => (end_of_section(page, found, names), format!("\n\n{message}")),
        None => {
            let gap = if page.is_empty() { "" } else { "\n\n" };
            (page.trim_end_matches('\n').len(), format!("{gap}{heading}\n{message}\n{marker}"))
        }
    };
    let text = format!("{}{added}{}", &page[..at], &page[at..]);
    (text, at..at + added.len())
}

/// Where the section ends in which this place is: before white space and the next heading of its level or above.
fn end_of_section(page: &str, place: usize, names: &Names) -> usize {
    let visible = names.syntax().visible(page);
    let mut at = place;
    for line in visible[place..].split_inclusive('\n') {
        let heading = line.trim_end();
        let level = heading.bytes().take_while(|b| *b == b'=').count();
        if (1..=2).contains(&level) && heading.len() > 2 * level && heading.ends_with('=') {
            break;
        }
        at += line.len();
    }
    page[..at].trim_end_matches('\n').len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, names};

    #[test]
    fn later_messages_come_below_the_first_of_their_request() {
        let names = names(&crate::config::shipped(), &[]);
        let write = |page: &str, request, message: &str| {
            let (text, added) = with_message(page, request, "== Helpdesk: A ==", message, &names);
            assert_eq!(format!("{}{}", &text[..added.start], &text[added.end..]), page, "their words stay");
            text
        };
        let first = write("", 7, "First. Sig");
        assert_eq!(first, "== Helpdesk: A ==\nFirst. Sig\n<!-- helpdesk request 7 -->");
        let other = write(&first, 8, "Other. Sig");
        let second = write(&format!("{other}\n\n== Lunch ==\nToday?"), 7, "Second. Sig");
        let parts: Vec<&str> = second.split("\n\n").collect();
        assert_eq!(parts[1], "Second. Sig", "{second}");
        assert!(parts[2].starts_with("== Helpdesk: A ==\nOther.") && parts[3].starts_with("== Lunch"), "{second}");
        // An answer, with a smaller heading in it, belongs to the section.
        let answered =
            format!("{first}\n:Thanks! [[User:X]]\n=== More ===\nWords <!--\n== no heading ==\n--> \n\n= Top =");
        let third = write(&answered, 7, "Third. Sig");
        assert!(third.ends_with("--> \n\nThird. Sig\n\n= Top ="), "{third}");
        // An archived one begins anew.
        assert!(write("Hello", 7, "Fourth. Sig").starts_with("Hello\n\n== Helpdesk: A ==\nFourth."));
    }

    #[test]
    fn what_people_wrote_cannot_act_in_a_message() {
        let question = "}} {{x}} ~~~~ [[y]]".to_owned();
        let asked = Asked { by: "A|b".to_owned(), question, revision: 9, at: at(0) };
        let news = News { asked: vec![asked], ..News::default() };
        let basis = &news.basis;
        let request = Request { page: "Desk/A", title: "''T''|x=y", status: "", basis, time: Some(at(0)) };
        let text = on_request(MessageKind::Question, "Bo", "en", &request, &news);
        assert!(text.starts_with("{{subst:Helpdesk message|1=question|lang=en|name=Bo|"), "{text}");
        assert_eq!(
            (text.matches("{{").count(), text.matches("~~~~").count(), text.matches("[[").count()),
            (1, 1, 0),
            "{text}"
        );
    }
}
