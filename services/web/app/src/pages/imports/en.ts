const en = {
  title: "Imports",
  lead: "A CSV, Excel or JSON file: all of it is taken, or nothing. Check it first; nothing is written until you take it in.",
  kind: "What the rows are",
  kinds: {
    villages: "Villages",
    lots: "Lots",
    declarations: "Declared harvests",
    demands: "Demand",
  },
  file: "File",
  drop: "Drop a file here, or choose one",
  sample: "Empty sheet with the columns",
  check: "Check",
  take: "Take in",
  checking: "Checking…",
  taking: "Taking in…",
  good: (rows: string) => `${rows} rows can be taken in. Nothing is written yet.`,
  taken: (rows: string) => `${rows} rows taken in`,
  see: "Show them",
  faults: (n: string) => `${n} faults: correct the file and choose it again. Nothing was written.`,
  place: "Where",
  wrong: "What is wrong",
  remedy: "What to do",
  saveFaults: "Faults as a sheet",
  tooLarge: (size: string) => `The file is larger than ${size}: split it, or use “coldchain import” on the server.`,
  columns: "The columns",
  required: "needed",
  maybe: "may be left out",
};

export default en;
export type Words = typeof en;
