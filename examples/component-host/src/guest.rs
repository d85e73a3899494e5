//! The guests: seven components, each a few lines of WebAssembly text put into one common frame.

/// One guest's source, before it is compiled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    /// The component's name: the value of the label `component`.
    pub(crate) name: &'static str,
    body: &'static str,
    imports: &'static [Import],
}

/// The guests in the order in which a file passes them, then those that only make trouble.
pub(crate) const SOURCES: [Source; 7] = [
    Source {
        name: "file",
        body: include_str!("guests/file.wat"),
        imports: &[READ],
    },
    Source {
        name: "hash",
        body: include_str!("guests/hash.wat"),
        imports: &[],
    },
    Source {
        name: "store",
        body: include_str!("guests/store.wat"),
        imports: &[GET, SET],
    },
    Source {
        name: "relay",
        body: include_str!("guests/relay.wat"),
        imports: &[SEND],
    },
    Source {
        name: "hoard",
        body: include_str!("guests/hoard.wat"),
        imports: &[],
    },
    Source {
        name: "spin",
        body: include_str!("guests/spin.wat"),
        imports: &[],
    },
    Source {
        name: "flaky",
        body: include_str!("guests/flaky.wat"),
        imports: &[],
    },
];

impl Source {
    /// The whole component as text that wasmtime compiles.
    pub(crate) fn text(&self) -> String {
        let lines =
            |line: fn(&Import) -> String| -> String { self.imports.iter().map(line).collect() };
        let host = lines(|import| format!(r#"(export "{0}" (func ${0}))"#, import.name));
        include_str!("guests/world.wat")
            .replace("{imports}", &lines(Import::component))
            .replace("{lowered}", &lines(Import::lowered))
            .replace("{core_imports}", &lines(Import::core))
            .replace("{host}", &format!(r#"(with "host" (instance {host}))"#))
            .replace("{body}", self.body)
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
const SEND: Import = Import {
    name: "send",
    signature: r#"(param "key" string) (param "body" (list u8))"#,
    core: "(param i32 i32 i32 i32)",
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
