//! What obs costs, beside a floor and beside its peers: every figure of one run comes from one process, interleaved.

pub mod case;

pub mod labels;

pub mod workload;

pub mod entry;

pub mod floor;

pub mod libraries;

pub mod crew;

pub mod rounds;

pub mod results;

pub mod apart;

pub mod targets;

pub mod report;
