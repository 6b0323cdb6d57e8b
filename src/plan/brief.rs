//! The brief of a quarter: what came in, was decided, recommended and finished, as plain text that people edit on. The bot
//! writes it once, when the quarter is over, and never again.

use std::fmt::Write as _;
use std::sync::Arc;

use super::change::{Base, Change, Owns};
use super::snapshot::Snapshot;
use crate::desk::Desk;
use crate::desk::quarter::Quarter;
use crate::page::Time;
use crate::records::language::Language;
use crate::records::summary;
use crate::records::tables::Row;
use crate::wikitext::inert::{MAX_CHARS, as_read, inert};

/// The title of a quarter's brief; none for a desk without meetings.
pub fn title_of(quarter: Quarter, desk: &Desk) -> Option<String> {
    let meetings = Some(&desk.pages.meetings).filter(|title| !title.is_empty())?;
    Some(format!("{meetings}/Brief {quarter}"))
}

/// The change that writes the brief of the last quarter; none where nothing happened in it.
pub fn brief_change(title: &str, desk: &Desk, snapshot: &Snapshot, rows: &[Arc<Row>], now: Time) -> Option<Change> {
    let language = snapshot.language();
    // Another quarter may be over since it was looked whether there is one.
    let quarter = Some(Quarter::last(now)).filter(|quarter| title_of(*quarter, desk).as_deref() == Some(title))?;
    let text = brief(quarter, desk, snapshot, rows)?;
    Some(Change {
        page: title.to_owned(),
        base: Base::Absent,
        before: String::new(),
        after: text,
        summary: summary::brief(language),
        owns: Owns::Page,
        moved: String::new(),
        appended: String::new(),
        despite_undo: false,
    })
}

fn brief(quarter: Quarter, desk: &Desk, snapshot: &Snapshot, rows: &[Arc<Row>]) -> Option<String> {
    let language = snapshot.language();
    let label = |id: &str| desk.status(id).map_or_else(|| id.to_owned(), |status| language.label(status).to_owned());
    let mut rows: Vec<&Row> = rows.iter().map(Arc::as_ref).filter(|row| !row.lost).collect();
    rows.sort_by_key(|row| (row.filed(), row.page.id));
    let came = rows.iter().filter(|row| quarter.covers(row.filed()));
    let came: Vec<String> = came.map(|row| line(row, &inert_about(row, language))).collect();
    let decided = rows.iter().filter_map(|row| {
        let (status, at) = row.milestones.decided(desk).filter(|(_, at)| quarter.covers(*at))?;
        Some(line(row, &format!("{}, {}", label(status), day(*at))))
    });
    let decided: Vec<String> = decided.collect();
    let recommended = rows.iter().flat_map(|row| {
        let said = snapshot.meetings.said.get(&row.page.id).into_iter().flatten();
        said.filter(|said| quarter.covers_day(said.date) && !said.recommendation.is_empty())
            .map(|said| line(row, &format!("{} ({})", inert(&as_read(&said.recommendation), MAX_CHARS), said.date)))
    });
    let recommended: Vec<String> = recommended.collect();
    let is_closed = |row: &&&Row| desk.status(&row.status).is_some_and(|status| status.closed);
    let finished = rows.iter().filter(is_closed).filter(|row| quarter.covers(row.since));
    let finished: Vec<String> =
        finished.map(|row| line(row, &format!("{}, {}", label(&row.status), day(row.since)))).collect();

    let parts = [("came", came), ("decided", decided), ("recommended", recommended), ("finished", finished)];
    if parts.iter().all(|(_, lines)| lines.is_empty()) {
        return None;
    }
    let mut text = language.say("brief-about", &[&desk.name, &quarter.year.to_string(), &quarter.number.to_string()]);
    for (key, lines) in parts {
        let _ = write!(text, "\n\n== {} ({}) ==\n", language.say(&format!("brief-{key}"), &[]), lines.len());
        text += &if lines.is_empty() { language.say("brief-none", &[]) } else { lines.join("\n") };
    }
    Some(text)
}

fn line(row: &Row, about: &str) -> String {
    let title = inert(&row.title, MAX_CHARS);
    let about = if about.is_empty() { String::new() } else { format!(": {about}") };
    format!("* [[:{}|{title}]]{about}", row.page.title)
}

/// Of which type a request is, where, and whose; what is empty is left out.
pub(super) fn about(row: &Row, language: Language) -> Vec<&str> {
    let kind = language.text(&format!("type-{}", row.kind)).unwrap_or(&row.kind);
    let parts = [kind, &row.country].into_iter().chain(row.owners.iter().map(String::as_str));
    parts.filter(|part| !part.is_empty()).collect()
}

fn inert_about(row: &Row, language: Language) -> String {
    let said = about(row, language).into_iter().map(|part| inert(part, MAX_CHARS));
    said.collect::<Vec<_>>().join(", ")
}

fn day(at: Time) -> String {
    at.date_naive().to_string()
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    #[test]
    fn the_last_quarter_that_is_over() {
        let last = |year, month| {
            let quarter = Quarter::last(Utc.with_ymd_and_hms(year, month, 1, 0, 0, 0).unwrap());
            (quarter.year, quarter.number)
        };
        assert_eq!(
            [last(2027, 1), last(2027, 3), last(2027, 4), last(2026, 12)],
            [(2026, 4), (2026, 4), (2027, 1), (2026, 3)]
        );
        let quarter = Quarter { year: 2026, number: 4 };
        assert_eq!(
            title_of(quarter, &crate::config::shipped()).unwrap(),
            "Content Partnerships Hub/Helpdesk/Meetings/Brief 2026-Q4"
        );
        let covers = |month, day| quarter.covers(Utc.with_ymd_and_hms(2026, month, day, 23, 59, 59).unwrap());
        assert_eq!([covers(9, 30), covers(10, 1), covers(12, 31)], [false, true, true]);
    }
}
