# Every test of the workspace: the unit tests, and the integration tests with the real programs
# on free ports of the sandbox's loopback.
{ rust, ... }: rust.craneLib.cargoTest (rust.development // { cargoArtifacts = rust.artifacts; })
