# rustfmt would change nothing.
{ rust, ... }: rust.craneLib.cargoFmt (rust.common // { src = rust.workspace; })
