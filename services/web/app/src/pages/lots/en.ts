const en = {
  title: "Lots",
  add: "Add a lot",
  search: "Search",
  state: "Where it is",
  verdict: "Verdict",
  code: "Lot",
  village: "Village",
  commodity: "Produce",
  weight: "Weight",
  crates: "Crates",
  harvested: "Harvested",
  life: "Life left",
  keepsUntil: "Keeps until",
  empty: "No lots yet",
  emptyNext: "Add what was harvested; it takes a minute, on a phone too.",
  noMatch: "No lot matches these filters",
  noMatchNext: "Clear a filter, or search for something else.",
  grade: "Grade",
  truck: "Truck",
  hub: "Hub",
};

export default en;
export type Words = typeof en;
