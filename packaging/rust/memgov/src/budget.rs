//! Budgets: what the process may hold, and how near to it it is.

use std::fmt;
use std::mem::size_of;

use crate::ffi::{self, RawBudget, UNLIMITED};

/// Rungs of the ladder, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    Normal,
    /// Memory is given back, and admissions are deferred.
    Soft,
    /// All is given back, admissions are rejected, large allocations may fail.
    Hard,
}

/// A reading. `None`: there is no such limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budget {
    /// What the kernel kills for: the container's, else this process's anonymous memory.
    pub charged_bytes: u64,
    pub soft_bytes: Option<u64>,
    pub hard_bytes: Option<u64>,
    /// The container's own limit.
    pub limit_bytes: Option<u64>,
    /// hard - charged, 0 when it is passed.
    pub headroom_bytes: Option<u64>,
    /// Reserved by [`admit`](crate::admit) and not given back yet, in this process.
    pub admitted_bytes: u64,
    pub rung: Rung,
}

fn limit(bytes: u64) -> Option<u64> {
    (bytes != UNLIMITED).then_some(bytes)
}

/// A fresh reading of the container's files: 20 to 100 us. `None` where memgov is absent.
pub fn budget() -> Option<Budget> {
    let mut raw = RawBudget { size: size_of::<RawBudget>(), ..RawBudget::default() };
    if ffi::memgov_budget(&mut raw) != 0 {
        return None;
    }
    Some(Budget {
        charged_bytes: raw.charged_bytes,
        soft_bytes: limit(raw.soft_bytes),
        hard_bytes: limit(raw.hard_bytes),
        limit_bytes: limit(raw.limit_bytes),
        headroom_bytes: limit(raw.headroom_bytes),
        admitted_bytes: raw.admitted_bytes,
        rung: match raw.rung {
            0 => Rung::Normal,
            1 => Rung::Soft,
            _ => Rung::Hard,
        },
    })
}

/// The budgets are as before: soft > hard, one of them below 1 MiB, or memgov does not govern this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BudgetRefused;

impl fmt::Display for BudgetRefused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("budget refused: soft above hard, below 1 MiB, or memgov does not govern")
    }
}

impl std::error::Error for BudgetRefused {}

fn change(soft_bytes: u64, hard_bytes: u64) -> Result<(), BudgetRefused> {
    match ffi::memgov_budget_set(soft_bytes, hard_bytes) {
        0 => Ok(()),
        _ => Err(BudgetRefused),
    }
}

/// Budgets in bytes from now on, in place of the environment's and the container's; `None`: without such a limit.
/// A hard one above the container's limit is lowered to it; one below what is charged takes effect at once.
pub fn set_budget(soft_bytes: Option<u64>, hard_bytes: Option<u64>) -> Result<(), BudgetRefused> {
    // The C call takes a zero for "as the environment has it": that is clear_budget's.
    if soft_bytes == Some(0) || hard_bytes == Some(0) {
        return Err(BudgetRefused);
    }
    change(soft_bytes.unwrap_or(UNLIMITED), hard_bytes.unwrap_or(UNLIMITED))
}

/// The environment's and the container's budgets again.
pub fn clear_budget() -> Result<(), BudgetRefused> {
    change(0, 0)
}
