//! The guests: eleven components, each a few lines of WebAssembly text put into one common frame.

/// One guest's source, before it is compiled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    /// The component's name: the value of the label `component`.
    pub(crate) name: &'static str,
    /// Bytes that it may keep in the storage.
    pub(crate) quota_bytes: u64,
    /// Messages that wait for it at most; senders wait when there is no room.
    pub(crate) mailbox: usize,
    /// The bodies of its versions, first to last.
    versions: &'static [&'static str],
    imports: &'static [Import],
}

/// What a guest is unless it says otherwise.
const PLAIN: Source = Source {
    name: "",
    quota_bytes: 1 << 30,
    mailbox: 128,
    versions: &[],
    imports: &[],
};

/// The guests in the order in which a file passes them, those that make trouble, and those that use the system.
pub(crate) const SOURCES: [Source; 11] = [
    Source {
        name: "file",
        versions: &[include_str!("guests/file.wat")],
        imports: &[READ],
        ..PLAIN
    },
    Source {
        name: "hash",
        versions: &[include_str!("guests/hash.wat")],
        ..PLAIN
    },
    Source {
        name: "store",
        versions: &[include_str!("guests/store.wat")],
        imports: &[GET, SET],
        ..PLAIN
    },
    Source {
        name: "relay",
        versions: &[include_str!("guests/relay.wat")],
        imports: &[SEND],
        ..PLAIN
    },
    Source {
        name: "hoard",
        versions: &[include_str!("guests/hoard.wat")],
        ..PLAIN
    },
    Source {
        name: "spin",
        versions: &[include_str!("guests/spin.wat")],
        ..PLAIN
    },
    Source {
        name: "flaky",
        versions: &[include_str!("guests/flaky.wat")],
        ..PLAIN
    },
    Source {
        name: "ledger",
        quota_bytes: 64 << 10,
        mailbox: 4,
        versions: &[include_str!("guests/ledger.wat")],
        imports: &[PUT, DELETE, EXISTS, COUNT],
    },
    Source {
        name: "shell",
        versions: &[include_str!("guests/shell.wat")],
        imports: &[RUN],
        ..PLAIN
    },
    Source {
        name: "echo",
        versions: &[include_str!("guests/echo.wat")],
        imports: &[EXCHANGE],
        ..PLAIN
    },
    Source {
        name: "greeter",
        versions: &[
            include_str!("guests/greeter.wat"),
            include_str!("guests/greeter_2.wat"),
            include_str!("guests/greeter_3.wat"),
        ],
        ..PLAIN
    },
];

/// The place of a component in [`SOURCES`].
pub(crate) fn place(name: &str) -> usize {
    SOURCES
        .iter()
        .position(|source| source.name == name)
        .expect("only names of sources are asked for")
}

impl Source {
    /// How many versions there are.
    pub(crate) fn versions(&self) -> usize {
        self.versions.len()
    }

    /// A version, counted from 1, as text that wasmtime compiles.
    pub(crate) fn text(&self, version: usize) -> String {
        let lines =
            |line: fn(&Import) -> String| -> String { self.imports.iter().map(line).collect() };
        let host = lines(|import| format!(r#"(export "{0}" (func ${0}))"#, import.name));
        include_str!("guests/world.wat")
            .replace("{imports}", &lines(Import::component))
            .replace("{lowered}", &lines(Import::lowered))
            .replace("{core_imports}", &lines(Import::core))
            .replace("{host}", &format!(r#"(with "host" (instance {host}))"#))
            .replace("{body}", self.versions[version - 1])
    }
}

/// A function of the host, seen from both sides of the component boundary.
#[derive(Debug)]
struct Import {
    name: &'static str,
    signature: &'static str,
    core: &'static str,
}

const READ: Import = Import {
    name: "read",
    signature: r#"(param "path" string) (result (result (list u8)))"#,
    core: "(param i32 i32 i32)",
};
const GET: Import = Import {
    name: "get",
    signature: r#"(param "key" string) (result (list u8))"#,
    core: "(param i32 i32 i32)",
};
const SET: Import = Import {
    name: "set",
    signature: r#"(param "key" string) (param "value" (list u8))"#,
    core: "(param i32 i32 i32 i32)",
};
const PUT: Import = Import {
    name: "put",
    signature: r#"(param "key" string) (param "value" (list u8)) (result (result))"#,
    core: "(param i32 i32 i32 i32) (result i32)",
};
const DELETE: Import = Import {
    name: "delete",
    signature: r#"(param "key" string) (result bool)"#,
    core: "(param i32 i32) (result i32)",
};
const EXISTS: Import = Import {
    name: "exists",
    signature: r#"(param "key" string) (result bool)"#,
    core: "(param i32 i32) (result i32)",
};
const COUNT: Import = Import {
    name: "count",
    signature: "(result u32)",
    core: "(result i32)",
};
const SEND: Import = Import {
    name: "send",
    signature: r#"(param "key" string) (param "body" (list u8))"#,
    core: "(param i32 i32 i32 i32)",
};
const RUN: Import = Import {
    name: "run",
    signature: r#"(param "program" string) (result s32)"#,
    core: "(param i32 i32) (result i32)",
};
const EXCHANGE: Import = Import {
    name: "exchange",
    signature: r#"(param "request" (list u8)) (result (result (list u8)))"#,
    core: "(param i32 i32 i32)",
};

impl Import {
    fn component(&self) -> String {
        format!(
            r#"(import "{0}" (func ${0} {1}))"#,
            self.name, self.signature
        )
    }

    fn lowered(&self) -> String {
        format!(
            r#"(core func ${0} (canon lower (func ${0}) (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))"#,
            self.name
        )
    }

    fn core(&self) -> String {
        format!(
            r#"(import "host" "{0}" (func ${0} {1}))"#,
            self.name, self.core
        )
    }
}
