//! What obs costs, beside a floor and beside its peers: every figure of a case comes from one run, interleaved.

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

pub mod alone;

pub mod targets;

pub mod report;
