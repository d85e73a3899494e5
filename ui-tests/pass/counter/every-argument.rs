//! Arguments come in any order, and a label may be a keyword.
#![forbid(unsafe_code)]
#![deny(warnings)]

extern crate obs as renamed;

mod shapes {
    #[derive(Clone, Copy, renamed::LabelValue)]
    #[label(crate = renamed)]
    pub enum Shape {
        Round,
        Square,
    }
}

fn main() {
    let tasks = renamed::counter!(
        "queued_tasks_total",
        "Tasks queued.",
        zero,
        crate = renamed,
        scope = process,
        unit = "tasks",
        labels(type: shapes::Shape, r#in = "here"),
    );
    tasks.with(shapes::Shape::Round).inc();
    tasks.with(shapes::Shape::Square).inc();
}
