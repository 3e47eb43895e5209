//! The reasons for which a file is not captured: the word, what it means, what to do about it.

/// Each code of [`super::SourceError`] without what stands after a colon, what it means, and what to do about it.
pub const NEXT_STEPS: &[(&str, &str, &str)] = &[
    (
        "no_such_file",
        "There is nothing of the name that was given.",
        "Check the name and the folder, and name it again.",
    ),
    (
        "permission_denied",
        "This user may not read it, or may not enter a folder on the way.",
        "Ask its owner for the right to read it, or for a copy.",
    ),
    (
        "not_a_file",
        "It is a link, a device, a pipe or a socket, or made up by the system while it is read; nothing of it is captured.",
        "Add what a link points to; make an image of a device, and add that.",
    ),
    (
        "loop",
        "Links on the way lead back to themselves, or a folder contains itself.",
        "Add the folder or file that is meant by its own path.",
    ),
    (
        "own_data",
        "It belongs to Fieldgrade's own data.",
        "To hand it on, use export or backup.",
    ),
    (
        "changed_while_reading",
        "At every attempt, something wrote to the file while it was read.",
        "Close the program that writes to it, or make a copy, and add it again.",
    ),
    (
        "vanished",
        "It was there when its folder was listed, and then no longer.",
        "Put it back, and add it again.",
    ),
    (
        "not_stored",
        "It can be read, but not be stored.",
        "See to the place where it is kept, then add it again.",
    ),
];
