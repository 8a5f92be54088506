const en = {
  title: "New lot",
  village: "Village",
  commodity: "Produce",
  choose: "Choose…",
  recent: "Lately entered",
  weight: "Weight (kg)",
  crates: "Crates",
  price: "Price (baht a kg, if known)",
  priceHint: "What is worth more is left behind last when trucks are full.",
  harvested: "Harvested",
  now: "Now",
  hourAgo: "1 hour ago",
  threeHoursAgo: "3 hours ago",
  morning: "06:00 today",
  grade: "Grade (if any)",
  save: "Add the lot",
  saving: "Saving…",
  saved: (code: string) => `Lot ${code} added`,
  undone: (code: string) => `Lot ${code} withdrawn`,
  undoReason: "entered by mistake",
  code: "Label",
  codeHint: "Made up for you; change it when your crates bear another.",
  another: "The village, produce and price stay for the next one.",
};

export default en;
export type Words = typeof en;
