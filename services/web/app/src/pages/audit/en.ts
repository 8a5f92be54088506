const en = {
  title: "Audit",
  lead: "Every change, by whom and from what to what, in a chain that shows any tampering.",
  kind: "What",
  object: "Its id",
  actor: "By",
  from: "From",
  to: "Until",
  at: "When",
  number: "No.",
  operation: "Did",
  operations: {
    insert: "added",
    update: "changed",
    delete: "removed",
  },
  changes: "Before → after",
  reason: "Reason",
  checkpoint: "Save a checkpoint",
  checkpointHint: "Signed: keep it elsewhere, and “coldchain audit verify” shows that nothing before it was altered.",
  empty: "No change matches these filters",
  emptyNext: "Clear a filter to see more.",
};

export default en;
export type Words = typeof en;
