import type { Words } from "./en";

const zh: Words = {
  title: "批次",
  add: "新增批次",
  search: "搜索",
  state: "状态",
  verdict: "评估",
  code: "批次",
  village: "村",
  commodity: "产品",
  weight: "重量",
  crates: "箱数",
  harvested: "采收时间",
  life: "剩余寿命",
  keepsUntil: "可保存至",
  empty: "还没有批次",
  emptyNext: "登记采收的产品，用手机也只需一分钟。",
  noMatch: "没有符合筛选条件的批次",
  noMatchNext: "清除筛选条件，或换个词搜索。",
  grade: "等级",
  truck: "车辆",
  hub: "集货中心",
};

export default zh;
