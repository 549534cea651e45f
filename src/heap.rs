//! Grows the heap of a thread ahead of time. The system's allocator would grow it a page or two at a time, each with a system
//! call.

use std::hint::black_box;

/// The size of each of the two blocks that the heap starts with. Only pages that are written to become real memory.
const START: usize = LARGEST - (1 << 20);

/// The largest block that glibc can be made to put on the heap: 32 MiB, less what it adds itself.
const LARGEST: usize = 31 << 20;

/// Grows the heap of this thread at once to what most runs need.
///
/// glibc's allocator keeps blocks of 128 KiB and more outside the heap, and returns memory at the end of the heap to the system
/// above the same limit. Freeing such a block raises the limit to its size. So the first block raises the limit, and the second
/// allocation enlarges the heap, which then stays large. With other allocators this does nothing.
pub fn grow_at_once() {
    if cfg!(target_env = "gnu") {
        reserve([LARGEST]);
        // glibc limits the heap of a thread to 64 MiB.
        reserve([START; 2]);
    }
}

/// Allocates blocks and frees them.
fn reserve<const N: usize>(sizes: [usize; N]) {
    let blocks = sizes.map(|size| {
        let mut block = Vec::<u8>::new();
        // If there is no memory, the code that really needs it reports that.
        let _ = block.try_reserve_exact(size);
        block
    });
    black_box(&blocks);
}
