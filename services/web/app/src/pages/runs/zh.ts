import type { Words } from "./en";

const zh: Words = {
  title: "车次",
  plan: "已发布计划",
  openPlan: "打开计划",
  run: "车次",
  truck: "车辆",
  hub: "枢纽",
  state: "状态",
  states: { assigned: "未出发", driving: "途中", delivered: "已送达", cancelled: "已取消" },
  stops: "已完成站点",
  of: (done, all) => `${done} / ${all}`,
  departs: "出发",
  arrives: "计划到枢纽",
  expected: "预计",
  delay: "晚点",
  inTime: "准时",
  sheet: "行车单",
  empty: "还没有车次",
  emptyNext: "发布计划后生成车次。",
  toPlans: "前往计划",
};

export default zh;
