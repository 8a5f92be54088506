import type { Words } from "./en";

const zh: Words = {
  title: "新增批次",
  village: "村",
  commodity: "产品",
  choose: "请选择…",
  recent: "最近登记",
  weight: "重量（公斤）",
  crates: "箱数",
  price: "价格（泰铢/公斤，如已知）",
  priceHint: "车辆装满时，价值高的最后才会被留下。",
  harvested: "采收时间",
  now: "现在",
  hourAgo: "1 小时前",
  threeHoursAgo: "3 小时前",
  morning: "今天 06:00",
  grade: "等级（如有）",
  save: "登记批次",
  saving: "正在保存…",
  saved: (code) => `已登记批次 ${code}`,
  undone: (code) => `已撤回批次 ${code}`,
  undoReason: "误登记",
  code: "标签",
  codeHint: "已自动生成；若箱上另有编号可修改。",
  another: "村、产品和价格会保留，便于登记下一批。",
};

export default zh;
