//! Judging a chain by everything that was noted of it.

use crate::audit::{Anchor, AnchorKey, Break, BreakKind, Cut, Expected, Head, Row, Verdict, verify};
use crate::id::TenantId;

/// What a store has noted of one tenant's chain.
#[derive(Clone, Debug)]
pub struct Noted {
    /// The key that signs heads and cuts.
    pub key: AnchorKey,
    /// The epoch of the store.
    pub epoch: u64,
    /// The head that is noted beside the chain; `None` if none is.
    pub head: Option<Anchor>,
    /// The head that is noted outside of the database; `None` if none is.
    pub outside: Option<Anchor>,
    /// Whether there is a place outside of the database where it should be.
    pub has_outside: bool,
    /// Up to where the front was removed; `None` if nothing was.
    pub cut: Option<Cut>,
}

impl Noted {
    /// The epoch in which the chain began, as an export says it, and the head before its first record.
    pub fn beginning(&self, tenant: &TenantId) -> (u64, Head) {
        let epoch = self.head.as_ref().map_or(self.epoch, |anchor| anchor.epoch);
        (epoch, self.start(tenant, epoch))
    }

    fn start(&self, tenant: &TenantId, epoch: u64) -> Head {
        self.cut.as_ref().map_or_else(|| Head::genesis(tenant, epoch), |cut| cut.head)
    }

    /// Examines the chain's records, in the order of their places: against themselves, what is noted here, and heads that
    /// were noted elsewhere. `Err` is the reader's own.
    pub fn judge<E>(
        &self,
        tenant: &TenantId,
        rows: impl IntoIterator<Item = Result<Row, E>>,
        elsewhere: &[Head],
    ) -> Result<Verdict, E> {
        let genuine = |anchor: Option<&Anchor>| anchor.filter(|anchor| anchor.is_genuine(&self.key)).cloned();
        let (head_fits, outside_fits) = (genuine(self.head.as_ref()), genuine(self.outside.as_ref()));
        let noted = head_fits.as_ref().or(outside_fits.as_ref()).or(self.head.as_ref());
        let epoch = noted.map_or(self.epoch, |anchor| anchor.epoch);
        if let Some(cut) = self.cut.as_ref().filter(|cut| !cut.is_genuine(&self.key)) {
            return Ok(Verdict::Broken(Break { number: cut.head.number, kind: BreakKind::Cut }));
        }
        let mut expected: Vec<_> =
            elsewhere.iter().map(|head| Expected { head: *head, is_end: false }).collect();
        expected.extend(head_fits.as_ref().map(|anchor| Expected { head: anchor.head, is_end: true }));
        expected.extend(outside_fits.as_ref().map(|anchor| Expected { head: anchor.head, is_end: false }));
        let start = self.start(tenant, epoch);
        // Of what was removed nothing can be said any more.
        expected.retain(|expected| expected.head.number >= start.number);
        let verdict = verify(tenant, start, rows, &expected)?;
        let Verdict::Intact(head) = verdict else { return Ok(verdict) };
        let is_noted = head.number == 0 || head_fits.is_some();
        let is_forged =
            (self.head.is_some() && head_fits.is_none()) || (self.has_outside && outside_fits.is_none());
        if is_noted && !is_forged {
            return Ok(verdict);
        }
        Ok(Verdict::Broken(Break { number: head.number, kind: BreakKind::Anchor }))
    }
}
