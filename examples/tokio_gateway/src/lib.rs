//! The gateway of both programs.

pub mod gate;
pub mod gateway;
mod options;
