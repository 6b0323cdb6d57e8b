//! What earlier passes of this process found of pages that needed no edit: a mere saving, which the next start does without.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::desk::Desk;
use crate::page::{Page, Time};
use crate::plan::Plan;
use crate::plan::draft::{self, Reading, Settled};
use crate::plan::snapshot::Snapshot;
use crate::records::ledger::{self, ledger_calls};

/// Pages that were read and found as they should be, by id.
#[derive(Debug, Default)]
pub struct Known(Mutex<HashMap<u64, Found>>);

#[derive(Debug)]
struct Found {
    revision: u64,
    basis: String,
    settled: Settled,
}

impl Known {
    /// A page, if it and all that it rests on is as it was found.
    pub(super) fn settled(&self, page: &Page, desk: &Desk, snapshot: &Snapshot, now: Time) -> Option<Settled> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found =
            known.get(&page.id).filter(|f| f.revision == page.revision.id && f.settled.row.page.title == page.title)?;
        let holds = found.settled.due.is_none_or(|due| now < due) && found.basis == basis(page, desk, snapshot);
        holds.then(|| found.settled.clone())
    }

    /// Takes note of the pages that a pass read and has neither to change nor to report.
    pub(super) fn note(&self, desk: &Desk, snapshot: &Snapshot, readings: &[(Page, Reading)], plan: &Plan) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|id, _| readings.iter().any(|(page, _)| page.id == *id));
        for (page, reading) in readings {
            let Reading::Decided(decided) = reading else { continue };
            let busy =
                plan.changes.iter().any(|c| c.page == page.title) || plan.problems.iter().any(|p| p.page == page.title);
            if !busy {
                let (facts, decision) = &**decided;
                let found = Found {
                    revision: page.revision.id,
                    basis: basis(page, desk, snapshot),
                    settled: Settled { row: draft::row_of(facts, decision, desk), due: decision.due },
                };
                known.insert(page.id, found);
            }
        }
    }
}

fn basis(page: &Page, desk: &Desk, snapshot: &Snapshot) -> String {
    draft::basis(desk, &snapshot.names, &snapshot.roster, &ledger::people(&ledger_calls(page.text())))
}
