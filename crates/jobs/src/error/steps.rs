//! The codes of this crate: the word, what it means, what to do about it.

/// What each code of this crate means, and what to do about it.
pub const NEXT_STEPS: &[(&str, &str, &str)] = &[
    (
        "run_unknown",
        "No run has this id; runs that ended long ago are removed.",
        "List the runs and take the id from there.",
    ),
    (
        "run_ended",
        "The run has ended, so that there is nothing to cancel.",
        "Look at its result; what it did stays done.",
    ),
    (
        "run_not_ended",
        "Only a run that failed or was canceled can be tried again.",
        "Wait for its end, or ask for a new run.",
    ),
    (
        "idempotency_conflict",
        "The key of this request was used before for a request that asks for something else.",
        "Use a new key for a new request, and the old key only to repeat the old request unchanged.",
    ),
    (
        "invalid_run",
        "What was asked for cannot be a run.",
        "Correct what the sentence names and ask again.",
    ),
    (
        "token_exists",
        "A token of this name was made before, and may have been revoked since.",
        "Choose another name; a name in the record must always mean the same.",
    ),
    (
        "token_unknown",
        "No token has this name.",
        "Look up the names with fieldgrade tokens.",
    ),
    (
        "worker_failed",
        "The operating system gave the worker no thread.",
        "End other programs, or raise the limit of threads and memory, then start the worker again.",
    ),
    (
        "worker_panicked",
        "A step of the run met a fault of this program; the worker goes on with other runs.",
        "Report it with the log of the run; trying again may help.",
    ),
    (
        "attempts_exhausted",
        "The worker died or was stopped dead during each attempt, so that the run was given up.",
        "Look into the log of the worker and at its memory, then try the run again.",
    ),
    (
        "kind_unknown",
        "The worker knows no steps for a run of this kind.",
        "Start a worker of the version that the run was made for.",
    ),
];
