//! The heap of a thread, which the system's allocator enlarges a page or two at a time, with a system call for each.

use std::hint::black_box;

/// The memory that a run has from the start. Only what it writes to becomes real memory.
const START: usize = LARGEST - (1 << 20);

/// What is larger is not on the heap. glibc lets it be 32 MiB at most, with what it adds itself.
const LARGEST: usize = 31 << 20;

/// Lets the heap of this thread grow at once to what most runs need.
///
/// The allocator of glibc keeps blocks of 128 KiB and more apart from the heap, and gives as much at the heap's end back to the
/// system. When such a block is freed, its size becomes the new limit: so the first block raises the limit, and the second
/// enlarges the heap, which stays. With other allocators nothing lasting comes of it.
pub fn grow_at_once() {
    reserve([LARGEST]);
    // A thread's heap has 64 MiB at most.
    reserve([START; 2]);
}

/// Takes blocks of memory, and gives them back.
fn reserve<const N: usize>(sizes: [usize; N]) {
    let blocks = sizes.map(|size| {
        let mut block = Vec::<u8>::new();
        // Where there is no memory, what really needs it will say so.
        let _ = block.try_reserve_exact(size);
        block
    });
    black_box(&blocks);
}
