//! The command as a user meets it: what is typed, what is printed, the exit code.

mod cases;
mod running;
