# Stands in for crane where GitHub is out of reach: the same functions, arguments and results
# as far as this repository uses them, over the toolchain in /host/rust and the vendored crates
# in /host/vendor. An argument that is not known here is an error.
{
  description = "crane's functions over the host's Rust toolchain";

  outputs = _: { mkLib = import ./lib.nix; };
}
