//! What must be true of hot functions. Each claim has listings beside it for which it fails.

use anyhow::{Result, bail, ensure};

use super::listing::{Instruction, Listing};

/// The most instructions of a warm increment, its return included.
const MOST: usize = 8;

/// A function stores on its warm way, with few instructions: no call, none that other processors wait for.
///
/// # Errors
///
/// Where it is not so.
pub(super) fn few_plain_instructions(listing: &Listing, name: &str) -> Result<()> {
    let function = listing.function(name)?;
    let ways = function.ways_without_calls();
    ensure!(
        !ways.is_empty(),
        "`{name}` has no way to its end without a call:\n{function}"
    );
    for way in &ways {
        ensure!(
            way.iter().any(|instruction| instruction.stores()),
            "`{name}` has a way on which it stores nothing:\n{function}"
        );
        if let Some(Instruction { mnemonic, .. }) =
            way.iter().find(|instruction| instruction.locks())
        {
            bail!("`{name}` has a locked instruction, {mnemonic}, on its warm way:\n{function}");
        }
        ensure!(
            way.len() <= MOST,
            "`{name}` takes {} instructions, more than {MOST}:\n{function}",
            way.len()
        );
    }
    println!("{name}: {} instructions\n{function}", ways[0].len());
    Ok(())
}

/// Two functions have the same instructions.
///
/// # Errors
///
/// Where they have not.
pub(super) fn same(listing: &Listing, one: &str, other: &str) -> Result<()> {
    let (left, right) = (listing.function(one)?, listing.function(other)?);
    ensure!(
        left.normal() == right.normal(),
        "`{one}` is not `{other}`:\n{left}\nagainst\n{right}"
    );
    println!(
        "{one} is {other}: {} instructions",
        left.instructions().count()
    );
    Ok(())
}

/// Two functions have different instructions: the comparison can tell.
///
/// # Errors
///
/// Where they have the same.
pub(super) fn differ(listing: &Listing, one: &str, other: &str) -> Result<()> {
    ensure!(
        same(listing, one, other).is_err(),
        "`{one}` is `{other}`, although obs is compiled in"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WARM: &str = "\
        movq LANE@GOTTPOFF(%rip), %rcx\n movl SITE+136(%rip), %eax\n movq %fs:16(%rcx), %rcx\n movl (%rcx), %edx\n \
        cmpl %edx, %eax\n jae .LBB0_2\n incq 32(%rcx,%rax,8)\n retq\n\
        .LBB0_2:\n leaq SITE(%rip), %rdi\n jmpq *add_cold@GOTPCREL(%rip)\n.Lfunc_end0:\n";

    fn function(body: &str) -> Listing {
        Listing::new(&format!("f:\n{body}"))
    }

    fn fault(body: &str) -> String {
        few_plain_instructions(&function(body), "f")
            .expect_err("the claim does not hold")
            .to_string()
    }

    #[test]
    fn the_warm_way_of_a_counter_holds() {
        few_plain_instructions(&function(WARM), "f").expect("eight plain instructions");
    }

    #[test]
    fn a_call_on_every_way_is_found() {
        let called = WARM.replace(" incq", " callq clock\n incq");
        assert!(fault(&called).contains("without a call"));
        let through_a_table = WARM.replace(" incq", " callq *hash@GOTPCREL(%rip)\n incq");
        assert!(fault(&through_a_table).contains("without a call"));
        let rewritten_by_the_linker =
            WARM.replace(" incq", " rex64 callq __tls_get_addr@PLT\n incq");
        assert!(fault(&rewritten_by_the_linker).contains("without a call"));
    }

    #[test]
    fn a_locked_instruction_is_found() {
        for locked in ["lock\t\tincq", "lock incq"] {
            assert!(fault(&WARM.replace("incq", locked)).contains("locked"));
        }
        let exchanged = WARM.replace("incq 32", "xchgq %rdx, 32");
        assert!(fault(&format!("movq %rdx, (%rdi)\n{exchanged}")).contains("locked"));
    }

    #[test]
    fn a_ninth_instruction_is_found() {
        assert!(fault(&format!("nop\n{WARM}")).contains("9 instructions"));
    }

    #[test]
    fn an_early_return_does_not_hide_the_real_way() {
        let early = WARM.replace(
            " movl (%rcx)",
            " testq %rcx, %rcx\n je .LBB0_3\n movl (%rcx)",
        );
        let early = early.replace(".Lfunc_end0", ".LBB0_3:\n retq\n.Lfunc_end0");
        assert!(fault(&early).contains("stores nothing"));
    }

    #[test]
    fn functions_are_the_same_whatever_their_labels() {
        let pair = |second: &str| {
            Listing::new(&format!(
                "f:\n testq %rdi, %rdi\n je .LBB0_1\n incq (%rdi)\n.LBB0_1:\n retq\n.Lfunc_end0:\n\
                 g:\n testq %rdi, %rdi\n je .LBB1_1\n {second}\n.LBB1_1:\n retq\n.Lfunc_end1:\n"
            ))
        };
        same(&pair("incq (%rdi)"), "f", "g").expect("they are");
        differ(&pair("decq (%rdi)"), "f", "g").expect("they are not");
        assert!(same(&pair("decq (%rdi)"), "f", "g").is_err());
        assert!(differ(&pair("incq (%rdi)"), "f", "g").is_err());
    }

    #[test]
    fn a_function_that_the_compiler_merged_is_the_other() {
        for merged in [".set f, g", "f = g"] {
            let listing = Listing::new(&format!("g:\n retq\n.Lfunc_end0:\n\t{merged}\n"));
            same(&listing, "f", "g").expect("it is");
        }
    }
}
