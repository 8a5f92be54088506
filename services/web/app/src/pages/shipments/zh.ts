import type { Words } from "./en";

const zh: Words = {
  title: "出口货件（先到期先出）",
  order: "情况不明的排在最前，以便查看；其后按可保存时间从短到长。",
  search: "搜索",
  searchHint: "编号、目的地、出口商、批次",
  verdict: "评估",
  state: "状态",
  code: "货件",
  destination: "目的地",
  hub: "出发地",
  exporter: "出口商",
  eta: "预计到达",
  life: "剩余寿命",
  lifeAtEta: "到达时剩余",
  keepsUntil: "可保存至",
  confidence: "可信度",
  lots: "批次",
  spare: (days) => `尚余 ${days} 天`,
  short: (days) => `短缺 ${days} 天`,
  empty: "还没有货件",
  emptyNext: "集货中心装载已收批次后即产生货件。",
  noMatch: "没有符合筛选条件的货件",
  noMatchNext: "清除筛选条件，或换个词搜索。",
  departs: "出发",
  lastReading: "最近读数",
  utc: "泰国时间",
};

export default zh;
