//! Items as a sentence names them.

use crate::damage::LostBytes;

/// The items one after another; after a hundred of them, how many more.
pub(super) fn lost(items: &[LostBytes]) -> String {
    const TOLD: usize = 100;
    let told = items.iter().take(TOLD).map(|lost| {
        let how = if lost.missing { "missing" } else { "damaged" };
        format!("item {} ({}) are {how}", lost.item, lost.name)
    });
    let mut text = told.collect::<Vec<_>>().join(", of ");
    if items.len() > TOLD {
        text.push_str(&format!(", and of {} more", items.len() - TOLD));
    }
    text
}

/// Numbers with commas.
pub(super) fn list(items: &[u64]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}
