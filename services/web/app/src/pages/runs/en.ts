const en = {
  title: "Runs",
  plan: "Published plan",
  openPlan: "Open the plan",
  run: "Run",
  truck: "Truck",
  hub: "Hub",
  state: "State",
  states: { assigned: "not left yet", driving: "under way", delivered: "delivered", cancelled: "cancelled" },
  stops: "Stops done",
  of: (done: string, all: string) => `${done} of ${all}`,
  departs: "Leaves",
  arrives: "Planned at the hub",
  expected: "Expected",
  delay: "Delay",
  inTime: "in time",
  sheet: "Sheet",
  empty: "No runs yet",
  emptyNext: "Runs are made when a plan is published.",
  toPlans: "Go to the plans",
};

export default en;
export type Words = typeof en;
