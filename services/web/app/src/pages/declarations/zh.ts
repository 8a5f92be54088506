import type { Words } from "./en";

const zh: Words = {
  title: "预报采收",
  add: "预报采收",
  importFile: "从表格导入",
  village: "村",
  commodity: "产品",
  variety: "品种",
  grade: "等级",
  expected: "预计",
  expectedKg: "预计（公斤）",
  harvested: "已采收",
  harvestOn: "采收日期",
  confidence: "把握（%）",
  confidenceHint: "匹配时只计入这一比例。",
  group: "种植小组",
  gap: "GAP 编号",
  note: "备注",
  state: "状态",
  states: {
    open: "待采收",
    harvested: "已采收",
    withdrawn: "已撤回",
  },
  save: "保存",
  saved: (village) => `已登记 ${village} 的预报`,
  withdraw: "撤回",
  withdrawTitle: (village) => `要撤回 ${village} 的预报吗？`,
  reason: "原因",
  withdrawn: (village) => `已撤回 ${village} 的预报`,
  empty: "还没有预报",
  emptyNext: "预计的采收量可在采摘前承诺给买方。",
  change: "修改",
};

export default zh;
