//! A second thread, which works ahead of the first one.

use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::thread;

use crate::{heap, stack};

type Job = Box<dyn FnOnce() + Send>;

/// A thread that runs jobs one after the other, while the caller does something else. It ends when this is dropped and all jobs are
/// done. A job may never begin: the caller must be able to do what it prepares.
#[derive(Debug)]
pub struct SecondThread(Sender<Job>);

/// The size of its stack, enough to parse the most deeply nested templates. The address space of a process may be limited.
const STACK: usize = 64 << 20;

/// How often the thread looks for its next job before it sleeps. Waking a thread takes longer than most pauses between jobs.
const LOOKS: u32 = 160;

/// How often it looks before it lets other threads run, which takes a system call.
const LOOKS_AT_ONCE: u32 = 16;

impl SecondThread {
    /// Starts the thread; `None` if the system can't provide it.
    pub fn start() -> Option<SecondThread> {
        let (sender, jobs) = mpsc::channel();
        let work = move || {
            heap::grow_at_once();
            while let Some(job) = next(&jobs) {
                job();
            }
        };
        stack::detach(STACK, work).ok()?;
        Some(SecondThread(sender))
    }

    /// Adds a job.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        // If an earlier job has panicked, the caller does the work.
        let _ = self.0.send(Box::new(job));
    }
}

fn next(jobs: &Receiver<Job>) -> Option<Job> {
    for look in 1..=LOOKS {
        match jobs.try_recv() {
            Ok(job) => return Some(job),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) if look % LOOKS_AT_ONCE == 0 => thread::yield_now(),
            Err(TryRecvError::Empty) => (0..32).for_each(|_| std::hint::spin_loop()),
        }
    }
    jobs.recv().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::SecondThread;

    #[test]
    fn jobs_run_in_order_on_another_thread_even_after_a_pause() {
        let (sender, results) = mpsc::channel();
        let second = SecondThread::start().unwrap();
        let first = std::thread::current().id();
        let add = |number: u32| {
            let sender = sender.clone();
            second.run(move || sender.send((number, std::thread::current().id() != first)).unwrap());
        };
        add(1);
        add(2);
        assert_eq!([results.recv().unwrap(), results.recv().unwrap()], [(1, true), (2, true)]);
        std::thread::sleep(Duration::from_millis(50));
        add(3);
        drop(second);
        assert_eq!(results.recv().unwrap(), (3, true));
    }

    #[test]
    fn a_job_that_panics_ends_the_thread_only() {
        let second = SecondThread::start().unwrap();
        second.run(|| panic!("a test"));
        std::thread::sleep(Duration::from_millis(50));
        second.run(|| ());
    }
}
