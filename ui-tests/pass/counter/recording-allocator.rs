//! An allocator that records what it does, with dynamic labels too: records that the record path's own allocations cause
//! wait for nothing, and no thread hangs at its end.
#![deny(warnings)]

use obs::{Component, Counter, Dynamic, counter};
use std::alloc::{GlobalAlloc, Layout, System};

struct Recording;

static ALLOCATIONS: Counter = counter!("heap_allocations_total", "Allocations.");
static FREES: Dynamic<Counter, 1> =
    counter!("heap_frees_total", "Frees.", dynamic(class), max_series = 1);

unsafe impl GlobalAlloc for Recording {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.inc();
        FREES.with([class(layout)]).inc_by(0);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        FREES.with([class(layout)]).inc();
        unsafe { System.dealloc(memory, layout) }
    }
}

fn class(layout: Layout) -> &'static str {
    match layout.size() {
        0..64 => "small",
        _ => "large",
    }
}

#[global_allocator]
static ALLOCATOR: Recording = Recording;

fn main() {
    for _ in 0..200 {
        let thread = std::thread::spawn(|| {
            let component = Component::register("allocating");
            component.scope(|| ALLOCATIONS.inc());
            std::hint::black_box(vec![1u8; 100]);
        });
        thread.join().unwrap();
    }
    Component::register("allocating").retire();
}
