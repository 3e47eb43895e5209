//! Which bundles of a series are known, and whether two claim one place.

use std::collections::{HashMap, HashSet};

use crate::digest::Sha256;
use crate::format::identity::Identity;
use crate::verify::answers::SeriesAnswer;
use crate::verify::receiver::KnownBundle;

/// So many missing numbers are named.
const NAMED: usize = 1000;

/// What is known of the bundles before and beside one.
pub(crate) fn series(
    identity: &Identity,
    manifest_sha256: &Sha256,
    restored: bool,
    known: &[KnownBundle],
) -> SeriesAnswer {
    let lineage = Lineage::of(known);
    let rivals = rivals(identity, manifest_sha256, known);
    if !rivals.is_empty() {
        let previous = identity.previous.as_ref();
        let own = lineage.back_from(previous.map(|previous| previous.link.manifest_sha256));
        let declared = restored || rivals.iter().any(|rival| lineage.declares(&own, rival));
        return if declared {
            SeriesAnswer::ContinuedFromBackup
        } else {
            SeriesAnswer::Fork
        };
    }
    match (identity.number, &identity.of) {
        (Some(_), _) if identity.ledger.first == 1 => SeriesAnswer::Complete,
        (Some(number), _) => missing(number, known),
        (None, Some(of)) if lineage.0.contains_key(&of.link.manifest_sha256) => {
            SeriesAnswer::Complete
        }
        _ => SeriesAnswer::Unknown,
    }
}

fn missing(number: u64, known: &[KnownBundle]) -> SeriesAnswer {
    let numbers = known.iter().filter_map(|known| known.number);
    let before: HashSet<u64> = numbers.filter(|other| *other < number).collect();
    if before.is_empty() && number > 1 {
        return SeriesAnswer::Unknown;
    }
    let missing = (1..number).filter(|other| !before.contains(other));
    let missing: Vec<u64> = missing.take(NAMED).collect();
    if missing.is_empty() {
        SeriesAnswer::Complete
    } else {
        SeriesAnswer::Missing(missing)
    }
}

/// Known bundles that cannot stand in one line with this one: in its place, or where it says that another one stands.
fn rivals<'k>(
    identity: &Identity,
    manifest_sha256: &Sha256,
    known: &'k [KnownBundle],
) -> Vec<&'k KnownBundle> {
    let previous = identity.previous.as_ref().map(|previous| &previous.link);
    let before = previous.or(identity.of.as_ref().map(|of| &of.link));
    let rival = |other: &&KnownBundle| {
        let same_place = other.number == identity.number
            || previous.is_some_and(|link| other.previous_manifest == Some(link.manifest_sha256));
        let other_before = before.is_some_and(|link| {
            other.number == Some(link.number) && other.manifest_sha256 != link.manifest_sha256
        });
        other.number.is_some()
            && other.manifest_sha256 != *manifest_sha256
            && ((identity.number.is_some() && same_place) || other_before)
    };
    known.iter().filter(rival).collect()
}

/// Known bundles by their manifests, and so from each one the way back.
struct Lineage<'k>(HashMap<Sha256, &'k KnownBundle>);

impl<'k> Lineage<'k> {
    fn of(known: &'k [KnownBundle]) -> Self {
        let series = known.iter().filter(|known| known.number.is_some());
        Self(series.map(|known| (known.manifest_sha256, known)).collect())
    }

    /// The bundles before, nearest first, as far as they are known.
    fn back_from(&self, mut manifest: Option<Sha256>) -> Vec<&'k KnownBundle> {
        let mut way = Vec::new();
        // What was recorded cannot run in circles, but nothing here depends on that.
        while let Some(known) = manifest.and_then(|manifest| self.0.get(&manifest)) {
            if way.len() > self.0.len() {
                break;
            }
            way.push(*known);
            manifest = known.previous_manifest;
        }
        way
    }

    /// Whether one of two lines goes on from a backup after the last bundle that both have.
    fn declares(&self, own: &[&KnownBundle], rival: &KnownBundle) -> bool {
        let theirs = self.back_from(Some(rival.manifest_sha256));
        let manifests = |way: &[&KnownBundle]| -> HashSet<Sha256> {
            way.iter().map(|known| known.manifest_sha256).collect()
        };
        let (ours, others) = (manifests(own), manifests(&theirs));
        let apart = |way: &[&KnownBundle], shared: &HashSet<Sha256>| {
            let apart = way
                .iter()
                .take_while(|known| !shared.contains(&known.manifest_sha256));
            apart.into_iter().any(|known| known.restored)
        };
        apart(own, &others) || apart(&theirs, &ours)
    }
}
