// Runs axe-core, whose source stands above this. Returns what `Findings` in axe.rs holds.

return axe.run(document, { resultTypes: ["violations"] }).then(({ passes, violations }) => ({
  rules: passes.length,
  violations: violations.map(({ id, help, nodes }) => ({
    id,
    help,
    places: nodes.map(({ target }) => target.join(" ")),
  })),
}));
