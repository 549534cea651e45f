//! The capacity of Go's slices beyond their length, which `slice` in templates can reach.

/// The block sizes of Go's allocator up to 32 KiB; larger blocks are whole pages.
const SIZE_CLASSES: [usize; 67] = [
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480,
    512, 576, 640, 704, 768, 896, 1_024, 1_152, 1_280, 1_408, 1_536, 1_792, 2_048, 2_304, 2_688, 3_072, 3_200, 3_456,
    4_096, 4_864, 5_120, 5_376, 6_144, 6_528, 6_784, 6_912, 8_192, 9_472, 9_728, 10_240, 10_880, 12_288, 13_568,
    14_336, 16_384, 18_432, 19_072, 20_480, 21_760, 24_576, 27_264, 28_672,
];
const LARGEST_CLASS: usize = 32_768;
const PAGE: usize = 8_192;

/// The size of the header in blocks with pointers that are larger than [`LARGEST_WITHOUT_HEADER`], in bytes.
const HEADER: usize = 8;
const LARGEST_WITHOUT_HEADER: usize = 512;

/// The element type of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Its size in bytes.
    pub size: usize,
    /// Whether it contains pointers.
    pub has_pointers: bool,
}

/// Returns the new capacity of a slice that must grow from `capacity` to hold `length` items.
///
/// ```
/// use mim_chart::go::slice::{Element, grown};
/// let any = Element { size: 16, has_pointers: true };
/// assert_eq!([grown(0, 1, any), grown(3, 4, any), grown(5, 6, any), grown(1, 9, any)], [1, 6, 10, 9]);
/// ```
pub fn grown(capacity: usize, length: usize, element: Element) -> usize {
    const THRESHOLD: usize = 256;
    let double = capacity.saturating_mul(2);
    let mut wanted = double;
    if length > double {
        wanted = length;
    } else if capacity >= THRESHOLD {
        wanted = capacity;
        while wanted < length {
            wanted += (wanted + 3 * THRESHOLD) / 4;
        }
    }
    block(wanted.saturating_mul(element.size), element.has_pointers) / element.size.max(1)
}

/// Returns the capacity of a slice that had `capacity`, after items are appended one by one up to `length`.
///
/// ```
/// use mim_chart::go::slice::{Element, appended};
/// let any = Element { size: 16, has_pointers: true };
/// assert_eq!([0, 1, 3, 5, 300].map(|length| appended(0, length, any)), [0, 1, 4, 8, 303]);
/// ```
pub fn appended(capacity: usize, length: usize, element: Element) -> usize {
    let mut capacity = capacity;
    while capacity < length {
        capacity = grown(capacity, capacity + 1, element);
    }
    capacity
}

/// Returns the usable size of the block allocated for `size` bytes.
fn block(size: usize, has_pointers: bool) -> usize {
    let header = if has_pointers && size > LARGEST_WITHOUT_HEADER { HEADER } else { 0 };
    let needed = size.saturating_add(header);
    if needed > LARGEST_CLASS {
        return size.div_ceil(PAGE).saturating_mul(PAGE);
    }
    let class = SIZE_CLASSES.partition_point(|class| *class < needed);
    SIZE_CLASSES.get(class).copied().unwrap_or(LARGEST_CLASS) - header
}
